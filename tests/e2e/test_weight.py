"""How much a page weighs when it is opened for the first time, and the second."""

import pytest

from tests.e2e.loads import SETTINGS, Meter
from tests.e2e.places import url_of

MOST_BYTES, MOST_REQUESTS = 60 * 1024, 8


@pytest.fixture(scope="module")
def meter(site, browser):
    return Meter(site, browser)


@pytest.mark.parametrize(("name", "who", "needs"), SETTINGS)
def test_first_load_is_light_and_second_is_the_document_alone(site, meter, name, who, needs):
    first, second = meter.first_and_second(who, url_of(name, needs, site.place))

    assert first.bytes <= MOST_BYTES
    assert first.requests <= MOST_REQUESTS
    assert first.shift < 0.01
    assert second.requests == 1


def test_static_files_have_hashed_names_and_are_kept_for_good(site, visitor):
    page = visitor("owner")
    files = []
    page.on("response", lambda answer: files.append(answer) if "/static/" in answer.url else None)
    page.goto("/settings/account/webhooks/new/")

    assert {answer.header_value("cache-control") for answer in files} == {"max-age=315360000, public, immutable"}
    assert {answer.header_value("content-encoding") for answer in files if not answer.url.endswith("x")} <= {
        "gzip",
        None,
    }
