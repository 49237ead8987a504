"""Every page of ours in a real Chromium: for everybody, light to load, quiet, no wider than the window.

axe-core (MPL-2.0) is no part of the project: `make axe` puts it into .axe/, which git ignores.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from devtools import Browser, Page
from hostile_site import Browsing
from small_archive import KEY, Small, build

pytestmark = pytest.mark.chromium
WIDTHS = (360, 1400)  # CSS pixels: a small phone, a desk
HEAVIEST = 200_000  # bytes of a page with all it loads
BAD = {"serious", "critical"}  # axe's own words


@dataclass(frozen=True)
class Shop:
    """The small archive, served, and a browser."""

    base: str
    browser: Browser
    small: Small

    def pages(self) -> list[str]:
        """Every kind of page of ours, in every state that this archive has."""
        small, root = self.small, "/-/readmore"
        pieces = (small.seed, small.agrees, small.disagrees, small.hebrew, small.imported, small.unranked)
        return [
            root, f"{root}/{KEY}", f"{root}/{KEY}?sort=stance&stance=agrees", f"{root}/{KEY}?outlet=nobody",
            f"{root}/{KEY}/map",
            *(f"{root}/piece/{number}" for number in pieces),
            f"{root}/{KEY}/compare/{small.agrees}", f"{root}/compare/{small.agrees}/{small.hebrew}",
            f"{root}/search", f"{root}/search?q=toll", f"{root}/search?q=nothinghasthis", f"{root}/search?q=%22",
            f"{root}/capture/{small.pdf}", f"{root}/nobody",
        ]  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("shop")
    small = build(folder / "archive")
    with Browsing(folder / "archive", root) as browsing, Browser(folder / "profile") as browser:
        yield Shop(browsing.base, browser, small)


@pytest.fixture
def page(shop: Shop) -> Page:
    return shop.browser.page()


def axe(page: Page, source: str) -> list[str]:
    """What axe-core finds that keeps somebody out."""
    page.js(f"{source};0")
    told: dict[str, Any] = json.loads(
        page.js("axe.run().then(r => JSON.stringify({v: r.violations, p: r.passes.length}))")
    )
    assert told["p"] > 5, "axe looked at nothing"
    return [
        f"{found['id']} ({found['impact']}): {node['html'][:120]}"
        for found in told["v"]
        if found["impact"] in BAD
        for node in found["nodes"][:3]
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_serious(shop: Shop, page: Page, root: Path, width: int, dark: bool) -> None:
    source = root / ".axe" / "package" / "axe.min.js"
    if not source.is_file():
        pytest.skip("no axe-core (make axe)")
    code, found = source.read_text(encoding="utf-8"), []
    page.size(width, dark=dark)
    for path in shop.pages():
        page.open(shop.base + path)
        found += [f"{path}: {line}" for line in axe(page, code)]
    assert not found, "\n".join(found)


def test_axe_would_find_something(page: Page, root: Path) -> None:
    """The control: a page that keeps people out is found out."""
    source = root / ".axe" / "package" / "axe.min.js"
    if not source.is_file():
        pytest.skip("no axe-core (make axe)")
    page.open("data:text/html,<p style='color:%23999'>grey</p><img src='data:,'><input><a href='%23'></a>")
    found = "\n".join(axe(page, source.read_text(encoding="utf-8")))
    assert all(rule in found for rule in ("color-contrast", "image-alt", "label", "link-name"))


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_are_quiet_light_and_no_wider_than_the_window(shop: Shop, page: Page, width: int) -> None:
    """No console error, no request but for the page and its own files, under 200 kB, no sideways scrolling."""
    page.size(width)
    wrong = []
    for path in shop.pages():
        page.open(shop.base + path)
        said = [
            entry["entry"]["text"]
            for entry in page.all("Log.entryAdded")
            if entry["entry"]["level"] == "error"
        ]
        # The browser itself remarks on a 404, and on what it kept a captured page from doing.
        said = [text for text in said if "404 (" not in text and "/-/readmore/capture/" not in text]
        wrong += [f"{path}: {text}" for text in said]
        wrong += [f"{path}: {params}" for params in page.all("Runtime.exceptionThrown")]
        wrong += [f"{path} asks {url}" for url in page.requests() if not url.startswith((shop.base, "data:"))]
        weight = sum(params["encodedDataLength"] for params in page.all("Network.loadingFinished"))
        if not 1000 < weight < HEAVIEST:
            wrong.append(f"{path}: {weight:,.0f} bytes")
        over = page.js("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            wrong.append(f"{path}: {over} pixels wider than {width}: {page.js(_WIDEST)}")
    assert not wrong, "\n".join(wrong)


_WIDEST = """[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 3).map(e => e.outerHTML.slice(0, 100)).join(" | ")"""
