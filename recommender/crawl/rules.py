"""robots.txt of every host met, read once a run. Shared by the threads that fetch."""

from __future__ import annotations

import threading
from dataclasses import replace

from recommender.crawl.body import decode
from recommender.crawl.http import Client
from recommender.crawl.outcomes import Failure, Outcome, Reason, header
from recommender.crawl.robots import MAX_BYTES, MAX_REDIRECTS, PATH, RobotsRules
from recommender.crawl.urls import origin

# What robots.txt failed with that says more than "it can't be had": the page would fail with the same.
NOT_ROBOTS = frozenset({Reason.PRIVATE, Reason.TLS, Reason.BAD_URL})


class Rules:
    """Tells what may be fetched."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._rules: dict[str, RobotsRules | Failure] = {}
        self._lock = threading.Lock()

    def read(self, url: str) -> RobotsRules | Failure | None:
        """Read a host's rules if they are not known yet: the rules, why not, or None where they are."""
        home = origin(url)
        with self._lock:
            known = self._rules.get(home)
        if known is not None:
            return known if isinstance(known, Failure) else None
        plain = {"Accept-Encoding": "identity"}  # so that the beginning of a file too long can be read
        answer = self._client.get(
            home + PATH, headers=plain, max_redirects=MAX_REDIRECTS, max_bytes=MAX_BYTES, cut=True
        )
        final = isinstance(answer, Failure) and (answer.offline or answer.reason in NOT_ROBOTS)
        rules = answer if isinstance(answer, Failure) and final else _rules(answer)
        if isinstance(rules, Failure):
            rules = replace(rules, url=url)
        with self._lock:
            self._rules[home] = rules
        return rules

    def refusal(self, url: str) -> Failure | None:
        """Why a URL must not be fetched; None where it may be."""
        self.read(url)
        with self._lock:
            rules = self._rules[origin(url)]
        if isinstance(rules, Failure):
            return rules
        if rules.allows(url, self._client.user_agent):
            return None
        return Failure(Reason.ROBOTS if rules.allow_all else Reason.ROBOTS_DOWN, url)


def _rules(answer: Outcome) -> RobotsRules:
    if isinstance(answer, Failure):
        return RobotsRules.from_response(answer.status, b"")
    encoding = header(answer.headers, "content-encoding") or ""
    body = decode(answer.body, encoding, 4_000_000)
    if isinstance(body, Failure):  # a bomb, or broken: nobody can say what it allows
        return RobotsRules.from_response(None, b"")
    return RobotsRules.from_response(answer.status, body)
