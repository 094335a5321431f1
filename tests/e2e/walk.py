"""What every page is held to, in every language, width and colour scheme, and in every state it can be in."""

import re

from axe_playwright_python.base import AXE_SCRIPT

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
}  # all that the scheme changes
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
SWAGGER = "#swagger-ui"  # a tool of others, which has the operations of the API documentation once more

RUN_AXE = """async ([options, aside]) => {
  const { violations } = await axe.run({ exclude: [aside] }, options);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}"""
LOOK = """() => ({
  headings: [...document.querySelectorAll('h1')].filter((each) => each.checkVisibility()).length,
  lang: document.documentElement.lang,
  title: document.title,
  broken: [...document.images].filter((each) => each.complete && !each.naturalWidth).length,
})"""
# Errors are shown where a form is sent that cannot be right: every text that must be filled in is emptied.
SEND_EMPTY = """() => {
  for (const form of document.querySelectorAll('main form[method=post]')) {
    const must = [...form.querySelectorAll('input[required], textarea[required]')].filter(
      ({ type }) => !['checkbox', 'radio', 'hidden', 'file'].includes(type));
    if (!must.length) continue;
    for (const field of must) field.value = '';
    form.noValidate = true;
    form.removeAttribute('data-unsaved');
    form.requestSubmit(form.querySelector('.btn-primary'));
    return true;
  }
  return false;
}"""
OPEN_ALL = "() => document.querySelectorAll('details').forEach((each) => { each.open = true; })"


class Watch:
    """Keeps what a page must not do: errors in the console, and requests to other hosts."""

    def __init__(self, page, own):
        self.found, self._page, self._own = [], page, own
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.found.append(f"{page.url}: {error}"))
        page.on("request", self._request)

    def _console(self, message):
        """An answer of 4xx or 5xx is noted by the browser itself, in the page that shows it."""
        is_own_status = "Failed to load resource" in message.text and message.location["url"] == self._page.url
        if message.type == "error" and message.location["url"] and not is_own_status:
            self.found.append(f"{self._page.url}: console: {message.text}")

    def _request(self, request):
        if not request.url.startswith((self._own, "data:", "blob:", "about:")):
            self.found.append(f"{self._page.url}: asks {request.url}")


def findings(page, language):
    """Look at the page as it stands, both wide and narrow, light and dark."""
    found = []
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT + ";undefined")
    for name, size in (("wide", WIDE), ("narrow", NARROW)):
        page.set_viewport_size(size)
        found += [f"{name}: {each}" for each in page.evaluate(RUN_AXE, [WCAG, SWAGGER])]
        if language == "en":  # colours are the same in every language
            page.emulate_media(color_scheme="dark")
            found += [f"{name}, dark: {each}" for each in page.evaluate(RUN_AXE, [COLOURS, SWAGGER])]
            page.emulate_media(color_scheme="light")
    if (width := page.evaluate("() => document.documentElement.scrollWidth")) > NARROW["width"]:
        found.append(f"scrolls sideways: {width} px")
    return found + _frame_findings(page.evaluate(LOOK), language)


def _frame_findings(seen, language):
    found = []
    if seen["headings"] != 1:
        found.append(f"{seen['headings']} main headings")
    if seen["lang"] != language:
        found.append(f"lang={seen['lang']}")
    if not re.match(r".+ · PlanRadar$", seen["title"]):
        found.append(f"title “{seen['title']}”")
    if seen["broken"]:
        found.append("a picture is missing")
    return found


def walk(page, language, label, *, deep):
    """Look at a page; if `deep`, again with everything opened, and with errors shown."""
    found = [f"{label}: {each}" for each in findings(page, language)]
    if not deep:
        return found
    if page.locator("main details").count():
        page.evaluate(OPEN_ALL)
        found += [f"{label}, opened: {each}" for each in findings(page, language)]
    has_sent = page.evaluate(SEND_EMPTY)
    if has_sent:
        page.locator(".error-summary").wait_for()
        if not page.locator(".error-summary").evaluate("(each) => each === document.activeElement"):
            found.append(f"{label}: the summary of errors has not the focus")
        found += [f"{label}, with errors: {each}" for each in findings(page, language)]
    return found
