from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

REGISTERED = ["audit_actions", "menu"]  # what registers itself when it is loaded


class ConnectConfig(AppConfig):
    name = "connect"
    verbose_name = _("PlanRadar Connect")

    def ready(self) -> None:
        for module in REGISTERED:
            import_module(f"{self.name}.{module}")
