"""Measures the interface and writes docs/interface.md: `python -m tests.e2e.figures`, or `make interface`."""

import http.client
import os
import ssl
import statistics
import sys
import tempfile
import time
from pathlib import Path

import django
from playwright.sync_api import sync_playwright

from tests.e2e.conftest import CHROMIUM, FLAGS
from tests.e2e.keyboard import Keyboard
from tests.e2e.loads import SETTINGS, Meter
from tests.e2e.places import NOBODY, url_of
from tests.e2e.site import Certificate, Site
from tests.e2e.stack import ROOT
from tests.e2e.tasks import TASKS

TIMES, WARM_UPS = 10, 3
# What a good open-source peer, healthchecks, takes for a page of the same kind: KB, requests, milliseconds.
PEER = {
    "accounts:account": "84.3, 6, 13",
    "accounts:profile": "94.9, 6, 15",
    "webhooks:webhook_list": "136.4, 24, 17",
    "webhooks:webhook_create": "83.7, 6, 10",
    "webhooks:webhook_edit": "83.7, 6, 11",
    "webhooks:webhook_detail": "92.3, 6, 16",
    "account_login": "41.4, 5, 5",
}
HEAD = """# The interface in figures

Measured by `make interface` in Debian's Chromium, against the product as servers run it (DEBUG off, gunicorn, SQLite),
with the data of the demo and everything that pages may have to show. The peer is a good open-source one, healthchecks,
whose figures were measured in the same way.

Tests in CI hold what is not a matter of the clock:

- axe (WCAG 2.2 AA) finds nothing on any page, in any state, light and dark, 1280 and 320 pixels wide, in three
  languages (peer: 0 of 36 states are clean), and nothing scrolls sideways at 320 pixels (peer: 3 of 9 pages do);
- no error in the console, no request to another host;
- every stop of the keyboard is seen (peer: 1 to 5 are not, in each task);
- the main tasks work without JavaScript (peer: 1 of 5);
- settings pages ask the database a fixed number of times, at most 11.
"""


def main():
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        directory = Path(name)
        os.environ |= {"DJANGO_SETTINGS_MODULE": "planradar.settings", "DATA_DIR": name}
        django.setup()
        certificate = Certificate(directory)
        site = Site(directory, certificate).start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, certificate.flag])
        try:
            pages, tasks = _pages(site, browser), _tasks(site, browser)
        finally:
            browser.close()
            site.stop()
    text = "\n".join([HEAD, *tasks, "", *pages, ""])
    (ROOT / "docs" / "interface.md").write_text(text)
    sys.stdout.write(text)


def _tasks(site, browser):
    """Do each task by keyboard, from the page that one sees after signing in."""
    lines = [
        "## By keyboard",
        "",
        "| After the sign-in | Tab stops | not seen | keys | page loads | peer: Tab stops, not seen, loads |",
        "|---|---|---|---|---|---|",
    ]
    for name, task in TASKS.items():
        page = site.enter(browser, task.who, permissions=["clipboard-read", "clipboard-write"])
        keyboard = Keyboard(page)
        task.do(keyboard, site)
        figures = [name, keyboard.tabs, len(keyboard.unseen), keyboard.keys, keyboard.loads, task.peer]
        lines.append(_row(figures))
        page.context.close()
    return lines


def _pages(site, browser):
    lines = [
        "## Weight and time",
        "",
        f"KB on the wire with headers; milliseconds over loopback, median of {TIMES} (least to most).",
        "",
        "| Page | first load, KB | requests | second load, KB | ms | peer: KB, requests, ms |",
        "|---|---|---|---|---|---|",
    ]
    meter = Meter(site, browser)
    for name, who, needs in [("account_login", NOBODY, {}), *SETTINGS]:
        url = url_of(name, needs, site.place)
        first, second = meter.first_and_second(who, url)
        times = _times(site, meter.cookies(who), url)
        spread = f"{statistics.median(times):.0f} ({min(times):.0f}–{max(times):.0f})"
        kilobytes = [f"{load.bytes / 1024:.1f}" for load in (first, second)]
        lines.append(_row([f"`{url}`", kilobytes[0], first.requests, kilobytes[1], spread, PEER.get(name, "")]))
    return lines


def _times(site, cookies, url):
    connection = http.client.HTTPSConnection("127.0.0.1", site.port, context=ssl._create_unverified_context())
    headers = {"Cookie": cookies, "Accept-Encoding": "gzip", "Accept-Language": "en"}
    times = []
    for _ in range(WARM_UPS + TIMES):
        begin = time.perf_counter()
        connection.request("GET", url, headers=headers)
        connection.getresponse().read()
        times.append((time.perf_counter() - begin) * 1000)
    connection.close()
    return times[WARM_UPS:]


def _row(cells):
    return f"| {' | '.join(str(cell) for cell in cells)} |"


if __name__ == "__main__":
    main()
