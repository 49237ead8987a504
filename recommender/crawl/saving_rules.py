"""What may be submitted to a public web archive, and how patiently. Pure."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from recommender.crawl.addresses import is_public
from recommender.crawl.spn_answers import SaveReason
from recommender.crawl.urls import is_web

WAIT = 120.0  # seconds: the longest a capture may take, by the API's description
RECENT = 30  # days within which a copy that is there will do
SUBMIT_INTERVAL = (
    60 / 7
)  # seconds between two submissions: seven a minute for an account (description, 2025-10)
POLL_INTERVAL = 5.0  # seconds between two questions about one job: the description's own example
ASK_INTERVAL = 1.0  # seconds between two questions: a dozen jobs, each asked for every few seconds
BUSY_WAIT = 60.0  # seconds after "too many" without Retry-After, as in wayback.py
JOB_LIFE = timedelta(hours=1)  # "check job status within 1 hour": an unknown job looks like a running one
ONE_COPY = timedelta(
    hours=1
)  # the archive makes no two copies of a page within an hour: this near is this one
GIVE_UP = 3  # times in a row without an answer: the archive is down
PRIVATE_ENDINGS = (
    "localhost",
    "local",
    "internal",
    "lan",
    "home.arpa",
    "onion",
)  # RFC 6761, 6762, 7686, 8375


@dataclass(frozen=True, slots=True)
class Options:
    """How to save."""

    wait: float = (
        WAIT  # seconds without any news before the rest is left to the next run; 0: submit and leave
    )
    recent: int = RECENT  # days
    submit_interval: float = SUBMIT_INTERVAL  # seconds
    ask_interval: float = ASK_INTERVAL  # seconds
    poll_interval: float = POLL_INTERVAL  # seconds


def never(url: str) -> SaveReason | None:
    """Why a page is nothing for a public web archive; None where it may be one."""
    if not is_web(url):
        return SaveReason.BAD_URL
    host = (urlsplit(url).hostname or "").rstrip(".")
    try:
        private = not is_public(str(ipaddress.ip_address(host)))
    except ValueError:
        private = "." not in host or any(host == end or host.endswith(f".{end}") for end in PRIVATE_ENDINGS)
    return SaveReason.PRIVATE if private else None
