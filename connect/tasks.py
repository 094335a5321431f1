from celery import shared_task
from django.utils import timezone

from connect import notices


@shared_task
def digest() -> None:
    notices.send_digest(timezone.now())
