"""Our scripts and style sheets, with Subresource Integrity."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def script(name: str) -> SafeString:
    return format_html('<script type="module" src="{}" integrity="{}"></script>', static(name), integrity(name))


@register.simple_tag
def classic_script(name: str) -> SafeString:
    """Render a library that puts its name into the page, which a module cannot."""
    return format_html('<script defer src="{}" integrity="{}"></script>', static(name), integrity(name))


@register.simple_tag
def stylesheet(name: str) -> SafeString:
    return format_html('<link rel="stylesheet" href="{}" integrity="{}">', static(name), integrity(name))


@register.simple_tag
def integrity(name: str) -> str:
    return _digest(name) if settings.DEBUG else _cached_digest(name)


def _digest(name: str) -> str:
    return f"sha384-{base64.b64encode(hashlib.sha384(_content(name)).digest()).decode()}"


_cached_digest = cache(_digest)


def _content(name: str) -> bytes:
    """Return what a browser gets: the collected file, whose references were rewritten, where there is one."""
    if hasattr(staticfiles_storage, "stored_name"):
        with staticfiles_storage.open(staticfiles_storage.stored_name(name)) as file:
            return bytes(file.read())
    found = finders.find(name)
    if found is None:
        raise FileNotFoundError(name)
    return Path(found).read_bytes()
