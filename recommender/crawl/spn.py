"""Save Page Now 2: submit a page to the web archive, and ask what became of it.

    POST /save  url=…            Authorization: LOW key:secret ─► Job, AlreadyThere or Refusal
    GET  /save/status/<job>      the same                      ─► Running, Captured or Refusal
    GET  /save/status/user       the same                      ─► slots

The keys go to the web archive's own host and nowhere else: no redirect is followed, plain HTTP is refused but
on this machine, and what the web archive says is told without them. When to ask is `saving.py`'s to decide.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar
from urllib.parse import quote, urlsplit

from recommender.crawl.body import decode
from recommender.crawl.frontier import retry_after
from recommender.crawl.http import Client
from recommender.crawl.outcomes import Failure, Outcome, Response
from recommender.crawl.spn_answers import (
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

KEY, SECRET = "READMORE_IA_KEY", "READMORE_IA_SECRET"  # names of variables
KEYS_ARE_MADE_AT = "https://archive.org/account/s3.php"
NEW_KEYS = f"make them at {KEYS_ARE_MADE_AT} and set {KEY} and {SECRET} in the environment"
MAX_ANSWER = 1_000_000  # bytes decoded; a finished job lists up to 1,000 addresses
T = TypeVar("T")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Keys:
    """An account's keys; never shown."""

    access: str = field(repr=False)
    secret: str = field(repr=False)

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Keys:
        """The keys that an environment holds.

        Raises:
            AccessError: one is missing, or is none. The error does not show it.
        """
        found = [environment.get(name, "").strip() for name in (KEY, SECRET)]
        if not all(found):
            raise AccessError("saving to the web archive needs an account's keys", hint=NEW_KEYS)
        if not all(re.fullmatch(r"[A-Za-z0-9._~+/=-]{4,200}", text) for text in found):
            raise AccessError("these are no keys of the web archive", where=f"{KEY}, {SECRET}", hint=NEW_KEYS)
        return cls(*found)

    def headers(self) -> dict[str, str]:
        """What tells the web archive whose request it is."""
        return {"Authorization": f"LOW {self.access}:{self.secret}", "Accept": "application/json"}

    def removed(self, text: str) -> str:
        """A text from outside without the keys, should it hold them."""
        return text.replace(self.secret, "…").replace(self.access, "…")


class SavePageNow:
    """A client of one web archive's Save Page Now.

    Args:
        client: makes the requests.
        keys: of the account.
        base: the archive, e.g. `https://web.archive.org`.
        clock: Unix time in seconds.

    Raises:
        AccessError: the keys would travel in the clear.
    """

    def __init__(
        self, client: Client, keys: Keys, base: str, *, clock: Callable[[], float] = time.time
    ) -> None:
        parts = urlsplit(base)
        if parts.scheme.lower() != "https" and parts.hostname not in LOOPBACK:
            hint = "give an https:// address"
            raise AccessError("keys are not sent over an open connection", where=base, hint=hint)
        self.base = base.rstrip("/")
        self._client = client
        self._keys = keys
        self._clock = clock

    def slots(self) -> int | Refusal:
        """How many captures may be begun now. A number in the address keeps old answers away, as their docs ask."""
        answer = self._get(f"/save/status/user?_t={int(self._clock() * 1000)}")
        return self._read(answer, slots)

    def submit(self, url: str, days: int) -> Job | AlreadyThere | Refusal:
        """Submit a page.

        Args:
            url: of the page.
            days: a copy that the web archive has and that is no older will do.
        """
        # Only a page that answers 200 is captured (no capture_all): an error page is no copy.
        form = {"url": url, "skip_first_archive": "1", "if_not_archived_within": f"{days}d"}
        answer = self._client.post(f"{self.base}/save", form, headers=self._keys.headers())
        return self._read(answer, submission)

    def status(self, job_id: str) -> Running | Captured | Refusal:
        """Ask what became of a job."""
        return self._read(self._get(f"/save/status/{quote(job_id, safe='')}"), progress)

    def _get(self, path: str) -> Outcome:
        return self._client.get(f"{self.base}{path}", headers=self._keys.headers(), max_redirects=0)

    def _read(self, answer: Outcome, reader: Callable[[int, bytes], T | Refusal]) -> T | Refusal:
        """An answer as a value, without the keys; no answer is a refusal too."""
        if isinstance(answer, Failure):
            return Refusal(SaveReason.NO_ANSWER, self._keys.removed(answer.line()))
        said = reader(answer.status, self._keys.removed(_plain(answer)).encode())
        if not isinstance(said, Refusal):
            return said
        wait = retry_after(answer.header("retry-after"), self._clock())
        return replace(said, retry_after=wait)


def _plain(answer: Response) -> str:
    body = decode(answer.body, answer.header("content-encoding") or "", MAX_ANSWER)
    return "" if isinstance(body, Failure) else body.decode("utf-8", "replace")
