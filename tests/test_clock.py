"""What reads the clock passes at every hour of the calendar: its tests run again, with the clock moved there."""

import calendar
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

READ_THE_CLOCK = [
    "tests/accounts/test_audit_page.py",
    "tests/connect/test_digest.py",
    "tests/tokens/test_reminders.py",
    "tests/tokens/test_usage.py",
    "tests/webhooks/test_answers.py",
    "tests/webhooks/test_backoff.py",
    "tests/webhooks/test_charts.py",
]


def last_sunday(year, month):
    last = datetime(year, month, calendar.monthrange(year, month)[1], tzinfo=UTC)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def moments():
    """Return days that are special, with the weekdays that tests have failed on. All are to come, as for OpenSSL."""
    year = datetime.now(UTC).year + 1
    leap = next(each for each in range(year, year + 9) if calendar.isleap(each))
    special = {
        "leap day": datetime(leap, 2, 29, 12, tzinfo=UTC),
        "end of the year": datetime(year, 12, 31, 23, 30, tzinfo=UTC),
        "summer time begins": last_sunday(year, 3) + timedelta(minutes=59, seconds=50),
        "summer time ends": last_sunday(year, 10) + timedelta(minutes=59, seconds=50),
    }
    sunday = last_sunday(year, 4) + timedelta(hours=23, minutes=59, seconds=55)
    weekdays = {calendar.day_name[day]: sunday + timedelta(days=day + 1) for day in (3, 5)}
    return special | weekdays


@pytest.mark.parametrize("moment", moments().values(), ids=moments().keys())
def test_tests_pass_whatever_the_clock_shows(moment):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *READ_THE_CLOCK]
    environment = os.environ | {"TEST_CLOCK": moment.isoformat(), "TZ": "Pacific/Auckland", "REDIS_URL": ""}
    if url := os.environ.get("DATABASE_URL"):  # the database of this run is in use
        environment["DATABASE_URL"] = f"{url}_clock{os.environ.get('PYTEST_XDIST_WORKER', '')}"
    run = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True)

    assert run.returncode == 0, run.stdout[-3000:]
