"""The guides: every page of the settings leads to its part, and what they lead to and show exists."""

import re

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse

from accounts.models import User
from planradar.help import GUIDES, MARKDOWN, REFERENCES, document, headings_of
from planradar.help_links import PLACES

pytestmark = pytest.mark.django_db
DOCUMENTS = [*GUIDES, *REFERENCES]
PICTURE = r"pictures/([a-z-]+\.png)"


def test_every_place_is_a_part_of_a_guide():
    parts = {f"{name}#{anchor}" for name in GUIDES for anchor in headings_of(name)}

    assert set(PLACES.values()) - parts == set()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_leads_to_parts_that_exist(name):
    addresses = re.findall(r'href="([^"]+)"', document(name).html)
    parts = {reverse("help_page", args=[one]): headings_of(one) for one in DOCUMENTS}

    within = [address.partition("#") for address in addresses if not address.startswith("https://")]
    assert [(url, anchor) for url, _, anchor in within if url not in parts or anchor not in {"", *parts[url]}] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_page_shows_the_document_in_its_language_with_its_pictures(client_of, member, name):
    member.user.language = "de"
    member.user.save()

    page = client_of(member).get(reverse("help_page", args=[name])).content.decode()

    assert '<html lang="de">' in page
    assert page.count('<article class="card prose" lang="en">') == 1
    pictures = re.findall(r'<img src="/static/(guide/[^"]+)" alt="[^"]+" width="\d+" height="\d+" loading="lazy"', page)
    assert len(pictures) == page.count("<img ")
    assert [name for name in pictures if not finders.find(name)] == []


def test_index_leads_to_every_document(client_of, member):
    page = client_of(member).get(reverse("help_index")).content.decode()

    assert [name for name in DOCUMENTS if f'href="{reverse("help_page", args=[name])}"' not in page] == []


def test_unknown_guide_is_not_found(client_of, member):
    assert client_of(member).get(reverse("help_page", args=["reliability"])).status_code == 404


def test_page_that_may_not_be_opened_leads_to_no_guide(client_of, member):
    answer = client_of(member).get(reverse("webhooks:webhook_list"))

    assert (answer.status_code, 'class="guide"' in answer.content.decode()) == (403, False)


def test_administration_leads_to_the_guide_for_customer_success(client):
    client.force_login(User.objects.create_user("staff@planradar.example", is_staff=True))

    page = client.get(reverse("admin:index")).content.decode()

    assert f'href="{reverse("help_page", args=["customer-success"])}"' in page


def test_every_picture_is_shown_somewhere():
    folder = settings.BASE_DIR / "docs"
    sources = [*folder.glob("*.md"), settings.BASE_DIR / "README.md"]
    shown = {name for source in sources for name in re.findall(PICTURE, source.read_text())}

    assert {picture.name for picture in (folder / "pictures").iterdir()} == shown


def test_picture_is_small():
    sizes = {picture.name: picture.stat().st_size for picture in (settings.BASE_DIR / "docs/pictures").iterdir()}

    assert {name: size for name, size in sizes.items() if size > 60 * 1024} == {}


def test_html_in_a_document_is_shown_as_text():
    assert MARKDOWN.render("<script>1</script>") == "<p>&lt;script&gt;1&lt;/script&gt;</p>\n"
