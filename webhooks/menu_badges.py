from django.utils.translation import ngettext

from accounts import menu_badges
from accounts.models import Membership
from webhooks.models import Webhook


@menu_badges.register("webhooks:webhook_list")
def failing(membership: Membership) -> str:
    number = Webhook.objects.of(membership.account).needs_attention().count()
    return ngettext("%(number)s failing", "%(number)s failing", number) % {"number": number} if number else ""
