"""Pictures of every page that `browse` has, light and dark, at a phone's and a desk's width, in headless Chromium.

    make demo && python scripts/screenshots.py OUT [--archive FOLDER] [--seed KEY]

Without --archive it is the demo's, about invented people, whose pictures may be shown: with --readme the two of the
README are made too (docs/reading-list.png, docs/piece.png). Needs Debian's chromium.
"""

from __future__ import annotations

import argparse
import base64
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "browse")]

from devtools import Browser, Page  # noqa: E402 - the tests' own client, found by the line above
from hostile_site import Browsing  # noqa: E402

WIDTHS = (360, 1400)  # CSS pixels: a small phone, a desk
TALLEST = 4000  # CSS pixels of a picture: what is further down repeats itself
README = (("reading-list", "list", 940, 960), ("piece", "piece", 1400, 800))  # name, page, width, height


def main() -> None:
    """Serve the archive, take the pictures, stop."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--archive", type=Path, default=ROOT / "demo-archive")
    parser.add_argument("--seed", help="key of the seed to show  [default: the first]")
    parser.add_argument("--readme", action="store_true", help="the README's two as well")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    pages = paths(options.archive, options.seed)
    with (
        tempfile.TemporaryDirectory() as folder,
        Browsing(options.archive, ROOT) as browsing,
        Browser(Path(folder) / "profile") as browser,
    ):
        tab = browser.page()
        for name, path in pages.items():
            for width in WIDTHS:
                for scheme in ("light", "dark"):
                    tab.size(width, dark=scheme == "dark")
                    tab.open(browsing.base + path, settle=0.3)
                    save(tab, options.out / f"{name}-{width}-{scheme}.png", width)
        for name, page, width, height in README if options.readme else ():
            tab.size(width, height)
            tab.open(browsing.base + pages[page], settle=0.3)
            save(tab, ROOT / "docs" / f"{name}.png", width, height)


def paths(archive: Path, key: str | None) -> dict[str, str]:
    """Every kind of page, by the name of its picture."""
    with closing(sqlite3.connect(f"file:{archive / 'readmore.db'}?mode=ro", uri=True)) as db:

        def first(sql: str, *values: object) -> object:
            row = db.execute(sql, values).fetchone()
            return row[0] if row else 0

        key = key or str(first("SELECT key FROM seeds ORDER BY id LIMIT 1"))
        seed = first("SELECT id FROM seeds WHERE key = ?", key)
        own = first("SELECT article_id FROM seeds WHERE key = ?", key)
        ranked = "SELECT article_id FROM rankings WHERE seed_id = ? ORDER BY {} LIMIT 1"
        shared = first(ranked.format("json_array_length(targets) DESC, rank"), seed)
        near = first(ranked.format("rank"), seed)
        imported = first("SELECT id FROM articles WHERE origin = 'import' LIMIT 1")
    root = "/-/readmore"
    found = {
        "home": root,
        "list": f"{root}/{key}",
        "list-by-stance": f"{root}/{key}?sort=stance",
        "list-filtered-away": f"{root}/{key}?outlet=Nobody",
        "map": f"{root}/{key}/map",
        "compare": f"{root}/{key}/compare/{shared}",
        "compare-pair": f"{root}/compare/{shared}/{near}",
        "piece": f"{root}/piece/{shared}",
        "piece-seed": f"{root}/piece/{own}",
        "search": f"{root}/search?q=water+OR+iran",
        "search-word": f"{root}/search?q=the",
        "search-none": f"{root}/search?q=nothinghasthisword",
        "missing": f"{root}/nobody",
        "datasette": "/",
        "datasette-articles": "/readmore/articles",
        "datasette-rankings": "/readmore/rankings",
    }
    return found | ({"piece-imported": f"{root}/piece/{imported}"} if imported else {})


def save(tab: Page, out: Path, width: int, height: int | None = None) -> None:
    """A picture of the page, whole or so high, as PNG."""
    tall = height or min(int(tab.js("document.documentElement.scrollHeight")), TALLEST)
    clip = {"x": 0, "y": 0, "width": width, "height": tall, "scale": 1}
    data = tab.call("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)["data"]
    out.write_bytes(base64.b64decode(data))


if __name__ == "__main__":
    main()
