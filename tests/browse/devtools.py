"""A headless Chromium, driven over the DevTools protocol, with everything it does kept as events.

The protocol goes over two pipes (`--remote-debugging-pipe`), so no port is open that a hostile page could reach
and no library is needed. Frames and workers that Chromium puts in processes of their own are attached to before
they run, so that nothing they do is missed.

    with Browser(tmp_path) as browser:
        page = browser.page()
        page.open(url)              # returns when it is loaded and has had `settle` seconds to misbehave
        page.requests(); page.js("document.title"); page.click(100, 200)
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *(
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-extensions",
    ),
    *("--disable-default-apps", "--disable-domain-reliability", "--disable-breakpad", "--mute-audio"),
    *("--no-default-browser-check", "--disable-dev-shm-usage"),
    "--allow-pre-commit-input",  # a click before the first frame is drawn counts too
)
# Chromium reads commands from descriptor 3 and answers on 4; this puts our pipes there.
_LAUNCH = """
import fcntl, os, sys
read, write = (fcntl.fcntl(int(fd), fcntl.F_DUPFD, 10) for fd in sys.argv[1:3])
os.dup2(read, 3); os.dup2(write, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
_PATIENCE = 60.0  # seconds for one answer: a machine with other work on it is slow, a hung browser stays hung


class BrowserError(AssertionError):
    """Chromium said no, or nothing."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a page, frame or worker."""

    session: str | None
    method: str
    params: dict[str, Any]


class Browser:
    """One Chromium with a profile of its own; skips the test where there is none.

    Args:
        profile: an empty folder.
        flags: beyond those that keep it quiet.
        binding: name of a function that every document gets, calls of which are `Runtime.bindingCalled` events.
    """

    def __init__(self, profile: Path, *flags: str, binding: str = "owned") -> None:
        program = shutil.which("chromium")
        if program is None:
            pytest.skip("no chromium (apt install chromium)")
        self.binding = binding
        self.events: list[Event] = []
        self._answers: dict[int, dict[str, Any]] = {}
        self._last, self._rest = 0, b""
        read, self._commands = os.pipe()
        self._replies, write = os.pipe()
        command = [sys.executable, "-c", _LAUNCH, str(read), str(write), program, *FLAGS, *flags]
        command += ["--remote-debugging-pipe", f"--user-data-dir={profile}"]
        self.log = profile.with_suffix(".log")
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command, pass_fds=(read, write), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        os.close(read)
        os.close(write)
        self.call("Target.setDiscoverTargets", discover=True)
        self.call("Browser.setDownloadBehavior", behavior="deny", eventsEnabled=True)

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.send("Browser.close")  # a kill would leave the network log unfinished
            self._process.wait(20)
        except (OSError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait(20)
        os.close(self._commands)
        os.close(self._replies)

    def send(self, method: str, session: str | None = None, **params: Any) -> int:
        """Say something and give its number."""
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._commands, data) :]
        return self._last

    def call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """Say something and wait for its answer.

        Raises:
            BrowserError: it was refused, or nothing came for a minute.
        """
        number = self.send(method, session, **params)
        self.until(lambda: number in self._answers, _PATIENCE)
        answer = self._answers.pop(number, None)
        if answer is None:
            raise BrowserError(f"{method}: no answer; see {self.log.read_text(errors='replace')[-2000:]}")
        if "error" in answer:
            raise BrowserError(f"{method}: {answer['error']['message']}")
        return dict(answer["result"])

    def until(self, done: Callable[[], bool], seconds: float) -> bool:
        """Take in what happens until something is so, or so many seconds have passed; says whether it is."""
        end = time.monotonic() + seconds
        while not done():
            left = end - time.monotonic()
            if left <= 0 or not select.select([self._replies], [], [], left)[0]:
                return done()
            data = os.read(self._replies, 1 << 20)
            if not data:
                raise BrowserError(f"chromium ended: {self.log.read_text(errors='replace')[-2000:]}")
            *whole, self._rest = (self._rest + data).split(b"\0")
            for message in whole:
                self._take(json.loads(message))
        return True

    def settle(self, seconds: float) -> None:
        """Take in what happens for so long."""
        self.until(lambda: False, seconds)

    def page(self) -> Page:
        """A new, empty tab."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.until(
            lambda: any(e.params.get("targetInfo", {}).get("targetId") == target for e in self.events), 5
        )
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._watch(session)
        self.call("Runtime.evaluate", session, expression="0")  # answered when all of that has arrived
        return Page(self, target, session)

    def _take(self, message: dict[str, Any]) -> None:
        if "id" in message:
            self._answers[message["id"]] = message
            return
        event = Event(message.get("sessionId"), message["method"], message.get("params", {}))
        self.events.append(event)
        if event.method == "Target.attachedToTarget" and event.session:  # a frame or worker of a page
            self._watch(event.params["sessionId"])
            self.send("Runtime.runIfWaitingForDebugger", event.params["sessionId"])
        if event.method == "Page.javascriptDialogOpening":
            self.send("Page.handleJavaScriptDialog", event.session, accept=False)

    def _watch(self, session: str) -> None:
        for domain in ("Page", "Network", "Runtime", "Debugger", "Log"):
            self.send(f"{domain}.enable", session)
        self.send("Runtime.addBinding", session, name=self.binding)
        self.send("Target.setAutoAttach", session, autoAttach=True, waitForDebuggerOnStart=True, flatten=True)


class Page:
    """A tab. What happens since the last `open` is in `events`."""

    def __init__(self, browser: Browser, target: str, session: str) -> None:
        self.browser, self.target, self.session = browser, target, session
        self._since = 0

    @property
    def events(self) -> list[Event]:
        """What happened in the browser since the last `open`; other tabs' events too."""
        return self.browser.events[self._since :]

    def all(self, *methods: str) -> Iterator[dict[str, Any]]:
        """The parameters of every event of these names since the last `open`."""
        return (event.params for event in self.events if event.method in methods)

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """A command to this tab."""
        return self.browser.call(method, self.session, **params)

    def open(self, url: str, settle: float = 0.0) -> None:
        """Go there, wait until it is loaded, and `settle` seconds more."""
        self._since = len(self.browser.events)
        answer = self.call("Page.navigate", url=url)
        if "errorText" not in answer:  # a download, or an empty answer, loads nothing
            self.loaded()
        self.browser.settle(settle)

    def loaded(self, after: int = 0) -> None:
        """Wait for the page's load event, of so many events ago or later."""
        said = self.browser.until(
            lambda: any(
                event.method == "Page.loadEventFired" and event.session == self.session
                for event in self.events[after:]
            ),
            _PATIENCE,
        )
        if not said:
            raise BrowserError("the page did not load")

    def requests(self) -> list[str]:
        """Every address asked for since the last `open`, frames and workers included."""
        return [params["request"]["url"] for params in self.all("Network.requestWillBeSent")]

    def js(self, expression: str) -> Any:
        """The value of an expression in the page; promises are waited for."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise BrowserError(str(answer["exceptionDetails"].get("exception", {}).get("description")))
        return answer["result"].get("value")

    def click(self, x: float, y: float) -> None:
        """A click of the left button at a place of the window, in CSS pixels."""
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def size(self, width: int, height: int = 900, *, dark: bool = False) -> None:
        """The window's size in CSS pixels, and the colour scheme."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 600,
        )  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def nodes(self) -> Iterator[dict[str, Any]]:
        """Every node of the page's document and its frames', shadow trees included."""
        stack = [self.call("DOM.getDocument", depth=-1, pierce=True)["root"]]
        while stack:
            node = stack.pop()
            yield node
            stack += node.get("children", []) + node.get("shadowRoots", [])
            stack += [node[name] for name in ("contentDocument", "templateContent") if name in node]
