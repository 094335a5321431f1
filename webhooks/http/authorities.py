"""The authorities whose certificates count: the machine's, those of certifi, and those of the settings."""

from __future__ import annotations

import ssl
import tempfile
from functools import cache
from pathlib import Path

import certifi
from django.conf import settings


@cache
def bundle() -> str:
    """Return the path of one file with all of them, which libcurl reads once for all connections of a webhook."""
    context = ssl.create_default_context()
    places = ssl.get_default_verify_paths()
    hashed = Path(places.capath).glob("*.[0-9]") if places.capath else []
    for file in [*hashed, certifi.where(), *settings.WEBHOOK_CA_FILES]:
        context.load_verify_locations(file)
    with tempfile.NamedTemporaryFile("w", prefix="authorities-", suffix=".pem", delete=False) as file:
        file.writelines(ssl.DER_cert_to_PEM_cert(one) for one in context.get_ca_certs(binary_form=True))
    return file.name
