"""The demo inbox, which is there with DEBUG alone, is held to the same bounds as every page."""

from tests.e2e.walk import Watch, walk


def test_inbox_holds_its_bounds(stack, browser):
    page = browser.new_context(base_url=stack.url, reduced_motion="reduce").new_page()
    watch = Watch(page, stack.url)
    page.goto("/demo/inbox/")

    assert walk(page, "en", "inbox", deep=True) + watch.found == []
    page.context.close()
