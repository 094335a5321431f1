"""Imports point one way: lib <- accounts <- tokens <- webhooks <- tickets, accounts <- connect, and between rooms."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = {"lib", "planradar", "accounts", "tokens", "webhooks", "tickets", "connect"}
ALLOWED = {
    "lib": set(),
    "accounts": {"lib"},
    "tokens": {"lib", "accounts"},
    "webhooks": {"lib", "accounts"},
    "connect": {"lib", "accounts"},
    "tickets": {
        "lib",
        "accounts",
        "tokens.api.auth",
        "tokens.api.problems",
        "tokens.api.signed_links",
        "webhooks.engine.publish",
        "webhooks.events",
    },
}
# What a room may import of the other rooms of its app.
ROOMS = {
    "accounts": {
        "models": set(),
        "audit": {"models"},
        "profile": {"models", "audit"},
        "members": {"models", "audit", "profile"},
    },
    "tokens": {"models": set(), "rate_limit": {"models"}, "api": {"models", "rate_limit"}},
    "webhooks": {
        "http": set(),
        "models": {"http.outcome", "http.signing", "engine.backoff"},
        "engine": {"http", "models"},
        "pages": {"http", "models", "engine"},
    },
    "tickets": {
        "models": set(),
        "services": {"models", "api.schemas", "api.serializers", "api.values"},  # events tell what the API answers
        "api": {"models", "services"},
        "pages": {"models", "services"},
    },
}


def imports_of(app):
    """Yield what each module loads, also by `import_module` and `get_model`."""
    for file in (ROOT / app).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                yield from ((file, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                yield from ((file, f"{node.module}.{alias.name}") for alias in node.names)
            elif isinstance(node, ast.Call) and name_of(node.func) in {"import_module", "get_model"}:
                yield file, ".".join(each.value for each in node.args if isinstance(each, ast.Constant))


def name_of(function):
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


@pytest.mark.parametrize("app", ALLOWED)
def test_app_imports_only_what_it_may(app):
    foreign = [(file, name) for file, name in imports_of(app) if name.split(".")[0] in APPS - {app}]

    wrong = [
        f"{file.relative_to(ROOT)}: {name}"
        for file, name in foreign
        if not any(name == allowed or name.startswith(f"{allowed}.") for allowed in ALLOWED[app])
    ]
    assert wrong == []


@pytest.mark.parametrize(("app", "room"), [(app, room) for app, rooms in ROOMS.items() for room in rooms])
def test_room_imports_only_what_it_may(app, room):
    others = {f"{app}.{other}" for other in ROOMS[app] if other != room}
    allowed = tuple(f"{app}.{name}" for name in ROOMS[app][room])
    inside = [(file, name) for file, name in imports_of(f"{app}/{room}") if ".".join(name.split(".")[:2]) in others]

    assert [f"{file.name}: {name}" for file, name in inside if not name.startswith(allowed or ("-",))] == []


def test_one_module_imports_requests():
    files = {file.name for file, name in imports_of("webhooks") if name.split(".")[0] == "requests"}

    assert files == {"request.py"}
