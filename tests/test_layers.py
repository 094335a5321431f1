"""Imports point one way: accounts <- tokens <- webhooks <- tickets, accounts <- connect."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = {"planradar", "accounts", "tokens", "webhooks", "tickets", "connect"}
ALLOWED = {
    "accounts": set(),
    "tokens": {"accounts"},
    "webhooks": {"accounts"},
    "connect": {"accounts"},
    "tickets": {
        "accounts",
        "tokens.api.auth",
        "tokens.api.problems",
        "tokens.api.signed_links",
        "webhooks.engine.publish",
        "webhooks.events",
    },
}


def imports_of(app):
    for file in (ROOT / app).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                yield from ((file, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                yield from ((file, f"{node.module}.{alias.name}") for alias in node.names)


@pytest.mark.parametrize("app", ALLOWED)
def test_app_imports_only_what_it_may(app):
    foreign = [(file, name) for file, name in imports_of(app) if name.split(".")[0] in APPS - {app}]

    wrong = [
        f"{file.relative_to(ROOT)}: {name}"
        for file, name in foreign
        if not any(name == allowed or name.startswith(f"{allowed}.") for allowed in ALLOWED[app])
    ]
    assert wrong == []


def test_one_module_imports_requests():
    files = {file.name for file, name in imports_of("webhooks") if name.split(".")[0] == "requests"}

    assert files == {"request.py"}
