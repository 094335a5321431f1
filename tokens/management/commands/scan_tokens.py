"""Finds our tokens in files, and says which are live. The tokens themselves are never printed."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tokens import leaks, lookup, token_format
from tokens.models import PersonalAccessToken

LONGEST_PIECE = 1024 * 1024  # bytes; a longer line is read in pieces
SHORTER_THAN_A_TOKEN = token_format.LENGTH - 1


@dataclass(frozen=True, slots=True)
class Found:
    place: str
    secret: str

    def __str__(self) -> str:
        return f"{self.place}: {token_format.PREFIX}…{self.secret[-4:]}"


class Command(BaseCommand):
    help = "Find personal access tokens in files and folders. Exits with 1 where one of them is live, 2 on bad paths."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")

    def handle(self, *args: Any, paths: list[Path], **options: Any) -> None:
        self.failed = live = False
        for file in self._files(paths):
            try:
                found = list(_find(file))
            except OSError as error:
                self._fail(error)
                continue
            for item in found:
                token = lookup.with_secret(item.secret)
                live = live or (token is not None and token.is_live)
                self.stdout.write(f"{item}: {_state(token)}")
        if self.failed or live:
            sys.exit(1 if live else 2)

    def _files(self, paths: list[Path]) -> Iterator[Path]:
        for path in paths:
            if path.is_dir():
                tree = os.walk(path, onerror=self._fail)
                files = (Path(folder, name) for folder, _folders, names in tree for name in names)
                yield from filter(_may_hold_text, sorted(files))
            else:
                yield path

    def _fail(self, error: OSError) -> None:
        self.stderr.write(f"{error.filename}: {error.strerror or 'cannot be read'}")
        self.failed = True


def _may_hold_text(file: Path) -> bool:
    """Leave out pipes, devices and links to nowhere. What cannot be looked at stays in, to be complained of."""
    try:
        return stat.S_ISREG(file.stat().st_mode)
    except OSError as error:
        return not isinstance(error, FileNotFoundError)


def _find(file: Path) -> Iterator[Found]:
    """Read bytes, of any kind and in lines of any length; without their zeros, UTF-16 reads as ASCII does."""
    number, tail = 1, ""
    with open(file, "rb", opener=_without_waiting) as lines:
        while piece := lines.readline(LONGEST_PIECE):
            text = tail + piece.replace(b"\0", b"").decode("latin-1")
            for secret in leaks.find(text):
                yield Found(f"{file}:{number}", secret)
            is_whole = piece.endswith(b"\n")
            number, tail = number + is_whole, "" if is_whole else text[-SHORTER_THAN_A_TOKEN:]


def _without_waiting(path: str, flags: int) -> int:
    """Open a pipe that nobody writes to as if it were empty."""
    return os.open(path, flags | os.O_NONBLOCK)


def _state(token: PersonalAccessToken | None) -> str:
    if token is None:
        return "not of this installation"
    return f"{token.state.value}, “{token.name}” of {token.membership.user.email} in {token.account.name}"
