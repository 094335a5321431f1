"""Checks the audit logs: the numbers have no gap, each entry is chained to the one before, nothing was changed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.audit import log as audit_log
from accounts.models import AuditEntry


class Command(BaseCommand):
    help = "Check that the audit log of every account, or of one, is whole. Ends with an error where it is not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--account", type=int, help="the number of one account")

    def handle(self, *args: Any, account: int | None, **options: Any) -> None:
        broken = 0
        for number in _accounts(account):
            verdict = audit_log.verify(number)
            broken += not verdict.holds
            if verdict.holds:
                self.stdout.write(f"Account {number}: {verdict.entries} entries hold; seal {verdict.last_seal}")
            else:
                self.stdout.write(f"Account {number}: BROKEN at entry {verdict.broken_at}")
        if broken:
            raise CommandError(f"{broken} audit logs are broken.")


def _accounts(only: int | None) -> list[int]:
    if only is not None:
        return [only]
    return list(AuditEntry.objects.order_by("account_id").values_list("account_id", flat=True).distinct())
