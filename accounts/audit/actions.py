"""What the audit log can tell of: the names that are stored, and the words for them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GROUPS: dict[str | Promise, dict[str, str | Promise]] = {
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
    _("Tokens"): {
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
    _("API limit"): {
        "limit.requested": _("higher limit asked for"),
        "limit.changed": _("limit changed"),
        "limit.declined": _("higher limit declined"),
    },
    _("Webhooks"): {
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
    _("PlanRadar Connect"): {
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
}

LABELS: dict[str, str | Promise] = {name: label for actions in GROUPS.values() for name, label in actions.items()}
