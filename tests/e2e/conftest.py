"""The whole product as its users run it: `manage.py start` in a process of its own, and a browser."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest
import redis
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Stack:
    """A running installation. `manage` runs a command of it; `kill` ends one of its processes the hard way."""

    def __init__(self, directory, environment):
        self.port = free_port()
        self.directory = directory
        self.environment = (
            os.environ
            | environment
            | {
                "DATA_DIR": str(directory),
                "PORT": str(self.port),
                "DEBUG": "true",
                "API_RATE_LIMIT": "5000",
            }
        )
        self.url = f"http://127.0.0.1:{self.port}"

    def manage(self, *arguments):
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True
        ).stdout

    def start(self):
        log = (self.directory / "log.txt").open("a")
        command = [sys.executable, "manage.py", "start"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{self.url}/health/live") as answer:
                    assert answer.status == 200
                break
            except OSError:
                assert self.process.poll() is None, (self.directory / "log.txt").read_text()
                time.sleep(0.1)
        self.demo = json.loads(self.manage("demo", "--json"))
        return self

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=30)

    def pids(self, word):
        found = subprocess.run(["pgrep", "-f", word], capture_output=True, text=True, check=False).stdout.split()
        return [
            int(pid)
            for pid in found
            if f"DATA_DIR={self.directory}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        ]


def _postgres(base, name):
    return f"{base}/{name}".replace("postgres:", "postgresql:", 1)


@pytest.fixture(scope="session")
def own_services():
    """Return the environment of services that are this run's own: a database and a Redis number, if there are any."""
    database, redis_url = os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL")
    if not database:
        yield {}
        return
    base, name = database.rsplit("/", 1)
    own = f"{name}_e2e"
    with psycopg.connect(_postgres(base, "postgres"), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {own} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {own}")
    store = redis.Redis.from_url(redis_url.rsplit("/", 1)[0] + "/10")
    store.flushdb()
    yield {"DATABASE_URL": f"{base}/{own}", "REDIS_URL": redis_url.rsplit("/", 1)[0] + "/10"}
    store.flushdb()
    with psycopg.connect(_postgres(base, "postgres"), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {own} WITH (FORCE)")


@pytest.fixture(scope="session")
def stack(tmp_path_factory, own_services):
    running = Stack(tmp_path_factory.mktemp("installation"), own_services).start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser():
    if not Path(CHROMIUM).exists():
        if os.environ.get("CI"):
            pytest.fail(f"{CHROMIUM} is missing")
        pytest.skip(f"{CHROMIUM} is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
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
