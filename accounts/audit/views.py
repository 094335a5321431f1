"""The audit log, for the account owner."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import AccountRequest, require
from accounts.audit import log as audit_log
from accounts.audit.actions import LABELS
from accounts.audit.display import words_of
from accounts.audit.filter_form import AuditFilter
from accounts.models import AuditEntry
from accounts.rights import ACCOUNT_OWNER
from lib.csv_export import csv_response

ENTRIES_PER_PAGE = 50
CHECKED_UNASKED = 500  # entries; a longer chain is checked on request


@require_GET
@require(ACCOUNT_OWNER)
def audit_list(request: AccountRequest) -> HttpResponse:
    form = AuditFilter(request.GET)
    entries = AuditEntry.objects.of(request.account)
    page = Paginator(form.apply(entries), ENTRIES_PER_PAGE).get_page(request.GET.get("page"))
    total = entries.count()
    is_checked = total <= CHECKED_UNASKED or "check" in request.GET
    context = {
        "form": form,
        "page_obj": page,
        "rows": [
            {"entry": entry, "label": LABELS.get(entry.action, entry.action), "facts": words_of(entry)}
            for entry in page
        ],
        "total": total,
        "verdict": audit_log.verify(request.account.pk) if is_checked else None,
    }
    return render(request, "accounts/audit_list.html", context)


def _in_words(entry: AuditEntry) -> dict[str, object]:
    return {"entry": entry, "label": LABELS.get(entry.action, entry.action), "facts": words_of(entry)}


@require_GET
@require(ACCOUNT_OWNER)
def audit_export(request: AccountRequest) -> StreamingHttpResponse:
    """Answer with everything that the filter lets through, seals included, so that a copy can prove the log later."""
    head = [_("Number"), _("Time (UTC)"), _("Who"), _("Via"), _("Token"), _("Action"), _("What"), _("Details")]
    head += [_("Address"), _("Seal of the entry before"), _("Seal")]
    entries = AuditFilter(request.GET).apply(AuditEntry.objects.of(request.account))
    return csv_response("audit-log", head, (_row(entry) for entry in entries.iterator(2000)))


def _row(entry: AuditEntry) -> list[object]:
    who = [entry.number, entry.at.isoformat(), entry.actor_name, entry.via, entry.token]
    return [*who, entry.action, entry.subject, entry.detail, entry.ip, entry.previous, entry.seal]
