"""Save Page Now's client: every answer becomes a value, and the keys go nowhere but to its host."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from save_page_now import KEYS, PENDING, WRONG_KEYS, SavePageNowStandIn, error, form, said, success
from servers import Reply, Server

from recommender.crawl.http import Client
from recommender.crawl.spn import KEY, SECRET, Keys, SavePageNow
from recommender.crawl.spn_answers import (
    CODES,
    AlreadyThere,
    Captured,
    Job,
    Refusal,
    Running,
    SaveReason,
    progress,
    slots,
    submission,
)
from recommender.errors import AccessError

PAGE = "https://quay.example/ferry?a=1&b=ü"


@pytest.fixture
def archive() -> Iterator[SavePageNowStandIn]:
    with SavePageNowStandIn() as running:
        yield running


@pytest.fixture
def spn(archive: SavePageNowStandIn, client: Client) -> SavePageNow:
    return SavePageNow(client, Keys(*KEYS), archive.base)


def refusal(found: object) -> Refusal:
    assert isinstance(found, Refusal), found
    return found


def test_a_page_is_submitted_as_the_description_says(archive: SavePageNowStandIn, spn: SavePageNow) -> None:
    """A form with the page and how old a copy will do; the keys and what is accepted in the headers."""
    assert spn.submit(PAGE, 30) == Job(f"spn2-{PAGE}")
    (request,) = archive.server.requests
    assert (request.method, request.path) == ("POST", "/save")
    assert form(request) == {"url": PAGE, "skip_first_archive": "1", "if_not_archived_within": "30d"}
    assert request.headers["authorization"] == "LOW an-access-key:a-secret-of-mine"
    assert request.headers["accept"] == "application/json"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"


def test_a_job_is_pending_then_captured(spn: SavePageNow) -> None:
    """Two questions, two answers."""
    assert spn.status(f"spn2-{PAGE}") == Running()
    assert spn.status(f"spn2-{PAGE}") == Captured(PAGE, "20260301120000")


def test_slots_are_asked_for_anew_each_time(archive: SavePageNowStandIn, spn: SavePageNow) -> None:
    """An address that no cache has seen."""
    assert spn.slots() == 12
    assert archive.server.requests[0].path.startswith("/save/status/user?_t=")


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (WRONG_KEYS, SaveReason.KEYS),
        (Reply(403), SaveReason.KEYS),
        (Reply(429, body=b"Too Many Requests"), SaveReason.BUSY),
        (Reply(500, body=b"<html>oops"), SaveReason.NO_ANSWER),
        (Reply(502), SaveReason.NO_ANSWER),
        (Reply(302, headers=[("Location", "/login")]), SaveReason.NO_ANSWER),
        (Reply(200, body=b"<html>Saving page"), SaveReason.NO_ANSWER),
        (Reply(200, body=b"[1, 2]"), SaveReason.NO_ANSWER),
        (said({}), SaveReason.NO_ANSWER),
        (said({"job_id": None}), SaveReason.NO_ANSWER),
        (said({"job_id": 7}), SaveReason.NO_ANSWER),
        (said({"status": "error", "message": "Odd.\x1b[31m"}), SaveReason.OTHER),
        (error("never-heard-of"), SaveReason.OTHER),
        (error("user-session-limit"), SaveReason.SLOTS),
        (Reply(raw=b""), SaveReason.NO_ANSWER),
    ],
)
def test_a_submission_that_is_refused_says_why(
    archive: SavePageNowStandIn, spn: SavePageNow, reply: Reply, reason: SaveReason
) -> None:
    """Also where the refusal is a 200."""
    archive.says[PAGE] = [reply]
    found = refusal(spn.submit(PAGE, 30))
    assert found.reason is reason
    assert found.line().isprintable()


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_of_the_description_is_a_refusal(
    archive: SavePageNowStandIn, spn: SavePageNow, code: str
) -> None:
    """A job that ended in an error says which; the words of the archive come along."""
    archive.jobs[PAGE] = [error(code, f"Said of {code}")]
    found = refusal(spn.status(f"spn2-{PAGE}"))
    assert (found.reason, found.detail) == (CODES[code], f"Said of {code}")


def test_what_passes_is_told_from_what_stays() -> None:
    """Limits and overload are for another day; a page that is not there is not."""
    later = {reason for reason in SaveReason if Refusal(reason).later}
    assert {
        SaveReason.BUSY,
        SaveReason.SLOTS,
        SaveReason.DAILY,
        SaveReason.BANDWIDTH,
        SaveReason.SLOW,
    } < later
    assert not later & {SaveReason.NOT_FOUND, SaveReason.FORBIDDEN, SaveReason.BLOCK_LIST, SaveReason.OTHER}


def test_a_recent_capture_needs_no_job() -> None:
    """By its message, or by the day's limit for one page: there is a copy, and the index knows which."""
    message = (
        "The same snapshot had been made 2 days ago. You can make new capture of this URL after 30 days."
    )
    told = json.dumps({"url": PAGE, "job_id": None, "message": message}).encode()
    assert submission(200, told) == AlreadyThere()
    assert submission(200, error("too-many-daily-captures").body) == AlreadyThere(SaveReason.DAILY)
    with_job = json.dumps({"url": PAGE, "job_id": "spn2-1", "message": message}).encode()
    assert submission(200, with_job) == Job("spn2-1")


def test_how_long_to_wait_is_handed_on(archive: SavePageNowStandIn, spn: SavePageNow) -> None:
    archive.says[PAGE] = [said({}, 429, Retry_After="17")]
    assert refusal(spn.submit(PAGE, 30)).retry_after == 17


def test_a_job_that_nobody_knows_is_lost() -> None:
    assert refusal(progress(404, b"")).reason is SaveReason.LOST


def test_a_success_without_its_time_is_no_success() -> None:
    """Nothing to look for, so nothing to believe."""
    for timestamp in (None, "", "2026", "20269901120000", 20260301120000):
        body = json.dumps({"status": "success", "original_url": PAGE, "timestamp": timestamp}).encode()
        assert refusal(progress(200, body)).reason is SaveReason.NO_ANSWER


@settings(deadline=None)  # a busy machine is no bug
@given(st.integers(100, 599), st.one_of(st.binary(max_size=200), st.builds(
    lambda value: json.dumps(value).encode(),
    st.dictionaries(
        st.sampled_from(["status", "status_ext", "job_id", "message", "timestamp", "original_url", "available"]),
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.sampled_from(["success", "error"])),
    ),
)))  # fmt: skip
def test_any_answer_is_a_value(status: int, body: bytes) -> None:
    """No status and no body raises, and what is told fits a line of a terminal."""
    for found in (submission(status, body), progress(status, body), slots(status, body)):
        if isinstance(found, Refusal):
            assert found.line().isprintable()


# ── the keys ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_redirect_does_not_carry_the_keys(archive: SavePageNowStandIn, client: Client) -> None:
    """Neither to another host nor anywhere else: it is not followed."""
    with Server() as first:
        away = Reply(307, headers=[("Location", f"{archive.base}/save")])
        first.otherwise(away)
        spn = SavePageNow(client, Keys(*KEYS), first.url())
        for found in (spn.submit(PAGE, 30), spn.status("spn2-1"), spn.slots()):
            assert refusal(found).reason is SaveReason.NO_ANSWER
        assert len(first.requests) == 3
    assert archive.server.requests == []


def test_keys_are_not_sent_in_the_clear(client: Client) -> None:
    """Plain HTTP is for this machine only."""
    with pytest.raises(AccessError, match="open connection"):
        SavePageNow(client, Keys(*KEYS), "http://web.archive.example")
    SavePageNow(client, Keys(*KEYS), "https://web.archive.example")


@pytest.mark.parametrize(
    "values",
    [
        ("", ""),
        ("zq91", ""),
        ("", "zq92"),
        ("zq 91", "zq92"),
        ("zq91", "zq92\r\nX: y"),
        ("zq91", "zq:92"),
        ("zq91", "zq92\u00fc"),
        ("zq91", "q"),
    ],
)
def test_unusable_keys_are_refused_and_not_shown(values: tuple[str, str]) -> None:
    """One line that says where keys are made."""
    with pytest.raises(AccessError) as caught:
        Keys.of({KEY: values[0], SECRET: values[1]})
    assert "archive.org/account/s3.php" in caught.value.line()
    assert len(caught.value.line().splitlines()) == 1
    assert "zq" not in caught.value.line()


def test_keys_are_never_shown(archive: SavePageNowStandIn, spn: SavePageNow) -> None:
    """Not by their repr, and not by a server that says them back."""
    keys = Keys(*KEYS)
    assert not any(key in repr(keys) for key in KEYS)
    for before in ("who is ", "x" * 185):  # told whole, and cut in the middle of a key
        archive.says[PAGE] = [error("odd", f"{before}LOW {KEYS[0]}:{KEYS[1]}?")]
        line = refusal(spn.submit(PAGE, 30)).line()
        assert not any(key[:4] in line for key in KEYS)
        assert f"{before}LOW" in line


def test_the_stand_in_shows_what_it_says() -> None:
    """The answers these tests rest on, read back."""
    assert progress(200, success(PAGE).body) == Captured(PAGE, "20260301120000")
    assert progress(200, PENDING.body) == Running()
