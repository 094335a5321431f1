from __future__ import annotations

import logging
import math
import time

LEFT_ALONE = 5  # seconds for which a store that failed is not asked again, so that it slows nobody down
LOGGED_EVERY = 60  # seconds


class CircuitBreaker:
    """Whether a store failed just now, in this process. It is said in the log once a minute."""

    def __init__(self, logger: logging.Logger, message: str) -> None:
        """`message` has a place for the name of the error."""
        self._logger, self._message = logger, message
        self._failed_at = self._logged_at = -math.inf

    @property
    def is_fresh(self) -> bool:
        return time.monotonic() - self._failed_at < LEFT_ALONE

    def note(self, error: Exception) -> None:
        now = self._failed_at = time.monotonic()
        if now - self._logged_at >= LOGGED_EVERY:
            self._logged_at = now
            self._logger.warning(self._message, type(error).__name__)
