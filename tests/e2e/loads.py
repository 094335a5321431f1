"""What a page costs: bytes on the wire, requests, and how far it shifts while it comes in."""

from dataclasses import dataclass

from tests.e2e.places import API_USER, MANAGER, OWNER, PAGES

# The Swagger page, a tool of others, is left out.
SETTINGS = [(name, *row) for name, row in PAGES.items() if row[0] in {OWNER, MANAGER, API_USER} and name != "api_try"]
SETTINGS += [("help_page", OWNER, {"name": name}) for name in ("integrators", "customer-success")]  # with pictures
COUNT_SHIFTS = """() => {
  window.shift = 0;
  new PerformanceObserver((list) => { for (const each of list.getEntries()) window.shift += each.value; })
    .observe({ type: 'layout-shift', buffered: true });
}"""


@dataclass
class Load:
    bytes: int  # with headers
    requests: int  # that reached the server
    shift: float


class Meter:
    """Loads pages of somebody who is signed in, in a browser that has seen nothing yet."""

    def __init__(self, site, browser):
        self._site, self._browser, self._states = site, browser, {}

    def _state(self, who):
        if who not in self._states:
            page = self._site.enter(self._browser, who)
            self._states[who] = page.context.storage_state()
            page.context.close()
        return self._states[who]

    def cookies(self, who):
        return "; ".join(f"{each['name']}={each['value']}" for each in self._state(who)["cookies"])

    def first_and_second(self, who, url):
        context = self._browser.new_context(base_url=self._site.url, storage_state=self._state(who))
        context.add_init_script(f"({COUNT_SHIFTS})()")
        page = context.new_page()
        loads = [_load(page, url), _load(page, url)]
        context.close()
        return loads


def _load(page, url):
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes, cached = {}, set()
    session.on("Network.requestServedFromCache", lambda event: cached.add(event["requestId"]))
    session.on("Network.responseReceived", lambda event: _note_cached(event, cached))
    session.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    page.goto(url, wait_until="load")
    page.wait_for_timeout(150)
    shift = page.evaluate("() => window.shift")
    session.detach()
    asked = {key: size for key, size in sizes.items() if key not in cached}
    return Load(sum(asked.values()), len(asked), shift)


def _note_cached(event, cached):
    response = event["response"]
    if response.get("fromDiskCache") or response["url"].startswith("data:"):
        cached.add(event["requestId"])
