"""Images of strangers: counted before anything is decoded, and decoded in a process that is bounded and may die."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

WORKER = str(Path(__file__).parent / "image_worker.py")
SECONDS = 15  # for the whole process, however busy the machine is
MAX_SCANS = 100  # a progressive photo has ten or so, and its preview in Exif as many
MAX_FRAMES = 500
JPEG_SCAN = re.compile(rb"\xff\xda")
PNG_FRAME = re.compile(rb"fcTL")
WEBP_FRAME = re.compile(rb"ANMF")


class UnreadableImageError(Exception):
    """The image is broken, or took more than it may."""


def too_many_parts(content: bytes) -> bool:
    """Tell whether the image has more scans or frames than a photo needs. Reads bytes, decodes nothing."""
    if content.startswith(b"\xff\xd8"):
        return _more_than(MAX_SCANS, JPEG_SCAN, content)
    if content.startswith(b"\x89PNG"):
        return _more_than(MAX_FRAMES, PNG_FRAME, content)
    if content.startswith(b"RIFF"):
        return _more_than(MAX_FRAMES, WEBP_FRAME, content)
    return content.startswith(b"GIF8") and gif_frames(content) > MAX_FRAMES


def _more_than(most: int, mark: re.Pattern[bytes], content: bytes) -> bool:
    return any(number > most for number, _match in enumerate(mark.finditer(content), 1))


def gif_frames(content: bytes) -> int:
    """Count the images of a GIF, up to one more than are taken; a broken one ends the count."""
    position, frames = 13 + _palette(content, 10), 0
    while position < len(content) and frames <= MAX_FRAMES:
        kind = content[position]
        if kind == 0x2C:
            frames += 1
            position = _after_blocks(content, position + 11 + _palette(content, position + 9))
        elif kind == 0x21:
            position = _after_blocks(content, position + 2)
        else:
            break
    return frames


def _palette(content: bytes, position: int) -> int:
    """Return the length of the colour table that the packed byte at the position speaks of."""
    packed = content[position] if position < len(content) else 0
    return 3 * 2 ** ((packed & 7) + 1) if packed & 0x80 else 0


def _after_blocks(content: bytes, position: int) -> int:
    while position < len(content) and content[position]:
        position += content[position] + 1
    return position + 1


def format_of(content: bytes) -> str:
    """Return the format of a whole image. Raise `UnreadableImageError`."""
    return _worker("verify", content).decode()


def thumbnail_of(content: bytes) -> bytes:
    """Return a small JPEG of the image. Raise `UnreadableImageError`."""
    return _worker("thumbnail", content)


def _worker(act: str, content: bytes) -> bytes:
    command = [sys.executable, "-I", WORKER, act]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, env={}, check=True)  # noqa: S603, a command of ours
    except (subprocess.SubprocessError, OSError) as error:
        raise UnreadableImageError from error
    return done.stdout
