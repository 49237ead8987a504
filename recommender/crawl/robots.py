"""robots.txt, read as RFC 9309 asks. Pure: the bytes come in, decisions go out.

2xx is parsed; 3xx that never ended and 4xx allow everything (section 2.3.1.3, "unavailable"); 5xx and
silence forbid everything (2.3.1.4, "unreachable").
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from protego import Protego

MAX_BYTES = 500 * 1024  # RFC 9309 2.5: a crawler must read at least 500 KiB; the rest is not read
MAX_RULES = 100_000  # each counted once for every agent of its group, as the parser stores them: .5 s, 30 MB.
# A file of 10,000 agents and 20,000 rules, well within 500 KiB, would take it hours.
MAX_DELAY = 30.0  # seconds; files with 99999 exist, and a list of six pieces must end within minutes
MAX_REDIRECTS = 5  # RFC 9309 2.3.1.2: follow at least five
PATH = "/robots.txt"


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """What one host lets crawlers do."""

    allow_all: bool
    _parser: Protego | None = field(default=None, repr=False)

    @property
    def parsed(self) -> bool:
        """Whether there is a file whose rules these are; where not, everything or nothing is allowed."""
        return self._parser is not None

    @classmethod
    def from_response(cls, status: int | None, body: bytes) -> RobotsRules:
        """Read the answer to a request for /robots.txt.

        Args:
            status: of the last response after redirects; None where nothing answered.
            body: decoded content; only its first `MAX_BYTES` are read.
        """
        if status is None or status >= 500 or status < 200:
            return cls(allow_all=False)
        if status >= 300:
            return cls(allow_all=True)
        from protego import Protego

        text = body[:MAX_BYTES].decode("utf-8-sig", "replace")
        return cls(allow_all=True, _parser=Protego.parse(_bounded(text)))

    def allows(self, url: str, user_agent: str) -> bool:
        """Whether a crawler may fetch a URL; False for text that is no URL.

        Args:
            url: absolute.
            user_agent: the whole header or just its product name, which is what rules are matched by.
        """
        if self._parser is None:
            return self.allow_all
        try:
            return bool(self._parser.can_fetch(url, product(user_agent)))
        except ValueError:
            return False

    def delay(self, user_agent: str) -> float:
        """Seconds the host asks for between two requests, 0 where it asks for none, at most `MAX_DELAY`."""
        asked = self._parser.crawl_delay(product(user_agent)) if self._parser is not None else None
        if asked is None or math.isnan(asked):
            return 0.0
        return min(max(float(asked), 0.0), MAX_DELAY)


def _bounded(text: str) -> str:
    """The file up to `MAX_RULES`, rather counted too many than too few."""
    lines = text.splitlines()
    agents = rules = 0
    named = True  # a rule stands between the last agent and the one before: the next one begins a group
    for number, line in enumerate(lines):
        start = line.strip().lower()
        if start.startswith(("user-agent", "useragent", "user agent")):
            agents, named = (1 if named else agents + 1), False
        else:
            named = named or start.startswith(("disallow:", "allow:"))
            rules += agents if start else 0
        if rules > MAX_RULES:
            return "\n".join(lines[:number])
    return text


def product(user_agent: str) -> str:
    """The product name of a User-Agent header: `readmore` of `readmore/1.0 (+…)` (RFC 9309 2.2.1)."""
    return user_agent.split("/", 1)[0].split(" ", 1)[0]
