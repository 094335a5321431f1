"""The text of a token: `prpat_`, 40 random base62 characters, and 6 that check them.

238 bits of randomness. The check (CRC32 of all that precedes, in base62) lets a scanner and the API tell a
mistyped or invented token without asking the database. The published pattern is `PATTERN`.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import string
import zlib

from django.conf import settings

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
PREFIX = "prpat_"
RANDOM_LENGTH = 40
CHECK_LENGTH = 6
LENGTH = len(PREFIX) + RANDOM_LENGTH + CHECK_LENGTH
PATTERN = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{RANDOM_LENGTH + CHECK_LENGTH}}}", re.ASCII)


def generate() -> str:
    text = PREFIX + "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    return text + checksum(text)


def checksum(text: str) -> str:
    """Return the CRC32 of `text` as `CHECK_LENGTH` base62 characters, most significant first."""
    number = zlib.crc32(text.encode())
    digits = []
    for _ in range(CHECK_LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))


def is_well_formed(text: str) -> bool:
    if PATTERN.fullmatch(text) is None:
        return False
    return hmac.compare_digest(text[-CHECK_LENGTH:], checksum(text[:-CHECK_LENGTH]))


def digest(text: str) -> str:
    """Return what the database keeps of a token: the version of the pepper, and an HMAC-SHA256 under it."""
    return _digest(text, _version(settings.TOKEN_PEPPERS[0]), settings.TOKEN_PEPPERS[0])


def digests(text: str) -> list[str]:
    """Return `digest` under every pepper in force, the newest first."""
    return [_digest(text, _version(pepper), pepper) for pepper in settings.TOKEN_PEPPERS]


def is_current(digest: str) -> bool:
    """Tell whether the newest pepper made the digest."""
    return digest.startswith(current_version())


def current_version() -> str:
    """Return what every digest under the newest pepper begins with."""
    return f"{_version(settings.TOKEN_PEPPERS[0])}$"


def _digest(text: str, version: str, pepper: str) -> str:
    return f"{version}${hmac.new(pepper.encode(), text.encode(), hashlib.sha256).hexdigest()}"


def _version(pepper: str) -> str:
    """Name a pepper without giving it away, so that a digest tells which pepper made it."""
    return hashlib.sha256(b"pepper version:" + pepper.encode()).hexdigest()[:8]
