"""One writer of a delivery's status: the named transitions of `webhooks.models.delivery`."""

import ast
from pathlib import Path

import pytest

from webhooks.models import Delivery

ROOT = Path(__file__).resolve().parents[2]
WRITER = ROOT / "webhooks/models/delivery.py"
FILES = [file for app in ("webhooks", "planradar", "tickets") for file in (ROOT / app).rglob("*.py")]
PRODUCT = [file for file in FILES if "migrations" not in file.parts]


def status_literals(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and (node.arg or "").partition("__")[0] == "status":
            values = [value for value in ast.walk(node.value) if isinstance(value, ast.Constant)]
            yield from (value.value for value in values if value.value in Delivery.Status.values)


def writes(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"update", "create"}:
            yield from (node.lineno for word in node.keywords if word.arg in {"status", "next_attempt_at"})


@pytest.mark.parametrize("file", PRODUCT, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_status_in_a_string_literal(file):
    assert list(status_literals(ast.parse(file.read_text()))) == []


def test_engine_and_pages_write_no_status():
    files = [*(ROOT / "webhooks/engine").glob("*.py"), *(ROOT / "webhooks/pages").glob("*.py")]
    found = {file.name: list(writes(ast.parse(file.read_text()))) for file in files if file.name != "leases.py"}

    assert {name: lines for name, lines in found.items() if lines} == {}


def test_templates_compare_no_status():
    templates = (ROOT / "templates/webhooks").glob("*.html")

    assert [file.name for file in templates if "delivery.status ==" in file.read_text()] == []
