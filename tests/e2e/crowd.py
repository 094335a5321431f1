"""People who look at the site, each in a browser of their own."""

import time

from tests.e2e.walk import Watch

RECENT = 180  # seconds after a sign-in; from 300 on, the product asks for the password before acts that open doors


class Crowd:
    def __init__(self, browser, site):
        self._browser, self._site, self._pages, self._watches, self._since = browser, site, {}, [], {}

    def __call__(self, who, language="en"):
        """Return that person's page, on which the browser asks for the language from now on."""
        if who not in self._pages:
            # Without motion no colour is looked at halfway from one scheme to the other.
            self._pages[who] = self._site.enter(self._browser, who, reduced_motion="reduce")
            self._watches.append(Watch(self._pages[who], self._site.url))
            self._since[who] = time.monotonic()
        page = self._pages[who]
        if who != "nobody" and time.monotonic() - self._since[who] > RECENT:
            self._site.sign_in(page, who)
            self._since[who] = time.monotonic()
        page.context.set_extra_http_headers({"Accept-Language": language})
        return page

    def found(self):
        """Return what their browsers complained of so far."""
        return [each for watch in self._watches for each in watch.found]

    def close(self):
        for page in self._pages.values():
            page.context.close()
