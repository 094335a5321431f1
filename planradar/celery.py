import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planradar.settings")
TRANSPORT_ALIASES["filesystem-broker"] = "planradar.broker:Transport"

app = Celery("planradar")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
