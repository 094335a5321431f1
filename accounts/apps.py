from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        import_module("accounts.members.waiting_invitations")
        import_module("lib.collation")  # which teaches SQLite how names are sorted
        import_module("accounts.profile.security_events")  # which listens to the sign-in library
        import_module("accounts.security_log")
        import_module("accounts.profile.second_factor_policy")
        import_module("accounts.profile.session_limits")
