"""The limit over eight processes on a real Redis, with arrivals at random."""

import multiprocessing
import os
import random
import shutil
import socket
import subprocess
import time

import pytest
import redis

from tests.tokens.test_sliding_window import SECOND, worst_window
from tokens.rate_limit.sliding_window import KEYS, PLACES, USES, RedisWindow, Tally, Use

PROCESSES = 8
USE = Use(1, 7, "GET /x", "127.0.0.1", "test|1")


@pytest.fixture(scope="module")
def address():
    """A Redis of this test's own, on a free port."""
    program = shutil.which("redis-server")
    if program is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("redis-server is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
    )
    client = redis.Redis(port=port)
    for _ in range(100):
        try:
            client.ping()
            break
        except redis.ConnectionError:
            time.sleep(0.05)
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait()


@pytest.fixture
def client(address):
    client = redis.Redis.from_url(address)
    client.flushall()
    return client


def arrive(address, seed, seconds, limit, window, results):
    """Send bursts and pauses for a while; report when each request was served, by the clock that decided."""
    chance = random.Random(seed)
    shared = RedisWindow(redis.Redis.from_url(address), window)
    served, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        for _ in range(chance.choice([1, 1, 2, limit])):
            verdict = shared.consume(1, limit, USE)
            if verdict.allowed:
                served.append(verdict.now)
        time.sleep(chance.expovariate(PROCESSES * 0.8))
    results.put(served)


@pytest.mark.parametrize(("limit", "window"), [(30, 1.0), (5, 0.5)])
def test_no_window_holds_more_than_the_limit_over_eight_processes(address, client, limit, window):
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    workers = [
        context.Process(target=arrive, args=(address, seed, 4, limit, window, results)) for seed in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    served = [at for _ in workers for at in results.get(timeout=60)]
    for worker in workers:
        worker.join()

    assert worst_window(served, round(window * SECOND)) <= limit
    assert len(served) > limit * 2  # it was not idle
    assert len(set(served)) >= len(served) - limit


def test_client_that_paces_itself_is_never_refused(client):
    limit, window = 20, 0.5
    shared = RedisWindow(client, window)
    verdicts = []
    for _ in range(3 * limit):
        verdicts.append(shared.consume(1, limit, USE).allowed)
        time.sleep(window / limit)

    assert verdicts == [True] * len(verdicts)


def test_wait_is_exact_to_the_microsecond(client):
    shared = RedisWindow(client, 0.2)
    for _ in range(3):
        shared.consume(1, 3, USE)
    first = shared.consume(1, 3, USE)
    time.sleep(first.wait / SECOND)

    assert (first.allowed, shared.consume(1, 3, USE).allowed) == (False, True)


def test_limit_is_not_part_of_the_log(client):
    shared = RedisWindow(client, 60)

    assert [shared.consume(1, limit, USE).allowed for limit in (2, 2, 2, 4, 4, 4, 2)] == [
        *(True, True, False),
        *(True, True, False),
        False,
    ]


def test_looking_counts_nothing_and_what_is_counted_is_drained_once(client):
    shared = RedisWindow(client, 60)
    for use in (USE, USE, USE, None):
        shared.consume(1, 2, use)

    first, second = shared.drain(), shared.drain()

    hour = next(iter(first.uses)).hour
    assert first.uses == {Tally(hour, True, 1, 7, "GET /x"): 2, Tally(hour, False, 1, 7, "GET /x"): 1}
    assert [(place, agent) for place, (_, agent) in first.places.items()] == [((7, "127.0.0.1"), "test|1")]
    assert (second.uses, second.places) == ({}, {})


def test_nothing_stays_in_redis_for_ever(client):
    RedisWindow(client, 60).consume(1, 2, USE)

    keys = {f"{KEYS}1", USES, PLACES}
    assert {key.decode() for key in client.keys("*")} == keys
    assert [client.ttl(key) > 0 for key in keys] == [True] * 3
