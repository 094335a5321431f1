from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def constant_time(seconds: float) -> Iterator[None]:
    """Let what is in the block take so long, however soon it is done: the time taken then tells nothing."""
    end = time.monotonic() + seconds
    yield
    time.sleep(max(end - time.monotonic(), 0))
