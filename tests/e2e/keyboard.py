"""Work by keyboard alone, counted: Tab stops, other keys, page loads, and stops where one does not see the focus."""

import io

from PIL import Image, ImageChops

LEAST_SEEN = 20  # pixels that change clearly
MOST_TABS = 120  # to one control
AROUND = 6  # pixels, for an outline with its offset
RING = "(each) => { const { x, y, width, height } = each.getBoundingClientRect(); return { x, y, width, height }; }"


class Keyboard:
    def __init__(self, page):
        self.page, self.tabs, self.keys, self.loads, self.unseen = page, 0, 0, 0, []
        page.on("load", self._count)

    def _count(self, _page):
        self.loads += 1

    def tab_to(self, target, back=False):
        """Press Tab until the focus is there; where it is there already, press nothing."""
        for _ in range(MOST_TABS):
            if target.count() == 1 and target.evaluate("(each) => each === document.activeElement"):
                return
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
            self.tabs += 1
            self._see()
        raise AssertionError(f"the keyboard does not reach {target}")

    def press(self, key):
        self.page.keyboard.press(key)
        self.keys += 1

    def follow(self, target, key="Enter"):
        """Go to a link or button, press it, and wait for the page that it leads to."""
        self.tab_to(target)
        with self.page.expect_navigation(wait_until="load"):
            self.press(key)
        self.page.wait_for_timeout(50)  # until what is to have the focus has it

    def skip(self):
        """Take the link over what stands on every page."""
        self.tab_to(self.page.locator(".skip"))
        self.press("Enter")

    def write(self, target, text):
        """Type into a field; what is typed is not counted."""
        self.tab_to(target)
        self.page.keyboard.type(text)

    def _see(self):
        if changed(self.page) < LEAST_SEEN:
            self.unseen.append(self.page.evaluate("() => document.activeElement.outerHTML.slice(0, 120)"))


def changed(page):
    """Return how many pixels around the focused element change by 3:1 or more between focus and none."""
    focused = page.evaluate_handle("() => document.activeElement").as_element()
    focused.scroll_into_view_if_needed()
    box = focused.evaluate(RING)
    size = page.viewport_size
    x, y = max(box["x"] - AROUND, 0), max(box["y"] - AROUND, 0)
    clip = {
        "x": x,
        "y": y,
        "width": max(1, min(box["width"] + 2 * AROUND, size["width"] - x)),
        "height": max(1, min(box["height"] + 2 * AROUND, size["height"] - y)),
    }
    with_focus = page.screenshot(clip=clip, animations="disabled", caret="hide")
    focused.evaluate("(each) => each.blur()")
    without = page.screenshot(clip=clip, animations="disabled", caret="hide")
    focused.evaluate("(each) => each.focus({ focusVisible: true, preventScroll: true })")
    return _clear_pixels(*(Image.open(io.BytesIO(shot)).convert("RGB") for shot in (with_focus, without)))


def _clear_pixels(first, second):
    different = ImageChops.difference(first, second).convert("L").point(lambda value: 255 if value else 0)
    pairs = zip(*(each.get_flattened_data() for each in (first, second, different)), strict=True)
    return sum(1 for one, other, differs in pairs if differs and contrast(one, other) >= 3)


def contrast(one, other):
    """Return the contrast of two colours as WCAG defines it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour):
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part):
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
