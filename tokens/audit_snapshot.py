"""What the audit log is told of a token: everything but its secret."""

from __future__ import annotations

from accounts.audit.log import fingerprint
from tokens.models import PersonalAccessToken


def facts_of(token: PersonalAccessToken) -> dict[str, object]:
    return {
        "token": f"{token.masked}, {fingerprint(token.digest)}",
        "name": token.name,
        "note": token.note,
        "expires_at": token.expires_at and token.expires_at.isoformat(timespec="seconds"),
        "can_write": token.can_write,
        "networks": token.networks,
    }


def subject_of(token: PersonalAccessToken) -> str:
    return f"{token.name} ({token.masked}), {token.membership.user.email}"
