from celery import shared_task
from django.utils import timezone

from tickets import thumbnails
from tickets.services import jobs


@shared_task(name=thumbnails.MAKE)
def make_thumbnail(pk: int) -> None:
    thumbnails.make(pk)


@shared_task(name="tickets.tasks.sweep_thumbnails")
def sweep_thumbnails() -> None:
    thumbnails.sweep()


@shared_task(name=jobs.RUN)
def run_job(key: int) -> None:
    jobs.run(key)


@shared_task(name="tickets.tasks.sweep_jobs")
def sweep_jobs() -> None:
    jobs.sweep(timezone.now())
