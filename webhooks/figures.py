from datetime import datetime

from accounts.figures import register
from accounts.models import Account
from webhooks.models import Webhook


@register
def webhooks_in_use(account: Account, since: datetime) -> dict[str, int]:
    webhooks = Webhook.objects.of(account)
    return {"webhooks": webhooks.count(), "webhooks_on": webhooks.active().count()}
