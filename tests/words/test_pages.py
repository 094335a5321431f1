"""What stands on pages in Polish and German is not English, names aside."""

import re
from html.parser import HTMLParser

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.urls import reverse

from connect.catalogue import NAMES
from tests.test_page_queries import PAGES

pytestmark = pytest.mark.django_db
PROPER = {"PlanRadar", "PlanRadar Connect", "Alpha", "Olga", "olga@alpha.example", "Olga (olga@alpha.example) ·"}
PROPER |= {"Olga (olga@alpha.example)", "HTTP Basic"}
SAME = {  # words that English shares with the language
    "pl": {"E-mail", "Token", "URL"},
    "de": {"(optional)", "Browser", "Details", "Feedback", "Header", "Name", "Token", "URL", "Webhooks"},
}
VOID = {"input", "link", "meta", "br", "img", "hr", "path", "circle", "line", "rect"}


class Texts(HTMLParser):
    """The texts of a page that a person reads, apart from code, times, and options of lists."""

    ASIDE = frozenset({"script", "style", "title", "pre", "code", "option", "time", "template"})

    def __init__(self):
        super().__init__()
        self.found, self._open = set(), []

    def handle_starttag(self, tag, attrs):
        """Go in; what is in another language says so."""
        if tag not in VOID:
            self._open.append((tag, tag in self.ASIDE or (tag != "html" and "lang" in dict(attrs))))

    def handle_endtag(self, tag):
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        text = " ".join(data.split())
        if not any(aside for _, aside in self._open) and sum(letter.isalpha() for letter in text) > 2:
            self.found.add(text)


def texts(client, url, language):
    reader = Texts()
    reader.feed(client.get(url, headers={"Accept-Language": language}).content.decode())
    return reader.found


@pytest.mark.parametrize("language", ["pl", "de"])
def test_pages_are_translated(owner, client_of, language):
    client = client_of(owner)
    urls = [reverse(name) for name in PAGES]

    english = {text for url in urls for text in texts(client, url, "en")}
    left = {text for url in urls for text in texts(client, url, language)} & english
    assert left - SAME[language] - PROPER - set(NAMES.values()) == set()


DU = re.compile(r"\b([Dd]u|[Dd]ein\w*|[Dd]ich|[Dd]ir|[Ee]uch|[Ee]ure?\w*)\b")
SIGN_IN_PAGES = [
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_change_password",
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_generate_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "usersessions_list",
]


def test_catalogue_addresses_people_with_sie():
    with (settings.BASE_DIR / "locale/de/LC_MESSAGES/django.po").open("rb") as file:
        assert [message.id for message in read_po(file) if DU.search(str(message.string))] == []


@pytest.mark.parametrize("name", SIGN_IN_PAGES)
def test_pages_of_the_sign_in_address_people_with_sie(client, client_of, owner, name):
    for reader in (client, client_of(owner)):
        page = reader.get(reverse(name), headers={"Accept-Language": "de"}, follow=True).content.decode()
        assert DU.findall(page) == []
