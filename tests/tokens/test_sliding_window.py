"""The window by a clock of its own: exact, whatever arrives when."""

from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from tokens.rate_limit.sliding_window import MemoryWindow, Use

SECOND = 1_000_000
USE = Use(1, 1, "GET /x", "127.0.0.1", "test")


class Clock:
    now = 0

    def __call__(self):
        return self.now


def worst_window(served, length):
    """The most that any stretch of so many microseconds holds."""
    inside, most = deque(), 0
    for at in sorted(served):
        inside.append(at)
        while inside[0] <= at - length:
            inside.popleft()
        most = max(most, len(inside))
    return most


@given(st.integers(1, 8), st.lists(st.integers(0, 40 * SECOND), max_size=120))
def test_no_window_holds_more_than_the_limit(limit, pauses):
    clock, served = Clock(), []
    window = MemoryWindow(60, clock)
    for pause in pauses:
        clock.now += pause // 4
        if window.consume(1, limit, USE).allowed:
            served.append(clock.now)

    assert worst_window(served, 60 * SECOND) <= limit


@given(st.integers(1, 60), st.integers(0, SECOND))
def test_client_that_paces_itself_exactly_is_never_refused(limit, begin):
    clock = Clock()
    clock.now = begin
    window = MemoryWindow(60, clock)

    for number in range(3 * limit):
        clock.now = begin + -(-number * 60 * SECOND // limit)
        assert window.consume(1, limit, USE).allowed


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 20 * SECOND)), max_size=80))
def test_change_of_the_limit_neither_resets_nor_extends(steps):
    """Whatever the limit was before: a request is served if and only if fewer than the limit of now were, in 60 s."""
    clock, served = Clock(), []
    window = MemoryWindow(60, clock)
    for limit, pause in steps:
        clock.now += pause
        recent = sum(at > clock.now - 60 * SECOND for at in served)
        verdict = window.consume(1, limit, USE)
        assert verdict.allowed == (recent < limit)
        if verdict.allowed:
            served.append(clock.now)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 20 * SECOND)), max_size=80))
def test_wait_is_exact(steps):
    clock = Clock()
    window = MemoryWindow(60, clock)
    for limit, pause in steps:
        clock.now += pause
        verdict = window.consume(1, limit, USE)
        if not verdict.allowed:
            clock.now += verdict.wait - 1
            assert not window.consume(1, limit, None).allowed
            clock.now += 1
            assert window.consume(1, limit, None).allowed


def test_clock_that_jumps_back_lets_nobody_through():
    clock = Clock()
    clock.now = 100 * SECOND
    window = MemoryWindow(60, clock)
    window.consume(1, 1, USE)
    clock.now = 0

    assert not window.consume(1, 1, USE).allowed
