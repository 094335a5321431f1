import os

from celery import Celery
from celery.signals import beat_init, worker_init
from kombu.transport import TRANSPORT_ALIASES

from planradar import checks, schedule_log  # noqa: F401, the log listens to the tasks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planradar.settings")
TRANSPORT_ALIASES["filesystem-broker"] = "planradar.broker:Transport"

app = Celery("planradar")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def refuse_to_start(**kwargs: object) -> None:
    checks.refuse_to_start()
