from datetime import UTC, datetime, timedelta

import pytest

from webhooks.engine import backoff

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


def test_ten_attempts_span_75_hours_and_35_minutes():
    assert backoff.MAX_ATTEMPTS == 10
    assert sum(backoff.RETRY_DELAYS, timedelta()) == timedelta(hours=75, minutes=35, seconds=5)


@pytest.mark.parametrize("attempts", range(1, 10))
def test_retry_comes_never_early_and_at_most_a_tenth_late(attempts):
    delay = backoff.next_attempt_at(NOW, attempts=attempts) - NOW

    assert backoff.RETRY_DELAYS[attempts - 1] <= delay <= backoff.RETRY_DELAYS[attempts - 1] * 1.1


def test_no_attempt_after_the_tenth():
    assert backoff.next_attempt_at(NOW, attempts=10) is None


def test_retry_after_puts_the_attempt_off():
    delay = backoff.next_attempt_at(NOW, attempts=1, retry_after=3600) - NOW

    assert timedelta(hours=1) <= delay <= timedelta(hours=1.1)


def test_retry_after_never_brings_the_attempt_forward_nor_beyond_a_day():
    assert backoff.next_attempt_at(NOW, attempts=4, retry_after=1) - NOW >= timedelta(hours=2)
    assert backoff.next_attempt_at(NOW, attempts=1, retry_after=10**9) - NOW <= timedelta(hours=26.4)
