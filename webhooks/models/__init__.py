from webhooks.models.attempt import Attempt
from webhooks.models.credentials import Header, SigningSecret
from webhooks.models.delivery import Delivery
from webhooks.models.event import Event
from webhooks.models.job import Job
from webhooks.models.stats import HourlyStats
from webhooks.models.webhook import Webhook

__all__ = ["Attempt", "Delivery", "Event", "Header", "HourlyStats", "Job", "SigningSecret", "Webhook"]
