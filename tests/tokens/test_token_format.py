import ast
import random
import zlib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tokens import token_format


def test_token_has_the_published_form():
    token = token_format.generate()

    assert token_format.PATTERN.fullmatch(token)
    assert len(token) == len("prpat_") + 46
    assert token_format.is_well_formed(token)


def test_checksum_is_base62_of_crc32():
    number = zlib.crc32(b"prpat_abc")

    value = 0
    for character in token_format.checksum("prpat_abc"):
        value = value * 62 + token_format.ALPHABET.index(character)
    assert value == number


def test_every_wrong_character_is_noticed():
    token = token_format.generate()

    broken = [token[:i] + ("A" if token[i] != "A" else "B") + token[i + 1 :] for i in range(6, len(token))]
    assert [token_format.is_well_formed(text) for text in broken] == [False] * 46


def test_secret_does_not_come_from_a_predictable_generator():
    random.seed(1)
    first = token_format.generate()
    random.seed(1)

    assert token_format.generate() != first


def test_older_peppers_still_find_a_token(settings):
    settings.TOKEN_PEPPERS = ["old"]
    digest = token_format.digest("prpat_x")
    settings.TOKEN_PEPPERS = ["new", "old"]

    assert digest in token_format.digests("prpat_x")
    assert token_format.digest("prpat_x") != digest


@given(
    st.text(token_format.ALPHABET, min_size=40, max_size=40), st.integers(0, 45), st.sampled_from(token_format.ALPHABET)
)
def test_checksum_notices_every_single_change(body, place, character):
    text = token_format.PREFIX + body
    token = text + token_format.checksum(text)
    changed = token[: 6 + place] + character + token[7 + place :]

    assert token_format.is_well_formed(changed) == (changed == token)


@given(st.text())
def test_no_text_upsets_the_check(text):
    assert token_format.is_well_formed(text) is False
    assert token_format.is_well_formed(token_format.PREFIX + text) is False


def test_digests_are_compared_in_constant_time_or_by_the_database():
    """No `==` on a secret, in any module that handles one."""
    root = Path(token_format.__file__).parent
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
