from __future__ import annotations

import ipaddress
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from tokens.models.token import latest_expiry
from tokens.networks import is_within

MOST_NETWORKS = 50
LONGEST = timedelta(days=3653)  # ten years, for a date that is typed


class NetworksField(forms.Field):
    """Networks in CIDR notation, one a line. Cleans to their canonical texts, each once."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})

    def __init__(self, *, within: list[str] | None = None) -> None:
        """`within` are the networks that may be narrowed but not left."""
        super().__init__(
            required=False,
            label=_("Allowed networks"),
            help_text=_("One a line, such as 203.0.113.0/24 or 2001:db8::/32. Empty: from everywhere."),
        )
        self.within = within or []

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401, as the base class: a list, or what was typed
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: str | None) -> list[str]:
        words = (value or "").replace(",", " ").split()
        if len(words) > MOST_NETWORKS:
            raise ValidationError(_("Give at most %(number)s networks."), params={"number": MOST_NETWORKS})
        return list(dict.fromkeys(_network(word) for word in words))

    def validate(self, value: list[str]) -> None:
        if self.within and not value:
            raise ValidationError(_("Keep at least one network: a token can be narrowed, not widened."))
        for network in value if self.within else ():
            if not is_within(network, self.within):
                raise ValidationError(
                    _("%(network)s is not inside the networks that the token has. Create another token for it."),
                    params={"network": network},
                )

    def has_changed(self, initial: list[str] | None, data: str | None) -> bool:
        return (initial or []) != (data or "").split()


def _network(word: str) -> str:
    try:
        return str(ipaddress.ip_network(word))
    except ValueError:
        pass
    try:
        meant = ipaddress.ip_network(word, strict=False)
    except ValueError:
        raise ValidationError(
            _("“%(word)s” is not a network. Write it like 203.0.113.0/24."), params={"word": word[:50]}
        ) from None
    raise ValidationError(
        _("“%(word)s” is an address inside a network. Write %(meant)s for the network."),
        params={"word": word, "meant": str(meant)},
    )


class DayField(forms.DateField):
    """The last day on which a token works, in the person's time zone. Cleans to the instant at which that day ends."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, input_formats=["%Y-%m-%d"], **kwargs)

    def clean(self, value: Any) -> datetime | None:  # noqa: ANN401, as the base class
        day = super().clean(value)
        if day is None:
            return None
        today = timezone.localdate()
        if day < today:
            raise ValidationError(_("This day is over. Choose today or a later day."))
        if day > today + LONGEST:
            raise ValidationError(_("This day is more than ten years away. Choose an earlier one, or no end."))
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def refuse_later_than_allowed(expires_at: datetime | None, account: Account, now: datetime) -> datetime | None:
    """Raise where a token would outlive what the account allows; the last day itself is cut, not refused."""
    latest = latest_expiry(account, now)
    if latest is None or (expires_at is not None and expires_at <= latest):
        return expires_at
    if expires_at is None or expires_at - latest >= timedelta(days=1):
        raise ValidationError(
            _("Tokens of this account live for at most %(days)s days. Choose an earlier day."),
            params={"days": account.max_token_lifetime_days},
        )
    return latest
