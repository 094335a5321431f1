"""No words of the interface stand outside gettext."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ["accounts", "connect", "planradar", "tickets", "tokens", "webhooks"]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html")) + sorted((ROOT / "templates").rglob("*.txt"))
MODULES = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]
SHOWN = {"alt", "aria-label", "aria-description", "placeholder", "title"}
SAME_EVERYWHERE = {"PlanRadar", "HTTP", "POST", "ms", "s", "openapi.json"}
SHOWN_KEYWORDS = {"label", "help_text", "verbose_name", "verbose_name_plural", "description", "empty_label"}
SHOWN_CALLS = {"ValidationError", "success", "error", "warning", "info", "add_error", "message_user"}
LOGGERS = {"logger", "logging"}
DESCRIBERS = {"Field", "Query", "Path", "get", "post", "put", "delete"}  # of the API, whose description is English


class Words(HTMLParser):
    """Collects what a person would read: text and some attributes, apart from code samples."""

    def __init__(self):
        super().__init__()
        self.found, self._silent = [], 0

    def handle_starttag(self, tag, attributes):
        self._silent += tag in {"pre", "code", "style", "script"}
        self.found += [value for name, value in attributes if name in SHOWN and value]

    def handle_endtag(self, tag):
        self._silent -= tag in {"pre", "code", "style", "script"}

    def handle_data(self, data):
        if not self._silent:
            self.found.append(data)


def words_outside(source):
    """Return the words that remain where every template tag is taken away, with what it translates."""
    kept, until = [], ""
    for token in Lexer(source).tokenize():
        if until:
            until = "" if token.contents == until else until
        elif token.token_type is TokenType.BLOCK and token.contents.startswith(("blocktranslate", "comment")):
            until = f"end{token.split_contents()[0]}"
        elif token.contents == "block shell":  # a class
            until = "endblock"
        elif token.token_type is TokenType.TEXT:
            kept.append(token.contents)
    parser = Words()
    parser.feed("".join(kept))
    found = {word for text in parser.found for word in re.findall(r"[^\W\d_][\w.]*", text)}
    return found - SAME_EVERYWHERE


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_template_has_no_words_of_its_own(path):
    assert words_outside(path.read_text()) == set()


def test_words_outside_are_found():
    source = '{% load i18n %}<p title="Hint">{% translate "Good" %} bad {{ name }}</p><pre>code</pre>'

    assert words_outside(source) == {"Hint", "bad"}


def is_words(node):
    return (
        isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(re.search(r"[^\W\d_]{2}", node.value))
    )


def bare_strings(source):
    """Return the strings that a module shows without asking gettext: labels, messages, errors."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        owner = getattr(getattr(node.func, "value", None), "id", "")
        if name in DESCRIBERS:
            continue
        found += [word.value.value for word in node.keywords if word.arg in SHOWN_KEYWORDS and is_words(word.value)]
        if name in SHOWN_CALLS and owner not in LOGGERS:
            shown = node.args[1:] if name in {"add_error", "success", "error", "warning", "info"} else node.args
            found += [argument.value for argument in shown if is_words(argument)]
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module_shows_no_string_that_gettext_does_not_know(path):
    assert bare_strings(path.read_text()) == []


def test_bare_strings_are_found():
    source = (
        'forms.CharField(label="Name")\nmessages.error(request, "No")\nlogger.error("fine")\nValidationError("Bad")'
    )

    assert bare_strings(source) == ["Name", "No", "Bad"]
