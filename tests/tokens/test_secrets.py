import ast
import random
import zlib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tokens import secrets


def test_token_has_the_published_form():
    token = secrets.generate()

    assert secrets.PATTERN.fullmatch(token)
    assert len(token) == len("prpat_") + 46
    assert secrets.is_well_formed(token)


def test_checksum_is_base62_of_crc32():
    number = zlib.crc32(b"prpat_abc")

    value = 0
    for character in secrets.checksum("prpat_abc"):
        value = value * 62 + secrets.ALPHABET.index(character)
    assert value == number


def test_every_wrong_character_is_noticed():
    token = secrets.generate()

    broken = [token[:i] + ("A" if token[i] != "A" else "B") + token[i + 1 :] for i in range(6, len(token))]
    assert [secrets.is_well_formed(text) for text in broken] == [False] * 46


def test_secret_does_not_come_from_a_predictable_generator():
    random.seed(1)
    first = secrets.generate()
    random.seed(1)

    assert secrets.generate() != first


def test_older_peppers_still_find_a_token(settings):
    settings.TOKEN_PEPPERS = ["old"]
    digest = secrets.digest("prpat_x")
    settings.TOKEN_PEPPERS = ["new", "old"]

    assert digest in secrets.digests("prpat_x")
    assert secrets.digest("prpat_x") != digest


@given(st.text(secrets.ALPHABET, min_size=40, max_size=40), st.integers(0, 45), st.sampled_from(secrets.ALPHABET))
def test_checksum_notices_every_single_change(body, place, character):
    text = secrets.PREFIX + body
    token = text + secrets.checksum(text)
    changed = token[: 6 + place] + character + token[7 + place :]

    assert secrets.is_well_formed(changed) == (changed == token)


@given(st.text())
def test_no_text_upsets_the_check(text):
    assert secrets.is_well_formed(text) is False
    assert secrets.is_well_formed(secrets.PREFIX + text) is False


def test_digests_are_compared_in_constant_time_or_by_the_database():
    """No `==` on a secret, in any module that handles one."""
    root = Path(secrets.__file__).parent
    names = {"secret", "digest", "hint", "text"}
    compared = [
        node
        for file in root.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Compare)
        and isinstance(node.ops[0], ast.Eq | ast.NotEq)
        and names & {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    ]

    assert compared == []
