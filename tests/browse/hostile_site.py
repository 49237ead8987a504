"""The hostile pages on a server, fetched into an archive by the real `fetch`, and that archive served by `browse`."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType

from payloads import PAYLOADS, Payload, address, filled, naive, page, prose
from servers import Reply, Request, Server

NAMED = {payload.name: payload for payload in PAYLOADS}
CARELESS = {"title", "author", "alt", "text", "link"}  # harmless on an honest page, not on a careless one
SEED = b"""<!doctype html><title>%(title)s</title><meta name=author content="%(title)s">
<article><h1>%(title)s</h1>
<p>Mayor Tamsin Orrin has wrecked the harbour, and this paper says so. Her promises were worthless.</p>
%(prose)s
<h2>Read more</h2><ul>
<li><a href="javascript:owned(/seed/.source)">Harbour list one that runs</a></li>
<li><a href="data:text/html,<script>owned(/seed/.source)</script>">Harbour list two that runs</a></li>
<li><a href="/2024/03/16/harbour-list/script">&lt;img src=x: onerror=owned(/x/.source)&gt; Harbour list three</a></li>
<li><a href="/2024/03/16/harbour-list/a-top">Harbour list four is an honest one</a></li>
<li><a href="/2024/03/16/harbour-list/svg-onload">Harbour list five is an honest one</a></li>
<li><a href="/2024/03/16/harbour-list/gone">Harbour list six leads nowhere at all</a></li>
</ul></article>"""
SEED_TITLE = "Harbour &lt;/title&gt;&lt;svg onload=owned(/seed/.source)&gt; {{ 7*7 }} \u202eseed"


def site(watched: str) -> Server:
    """A server of every payload; what belongs to nobody is 404. `watched` is the address they call."""
    server = Server()

    def answer(request: Request) -> Reply:
        if request.path in {"/seed", "/list"}:
            title = f"{SEED_TITLE} {request.path[1:]}".encode()
            parts = {b"title": title, b"prose": prose(request.path)[0].encode()}
            return Reply(headers=[("Content-Type", "text/html; charset=utf-8")], body=SEED % parts)
        words = request.path.lstrip("/").replace("?", "/").split("/")
        payload = next((NAMED[word] for word in words if word in NAMED), None)
        if payload is None:
            return Reply(404, body=b"nothing here")
        if words[0] == "careless":
            return Reply(headers=[("Content-Type", "text/html")], body=naive(payload, watched))
        headers = [("Content-Type", payload.kind)] if payload.kind else []
        if payload.place == "header":
            name, _, value = filled(payload.what, payload, watched).partition(": ")
            headers.append((name, value))
        return Reply(headers=headers, body=page(payload, watched))

    server.otherwise(answer)
    return server


def unprotected(server: Server, payload: Payload) -> str:
    """Where a payload can be met with nothing between it and the browser."""
    return server.url(f"/careless/{payload.name}" if payload.place in CARELESS else f"/{payload.name}")


def seed_file(folder: Path, server: Server, watched: str) -> Path:
    """A seed whose list names every payload, its hostile titles and bylines included."""
    lines = ['title = "The harbour, hostile"', f'url = "{server.url("/seed")}"']
    for payload in PAYLOADS:
        what = filled(payload.what, payload, watched)
        title = what if payload.place == "title" else f"Harbour notes on {payload.name}"
        author = what if payload.place == "author" else "Ann Onym"
        where = address(payload, server.url(), watched)
        quoted = (json.dumps(text, ensure_ascii=False) for text in (title, author, where))
        lines += [
            "[[reference]]",
            *(f"{k} = {v}" for k, v in zip(("title", "author", "url"), quoted, strict=True)),
        ]
    path = folder / "hostile.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def fetched(folder: Path, server: Server, watched: str, root: Path) -> Path:
    """The archive that `fetch` makes of all of it."""
    archive = folder / "archive"
    seed = seed_file(folder, server, watched)
    command = [sys.executable, "cli.py", "--archive", str(archive), "fetch", str(seed), server.url("/list")]
    command += ["--allow-private", "--delay", "0", "--no-wayback", "--timeout", "20"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode in {0, 2}, done.stdout + done.stderr  # 2: some, like pictures, are no articles
    return archive


class Browsing:
    """`readmore browse` on an archive, in a process of its own; `base` is its address."""

    def __init__(self, archive: Path, root: Path) -> None:
        command = [sys.executable, "cli.py", "--archive", str(archive), "browse", "--port", "0"]
        # A file: a pipe that nobody reads would fill and stop the server.
        handle, name = tempfile.mkstemp()
        self._log = Path(name)
        self._process = subprocess.Popen(command, cwd=root, stdout=handle, stderr=handle)
        os.close(handle)
        end, said = time.monotonic() + 60, ""
        while not (found := re.search(r"running on (http://127\.0\.0\.1:\d+)", said)):
            assert self._process.poll() is None and time.monotonic() < end, said
            time.sleep(0.05)
            said = self._log.read_text()
        self.base = found[1]

    def __enter__(self) -> Browsing:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(20)
        self._log.unlink()
