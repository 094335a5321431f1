"""Secret keys: from the environment, or made once and kept in the data directory.

Making them is for the embedded default alone. An installation with a database server may run on several
machines, where each would make its own, so there a missing key is an error.
"""

import contextlib
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def read_or_make(name: str, *, directory: Path, may_make: bool) -> str:
    """Return the key kept in `directory/<name>`, making it (32 random bytes, hexadecimal) if it may be made."""
    file = directory / name.lower()
    if not may_make:
        raise ImproperlyConfigured(f"Set {name}: with DATABASE_URL set, no key is made up.")
    if not file.exists():
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = directory / f"{file.name}.{secrets.token_hex(4)}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(32))
        with contextlib.suppress(FileExistsError):
            file.hardlink_to(draft)  # the first of several processes wins
        draft.unlink()
    return file.read_text()


def make_private(directory: Path) -> None:
    """Let only this process's user into the directory: it holds the database, the keys and what people uploaded."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(PermissionError):  # another user's directory: its owner decides
        directory.chmod(0o700)
