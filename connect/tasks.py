from celery import shared_task
from django.utils import timezone

from connect import emails


@shared_task
def digest() -> None:
    emails.send_digest(timezone.now())
