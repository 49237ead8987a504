"""A stand-in for Save Page Now 2 and the web archive behind it, on 127.0.0.1.

    POST /save, GET /save/status/<job>, GET /save/status/user      as the API's public description has them
    /web/<timestamp>id_/<url>, /cdx/search/cdx                     the copies that can be seen

What it says of a page is set before: `says[url]` for the submission, `jobs[url]` for each time its job is asked
for (the last stays). Without them a page is taken on, pending once, then captured and seen.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import format_datetime
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, unquote

from servers import Reply, Request, Server

KEYS = ("an-access-key", "a-secret-of-mine")
TAKEN = "20260301120000"  # when the stand-in captures


def said(body: object, status: int = 200, **headers: str) -> Reply:
    """A JSON answer."""
    fields = [("Content-Type", "application/json"), *((k.replace("_", "-"), v) for k, v in headers.items())]
    return Reply(status, headers=fields, body=json.dumps(body).encode())


def error(code: str, message: str = "No.") -> Reply:
    """A refusal as it comes: with HTTP status 200."""
    return said({"status": "error", "status_ext": f"error:{code}", "message": message})


PENDING = said({"status": "pending", "resources": []})
WRONG_KEYS = said({"message": "You need to be logged in to use Save Page Now."}, 401)


def success(url: str, timestamp: str = TAKEN) -> Reply:
    """A finished job."""
    return said({"status": "success", "original_url": url, "timestamp": timestamp, "duration_sec": 6.2})


class SavePageNowStandIn:
    """Starts when made; use it as a context manager."""

    def __init__(self) -> None:
        self.says: dict[str, list[Reply]] = {}
        self.jobs: dict[str, list[Reply]] = {}
        self.copies: dict[str, str] = {}  # what can be seen: timestamp by URL
        self.available: Reply = said({"available": 12, "processing": 0})
        self.appears = True  # a captured page can be seen
        self.server = Server()
        self.server.otherwise(self._answer)

    def __enter__(self) -> SavePageNowStandIn:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.close()

    @property
    def base(self) -> str:
        return self.server.url()

    @property
    def submitted(self) -> list[str]:
        """The pages submitted so far."""
        return [form(request)["url"] for request in self.server.requests if request.method == "POST"]

    @property
    def asked(self) -> list[str]:
        """The pages whose jobs were asked for so far."""
        start = "/save/status/spn2-"
        paths = [request.path for request in self.server.requests]
        return [unquote(path.removeprefix(start)) for path in paths if path.startswith(start)]

    def _answer(self, request: Request) -> Reply:
        path = request.path
        if path.startswith("/save"):
            if request.headers.get("authorization") != f"LOW {KEYS[0]}:{KEYS[1]}":
                return WRONG_KEYS
            return self._save(request)
        if request.headers.get("authorization"):
            return Reply(400, body=b"keys where none belong")
        if path.startswith("/web/"):
            timestamp, _, url = path.removeprefix("/web/").partition("id_/")
            return self._copy(timestamp, unquote(url))
        if path.startswith("/cdx/search/cdx"):
            url = parse_qs(path.partition("?")[2])["url"][0]
            head = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
            rows = [["k", self.copies[url], url, "text/html", "200", "A", "9"]] if url in self.copies else []
            return said([head, *rows] if rows else [])
        return Reply(404)

    def _save(self, request: Request) -> Reply:
        if request.path.startswith("/save/status/user"):
            return self.available
        if request.method == "POST":
            url = form(request)["url"]
            return _next(self.says, url) or said({"url": url, "job_id": f"spn2-{url}"})
        url = unquote(request.path.removeprefix("/save/status/spn2-"))
        reply = _next(self.jobs, url)
        if reply is None:
            self.jobs[url] = [success(url)]
            return PENDING
        answer: dict[str, Any] = json.loads(reply.body or b"{}") if reply.body.startswith(b"{") else {}
        if answer.get("status") == "success" and self.appears:
            self.copies.setdefault(answer["original_url"], answer["timestamp"])
        return reply

    def _copy(self, timestamp: str, url: str) -> Reply:
        if url not in self.copies:
            return Reply(404, body=b"not archived")
        if self.copies[url] != timestamp:
            return Reply(302, headers=[("Location", f"/web/{self.copies[url]}id_/{url}")])
        when = datetime.strptime(timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        return Reply(headers=[("Memento-Datetime", format_datetime(when, usegmt=True))], body=b"<p>kept</p>")


def form(request: Request) -> dict[str, str]:
    """The fields of a POST."""
    return {name: values[0] for name, values in parse_qs(request.body.decode()).items()}


def _next(replies: dict[str, list[Reply]], url: str) -> Reply | None:
    queue = replies.get(url)
    if not queue:
        return None
    return queue.pop(0) if len(queue) > 1 else queue[0]
