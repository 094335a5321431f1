from webhooks.models.credentials import Header, SigningSecret
from webhooks.models.delivery import Attempt, Delivery, Event
from webhooks.models.stats import Hour
from webhooks.models.webhook import Webhook

__all__ = ["Attempt", "Delivery", "Event", "Header", "Hour", "SigningSecret", "Webhook"]
