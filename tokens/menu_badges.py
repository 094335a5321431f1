from datetime import timedelta

from django.utils import timezone
from django.utils.translation import ngettext

from accounts import menu_badges
from accounts.models import Membership
from tokens.models import PersonalAccessToken

SOON = timedelta(days=7)


@menu_badges.register("tokens:token_list")
def ending(membership: Membership) -> str:
    number = PersonalAccessToken.objects.of(membership).ending_before(timezone.now() + SOON).count()
    return ngettext("%(number)s expires soon", "%(number)s expire soon", number) % {"number": number} if number else ""
