"""A process of its own that opens one image from standard input, and may die of it.

`verify` answers with the image's format; `thumbnail` with a JPEG of at most 320 pixels a side.
"""

from __future__ import annotations

import io
import resource
import sys

from PIL import Image, ImageOps

FORMATS = ["JPEG", "PNG", "GIF", "WEBP"]
MEMORY = 1024 * 1024 * 1024  # bytes
SECONDS = 8  # of the processor
SIDE = 320  # pixels


def bound() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    Image.MAX_IMAGE_PIXELS = None  # counted before, from the header


def verify(content: bytes) -> bytes:
    """Find out whether the image is whole. Pillow verifies no JPEG, but reads one at an eighth of its size cheaply."""
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        if image.format not in ("JPEG", "MPO"):  # the latter is a JPEG with further pictures behind it
            image.verify()
            return str(image.format).encode()
        image.draft("RGB", (1, 1))
        image.load()
        return b"JPEG"


def thumbnail(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        image.draft("RGB", (2 * SIDE, 2 * SIDE))
        small = ImageOps.exif_transpose(image).convert("RGBA")
        small.thumbnail((SIDE, SIDE))
        white = Image.new("RGBA", small.size, "white")
        out = io.BytesIO()
        Image.alpha_composite(white, small).convert("RGB").save(out, "JPEG", quality=80)
        return out.getvalue()


if __name__ == "__main__":
    bound()
    act = {"verify": verify, "thumbnail": thumbnail}[sys.argv[1]]
    sys.stdout.buffer.write(act(sys.stdin.buffer.read()))
