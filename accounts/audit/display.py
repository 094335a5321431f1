"""The details of an audit entry in words."""

from __future__ import annotations

import re
from datetime import datetime

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import AuditEntry, Membership

NAMES: dict[str, str | Promise] = {
    "answer": gettext_lazy("answer"),
    "api_access": pgettext_lazy("right", "API access"),
    "asked": gettext_lazy("asked for"),
    "authentication": gettext_lazy("authentication"),
    "bearer_token": gettext_lazy("token"),
    "can_manage_users": gettext_lazy("manage users"),
    "can_write": gettext_lazy("may write"),
    "city": gettext_lazy("city"),
    "company": gettext_lazy("company"),
    "position": gettext_lazy("position"),
    "street": gettext_lazy("street"),
    "tel": gettext_lazy("telephone"),
    "zipcode": gettext_lazy("postal code"),
    "is_watcher": gettext_lazy("watcher"),
    "conditions": gettext_lazy("conditions"),
    "days": gettext_lazy("days"),
    "description": gettext_lazy("name"),
    "email": gettext_lazy("e-mail"),
    "event": gettext_lazy("event"),
    "events": gettext_lazy("events"),
    "expires_at": gettext_lazy("expires"),
    "failed_since": gettext_lazy("failed since"),
    "has_api_access": pgettext_lazy("right", "API access"),
    "headers": gettext_lazy("headers"),
    "held": gettext_lazy("held events"),
    "in_order": gettext_lazy("in order, per ticket"),
    "invitations": gettext_lazy("invitations"),
    "kind": gettext_lazy("kind"),
    "limit": gettext_lazy("requests a minute"),
    "link": gettext_lazy("link"),
    "manage_users": gettext_lazy("manage users"),
    "max_in_flight": gettext_lazy("maximum deliveries at once"),
    "max_per_minute": gettext_lazy("maximum deliveries per minute"),
    "name": gettext_lazy("name"),
    "networks": gettext_lazy("allowed networks"),
    "note": gettext_lazy("note"),
    "number": gettext_lazy("requests a minute"),
    "owner": gettext_lazy("owner"),
    "password": gettext_lazy("password"),
    "projects": gettext_lazy("projects"),
    "reason": gettext_lazy("reason"),
    "secret": gettext_lazy("signing secret"),
    "software": gettext_lazy("software"),
    "sign_ins": gettext_lazy("sign-ins"),
    "token": gettext_lazy("token"),
    "tokens": gettext_lazy("tokens"),
    "url": gettext_lazy("URL"),
    "user": gettext_lazy("user name"),
}
VALUES: dict[str, str | Promise] = {
    **dict(Membership.Kind.choices),
    "all": gettext_lazy("all"),
    "basic": "HTTP Basic",
    "bearer": "Bearer",
    "since": gettext_lazy("those since a date"),
    "none": pgettext_lazy("events", "none"),
}


def words_of(entry: AuditEntry) -> list[str]:
    """Return a line for each detail: `API access: no → yes`. What cannot be read is shown as it is."""
    try:
        return [_sendable(f"{NAMES.get(name, name)}: {_words(value)}") for name, value in entry.facts.items()]
    except (ArithmeticError, AttributeError, RecursionError, TypeError, ValueError):
        return [entry.detail]


def _sendable(text: str) -> str:
    """Write halves of characters, which no answer can carry, as their escapes."""
    return text.encode(errors="backslashreplace").decode()


def _words(value: object) -> str:
    match value:
        case {"from": before, "to": after}:
            return f"{_words(before)} → {_words(after)}"
        case True:
            return _("yes")
        case False:
            return _("no")
        case None | "" | []:
            return "–"
        case [*items]:
            return ", ".join(_words(item) for item in items)
    return str(VALUES.get(str(value)) or _moment(str(value)) or value)


def _moment(text: str) -> str:
    """Return a time in the reader's own zone and language; nothing where the text is none."""
    if not re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:", text):
        return ""
    try:
        moment = datetime.fromisoformat(text)
        local = timezone.localtime(moment) if moment.tzinfo else moment
    except (OverflowError, ValueError):  # a time beyond the calendar, in the reader's zone or in any
        return ""
    return formats.date_format(local, "SHORT_DATETIME_FORMAT")
