"""Loaded before Django's settings: the environment of a test run, away from the installation's own data."""

import os
import tempfile

import time_machine

os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="planradar-test-")
os.mkdir(os.environ["DATA_DIR"] + "/static")
os.environ["DEBUG"] = "true"  # no redirect to https; pytest-django sets settings.DEBUG to False again
for key in ("SECRET_KEY", "SALT_KEYS", "AUDIT_KEYS", "TOKEN_PEPPERS"):
    os.environ.setdefault(key, os.urandom(16).hex())

# Each of several processes has two Redis numbers to itself: one for its tests, the next for the product that it runs.
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
if os.environ.get("REDIS_URL"):
    server, number = os.environ["REDIS_URL"].rsplit("/", 1)
    os.environ["REDIS_URL"] = f"{server}/{int(number) + 2 * WORKER}"
    os.environ["E2E_REDIS_URL"] = f"{server}/{int(number) + 2 * WORKER + 1}"

if "TEST_CLOCK" in os.environ:  # a moment that the run begins at, such as 2028-02-29T12:00:00+00:00
    time_machine.travel(os.environ["TEST_CLOCK"]).start()
