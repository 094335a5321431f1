"""Makes the pictures of `docs/` anew: `python -m screenshots`, or `make screenshots`.

The product runs as `manage.py start` starts it, in a directory of its own, and with a clock that stands still, so that
dates are the same in every run. A picture that hardly differs from the one that is there stays.
"""

from __future__ import annotations

import io
import os
import tempfile
import urllib.request
from pathlib import Path

import django
from PIL import Image, ImageChops
from playwright.sync_api import Browser, StorageState, sync_playwright

from screenshots import NOW
from screenshots.shots import SHOTS, Shot, sign_in
from tests.e2e.conftest import CHROMIUM, FLAGS
from tests.e2e.stack import ROOT, Stack

PICTURES = ROOT / "docs" / "pictures"
COLOURS = 64
APART = 7  # of 255: two colours nearer than this are one
DIFFERENT = 40  # of 255: how far apart two points are that count
HARDLY = 0.0015  # of all points: what chance names
Colour = tuple[int, int, int]
CLOCK = f"import time_machine; time_machine.travel({NOW.isoformat()!r}, tick=False).start()"


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        stack = Stack(Path(directory), {"PYTHONPATH": directory})
        _play_scene(stack)
        _set_clock(directory)
        stack.start()
        try:
            _take_all(stack)
        finally:
            stack.stop()


def _play_scene(stack: Stack) -> None:
    os.environ.update(stack.environment | {"DJANGO_SETTINGS_MODULE": "planradar.settings"})
    django.setup()
    from screenshots import scene  # noqa: PLC0415, not before Django is set up

    scene.play()


def _set_clock(directory: str) -> None:
    """Let every Python that starts from now on believe that it is `NOW`."""
    Path(directory, "sitecustomize.py").write_text(CLOCK)


def _take_all(stack: Stack) -> None:
    _call_api(stack, times=13)
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        signed_in = {who: _sign_in(browser, stack, who) for who in {shot.who for shot in SHOTS}}
        for shot in SHOTS:
            context = browser.new_context(
                base_url=stack.url,
                storage_state=signed_in[shot.who],
                viewport={"width": shot.width, "height": shot.height},
                color_scheme="dark" if shot.is_dark else "light",
            )
            print(_keep(shot, shot.take(context.new_page())))
            context.close()
        browser.close()


def _sign_in(browser: Browser, stack: Stack, who: str) -> StorageState:
    context = browser.new_context(base_url=stack.url)
    sign_in(context.new_page(), stack.demo["users"][who])
    state = context.storage_state()
    context.close()
    return state


def _call_api(stack: Stack, *, times: int) -> None:
    for _ in range(times):
        request = urllib.request.Request(
            f"{stack.url}/api/v2/{stack.demo['customer_id']}/projects",
            headers={"X-PlanRadar-API-Key": stack.demo["token"], "User-Agent": "erp-bridge/2.4"},
        )
        with urllib.request.urlopen(request) as answer:
            answer.read()


def _keep(shot: Shot, png: bytes) -> str:
    """Write a picture where it differs from the one that is there; say what became of it."""
    path = PICTURES / f"{shot.name}.png"
    new = _with_few_colours(Image.open(io.BytesIO(png)).convert("RGB"))
    if path.exists():
        with Image.open(path) as old:
            if old.size == new.size and _difference(old, new) < HARDLY:
                return f"{path.name}: as it was"
    new.save(path, optimize=True)
    return f"{path.name}: {path.stat().st_size // 1024} KiB"


def _with_few_colours(picture: Image.Image) -> Image.Image:
    """Keep the colours that are seen most as they are, and take the nearest of them for the others."""
    kept: list[Colour] = []
    for _count, colour in sorted(picture.getcolors(picture.width * picture.height) or [], reverse=True):
        if len(kept) < COLOURS and all(_distance(colour, other) >= APART for other in kept):
            kept.append(colour)
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in kept for part in colour])
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)


def _distance(one: Colour, other: Colour) -> int:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def _difference(old: Image.Image, new: Image.Image) -> float:
    """Return the share of points that differ."""
    points = ImageChops.difference(old.convert("RGB"), new.convert("RGB")).convert("L").histogram()
    return sum(points[DIFFERENT:]) / sum(points)


if __name__ == "__main__":
    main()
