from django.utils.translation import gettext_lazy as _

from accounts.audit.actions import register

register(
    _("Webhooks"),
    {
        "webhook.created": _("webhook created"),
        "webhook.changed": _("webhook changed"),
        "webhook.deleted": _("webhook deleted"),
        "webhook.paused": _("webhook switched off"),
        "webhook.resumed": _("webhook switched on"),
        "webhook.disabled": _("webhook disabled by the system"),
        "webhook.secret_replaced": _("signing secret replaced"),
        "webhook.tested": _("test event sent"),
        "webhook.redelivered": _("event sent again"),
        "webhook.retried": _("waiting event tried at once"),
        "webhook.backfilled": _("past events sent"),
        "webhook.replayed": _("events replayed"),
    },
)
