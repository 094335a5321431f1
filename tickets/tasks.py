from celery import shared_task

from tickets import thumbnails


@shared_task(name=thumbnails.MAKE)
def make_thumbnail(pk: int) -> None:
    thumbnails.make(pk)


@shared_task(name="tickets.tasks.sweep_thumbnails")
def sweep_thumbnails() -> None:
    thumbnails.sweep()
