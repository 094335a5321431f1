from django.utils.translation import gettext_lazy as _

from accounts.audit.actions import register

register(
    _("Tokens"),
    {
        "token.created": _("token created"),
        "token.changed": _("token changed"),
        "token.rotated": _("token rotated"),
        "token.superseded": _("token superseded"),
        "token.deleted": _("token deleted"),
        "token.expired": _("token expired"),
        "token.refused": _("token used and refused"),
        "token.leaked": _("token revoked, because it leaked"),
        "token.policy_changed": _("longest life of tokens changed"),
    },
)

register(
    _("API limit"),
    {
        "limit.requested": _("higher limit asked for"),
        "limit.changed": _("limit changed"),
        "limit.declined": _("higher limit declined"),
    },
)
