"""The leaf between network and rows: models load no network code."""

import ast
from pathlib import Path

from webhooks import models
from webhooks.http import outcome

LEAVES = {"webhooks.http.outcome", "webhooks.http.signing", "webhooks.http"}


def imports_of(file):
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield node.module


def test_models_import_only_leaves_of_http():
    files = Path(models.__file__).parent.glob("*.py")

    assert {name for file in files for name in imports_of(file) if name.startswith("webhooks.http")} <= LEAVES


def test_leaf_imports_nothing_of_ours():
    assert [name for name in imports_of(Path(outcome.__file__)) if name.startswith("webhooks")] == []


def test_every_error_has_a_hint():
    assert set(outcome.HINTS) == set(outcome.DeliveryError)
