from celery import shared_task

from accounts import mail


@shared_task(name=mail.SEND)
def send_mail(pk: int) -> None:
    mail.deliver(pk)


@shared_task(name="accounts.tasks.sweep_mail")
def sweep_mail() -> None:
    mail.sweep()
