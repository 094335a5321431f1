"""What the audit log can tell of: the names that are stored, and the words for them. Apps register their own."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Labels = dict[str, str | Promise]  # of actions, by the name that is stored
GROUPS: dict[str | Promise, Labels] = {
    _("Account"): {
        "account.changed": _("account changed"),
        "account.owner_changed": _("ownership handed over"),
        "profile.changed": _("profile changed"),
    },
    _("Users"): {
        "user.created": _("user created"),
        "user.changed": _("user changed"),
        "user.rights_changed": _("rights changed"),
        "user.deactivated": _("user deactivated"),
        "user.reactivated": _("user reactivated"),
        "invitation.sent": _("invitation sent"),
        "invitation.revoked": _("invitation revoked"),
        "invitation.accepted": _("invitation accepted"),
    },
    _("Sign-in"): {
        "sign_in.password_changed": _("password changed"),
        "sign_in.password_reset": _("password reset by mail"),
        "sign_in.reset_sent": _("password reset sent by Customer Success"),
        "sign_in.app_added": _("authenticator app added"),
        "sign_in.app_removed": _("authenticator app removed"),
        "sign_in.key_added": _("security key or passkey added"),
        "sign_in.key_removed": _("security key or passkey removed"),
        "sign_in.codes_made": _("recovery codes replaced"),
        "sign_in.factors_reset": _("second factors removed by the account owner"),
        "sign_in.codes_removed": _("recovery codes removed"),
    },
}
LABELS: Labels = {name: label for labels in GROUPS.values() for name, label in labels.items()}


def register(group: str | Promise, labels: Labels) -> None:
    """Let the audit log tell of an app's actions, under a heading of the filter."""
    GROUPS.setdefault(group, {}).update(labels)
    LABELS.update(labels)
