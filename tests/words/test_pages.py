"""What stands on pages in Polish and German is not English, names aside."""

from html.parser import HTMLParser

import pytest
from django.urls import reverse

from connect.catalogue import NAMES
from tests.test_page_queries import PAGES

pytestmark = pytest.mark.django_db
PROPER = {"PlanRadar", "PlanRadar Connect", "Alpha", "Olga", "olga@alpha.example", "Olga (olga@alpha.example) ·"}
SAME = {  # words that English shares with the language
    "pl": {"E-mail", "URL"},
    "de": {"(optional)", "Browser", "Details", "Header", "Name", "URL", "Webhooks"},
}


class Texts(HTMLParser):
    """The texts of a page that a person reads, apart from code, times, and options of lists."""

    ASIDE = frozenset({"script", "style", "title", "pre", "code", "option", "time", "template"})

    def __init__(self):
        super().__init__()
        self.found, self._aside = set(), 0

    def handle_starttag(self, tag, attrs):
        self._aside += tag in self.ASIDE

    def handle_endtag(self, tag):
        self._aside -= tag in self.ASIDE

    def handle_data(self, data):
        text = " ".join(data.split())
        if not self._aside and sum(letter.isalpha() for letter in text) > 2:
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
