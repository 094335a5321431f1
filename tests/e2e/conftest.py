"""Running installations, and browsers to look at them."""

import os
import re
from pathlib import Path

import psycopg
import pytest
import redis
from playwright.sync_api import sync_playwright

from tests.e2e.crowd import Crowd
from tests.e2e.site import Certificate, Site
from tests.e2e.stack import Stack
from tests.environment import WORKER

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


FIGURES = pytest.StashKey()


@pytest.fixture(scope="session")
def figures(pytestconfig):
    """Lines that the summary of the run ends with."""
    return pytestconfig.stash.setdefault(FIGURES, [])


def pytest_terminal_summary(terminalreporter, config):
    for line in config.stash.get(FIGURES, []):
        terminalreporter.write_line(line)


def _postgres(base, name):
    return f"{base}/{name}".replace("postgres:", "postgresql:", 1)


@pytest.fixture(scope="session")
def own_services():
    """Return the environment of services that are this run's own: a database and a Redis number, if there are any."""
    database, redis_url = os.environ.get("DATABASE_URL"), os.environ.get("E2E_REDIS_URL")
    if not database:
        yield {}
        return
    base, name = database.rsplit("/", 1)
    own = f"{name}_e2e_{WORKER}"
    with psycopg.connect(_postgres(base, "postgres"), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {own} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {own}")
    store = redis.Redis.from_url(redis_url)
    store.flushdb()
    yield {"DATABASE_URL": f"{base}/{own}", "REDIS_URL": redis_url}
    store.flushdb()
    with psycopg.connect(_postgres(base, "postgres"), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {own} WITH (FORCE)")


@pytest.fixture(scope="session")
def stack(tmp_path_factory, own_services):
    running = Stack(tmp_path_factory.mktemp("installation"), own_services).start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    return Certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="session")
def site(tmp_path_factory, certificate):
    if os.environ.get("DATABASE_URL"):
        pytest.skip("pages look the same on every database: this runs on SQLite")
    running = Site(tmp_path_factory.mktemp("site"), certificate).start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser(certificate):
    if not Path(CHROMIUM).exists():
        if os.environ.get("CI"):
            pytest.fail(f"{CHROMIUM} is missing")
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, certificate.flag])
        yield running
        running.close()


def _note(page, message):
    """Keep an error of the page. What a test itself runs there, such as axe, has no address."""
    if message.type == "error" and message.location["url"]:
        page.console_errors.append(f"{page.url}: {message.text}")


@pytest.fixture
def page_as(browser, stack):
    """Open a browser of one's own, signed in; what the console says is an error."""
    contexts = []

    def page_as(email, password, **options):
        context = browser.new_context(base_url=stack.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: _note(page, message))
        page.console_errors = []
        page.goto("/auth/login/")
        page.locator("[name=login]").fill(email)
        page.locator("[name=password]").fill(password)
        page.locator("main form button.btn-primary").click()
        page.wait_for_url(re.compile("/(projects|admin)/$"))
        return page

    yield page_as
    for context in contexts:
        context.close()


@pytest.fixture
def page_of(page_as, stack):
    """Open a browser of one's own, signed in as somebody of the demo."""

    def page_of(role, **options):
        return page_as(*(stack.demo["users"][role][key] for key in ("email", "password")), **options)

    return page_of


@pytest.fixture(scope="session")
def visitor(browser, site):
    """Look at the site as somebody, in a language that the browser asks for."""
    crowd = Crowd(browser, site)
    yield crowd
    crowd.close()
