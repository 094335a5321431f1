from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from django import template
from django.http import HttpRequest

register = template.Library()


@register.filter
def can_have_passkeys(request: HttpRequest) -> bool:
    """Tell whether browsers make passkeys for this address: they do so for names alone, not for numbers."""
    host = urlsplit(f"//{request.get_host()}").hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return request.is_secure() or host == "localhost" or host.endswith(".localhost")
    return False
