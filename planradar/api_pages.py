"""The pages of the API's documentation: how to call it, one page for each group of operations, events, search."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import AccountRequest
from accounts.models import Project
from planradar import help
from planradar.api_docs import EXPLAINED, document
from planradar.api_examples import event_examples
from planradar.api_reference import COMMON, Group, groups
from planradar.event_schemas import HEADERS, schema_of
from planradar.openapi import ERRORS, LIMIT_HEADERS
from webhooks.events import CATALOGUE, EventType

GUIDE = "api"
EXAMPLE_BASE = "https://planradar.example.com"
LONGEST_SEARCH = 100  # letters


@dataclass(frozen=True, slots=True)
class EventPage:
    """An event of the catalogue, with what a receiver gets."""

    kind: EventType
    example: str
    schema: str


@dataclass(frozen=True, slots=True)
class Hit:
    url: str
    title: str
    about: str


def _groups(request: AccountRequest, customer: str) -> dict[str, Group]:
    return groups(document(), base=_base(request), customer=customer)


def _base(request: AccountRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _render(request: AccountRequest, customer: str, template: str, **context: object) -> HttpResponse:
    shared = {"groups": _groups(request, customer), "sections": help.headings_of(GUIDE), "customer": customer}
    return render(request, f"api/{template}.html", shared | context)


def index(request: AccountRequest, customer: str) -> HttpResponse:
    guide = help.document(GUIDE)
    project = Project.objects.filter(account=int(customer)).active().order_by("pk").first()
    text = guide.html.replace(EXAMPLE_BASE, _base(request)).replace("CUSTOMER", customer)
    text = text.replace("PROJECT", str(project.pk) if project else "PROJECT")
    problems = [(kind, EXPLAINED[kind]) for kind in EXPLAINED]
    errors = [(status, text) for status, text in ERRORS.items() if status in COMMON]
    context = {"guide_html": text, "problems": problems, "errors": errors, "limit_headers": LIMIT_HEADERS}
    return _render(request, customer, "index", **context)


def group(request: AccountRequest, customer: str, name: str) -> HttpResponse:
    found = _groups(request, customer).get(name)
    if found is None:
        raise Http404
    return _render(request, customer, "group", group=found)


def catalogue(request: AccountRequest, customer: str) -> HttpResponse:
    pages = [EventPage(kind, _text(event_examples()[name]), _text(schema_of(name))) for name, kind in CATALOGUE.items()]
    return _render(request, customer, "events", events=pages, headers=HEADERS)


def _text(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def search(request: AccountRequest, customer: str) -> HttpResponse:
    query = request.GET.get("q", "")[:LONGEST_SEARCH].strip()
    hits = _hits(request, customer, query.lower().split()) if query else []
    return _render(request, customer, "search", query=query, hits=hits)


def _hits(request: AccountRequest, customer: str, words: list[str]) -> list[Hit]:
    """Return what holds all the words: operations, events, parts of the guide."""
    hits = []
    for found in _groups(request, customer).values():
        page = reverse("api_group", args=[found.name])
        matching = [operation for operation in found.operations if operation.matches(words)]
        hits += [Hit(f"{page}#{one.anchor}", one.title, f"{one.method} {one.path}") for one in matching]
    for name, kind in CATALOGUE.items():
        if all(word in f"{name} {kind.label} {kind.description} event".lower() for word in words):
            hits.append(Hit(f"{reverse('api_events')}#{name}", name, str(kind.description)))
    for anchor, title in help.headings_of(GUIDE).items():
        if all(word in title.lower() for word in words):
            hits.append(Hit(f"{reverse('api_docs')}#{anchor}", title, _("How to call the API")))
    return hits
