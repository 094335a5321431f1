"""docs/rules.md names every rule, each rule has a test, and the files that it points to exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROWS = re.findall(r"^\| (R-\w+) \|.*\| (.*) \|$", (ROOT / "docs" / "rules.md").read_text(), re.MULTILINE)
TESTS = {
    name
    for file in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^def (test_r_\w+)", file.read_text(), re.MULTILINE)
}


def test_document_has_the_sixteen_rules():
    assert len(dict(ROWS)) == len(ROWS) == 16


@pytest.mark.parametrize(("rule", "places"), ROWS, ids=[rule for rule, _places in ROWS])
def test_rule_has_a_test_and_a_place(rule, places):
    prefix = f"test_{rule.lower().replace('-', '_')}_"

    assert any(name.startswith(prefix) for name in TESTS)
    assert [place for place in re.findall(r"`([^`]+)`", places) if not (ROOT / place).exists()] == []
