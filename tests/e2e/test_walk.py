"""One walk over all addresses, from the table of who may open them."""

import pytest
from playwright.sync_api import Error

from tests.e2e.places import NO_PAGES, OTHER_STATES, PAGES, url_of
from tests.e2e.states import STATES
from tests.e2e.walk import Watch, findings, walk
from tests.test_access import ADDRESSES

LANGUAGES = ["en", "pl", "de"]


def test_walk_knows_every_address():
    ours = {name for name in ADDRESSES if not name.startswith(("admin:", "api-2.0:"))}

    assert set(PAGES) | set(NO_PAGES) == ours
    assert not set(PAGES) & set(NO_PAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_holds_its_bounds(site, visitor, language):
    places = [(name, *row) for name, row in PAGES.items()] + OTHER_STATES
    found = [each for place in places for each in _visit(site, visitor, language, *place)]

    found += visitor.found()
    assert not found, "\n".join(found)


def _visit(site, visitor, language, name, who, needs):
    """Return what is wrong there; a page that breaks hides no other."""
    label = f"{name} ({who}, {language})"
    try:
        page = visitor(who, language)
        answer = page.goto(url_of(name, needs, site.place))
        wrong = [] if answer.status in {200, 404} else [f"{label}: {answer.status}"]
        return wrong + walk(page, language, label, deep=True)
    except Error as error:
        return [f"{label}: {error}"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_holds_its_bounds(site, visitor, language):
    found = [each for reach in STATES for each in _reach(site, visitor, language, reach)] + visitor.found()

    assert not found, "\n".join(found)


def _reach(site, visitor, language, reach):
    who, status = STATES[reach]
    label = f"{reach.__name__} ({who}, {language})"
    page = visitor(who, language)
    statuses = []
    page.on(
        "response", lambda answer: statuses.append(answer.status) if answer.request.is_navigation_request() else None
    )
    try:
        reach(page, site)
        wrong = [] if statuses[-1] == status else [f"{label}: {statuses}"]
        return wrong + walk(page, language, label, deep=False)
    except Error as error:
        return [f"{label}: {error}"]


SPOIL = """() => {
  document.documentElement.lang = 'fr';
  document.querySelector('label').remove();
  document.querySelector('h1').style.color = '#999';
  document.querySelector('main').insertAdjacentHTML('beforeend', '<h1>Two</h1><p>' + '<button>x</button>'.repeat(2));
  for (const each of document.querySelectorAll('main p button')) {
    each.style.cssText = 'inline-size: 9px; block-size: 9px; padding: 0; min-height: 0; border: 0; display: block';
  }
  document.querySelector('main p:last-child').style.minWidth = '400px';
  document.body.insertAdjacentHTML('beforeend', '<img src=https://elsewhere.example/a.png alt=a>');
}"""


def test_walk_notices_what_is_wrong(site, browser):
    page = site.enter(browser, "nobody", reduced_motion="reduce")
    watch = Watch(page, site.url)
    page.goto("/auth/login/")
    page.evaluate(SPOIL)

    found = "\n".join(findings(page, "en") + watch.found)

    for wrong in (
        "label: ",
        "color-contrast: ",
        "target-size: ",
        "lang=fr",
        "2 main headings",
        "sideways",
        "elsewhere",
    ):
        assert wrong in found
    page.context.close()
