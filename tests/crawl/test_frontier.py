"""The frontier decides with the time it is given: no test here waits."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.crawl.frontier import (
    LONGEST_WAIT,
    MAX_BACKOFF,
    RETRY_AFTER_CAP,
    Decision,
    FallBack,
    Frontier,
    GiveUp,
    Keep,
    Later,
    RetryAt,
    Task,
    after,
    backoff,
    retry_after,
)
from recommender.crawl.outcomes import Failure, Headers, Reason, Response

NOW = 1_600_000_000.0


def task(name: str, host: str = "a") -> Task[str]:
    return Task(f"https://{host}.example/{name}", host, name)


def response(status: int, headers: Headers = ()) -> Response:
    return Response("u", "u", (), status, headers, b"", 0.1, datetime.now(UTC))


def test_a_host_gets_one_request_at_a_time_a_delay_apart() -> None:
    frontier: Frontier[str] = Frontier(delay=2.0)
    frontier.add(task("one"))
    frontier.add(task("two"))
    first = frontier.next(100.0)
    assert first is not None
    assert first.item == "one"
    assert frontier.next(100.0) is None
    assert frontier.wait(100.0) is None
    frontier.done(first, 101.5)
    assert frontier.next(103.4) is None
    assert frontier.wait(103.0) == pytest.approx(0.5)
    second = frontier.next(103.5)
    assert second is not None
    assert second.item == "two"


def test_several_hosts_are_asked_at_once() -> None:
    frontier: Frontier[str] = Frontier(delay=5.0)
    for host in "abc":
        frontier.add(task("x", host))
        frontier.add(task("y", host))
    taken = [frontier.next(0.0) for _ in range(4)]
    assert [one.host if one else None for one in taken] == ["a", "b", "c", None]
    assert frontier.under_way == 3
    assert len(frontier) == 3


def test_a_retry_waits_for_its_time_and_lets_others_pass() -> None:
    frontier: Frontier[str] = Frontier(delay=0.0)
    frontier.add(task("flaky"))
    frontier.add(task("other"))
    flaky = frontier.next(0.0)
    assert flaky is not None
    frontier.done(flaky, 0.0)
    frontier.retry(flaky, at=10.0)
    other = frontier.next(0.0)
    assert other is not None
    assert other.item == "other"
    frontier.done(other, 1.0)
    assert frontier.next(9.9) is None
    again = frontier.next(10.0)
    assert again is not None
    assert (again.item, again.attempt) == ("flaky", 2)


def test_a_held_host_is_left_alone_and_no_other() -> None:
    frontier: Frontier[str] = Frontier(delay=0.0)
    frontier.add(task("x", "a"))
    frontier.add(task("x", "b"))
    frontier.hold("a", 50.0)
    first = frontier.next(0.0)
    assert first is not None
    assert first.host == "b"
    assert frontier.wait(0.0) == 50.0
    held = frontier.next(50.0)
    assert held is not None
    assert held.host == "a"


def test_a_host_may_ask_for_more_time_never_for_less() -> None:
    frontier: Frontier[str] = Frontier(delay=1.0)
    for host, asked in (("slow", 7.0), ("hasty", 0.1)):
        frontier.slow_down(host, asked)
        frontier.add(task("x", host))
        taken = frontier.next(0.0)
        assert taken is not None
        frontier.add(task("y", host))
        frontier.done(taken, 0.0)
    assert frontier.wait(0.0) == 1.0
    assert frontier.next(1.0) is not None
    assert frontier.wait(1.0) == 6.0


def test_a_run_that_ends_early_gets_its_tasks_back() -> None:
    frontier: Frontier[str] = Frontier()
    for name in "xyz":
        frontier.add(task(name))
    assert frontier.next(0.0) is not None
    assert sorted(one.item for one in frontier.drain()) == ["y", "z"]
    assert len(frontier) == 0
    assert frontier.wait(0.0) is None


STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "next", "done", "retry", "hold"]), st.integers(0, 3), st.floats(0, 5)),
    max_size=60,
)


@given(STEPS)
def test_no_order_of_events_loses_a_task_or_breaks_the_delay(steps: list[tuple[str, int, float]]) -> None:
    """Whatever happens, every task comes out once, and a host's requests stay a delay apart."""
    frontier: Frontier[int] = Frontier(delay=1.0)
    now, added, out = 0.0, 0, 0
    running: list[Task[int]] = []
    last: dict[str, float] = {}

    def take() -> bool:
        nonlocal out
        given_out = frontier.next(now)
        if given_out is None:
            return False
        assert given_out.host not in {one.host for one in running}
        assert now >= last.get(given_out.host, -math.inf) + 1.0
        running.append(given_out)
        out += 1
        return True

    for kind, host, length in steps:
        now += length
        if kind == "add":
            frontier.add(Task("u", f"h{host}", added))
            added += 1
        elif kind == "next":
            take()
        elif kind == "hold":
            frontier.hold(f"h{host}", now + length)
        elif running:
            finished = running.pop(host % len(running))
            last[finished.host] = now
            frontier.done(finished, now)
            if kind == "retry":
                frontier.retry(finished, now + length)
                added += 1
    while len(frontier) or running:
        for one in running:
            last[one.host] = now
            frontier.done(one, now)
        running.clear()
        wait = frontier.wait(now)
        if wait is None:
            break
        now += wait
        assert take()
    assert out == added


@pytest.mark.parametrize(
    ("status", "decision"),
    [
        (200, Keep()),
        (204, Keep()),
        (304, Keep()),
        (302, FallBack(Reason.NO_TARGET)),
        (401, FallBack(Reason.LOGIN)),
        (402, FallBack(Reason.PAYMENT)),
        (403, FallBack(Reason.FORBIDDEN)),
        (404, FallBack(Reason.NOT_FOUND)),
        (410, FallBack(Reason.GONE)),
        (418, FallBack(Reason.REJECTED)),
        (451, FallBack(Reason.LEGAL)),
        (429, RetryAt(NOW + 2, Reason.BUSY, hold=True)),
        (500, RetryAt(NOW + 2, Reason.SERVER)),
        (503, RetryAt(NOW + 2, Reason.SERVER)),
        (408, RetryAt(NOW + 2, Reason.TIMEOUT)),
    ],
)
def test_every_status_has_its_decision(status: int, decision: Decision) -> None:
    assert after(response(status), 1, NOW) == decision


@pytest.mark.parametrize("reason", list(Reason))
def test_every_failure_has_a_decision_and_ends_after_three_attempts(reason: Reason) -> None:
    outcome = Failure(reason, "u")
    assert not isinstance(after(outcome, 1, NOW), Keep | Later)
    assert isinstance(after(outcome, 3, NOW), FallBack | GiveUp)


@pytest.mark.parametrize(
    ("reason", "decision"),
    [
        (Reason.TIMEOUT, RetryAt),
        (Reason.TRUNCATED, RetryAt),
        (Reason.DNS, FallBack),
        (Reason.TLS, FallBack),
        (Reason.REFUSED, FallBack),
        (Reason.ROBOTS, GiveUp),
        (Reason.TOO_LARGE, GiveUp),
    ],
)
def test_only_what_may_pass_is_tried_again(reason: Reason, decision: type[Decision]) -> None:
    assert isinstance(after(Failure(reason, "u"), 1, NOW), decision)


def test_a_short_retry_after_is_obeyed_and_holds_the_host() -> None:
    assert after(response(503, (("Retry-After", "7"),)), 1, NOW) == RetryAt(NOW + 7, Reason.SERVER, hold=True)


def test_a_long_retry_after_is_left_to_a_later_run() -> None:
    assert after(response(429, (("retry-after", "3600"),)), 1, NOW) == Later(NOW + 3600, Reason.BUSY)


def test_backoff_doubles_and_jitter_halves_at_most() -> None:
    assert [backoff(attempt, 1.0) for attempt in (1, 2, 3)] == [2.0, 4.0, 8.0]
    assert backoff(1, 0.0) == 1.0
    assert backoff(10_000, 1.0) == MAX_BACKOFF


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("120", 120.0),
        (" 1.5 ", 1.5),
        ("0", 0.0),
        ("-5", None),
        ("99999999999", RETRY_AFTER_CAP),
        ("Sun, 13 Sep 2020 12:27:40 GMT", 60.0),
        ("Sun, 13 Sep 2020 12:00:00 GMT", 0.0),
        ("Sun, 13 Sep 2099 12:00:00 GMT", RETRY_AFTER_CAP),
        ("soon", None),
        ("²", None),
        ("1" * 5000, RETRY_AFTER_CAP),
    ],
)
def test_retry_after_is_read_in_seconds_and_as_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@given(
    st.one_of(
        st.none(), st.text(), st.from_regex(r"[A-Z][a-z]{2}, \d{1,9} [A-Z][a-z]{2} \d{1,6} \d+:\d+:\d+ .*")
    )
)
def test_no_retry_after_raises_or_exceeds_the_cap(value: str | None) -> None:
    asked = retry_after(value, NOW)
    assert asked is None or 0 <= asked <= RETRY_AFTER_CAP
    decision = after(response(503, (("Retry-After", value or ""),)), 1, NOW)
    assert isinstance(decision, RetryAt | Later)
    assert decision.at <= NOW + (LONGEST_WAIT if isinstance(decision, RetryAt) else RETRY_AFTER_CAP)
