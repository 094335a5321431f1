from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.menu import ACCOUNT, Entry, register
from accounts.models import Membership
from accounts.rights import ACCOUNT_OWNER
from webhooks.models import Webhook


def failing(membership: Membership) -> str:
    number = Webhook.objects.of(membership.account).needs_attention().count()
    return ngettext("%(number)s failing", "%(number)s failing", number) % {"number": number} if number else ""


register(
    Entry(
        _("Webhooks"),
        "webhooks:webhook_list",
        "webhook",
        place=20,
        group=ACCOUNT,
        right=ACCOUNT_OWNER,
        is_frequent=True,
        mark=failing,
    )
)
