"""Masking secrets where a receiver sends them back, in every form in which software commonly writes them."""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode
from collections.abc import Collection, Iterator
from urllib.parse import quote, quote_plus

MASK = "••••••"
SHORTEST_SECRET = 4  # characters; masking shorter ones in an answer would tell more than it hides


class Mask:
    """Replaces each of the secrets, plain, quoted or encoded, in a text."""

    def __init__(self, secrets: Collection[str]) -> None:
        forms = {form for secret in secrets if len(secret) >= SHORTEST_SECRET for form in _forms(secret)}
        longest_first = sorted(forms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if forms else None

    def __call__(self, text: str) -> str:
        return self._pattern.sub(MASK, text) if self._pattern else text


def _forms(secret: str) -> Iterator[str]:
    yield secret
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield html.escape(secret)
    yield quote(secret, safe="")
    yield quote_plus(secret)
    yield b64encode(secret.encode()).decode()
