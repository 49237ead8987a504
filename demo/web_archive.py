"""A stand-in for the Wayback Machine over a few mementos: CDX index, replay, availability API.

    /cdx/search/cdx?url=&matchType=&from=&to=&filter=&collapse=&limit=&fl=&output=&showResumeKey=&resumeKey=
    /web/<1 to 14 digits>id_/<url>      the bytes as archived
    /web/<1 to 14 digits>/<url>         the same with a banner, as a person sees it
    /web/timemap/link/<url>             every memento of a URL (RFC 7089)
    /wayback/available?url=&timestamp=

Shapes follow https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server
and RFC 7089 (Memento).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qs, urlsplit

from demo.serving import Reply, Request

FIELDS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
REPLAY = re.compile(r"/web/(?:(\d{1,14})(id_|[a-z]{2}_)?/)?(.+)", re.DOTALL)
BANNER = (
    b'<div style="background:#222;color:#fff;padding:.5em 1em">A copy kept by the stand-in web archive.</div>'
)


@dataclass(frozen=True, slots=True)
class Memento:
    """One archived response."""

    url: str
    timestamp: str  # 14 digits, UTC
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)

    @property
    def when(self) -> datetime:
        """The time of capture, aware, UTC."""
        return _time(self.timestamp)

    def row(self) -> dict[str, str]:
        """The memento's line in the index, by field name."""
        types = [value.split(";")[0] for name, value in self.headers if name.lower() == "content-type"]
        digest = base64.b32encode(hashlib.sha1(self.body, usedforsecurity=False).digest()).decode()
        length = str(len(self.body))
        values = (urlkey(self.url), self.timestamp, self.url, types[0] if types else "-", str(self.status))
        return dict(zip(FIELDS, (*values, digest, length), strict=True))


def _time(timestamp: str) -> datetime:
    """A timestamp of 1 to 14 digits as a time; what is missing counts from its start.

    Raises:
        ValueError: it names no time, such as a month 13.
    """
    full = timestamp + "00000101000000"[len(timestamp) :]
    return datetime.strptime(full, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def urlkey(url: str) -> str:
    """A URL as the index sorts it (SURT): `http://www.Example.org:80/a/?b` is `org,example)/a?b`."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    host = (parts.hostname or "").removeprefix("www.")
    if not re.fullmatch(r"[\d.]+", host):  # an address is not turned round
        host = ",".join(reversed(host.split(".")))
    port = f":{parts.port}" if parts.port not in {None, 80, 443} else ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{port}){parts.path.rstrip('/') or '/'}{query}".lower()


class WebArchive:
    """Answers for a set of mementos.

    Args:
        base: the archive's own address, without a slash at the end.
        mementos: what it holds, in any order.
    """

    def __init__(self, base: str, mementos: Iterable[Memento]) -> None:
        self._base = base
        self._mementos = sorted(mementos, key=lambda memento: (urlkey(memento.url), memento.timestamp))

    def answer(self, request: Request) -> Reply:
        """The reply to one request."""
        parts = urlsplit(request.target)
        query = parse_qs(parts.query)
        if parts.path == "/cdx/search/cdx":
            return self._cdx(query)
        if parts.path == "/wayback/available":
            return self._available(query)
        if parts.path.startswith("/web/timemap/link/"):
            return self._timemap(request.target.removeprefix("/web/timemap/link/"))
        replay = REPLAY.fullmatch(request.target)
        if replay:
            timestamp, modifier, url = replay.groups()
            return self._replay(timestamp or "9", modifier or "", re.sub(r"^(https?):/+", r"\1://", url))
        return _text(404, "The stand-in web archive has no such page.\n")

    def nearest(self, url: str, timestamp: str, *, good: bool = False) -> Memento | None:
        """The memento of a URL nearest in time, of any status or (`good`) with status 200."""
        held = [m for m in self._of(url) if m.status == 200 or not good]
        goal = _time(timestamp) if timestamp != "9" else datetime.max.replace(tzinfo=UTC)  # "9": the newest
        return min(held, key=lambda memento: abs(memento.when - goal), default=None)

    def _of(self, url: str) -> list[Memento]:
        key = urlkey(url)
        return [memento for memento in self._mementos if urlkey(memento.url) == key]

    def _cdx(self, query: dict[str, list[str]]) -> Reply:
        one = {name: values[-1] for name, values in query.items()}
        if "url" not in one:
            return _text(400, "The parameter url is needed.\n")
        try:
            rows = [memento.row() for memento in self._mementos]
            rows = [row for row in rows if _matches(row, one) and _passes(row, query.get("filter", ()))]
            rows = _collapse(rows, one.get("collapse"))
            rows, resume = _page(rows, int(one.get("limit", 0)), one.get("resumeKey"))
        except (ValueError, KeyError, re.error) as error:
            return _text(400, f"Bad parameter: {error}\n")
        fields = one["fl"].split(",") if "fl" in one else list(FIELDS)
        table = [[row.get(name, "-") for name in fields] for row in rows]
        if one.get("output") != "json":
            return _text(200, "".join(" ".join(line) + "\n" for line in table))
        tail = [[], [resume]] if resume and one.get("showResumeKey") == "true" else []
        return _json([fields, *table, *tail] if table else [])

    def _available(self, query: dict[str, list[str]]) -> Reply:
        url, timestamp = query.get("url", [""])[-1], query.get("timestamp", ["9"])[-1]
        found = self.nearest(url, timestamp, good=True)
        closest = found and {
            "status": str(found.status),
            "available": True,
            "url": f"{self._base}/web/{found.timestamp}/{found.url}",
            "timestamp": found.timestamp,
        }
        return _json({"url": url, "archived_snapshots": {"closest": closest} if closest else {}})

    def _replay(self, timestamp: str, modifier: str, url: str) -> Reply:
        try:
            memento = self.nearest(url, timestamp)
        except ValueError as error:
            return _text(400, f"{error}\n")
        if memento is None:
            return _text(404, "The stand-in web archive has not archived that URL.\n")
        if memento.timestamp != timestamp:
            to = f"{self._base}/web/{memento.timestamp}{modifier}/{memento.url}"
            why = f"found capture at {memento.timestamp}"
            return Reply(302, b"", (("Location", to), ("X-Archive-Redirect-Reason", why)))
        headers = [(name, value) for name, value in memento.headers if name.lower() == "content-type"]
        headers += [("Memento-Datetime", _http_date(memento)), ("Link", ", ".join(self._links(memento.url)))]
        headers += [(f"x-archive-orig-{name.lower()}", value) for name, value in memento.headers]
        body = memento.body
        if modifier != "id_":
            body = re.sub(rb"<body[^>]*>", lambda tag: tag[0] + BANNER, body, count=1)
        return Reply(memento.status, body, tuple(headers))

    def _timemap(self, url: str) -> Reply:
        if not self._of(url):
            return _text(404, "No memento.\n")
        body = ",\n".join(self._links(url)).encode() + b"\n"
        return Reply(200, body, (("Content-Type", "application/link-format"),))

    def _links(self, url: str) -> list[str]:
        held = self._of(url)
        lines = [
            f'<{held[0].url}>; rel="original"',
            f'<{self._base}/web/timemap/link/{held[0].url}>; rel="timemap"; type="application/link-format"',
            f'<{self._base}/web/{held[0].url}>; rel="timegate"',
        ]
        for number, memento in enumerate(held):
            rel = "first " * (number == 0) + "last " * (number == len(held) - 1) + "memento"
            to = f"{self._base}/web/{memento.timestamp}/{memento.url}"
            lines.append(f'<{to}>; rel="{rel}"; datetime="{_http_date(memento)}"')
        return lines


def _matches(row: dict[str, str], one: dict[str, str]) -> bool:
    """Whether a row is of the URL asked for (`matchType`) and within `from` and `to`."""
    url, kind = one["url"], one.get("matchType", "exact")
    if url.endswith("*"):
        url, kind = url.rstrip("*"), "prefix"
    key, host = urlkey(url), urlkey(url).partition(")")[0]
    row_host = row["urlkey"].partition(")")[0]
    same = {
        "exact": row["urlkey"] == key,
        "prefix": row["urlkey"].startswith(key),
        "host": row_host == host,
        "domain": row_host == host or row_host.startswith(f"{host},"),
    }[kind]
    first, last = one.get("from", "").ljust(14, "0"), one.get("to", "").ljust(14, "9")
    return same and first <= row["timestamp"] <= last


def _passes(row: dict[str, str], filters: Sequence[str]) -> bool:
    """Whether a row passes each `[!]field:regex`; the expression must match the whole value."""
    for rule in filters:
        name, _, pattern = rule.removeprefix("!").partition(":")
        if bool(re.fullmatch(pattern, row[name])) == rule.startswith("!"):
            return False
    return True


def _collapse(rows: list[dict[str, str]], rule: str | None) -> list[dict[str, str]]:
    """Keep the first of neighbours that agree in a field, or (`field:N`) in its first N characters."""
    if not rule:
        return rows
    name, _, digits = rule.partition(":")
    size = int(digits) if digits else None
    return [row for at, row in enumerate(rows) if at == 0 or row[name][:size] != rows[at - 1][name][:size]]


def _page(
    rows: list[dict[str, str]], limit: int, after: str | None
) -> tuple[list[dict[str, str]], str | None]:
    """The first `limit` rows after a resume key (the last ones where it is negative), and the next key."""
    keys = [f"{row['urlkey']} {row['timestamp']}" for row in rows]
    start = keys.index(after) + 1 if after else 0
    if limit <= 0:
        return rows[limit:] if limit else rows[start:], None
    end = start + limit
    return rows[start:end], keys[end - 1] if end < len(rows) else None


def _http_date(memento: Memento) -> str:
    return format_datetime(memento.when, usegmt=True)


def _text(status: int, text: str) -> Reply:
    return Reply(status, text.encode(), (("Content-Type", "text/plain; charset=utf-8"),))


def _json(value: object) -> Reply:
    return Reply(200, json.dumps(value).encode(), (("Content-Type", "application/json"),))
