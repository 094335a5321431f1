"""What several pages say about the use of tokens and of the limit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.humanize.templatetags.humanize import intcomma, naturaltime
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lib.charts import Bar, Chart
from tokens.models import PersonalAccessToken
from tokens.rate_limit.usage import DAYS, Count, TokenUsage


def consequences(token: PersonalAccessToken, used: TokenUsage) -> list[str]:
    """Say what would break without a token."""
    if not used.requests:
        return [_("Nothing used it in the last %(days)s days.") % {"days": DAYS}]
    requests, addresses = used.requests, len(used.addresses)
    facts = [
        ngettext("%(number)s request", "%(number)s requests", requests) % {"number": intcomma(requests)},
        ngettext("%(number)s address", "%(number)s addresses", addresses) % {"number": addresses},
    ]
    if token.last_used_at:
        facts.append(_("last %(ago)s") % {"ago": naturaltime(token.last_used_at)})
    return [_("In the last %(days)s days: %(facts)s.") % {"days": DAYS, "facts": ", ".join(facts)}]


def usage_charts(used: TokenUsage) -> list[Chart]:
    title = _("Requests a day, in the last %(days)s days") % {"days": DAYS}
    bars = [
        Bar(formats.date_format(_day(count), "MONTH_DAY_FORMAT"), count.served, count.refused) for count in used.days
    ]
    return [Chart(title, _("Day (UTC)"), bars, _("served"), _("refused by the limit"))]


def account_chart(counts: Iterable[Count]) -> Chart:
    title = _("Requests an hour, in the last 24 hours")
    bars = [Bar(f"{timezone.localtime(_day(count)):%H:%M}", count.served, count.refused) for count in counts]
    return Chart(title, _("Hour"), bars, _("served"), _("refused by the limit"))


def _day(count: Count) -> datetime:
    return count.label  # type: ignore[return-value]  # a day or an hour, where there is a time line
