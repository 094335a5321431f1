from django.utils.translation import gettext_lazy as _

from accounts.audit.actions import register

register(
    _("PlanRadar Connect"),
    {
        "connect.requested": _("access requested"),
        "connect.withdrawn": _("request withdrawn"),
        "connect.in_review": _("request in review"),
        "connect.question_asked": _("question asked"),
        "connect.answered": _("question answered"),
        "connect.granted": _("access granted"),
        "connect.declined": _("access declined"),
        "connect.message_written": _("message written"),
        "connect.suspended": _("access suspended"),
        "connect.restored": _("access restored"),
        "connect.address_changed": _("address of the workspace changed"),
    },
)
