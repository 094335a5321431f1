from celery import shared_task
from django.utils import timezone

from tokens import leaks, refusals, reminders
from tokens.models import KeptAnswer
from tokens.rate_limit import usage


@shared_task(name="tokens.tasks.collect_usage")
def collect_usage() -> None:
    usage.flush()


@shared_task(name=leaks.REVOKE)
def revoke_reported() -> None:
    leaks.revoke_reported(timezone.now())


@shared_task(name="tokens.tasks.remind")
def remind() -> None:
    reminders.send_due(timezone.now())


@shared_task(name="tokens.tasks.forget_usage")
def forget_usage() -> None:
    usage.forget(timezone.now())
    refusals.forget(timezone.now())


@shared_task(name="tokens.tasks.forget_answers")
def forget_answers() -> None:
    KeptAnswer.objects.ended(timezone.now()).delete()
