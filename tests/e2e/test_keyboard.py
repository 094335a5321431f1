"""The main tasks by keyboard alone, with every stop seen."""

import pytest

from tests.e2e.keyboard import LEAST_SEEN, Keyboard, changed
from tests.e2e.tasks import TASKS


@pytest.mark.parametrize("name", TASKS)
def test_task_is_done_by_keyboard_alone(site, browser, figures, name):
    task = TASKS[name]
    page = site.enter(browser, task.who, permissions=["clipboard-read", "clipboard-write"])
    keyboard = Keyboard(page)

    task.do(keyboard, site)

    figures.append(f"{name}: {keyboard.tabs} Tab + {keyboard.keys} keys, {keyboard.loads} page loads")
    assert keyboard.unseen == []
    assert keyboard.tabs <= task.most_tabs
    page.context.close()


def test_stop_without_a_ring_is_noticed(site, browser):
    page = site.enter(browser, "nobody")
    page.goto("/auth/login/")
    link = page.locator("main a").first
    link.focus()
    seen = changed(page)

    link.evaluate("(each) => { each.style.outline = 'none'; }")

    assert seen >= LEAST_SEEN > changed(page)
    page.context.close()
