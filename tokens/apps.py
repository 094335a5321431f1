from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TokensConfig(AppConfig):
    name = "tokens"
    verbose_name = _("Tokens")

    def ready(self) -> None:
        import_module("tokens.menu_badges")  # which registers them
