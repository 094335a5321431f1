"""Masking secrets where a receiver sends them back, however it writes them.

What is written in a common form is replaced. Then the text is compared on a decoded, normalised copy: where a secret
is still found, the whole part is withheld, because it cannot be cut out safely.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import json
import re
from collections.abc import Collection, Iterator
from urllib.parse import quote, quote_plus, unquote

MASK = "••••••"
WITHHELD = "[withheld: contains a hidden value]"
SHORTEST_SECRET = 4  # characters; masking shorter ones in an answer would tell more than it hides
SHORTEST_BARE = 8  # letters and digits that are compared without what stands between them
GROWTH = 24  # times a secret's length, that it may take in the answer: escapes within escapes
ROUNDS = 4  # of decoding: JSON within JSON within a URL within HTML
STANDARD, URLSAFE = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", b"-_"
UU = bytes(range(32, 96))
BARE = re.compile(r"[\W_]+")
NOISE = re.compile(r"[\s\x00+\\\"']+")
ESCAPE = re.compile(r"\\+(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([0-7]{3}))")
BACKSLASHES = re.compile(r"\\+([^\\])")
CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
QUOTED = re.compile(r"=\r?\n|=([0-9A-Fa-f]{2})")
HEX_BREAKS = re.compile(r"(?<=[0-9a-fA-F]{2})[\s:,-]+(?:0x)?(?=[0-9a-fA-F]{2})")


class Mask:
    """Replaces each of the secrets in a text, or withholds the text."""

    def __init__(self, secrets: Collection[str]) -> None:
        hidden = [secret for secret in secrets if len(secret) >= SHORTEST_SECRET]
        forms = sorted({form for secret in hidden for form in _common_forms(secret)}, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, forms))) if forms else None
        self._needles = {needle for secret in hidden for needle in _needles(secret)}
        self._bare = {bare for needle in self._needles if len(bare := BARE.sub("", needle)) >= SHORTEST_BARE}
        self.margin = GROWTH * max(map(len, hidden), default=0)

    def __call__(self, text: str, length: int, *, is_whole: bool = True) -> str:
        """Return what may be kept of a text, at most `length` bytes of it.

        It is masked before it is cut, so that no half of a secret is left at the end; of a text that is not whole,
        the end is left out, which may be such a half.
        """
        if self._pattern is None:
            return _cut(text, length)
        masked = self._pattern.sub(MASK, text)
        if not is_whole:
            masked = masked[: max(len(masked) - self.margin, 0)]
        return WITHHELD if self._is_found(masked[: length + self.margin]) else _cut(masked, length)

    def _is_found(self, text: str) -> bool:
        for view in dict.fromkeys(map(_normal, _views(text))):
            bare = BARE.sub("", view)
            if any(needle in view for needle in self._needles) or any(needle in bare for needle in self._bare):
                return True
        return False


def _cut(text: str, length: int) -> str:
    return text.encode("utf-8", "replace")[:length].decode("utf-8", "ignore")


def _common_forms(secret: str) -> Iterator[str]:
    """Yield what can be replaced where it stands: the secret alone, quoted or encoded as software commonly does."""
    plain = json.dumps(secret, ensure_ascii=False)[1:-1]
    ascii_only = json.dumps(secret)[1:-1]
    yield from (secret, plain, ascii_only, plain.replace("/", "\\/"), ascii_only.replace("/", "\\/"))
    yield from (html.escape(secret), html.escape(secret, quote=False), html.escape(secret).replace("&#x27;", "&#39;"))
    for encoded in (quote(secret, safe=""), quote(secret), quote_plus(secret)):
        yield encoded
        yield re.sub("%..", lambda found: found[0].lower(), encoded)
    yield base64.b64encode(secret.encode()).decode()
    yield base64.urlsafe_b64encode(secret.encode()).decode()


def _needles(secret: str) -> Iterator[str]:
    """Yield what is looked for in a decoded copy: the secret, and what no decoder of ours undoes."""
    variants = {secret, json.dumps(secret)[1:-1], html.escape(secret), quote(secret, safe=""), quote_plus(secret)}
    variants |= {json.dumps(secret, ensure_ascii=False)[1:-1], secret.replace("/", "\\/"), *_views(secret)}
    found = set(variants)
    for variant in variants:
        for encoding in ("utf-8", "latin-1", "utf-16-le", "utf-16-be"):
            data = variant.encode(encoding, "ignore")
            found |= {data.decode("latin-1"), *_encoded(data)}
    found |= {codecs.encode(secret, "rot_13"), secret.encode("utf-7").decode(), secret.encode("punycode").decode()}
    found |= {secret[::-1], _uuencoded(secret.encode())}
    found |= {secret.encode(encoding).decode("latin-1") for encoding in ("utf-8", "utf-32-le", "utf-32-be")}
    yield from (normal for form in found if len(normal := _normal(form)) >= SHORTEST_SECRET)


def _encoded(data: bytes) -> Iterator[str]:
    """Yield how the bytes look in encodings of bytes, in whatever text they are embedded."""
    if len(data) < SHORTEST_SECRET:
        return
    yield data.hex()
    for offset in range(3):
        core = _core(base64.b64encode(bytes(offset) + data), offset, len(data), bits=6)
        yield core.decode()
        yield core.translate(bytes.maketrans(b"+/", URLSAFE)).decode()
        yield core.translate(bytes.maketrans(STANDARD, UU)).decode()
        yield core.translate(bytes.maketrans(STANDARD, UU)).replace(b" ", b"`").decode()
    for offset in range(5):
        yield _core(base64.b32encode(bytes(offset) + data), offset, len(data), bits=5).decode()
        yield _core(base64.b32hexencode(bytes(offset) + data), offset, len(data), bits=5).decode()
    yield from (base64.b85encode(data).decode(), base64.a85encode(data).decode())
    for offset in range(4):
        inner = data[offset : offset + (len(data) - offset) // 4 * 4]
        yield from (base64.b85encode(inner).decode(), base64.a85encode(inner).decode())
    yield binascii.b2a_qp(data).decode("latin-1")


def _uuencoded(data: bytes) -> str:
    return b"".join(binascii.b2a_uu(data[start : start + 45]) for start in range(0, len(data), 45)).decode()


def _core(encoded: bytes, offset: int, length: int, *, bits: int) -> bytes:
    """Return the characters that depend on the data alone, not on what stands before and after it."""
    first, last = -(-8 * offset // bits), 8 * (offset + length) // bits
    return encoded[first:last]


def _views(text: str) -> list[str]:
    """Return the text and what becomes of it when it is decoded, step by step and again."""
    views = [text]
    for _ in range(ROUNDS):
        before = text
        for decode in (_unescape, html.unescape, _unquote, _unquoted_printable, _as_utf_8):
            decoded = decode(text)
            if decoded != text:
                views.append(decoded)
                text = decoded
        if text == before:
            break
    return list(dict.fromkeys([*views, *(HEX_BREAKS.sub("", view) for view in views)]))


def _unescape(text: str) -> str:
    """Undo the escapes of JSON, JavaScript, PHP, Go, Java, Ruby and Python."""
    if "\\" not in text:
        return text
    text = ESCAPE.sub(_character, text)
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return BACKSLASHES.sub(lambda found: CONTROLS.get(found[1], found[1]), text)


def _character(found: re.Match[str]) -> str:
    braced, short, long, two, octal = found.groups()
    number = int(octal, 8) if octal else int(braced or short or long or two, 16)
    return chr(number) if number < 0x110000 else found[0]


def _unquote(text: str) -> str:
    return unquote(text) if "%" in text else text


def _unquoted_printable(text: str) -> str:
    return QUOTED.sub(lambda found: chr(int(found[1], 16)) if found[1] else "", text) if "=" in text else text


def _as_utf_8(text: str) -> str:
    """Undo UTF-8 that was read as Latin-1, as header fields are."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def _normal(text: str) -> str:
    """Leave out what encodings add or change: spaces, folds, zero bytes, quotes, backslashes, case."""
    return NOISE.sub("", text).casefold()
