"""What is used directly is named in pyproject.toml, pinned by hash, and explained."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUNS, TESTS = PROJECT["project"]["dependencies"], PROJECT["dependency-groups"]["dev"]


def name_of(requirement):
    return re.match(r"[\w.-]+", requirement)[0].lower().replace("_", "-")


def hashes_in(file):
    """Yield each pinned name with the hashes that follow it."""
    for entry in re.split(r"\n(?=\S)", (ROOT / file).read_text()):
        yield name_of(entry), entry.count("--hash=sha256:")


@pytest.mark.parametrize(("file", "wanted"), [("requirements.txt", RUNS), ("requirements-dev.txt", RUNS + TESTS)])
def test_lock_pins_every_package_by_hash(file, wanted):
    locked = dict(hashes_in(file))

    assert {name_of(each) for each in wanted} - set(locked) == set()
    assert [name for name, hashes in locked.items() if not hashes] == []


def test_both_locks_agree():
    runs, tests = ((ROOT / file).read_text() for file in ("requirements.txt", "requirements-dev.txt"))
    pinned = [re.findall(r"^[\w.-]+==[^ ]+", text, re.M) for text in (runs, tests)]

    assert set(pinned[0]) - set(pinned[1]) == set()


def test_every_direct_dependency_is_explained():
    rows = re.findall(r"^\| ([^|]+) \|", (ROOT / "docs/dependencies.md").read_text(), re.M)
    explained = {name.strip().lower() for row in rows for name in row.split(",")}

    assert {name_of(each) for each in RUNS + TESTS} - explained == set()
