"""A reader's way through the pages in a real Chromium, on a phone's and a desk's width, with scripts off."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import small_archive
from devtools import Browser, Page
from small_archive import KEY, Small

pytestmark = pytest.mark.chromium
WIDTHS = (360, 1400)  # CSS pixels


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    return small_archive.build(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def base(small: Small, root: Path) -> Iterator[str]:
    command = [sys.executable, "cli.py", "--archive", str(small.folder), "browse", "--port", "0"]
    with subprocess.Popen(
        command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stderr is not None
        found = next(filter(None, (re.search(r"(http://127\.0\.0\.1:\d+)", line) for line in server.stderr)))
        yield found[1]
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=20)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("chromium") / "profile") as opened:
        yield opened


@pytest.fixture(params=WIDTHS)
def tab(browser: Browser, request: pytest.FixtureRequest) -> Page:
    tab = browser.page()
    tab.size(request.param)
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    return tab


def press(tab: Page, selector: str) -> None:
    """A real click on the first element that matches, and the page it leads to."""
    place = tab.js(f"""(() => {{
        const found = document.querySelector({selector!r});
        found.scrollIntoView({{block: "center"}});
        const box = found.getClientRects()[0];
        return [box.left + Math.min(box.width / 2, 40), box.top + box.height / 2];
    }})()""")
    before = len(tab.events)
    tab.click(*place)
    tab.loaded(after=before)


def type_into(tab: Page, selector: str, words: str) -> None:
    tab.js(f"document.querySelector({selector!r}).focus()")
    tab.call("Input.insertText", text=words)


def heading(tab: Page) -> str:
    return str(tab.js("document.querySelector('h1').textContent.trim()"))


def asked(tab: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(tab.js("location.href")).query)


def unquiet(tab: Page) -> list[str]:
    """Errors on the console, those about what a captured page was not allowed to do apart."""
    logs = (event.params["entry"] for event in tab.browser.events if event.method == "Log.entryAdded")
    errors = [
        entry for entry in logs if entry["level"] == "error" and "/capture/" not in entry.get("url", "")
    ]
    thrown = [event for event in tab.browser.events if event.method == "Runtime.exceptionThrown"]
    return [entry["text"] for entry in errors] + [str(event.params) for event in thrown]


def test_search_open_sort_filter_compare_and_back(tab: Page, base: str) -> None:
    tab.open(f"{base}/-/readmore")
    type_into(tab, ".ask input[type=search]", "nobody dared")
    press(tab, ".ask button")
    assert asked(tab) == {"q": ["nobody dared"]}
    press(tab, ".hits a")
    assert heading(tab) == "What nobody dared"
    press(tab, ".kicker a")  # the list it is near to
    assert urlsplit(tab.js("location.href")).path == f"/-/readmore/{KEY}"
    press(tab, ".choices a[href*='sort=stance']")
    assert asked(tab) == {"sort": ["stance"]}
    tab.js("document.querySelector('select[name=outlet]').value = 'Harbour Weekly'")
    press(tab, ".choices form button")
    assert asked(tab) == {"sort": ["stance"], "outlet": ["Harbour Weekly"]}
    assert tab.js("document.querySelectorAll('#listed').length") == 1
    assert (
        tab.js("[...document.querySelectorAll('.entry h3')].map(one => one.textContent).join()")
        == "What nobody dared"
    )
    press(tab, ".entry a[aria-label^='Compare']")
    assert "On Mayor Ada Quill" in tab.js("document.querySelector('.common').textContent")
    before = len(tab.events)
    tab.call("Page.navigateToHistoryEntry", entryId=_earlier(tab))
    tab.browser.until(lambda: len(tab.events) > before, 5)
    tab.browser.settle(0.5)
    assert asked(tab) == {"sort": ["stance"], "outlet": ["Harbour Weekly"]}, "back is where the reader was"
    assert not unquiet(tab)


def _earlier(tab: Page) -> int:
    history = tab.call("Page.getNavigationHistory")
    return int(history["entries"][history["currentIndex"] - 1]["id"])


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_page_is_wider_than_the_window_or_asks_beyond_it(
    tab: Page, base: str, small: Small, dark: bool
) -> None:
    """Long words, right-to-left text, empty lists and all."""
    width = tab.js("innerWidth")
    tab.size(width, dark=dark)
    for path in (
        "", "/search", "/search?q=toll", "/search?q=zebra", f"/{KEY}", f"/{KEY}/map", f"/{KEY}/compare/{small.agrees}",
        f"/compare/{small.agrees}/{small.unranked}", f"/piece/{small.agrees}", f"/piece/{small.hebrew}",
        f"/piece/{small.imported}", f"/capture/{small.pdf}",
    ):  # fmt: skip
        tab.open(f"{base}/-/readmore{path}")
        assert tab.js("document.documentElement.scrollWidth") <= width, path
        beyond = [url for url in tab.requests() if not url.startswith((base, "data:image/svg"))]
        assert not beyond, path  # Chromium draws the icon of a date field from a data: address of its own
        clear, paper = tab.js(
            "(style => [style.color, style.backgroundColor])(getComputedStyle(document.querySelector('body')))"
        )
        assert (_light(paper) > _light(clear)) is not dark, path
    assert not unquiet(tab)


def _light(colour: str) -> int:
    return sum(int(part) for part in re.findall(r"\d+", colour)[:3])


def test_the_keyboard_walks_the_map_and_each_piece_names_itself(tab: Page, base: str) -> None:
    tab.open(f"{base}/-/readmore/{KEY}/map")
    tab.js("document.querySelector('figcaption a').focus()")
    names = []
    for _ in range(4):
        for kind in ("keyDown", "keyUp"):
            tab.call("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
        shown = "getComputedStyle(document.activeElement.querySelector('.caption')).visibility"
        assert tab.js(shown) == "visible"
        names.append(tab.js("document.activeElement.querySelector('title').textContent"))
    assert [name.partition(" (")[0] for name in names][:2] == ["Quill was wrong again", "What nobody dared"]
    assert "topic 60\u202f%, agrees" in names[0]


def test_a_hostile_page_stays_in_its_frame(browser: Browser, base: str, small: Small) -> None:
    """In the frame and opened directly: no script, no request, no other place; a connection is a request too."""
    tab = browser.page()
    for path in (f"/piece/{small.disagrees}", f"/capture/{small.page}"):
        tab.open(f"{base}/-/readmore{path}", settle=1.0)
        assert tab.js("document.title") != "owned"
        assert tab.js("location.pathname").endswith(path)
        assert all(url.startswith(base) for url in tab.requests())
    assert tab.js("document.querySelectorAll('link, meta').length") == 0
