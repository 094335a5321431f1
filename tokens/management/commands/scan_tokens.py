"""Finds our tokens in files, and says which are live. The tokens themselves are never printed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tokens import leaks, lookup, secrets
from tokens.models import PersonalAccessToken


@dataclass(frozen=True, slots=True)
class Found:
    place: str
    secret: str

    def __str__(self) -> str:
        return f"{self.place}: {secrets.PREFIX}…{self.secret[-4:]}"


class Command(BaseCommand):
    help = "Find personal access tokens in files and folders. Exits with 1 where one of them is live, 2 on bad paths."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")

    def handle(self, *args: Any, paths: list[Path], **options: Any) -> None:
        failed = live = False
        for file in _files(paths):
            try:
                found = list(_find(file))
            except OSError as error:
                self.stderr.write(f"{file}: {error.strerror or 'cannot be read'}")
                failed = True
                continue
            for item in found:
                token = lookup.with_secret(item.secret)
                live = live or (token is not None and token.is_live)
                self.stdout.write(f"{item}: {_state(token)}")
        if failed or live:
            sys.exit(1 if live else 2)


def _files(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.is_file())
        else:
            yield path


def _find(file: Path) -> Iterator[Found]:
    with file.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            for secret in leaks.find(line):
                yield Found(f"{file}:{number}", secret)


def _state(token: PersonalAccessToken | None) -> str:
    if token is None:
        return "not of this installation"
    return f"{token.state.value}, “{token.name}” of {token.membership.user.email} in {token.account.name}"
