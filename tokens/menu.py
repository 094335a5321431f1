from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.menu import ACCOUNT, Entry, register
from accounts.models import Membership
from accounts.rights import ACCOUNT_OWNER, API_ACCESS
from tokens.models import PersonalAccessToken

SOON = timedelta(days=7)


def ending(membership: Membership) -> str:
    number = PersonalAccessToken.objects.of(membership).ending_before(timezone.now() + SOON).count()
    return ngettext("%(number)s expires soon", "%(number)s expire soon", number) % {"number": number} if number else ""


register(
    Entry(
        _("Personal access tokens"),
        "tokens:token_list",
        "key-round",
        place=20,
        right=API_ACCESS,
        is_frequent=True,
        mark=ending,
    ),
    Entry(_("Access tokens"), "tokens:account_tokens", "key-square", place=30, group=ACCOUNT, right=ACCOUNT_OWNER),
    Entry(_("API limit"), "tokens:limit_detail", "gauge", place=40, group=ACCOUNT, right=ACCOUNT_OWNER),
)
