"""Tells what a page got away with: the same eyes for pages of ours and for the unprotected ones of the control."""

from __future__ import annotations

import json
import socket
import threading
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from devtools import Browser, Event, Page

SETTLE = 0.07  # seconds to misbehave in after loading, and again after a click; .05 was enough for the whole control
PATIENCE = 10  # seconds that a bite of the control may take on a machine with other work
# What Chromium asks for on its own account is sent nowhere, every other name to the watched port.
_MIDDLE = """(() => {
  const frame = document.querySelector("iframe");
  if (!frame) return null;
  for (let box = frame; box; box = box.parentElement) if (box.tagName == "DETAILS") box.open = true;
  frame.scrollIntoView({block: "center", behavior: "instant"});
  const place = frame.getBoundingClientRect();
  return [place.x + place.width / 2, place.y + place.height / 2];
})()"""
NOISE = ("*.google.com", "*.googleapis.com", "*.gstatic.com", "*.duckduckgo.com")


class Watch:
    """A port that nobody should ever connect to. It answers, so that what begins there goes on."""

    _ANSWER = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nAccess-Control-Allow-Origin: *\r\n"
        b"Connection: close\r\nContent-Length: 20\r\n\r\n<title>taken</title>"
    )

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = int(self._listener.getsockname()[1])
        self.base = f"http://127.0.0.1:{self.port}"
        self.seen: list[str] = []  # the first line of everything that was said
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self) -> Watch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        place = len(self.seen)
        self.seen.append("connected")
        with connection:
            try:
                connection.settimeout(5)
                data = connection.recv(4096)
                self.seen[place] = repr(data.partition(b"\r\n")[0][:200])
                connection.sendall(self._ANSWER)
            except OSError:  # hung up, or said nothing: it was here all the same
                pass

    def rules(self) -> tuple[str, ...]:
        """Flags that send every name but 127.0.0.1 here."""
        noise = ", ".join(f"MAP {name} ~NOTFOUND" for name in NOISE)
        return (f"--host-resolver-rules={noise}, MAP * 127.0.0.1:{self.port}, EXCLUDE 127.0.0.1",)


@dataclass
class Sight:
    """What was seen on one page; every list is empty on a safe one."""

    url: str
    script: list[str] = field(default_factory=list)
    request: list[str] = field(default_factory=list)
    top: list[str] = field(default_factory=list)
    popup: list[str] = field(default_factory=list)
    download: list[str] = field(default_factory=list)
    compiled: list[str] = field(default_factory=list)  # every script that was as much as parsed

    @property
    def teeth(self) -> set[str]:
        """The kinds of harm seen."""
        return {kind for kind in ("script", "request", "top", "popup", "download") if getattr(self, kind)}


def look(
    page: Page, watch: Watch, url: str, own: str,
    *, click: bool = True, framed: bool = False, teeth: frozenset[str] = frozenset(),
) -> Sight:  # fmt: skip
    """Open a page, let it be, click into its middle (or its frame's), and tell what it did.

    Args:
        page: the tab; windows that the page opens are closed.
        watch: the port nobody may connect to.
        url: where to go.
        own: the address of the only server that may be asked.
        click: false where there is nothing to be caught.
        framed: click into the middle of the page's frame.
        teeth: what it is known to do, waited for: the control must not be blind on a slow machine.
    """
    before, place = len(watch.seen), (400, 300)
    page.open(url, SETTLE)
    if click:
        place = (page.js(_MIDDLE) if framed else None) or place
        page.click(*place)
        page.browser.settle(SETTLE)
    for _ in range(PATIENCE):
        if page.browser.until(lambda: teeth <= _seen(page, watch.seen[before:], url, own).teeth, 1.0):
            break
        page.click(*place)  # a busy browser can lose the first one
    sight = _seen(page, watch.seen[before:], url, own)
    for target in sight.popup:
        page.browser.send("Target.closeTarget", targetId=target)
    return sight


def _seen(page: Page, connections: list[str], url: str, own: str) -> Sight:
    sight = Sight(url, request=list(connections))
    blocked = {
        params["requestId"] for params in page.all("Network.loadingFailed") if params.get("blockedReason")
    }
    for event in page.events:
        _note(sight, page, event, own, blocked)
    return sight


def _note(sight: Sight, page: Page, event: Event, own: str, blocked: set[str]) -> None:
    params = event.params
    if event.method == "Runtime.bindingCalled":
        sight.script.append(params["payload"])
    elif event.method == "Page.javascriptDialogOpening":
        sight.script.append(f"{params['type']}: {params['message']}")
    elif event.method == "Debugger.scriptParsed" and params["url"]:
        sight.compiled.append(params["url"])
    elif event.method in {"Network.requestWillBeSent", "Network.webSocketCreated"}:
        address = params["request"]["url"] if "request" in params else params["url"]
        if _leaves(address, own) and params["requestId"] not in blocked:
            sight.request.append(address)
    elif event.method == "Page.frameNavigated" and event.session == page.session:
        frame = params["frame"]
        if "parentId" not in frame and _leaves(frame["url"], own):
            sight.top.append(frame["url"])
    elif event.method == "Target.targetCreated" and event.session is None:
        if params["targetInfo"]["type"] == "page":
            sight.popup.append(params["targetInfo"]["targetId"])
    elif event.method == "Browser.downloadWillBegin":
        sight.download.append(params["url"])


def _leaves(address: str, own: str) -> bool:
    """Whether an address is of another server; what is of no server (`x:`, `data:`) reaches none."""
    return address.lower().startswith(("http", "ws", "ftp", "//")) and not address.startswith(own + "/")


def asked(log: Path, watch: Watch) -> list[str]:
    """What Chromium's own network log says was looked up or asked at the watched port, DNS and UDP included."""
    told: dict[str, Any] = json.loads(log.read_text())
    kinds = {number: name for name, number in told["constants"]["logEventTypes"].items()}
    found = []
    for event in told["events"]:
        params = event.get("params", {})
        host = str(params.get("host") or params.get("url") or params.get("address") or "")
        if f":{watch.port}" in host:
            found.append(f"{kinds[event['type']]} {host}")
    return found


def browser(profile: Path, watch: Watch) -> Browser:
    """A Chromium from which every name leads to the watched port, and which writes all down."""
    return Browser(profile, *watch.rules(), f"--log-net-log={log_of(profile)}")


def log_of(profile: Path) -> Path:
    """Where the network log of a browser with this profile is; whole once the browser has ended."""
    return profile.with_suffix(".net.json")
