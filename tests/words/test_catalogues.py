"""The catalogues hold every string of the interface, in full, and nothing else."""

import re
import subprocess
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent.parent
LANGUAGES = ["pl", "de"]
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|%%")
TAG = re.compile(r"</?\w+[^>]*>")


def read(path):
    with path.open("rb") as file:
        return read_po(file)


def as_tuple(words):
    return words if isinstance(words, tuple) else (words,)


@pytest.fixture(scope="module")
def strings(tmp_path_factory):
    """What the code and the templates ask gettext for."""
    path = tmp_path_factory.mktemp("words") / "messages.pot"
    subprocess.run(["make", "--silent", "messages.pot", f"POT={path}"], cwd=ROOT, check=True)
    return read(path)


@pytest.fixture(scope="module", params=LANGUAGES)
def catalogue(request):
    return read(ROOT / "locale" / request.param / "LC_MESSAGES" / "django.po")


def ids(catalogue):
    return {(message.id, message.context) for message in catalogue if message.id}


def test_catalogue_has_every_string_and_no_other(strings, catalogue):
    assert ids(catalogue) - ids(strings) == set()
    assert ids(strings) - ids(catalogue) == set()
    assert len(ids(strings)) > 1000


def test_every_string_is_translated_and_none_is_a_guess(catalogue):
    wanting = [message.id for message in catalogue if message.id and not all(as_tuple(message.string))]
    wanting += [message.id for message in catalogue if message.id and message.fuzzy]

    assert wanting == []


def test_every_plural_has_all_forms_of_the_language(catalogue):
    plurals = [message for message in catalogue if message.pluralizable]

    assert {len(message.string) for message in plurals} == {catalogue.num_plurals}


@pytest.mark.parametrize("part", [PLACEHOLDER, TAG], ids=["placeholders", "tags"])
def test_translation_keeps_what_is_no_word(catalogue, part):
    unequal = []
    for message in catalogue:
        originals = [set(part.findall(words)) for words in as_tuple(message.id)]
        allowed = originals if message.pluralizable else originals[:1]
        unequal += [
            words
            for words in as_tuple(message.string)
            if message.id and words and set(part.findall(words)) not in allowed
        ]

    assert unequal == []


def test_translation_begins_and_ends_as_the_original_does(catalogue):
    def edges(words):
        return re.match(r"\s*", words)[0], re.search(r"\s*$", words)[0]

    unequal = [
        words
        for message in catalogue
        for words in as_tuple(message.string)
        if message.id and words and edges(words) != edges(as_tuple(message.id)[0])
    ]

    assert unequal == []
