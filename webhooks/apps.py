from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

REGISTERED = ["audit_actions", "figures", "menu"]  # what registers itself when it is loaded


class WebhooksConfig(AppConfig):
    name = "webhooks"
    verbose_name = _("Webhooks")

    def ready(self) -> None:
        for module in REGISTERED:
            import_module(f"{self.name}.{module}")
