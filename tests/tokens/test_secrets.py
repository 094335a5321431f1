import random
import zlib

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
