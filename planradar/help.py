"""The guides of `docs/` as pages of the product, and the part of them that helps on each page of the settings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET
from markdown_it import MarkdownIt
from markdown_it.token import Token
from PIL import Image

from accounts import addresses
from accounts.context_processors import Frame, MenuGroup, MenuItem
from planradar.help_links import PLACES

FOLDER = settings.BASE_DIR / "docs"
GUIDES = {
    "owners": (_("For account owners"), "crown"),
    "managers": (_("For user managers"), "users"),
    "integrators": (_("For integrators"), "plug"),
    "customer-success": (_("For Customer Success"), "clipboard-list"),
    "everybody": (_("For everybody"), "circle-user-round"),
}
REFERENCES = {
    "webhooks": (_("What webhooks send"), "webhook"),
    "tokens": (_("Tokens and the limit"), "key-round"),
}
GROUPS = [(_("Guides"), GUIDES), (_("Reference"), REFERENCES)]
LINK = re.compile(r"([a-z-]+)\.md(#.*)?")
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
PICTURE = re.compile(r"pictures/([a-z0-9-]+\.png)")


@dataclass(frozen=True, slots=True)
class Document:
    title: str
    about: str
    headings: dict[str, str]  # by anchor
    html: str  # safe: the source is ours, and HTML in it is shown as text


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a guide, to lead to."""

    url: str
    title: str


@require_GET
def help_index(request: HttpRequest) -> HttpResponse:
    documents = [
        (label, [(text, reverse("help_page", args=[name]), document(name)) for name, (text, _icon) in group.items()])
        for label, group in GROUPS
    ]
    return render(request, "help/index.html", {"groups": documents, "menu": _menu(request)})


@require_GET
def help_page(request: HttpRequest, name: str) -> HttpResponse:
    if name not in GUIDES | REFERENCES:
        raise Http404
    return render(request, "help/page.html", {"document": document(name), "menu": _menu(request)})


def guide(request: HttpRequest) -> dict[str, Part | None]:
    """Give every template the part of a guide that helps on its page, if there is one."""
    place = PLACES.get(request.resolver_match.view_name) if request.resolver_match else None
    return {"guide": part(place) if place else None}


def part(place: str) -> Part:
    """Return what `name#anchor` leads to."""
    name, _hash, anchor = place.partition("#")
    return Part(f"{reverse('help_page', args=[name])}#{anchor}", headings_of(name)[anchor])


def _menu(request: HttpRequest) -> Frame:
    def item(name: str, label: object, icon: str) -> MenuItem:
        url = reverse("help_page", args=[name])
        return MenuItem(str(label), url, icon, request.path_info == addresses.split(url)[1])

    return Frame(
        menu=[MenuGroup(str(label), [item(name, *facts) for name, facts in group.items()]) for label, group in GROUPS]
    )


@cache
def document(name: str) -> Document:
    """Read a document of `docs/`: a title, a paragraph of plain text, and parts that can be linked to."""
    tokens, headings = _parse(name), headings_of(name)
    for opening, inline in pairwise(tokens):
        if _is_heading(opening):
            opening.attrSet("id", slugify(inline.content))
        for child in inline.children or []:
            _lead_within_product(child)
    html = MARKDOWN.renderer.render(tokens[6:], MARKDOWN.options, {})  # without title and paragraph, of three each
    html = html.replace("<table>", '<div class="scroll" tabindex="0"><table>').replace("</table>", "</table></div>")
    return Document(tokens[1].content, tokens[4].content, headings, html)


@cache
def headings_of(name: str) -> dict[str, str]:
    """Return the headings that can be linked to, by anchor."""
    pairs = pairwise(_parse(name))
    return {slugify(inline.content): inline.content for opening, inline in pairs if _is_heading(opening)}


def _parse(name: str) -> list[Token]:
    return MARKDOWN.parse((FOLDER / f"{name}.md").read_text("utf-8"))


def _is_heading(token: Token) -> bool:
    return token.type == "heading_open" and token.tag == "h2"


def _lead_within_product(token: Token) -> None:
    """Turn links between documents, and to pictures, into addresses of this installation."""
    if token.type == "link_open" and (link := LINK.fullmatch(str(token.attrGet("href")))):
        token.attrSet("href", reverse("help_page", args=[link[1]]) + (link[2] or ""))
    if token.type == "image" and (picture := PICTURE.fullmatch(str(token.attrGet("src")))):
        with Image.open(FOLDER / "pictures" / picture[1]) as image:
            token.attrSet("width", str(image.width))
            token.attrSet("height", str(image.height))
        token.attrSet("src", static(f"guide/{picture[1]}"))
        token.attrSet("loading", "lazy")
