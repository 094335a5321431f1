from celery import shared_task
from django.utils import timezone

from accounts import mail, retention


@shared_task(name=mail.SEND)
def send_mail(pk: int) -> None:
    mail.deliver(pk)


@shared_task(name="accounts.tasks.sweep_mail")
def sweep_mail() -> None:
    mail.sweep()


@shared_task(name="accounts.tasks.forget_what_is_over")
def forget_what_is_over() -> None:
    retention.forget(timezone.now())
