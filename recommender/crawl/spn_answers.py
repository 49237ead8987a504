"""What Save Page Now says, as values. Pure: status and body in, an answer out, whatever the bytes.

    to a page submitted     Job, AlreadyThere or Refusal
    to a job asked for      Running, Captured or Refusal
    to "how many slots"     a number or Refusal

By "Save Page Now 2 Public API Docs Draft" (V. Banos, Internet Archive, 2025-10-22), and by what else was seen:
a refusal may be a 200 with `status: "error"`; a page captured lately gives a message and no job, or an old job;
a job that is no longer known may be "pending" for ever; a `job_id` is any text.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from recommender.crawl.cdx import parse_timestamp
from recommender.crawl.outcomes import one_line
from recommender.crawl.urls import is_web

MAX_JOB = 200  # characters; those seen have 45 and are part of an address


class SaveReason(StrEnum):
    """Why a submitted page is not archived there (yet)."""

    # under way
    CAPTURING = "being captured"
    UNSEEN = "captured, but the copy can't be seen yet"
    # later
    LOST = "its job is no longer known"
    NO_ANSWER = "the web archive doesn't answer"
    BUSY = "the web archive asks to wait"
    SLOTS = "too many of your captures are under way"
    DAILY = "captured as often as one day allows"
    BANDWIDTH = "one day's bandwidth is used up"
    TROUBLE = "the web archive failed"
    SLOW = "the page was too slow for the web archive"
    HOST_BUSY = "the page's server sends the web archive away for now"
    HOST_ERROR = "the page's server failed"
    UNSENT = "left for the next run"
    # for good
    KEYS = "the keys are not accepted"
    NOT_FOUND = "the page is not found (404)"
    FORBIDDEN = "the page is forbidden to the web archive"
    NO_HOST = "the page's host does not exist"
    BAD_URL = "no address of a web page"
    REDIRECTS = "the page redirects too often"
    TOO_LARGE = "the page is too large"
    BLOCK_LIST = "the web archive keeps no such address"
    BROKEN = "the page's server answers wrongly"
    PRIVATE = "a private address"
    OTHER = "refused by the web archive"


_LATER = frozenset(
    {
        SaveReason.LOST, SaveReason.NO_ANSWER, SaveReason.BUSY, SaveReason.SLOTS, SaveReason.DAILY,
        SaveReason.BANDWIDTH, SaveReason.TROUBLE, SaveReason.SLOW, SaveReason.HOST_BUSY, SaveReason.HOST_ERROR,
    }
)  # fmt: skip

# `status_ext`, without its "error:". A code that is not here is `OTHER`: told in its own words, not tried again.
CODES = {
    "user-session-limit": SaveReason.SLOTS,
    "too-many-daily-captures": SaveReason.DAILY,
    "max-daily-bandwidth": SaveReason.BANDWIDTH,
    "max-daily-bandwidth-host": SaveReason.BANDWIDTH,
    "too-many-daily-captures-host": SaveReason.BANDWIDTH,
    "bandwidth-limit-exceeded": SaveReason.HOST_BUSY,
    "too-many-requests": SaveReason.HOST_BUSY,
    "service-unavailable": SaveReason.HOST_BUSY,
    "bad-gateway": SaveReason.HOST_ERROR,
    "gateway-timeout": SaveReason.HOST_ERROR,
    "protocol-error": SaveReason.HOST_ERROR,
    "browsing-timeout": SaveReason.SLOW,
    "read-timeout": SaveReason.SLOW,
    "soft-time-limit-exceeded": SaveReason.SLOW,
    "cannot-fetch": SaveReason.TROUBLE,
    "capture-location-error": SaveReason.TROUBLE,
    "celery": SaveReason.TROUBLE,
    "internal-server-error": SaveReason.TROUBLE,
    "job-failed": SaveReason.TROUBLE,
    "no-browsers-available": SaveReason.TROUBLE,
    "proxy-error": SaveReason.TROUBLE,
    "not-found": SaveReason.NOT_FOUND,
    "no-access": SaveReason.FORBIDDEN,
    "unauthorized": SaveReason.FORBIDDEN,
    "blocked": SaveReason.FORBIDDEN,
    "network-authentication-required": SaveReason.FORBIDDEN,
    "invalid-host-resolution": SaveReason.NO_HOST,
    "invalid-url-syntax": SaveReason.BAD_URL,
    "too-many-redirects": SaveReason.REDIRECTS,
    "filesize-limit": SaveReason.TOO_LARGE,
    "blocked-url": SaveReason.BLOCK_LIST,
    "bad-request": SaveReason.BROKEN,
    "invalid-server-response": SaveReason.BROKEN,
    "method-not-allowed": SaveReason.BROKEN,
    "not-implemented": SaveReason.BROKEN,
    "http-version-not-supported": SaveReason.BROKEN,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Not done, and why."""

    reason: SaveReason
    detail: str = ""  # one clean line
    retry_after: float | None = None  # seconds, where the web archive says

    @property
    def later(self) -> bool:
        """Whether another day may bring it."""
        return self.reason in _LATER

    def line(self) -> str:
        """The refusal as a user reads it."""
        return f"{self.reason}: {self.detail}" if self.detail else str(self.reason)


@dataclass(frozen=True, slots=True)
class Job:
    """A page was taken on."""

    id: str


@dataclass(frozen=True, slots=True)
class AlreadyThere:
    """No new capture, for there is a recent one. The index must tell which; `reason` is for where it can't."""

    reason: SaveReason = SaveReason.UNSEEN


@dataclass(frozen=True, slots=True)
class Running:
    """Not done yet. A job that is no longer known looks the same."""


@dataclass(frozen=True, slots=True)
class Captured:
    """The web archive says that it has a copy."""

    url: str  # after redirects
    timestamp: str  # 14 digits


def submission(status: int, body: bytes) -> Job | AlreadyThere | Refusal:
    """Read the answer to a page submitted."""
    said = _object(body)
    refused = _refused(status, said)
    if refused:
        return AlreadyThere(refused.reason) if refused.reason is SaveReason.DAILY else refused
    job = said.get("job_id")
    if isinstance(job, str) and 0 < len(job) <= MAX_JOB and job.isprintable():
        return Job(job)
    if "snapshot had been made" in str(said.get("message")):
        return AlreadyThere()
    return Refusal(SaveReason.NO_ANSWER, "neither a job nor a refusal")


def progress(status: int, body: bytes) -> Running | Captured | Refusal:
    """Read the answer to a job asked for."""
    if status == 404:
        return Refusal(SaveReason.LOST)
    said = _object(body)
    refused = _refused(status, said)
    if refused:
        return refused
    if said.get("status") == "pending":
        return Running()
    if said.get("status") != "success":
        return Refusal(SaveReason.NO_ANSWER, "an unknown status")
    url, timestamp = said.get("original_url"), said.get("timestamp")
    if isinstance(timestamp, str) and len(timestamp) == 14 and parse_timestamp(timestamp):
        return Captured(url if isinstance(url, str) and is_web(url) else "", timestamp)
    return Refusal(SaveReason.NO_ANSWER, "success, but not when")


def slots(status: int, body: bytes) -> int | Refusal:
    """Read the answer to how many captures may be begun now."""
    said = _object(body)
    available = said.get("available")
    if status == 200 and isinstance(available, int) and not isinstance(available, bool):
        return max(available, 0)
    return _refused(status, said) or Refusal(SaveReason.NO_ANSWER, "no number of slots")


def _refused(status: int, said: dict[str, Any]) -> Refusal | None:
    """What an answer refuses, by its HTTP status or, with a 200, by its own word."""
    if status in {401, 403}:
        return Refusal(SaveReason.KEYS)
    if status == 429:
        return Refusal(SaveReason.BUSY)
    code = said.get("status_ext")
    if said.get("status") == "error" or isinstance(code, str):
        name = code.removeprefix("error:") if isinstance(code, str) else ""
        words = said.get("message") or code or "without a word"
        return Refusal(CODES.get(name, SaveReason.OTHER), one_line(str(words)))
    if not 200 <= status < 300 or not said:
        return Refusal(SaveReason.NO_ANSWER, f"HTTP {status}" if status != 200 else "no JSON object")
    return None


def _object(body: bytes) -> dict[str, Any]:
    """A JSON object; an empty one where the body is none."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
