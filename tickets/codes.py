"""The words that stand for small numbers in the API and in events; clients compare with them."""

from __future__ import annotations

WORDS = {1: "lm", 2: "ol", 3: "ma", 4: "ex", 5: "gk", 6: "ky"}
NUMBERS = {word: number for number, word in WORDS.items()}
IN_WORDS = ("status-id", "priority-id")


def number_of(value: object) -> object:
    """Return the number of a word, and all else as it is."""
    return NUMBERS.get(value, value) if isinstance(value, str) else value


def in_words(changes: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    """Write statuses and priorities as words, also where an older entry holds numbers."""
    return changes | {
        name: {side: WORDS.get(value, value) if isinstance(value, int) else value for side, value in change.items()}
        for name, change in changes.items()
        if name in IN_WORDS
    }
