from django.utils.translation import gettext_lazy as _

from accounts.menu import ACCOUNT, Entry, register
from accounts.rights import ACCOUNT_OWNER

register(
    Entry(_("PlanRadar Connect"), "connect:request_detail", "blocks", place=50, group=ACCOUNT, right=ACCOUNT_OWNER)
)
