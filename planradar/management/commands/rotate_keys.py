"""Encrypts everything again with the newest keys, and says which old ones are still needed, and by what."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import AuditEntry
from accounts.models.audit import seal_keys
from planradar import key_rotation
from tokens.models import PersonalAccessToken


class Command(BaseCommand):
    help = (
        "Encrypt again, with the newest of SALT_KEYS and SECRET_KEY, all that an older one encrypted, and say which "
        "tokens still need an older one of TOKEN_PEPPERS. Ends with an error where a value fits no key at all."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count what hangs on old keys; change nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        outcomes = []
        for outcome in key_rotation.rotate(is_dry=dry_run):
            outcomes.append(outcome)
            done = "on an old key" if dry_run else "encrypted again"
            fits = f", {outcome.unreadable} FIT NO KEY" if outcome.unreadable else ""
            self.stdout.write(f"{outcome.name}: {outcome.values} values, {outcome.renewed} {done}{fits}")
        self._report_tokens()
        self._report_seals()
        unreadable = sum(outcome.unreadable for outcome in outcomes)
        if unreadable:
            raise CommandError(
                f"{unreadable} values fit none of the keys in SALT_KEYS with SECRET_KEY or SECRET_KEY_FALLBACKS. "
                "Put the key back that made them, at the end of its list, and run this again."
            )
        if not dry_run:
            self.stdout.write("Nothing is encrypted with an old key now.")

    def _report_seals(self) -> None:
        """Seals are never made again; what checks them has to stay, in the list that does nothing else."""
        newest, *older = seal_keys()
        found = Counter(entry.sealed_by([newest, *older]) for entry in AuditEntry.objects.order_by("pk").iterator())
        for place, key in enumerate(settings.AUDIT_KEYS[1:], start=2):
            self.stdout.write(f"{found[key]} audit entries need entry {place} of AUDIT_KEYS.")
        for place, key in enumerate(settings.SALT_KEY, start=1):
            if key not in settings.AUDIT_KEYS and found[key]:
                self.stdout.write(
                    f"{found[key]} audit entries are sealed with entry {place} of SALT_KEYS: put it at the end of "
                    "AUDIT_KEYS as well before you remove it."
                )

    def _report_tokens(self) -> None:
        tokens = PersonalAccessToken.objects.live().of_old_peppers().with_people()
        for token in tokens.order_by("pk").iterator():
            used = f"last used {token.last_used_at:%Y-%m-%d}" if token.last_used_at else "never used"
            person = f"{token.membership.user.email}, account {token.membership.account_id}"
            self.stdout.write(f"{token.masked} of {person} needs an old entry of TOKEN_PEPPERS ({used})")
        self.stdout.write(f"{tokens.count()} live tokens need an old entry of TOKEN_PEPPERS.")
