"""Text for mails in which our own links work and nothing else becomes one, whatever names hold."""

from __future__ import annotations

import re
from collections.abc import Collection

from django.utils.html import escape, linebreaks
from django.utils.safestring import SafeString, mark_safe

WORD_JOINER = "\u2060"  # takes no room; what holds one is no address to any mail program
URL = re.compile(r"https?://\S+")
LINK_LIKE = re.compile(r"\S*(?:://|\w\.[^\W\d_]{2})\S*")
E_MAIL = re.compile(r"[(<]?[\w.+-]+@[\w.-]+[)>]?[.,;:]?")
WHERE_PROGRAMS_READ_A_LINK = re.compile(r"(?<=[^\s])([.:/])(?=[^\s])")


def inert(text: str, links: Collection[str]) -> str:
    """Return the text with whatever looks like a link broken invisibly, apart from e-mails and the links given."""

    def broken(match: re.Match[str]) -> str:
        word = match[0]
        if word in links or E_MAIL.fullmatch(word):
            return word
        return WHERE_PROGRAMS_READ_A_LINK.sub(rf"\1{WORD_JOINER}", word)

    return LINK_LIKE.sub(broken, text)


def html_of(text: str, links: Collection[str]) -> SafeString:
    """Return paragraphs in which the links given, where they stand as a word, can be clicked."""
    words = "|".join(re.escape(link) for link in sorted(links, key=len, reverse=True))
    parts = re.split(rf"(?<!\S)({words})(?!\S)", text) if words else [text]
    marked = "".join(_anchor(part) if number % 2 else escape(part) for number, part in enumerate(parts))
    return mark_safe(linebreaks(mark_safe(marked)))  # noqa: S308, every part is escaped above


def _anchor(link: str) -> str:
    return f'<a href="{escape(link)}">{escape(link)}</a>'
