from datetime import datetime

from django.db.models import Sum

from accounts.figures import register
from accounts.models import Account
from tokens.models import PersonalAccessToken


@register
def use_of_api(account: Account, since: datetime) -> dict[str, int]:
    tokens = PersonalAccessToken.objects.in_account(account).live()
    use = account.api_hours.filter(hour__gte=since).aggregate(served=Sum("served"), refused=Sum("refused"))
    return {
        "tokens": tokens.count(),
        "tokens_used": tokens.filter(last_used_at__gte=since).count(),
        "requests": use["served"] or 0,
        "refused": use["refused"] or 0,
    }
