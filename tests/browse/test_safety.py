"""Strangers' pages, fetched and browsed in a real Chromium, run nothing, ask for nothing and lead nowhere.

Every payload of payloads.py goes through `fetch` into an archive, which `browse` serves. One browser looks at each
through our own pages and through Datasette's. The control looks at the same pages with nothing in between and
must see every one of their teeth: so the eyes are good.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from detector import Sight, Watch, asked, browser, log_of, look
from devtools import Page
from hostile_site import Browsing, fetched, site, unprotected
from payloads import PAYLOADS
from servers import Server

pytestmark = pytest.mark.chromium
ADDRESSES = (
    "href",
    "src",
    "action",
    "formaction",
    "xlink:href",
    "data",
    "poster",
    "background",
    "ping",
    "srcset",
)
RUNS = re.compile(r"[\s\x00-\x20]*(j\s*a\s*v\s*a|v\s*b|l\s*i\s*v\s*e)\s*s\s*c\s*r\s*i\s*p\s*t\s*:", re.I)
SEEDS = ("hostile", "list")
TABLES = ("articles", "article_texts", "links", "captures", "rankings", "seeds", "urls", "runs", "changes")


@dataclass(frozen=True)
class Harbour:
    """The hostile archive, served."""

    base: str
    archive: Path
    server: Server
    watch: Watch

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """What the archive says."""
        with closing(sqlite3.connect(f"file:{self.archive / 'readmore.db'}?mode=ro", uri=True)) as db:
            return db.execute(sql).fetchall()

    def digests(self) -> dict[str, str]:
        """Every file of the archive but SQLite's shared memory, by its bytes."""
        files = (path for path in self.archive.rglob("*") if path.is_file() and path.suffix != ".db-shm")
        return {
            str(path.relative_to(self.archive)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in files
        }


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[Harbour]:
    folder = tmp_path_factory.mktemp("harbour")
    with Watch() as watch, site(watch.base) as server:
        archive = fetched(folder, server, watch.base, root)
        with Browsing(archive, root) as browsing:
            yield Harbour(browsing.base, archive, server, watch)


def ours(harbour: Harbour) -> list[str]:
    """Every page of ours that shows a stranger's words or page, one for each article and capture."""
    paths = [
        "/-/readmore",
        "/-/readmore/search?q=harbour",
        "/-/readmore/search?q=%3Csvg+onload%3Downed%28%29%3E",
    ]
    for key in SEEDS:
        paths += [f"/-/readmore/{key}", f"/-/readmore/{key}?page=2", f"/-/readmore/{key}?sort=stance"]
        paths += [f"/-/readmore/{key}/map"]
    compared = harbour.rows(
        "SELECT s.key, r.article_id FROM rankings r JOIN seeds s ON s.id = r.seed_id WHERE rank < 9"
    )
    paths += [f"/-/readmore/{key}/compare/{number}" for key, number in compared]
    paths += [f"/-/readmore/piece/{number}" for (number,) in harbour.rows("SELECT id FROM articles")]
    return paths


def captures(harbour: Harbour) -> list[str]:
    """The captured pages, opened directly."""
    return [f"/-/readmore/capture/{number}" for (number,) in harbour.rows("SELECT id FROM captures")]


def datasettes(harbour: Harbour) -> list[str]:
    """Datasette's own pages of our tables, all rows on one page, and rows of whatever has hostile words."""
    paths = ["/", "/readmore", *(f"/readmore/{table}?_size=max" for table in TABLES)]
    paths += ["/readmore/articles?_search=harbour", "/readmore/agree_and_disagree?seed="]
    told = "SELECT article_id, id FROM links WHERE author != 'Ann Onym' OR title NOT LIKE 'Harbour notes%'"
    for article, link in harbour.rows(told):
        paths.append(f"/readmore/links/{link}")
        if article is not None:
            paths += [f"/readmore/articles/{article}", f"/readmore/article_texts/{article}"]
    return paths


def wrong(sight: Sight, allowed: str | None) -> str:
    """What a page did that none may do, in a line; "" for nothing. `allowed`: where scripts may come from."""
    bad = {kind: getattr(sight, kind) for kind in sorted(sight.teeth)}
    if allowed is not None and (parsed := [url for url in sight.compiled if not url.startswith(allowed)]):
        bad["compiled"] = parsed
    return f"{sight.url}: {bad}" if bad else ""


def running_links(page: Page) -> list[str]:
    """Links of a page of ours that would run something, its frames' contents left aside."""
    root = page.call("DOM.getDocument", depth=-1)["root"]
    found, stack = [], [root]
    while stack:
        node = stack.pop()
        stack += node.get("children", [])
        flat = node.get("attributes", [])
        pairs = zip(flat[::2], flat[1::2], strict=True)
        found += [f"{name}={value[:60]}" for name, value in pairs if name in ADDRESSES and RUNS.match(value)]
        found += [name for name in flat[::2] if name.startswith("on")]
    return found


def test_the_eyes_see_what_unprotected_pages_do(tmp_path: Path) -> None:
    """The control: each payload shows exactly its teeth, and the network log knows of the DNS prefetch."""
    blind = []
    with Watch() as watch, site(watch.base) as server:
        with browser(tmp_path / "profile", watch) as chromium:
            page = chromium.page()
            for payload in PAYLOADS:
                sight = look(page, watch, unprotected(server, payload), server.url(), teeth=payload.teeth)
                # A page that took over the top may still ask for its icon while the next one loads.
                if (
                    sight.teeth | {"request"} != payload.teeth | {"request"}
                    or not payload.teeth <= sight.teeth
                ):
                    blind.append(f"{payload.name}: not {sorted(payload.teeth)} but {sight}")
        told = asked(log_of(tmp_path / "profile"), watch)
    assert not blind, "\n".join(blind)
    assert any("HOST_RESOLVER" in line for line in told)
    assert any("link-preconnect" not in line and "TCP_CONNECT" in line for line in told)


def test_nothing_runs_leaves_or_leads_away(harbour: Harbour, tmp_path: Path) -> None:
    """All payloads, through our pages, as captured pages opened directly, and through Datasette's pages."""
    before, faults, frames = harbour.digests(), [], 0
    with browser(tmp_path / "profile", harbour.watch) as chromium:
        page = chromium.page()
        for path in ours(harbour):
            framed = "/piece/" in path
            sight = look(page, harbour.watch, harbour.base + path, harbour.base, click=framed, framed=framed)
            frames += any("/-/readmore/capture/" in url for url in page.requests())
            faults.append(wrong(sight, f"{harbour.base}/-/static"))
            faults += [f"{path}: {link}" for link in running_links(page)]
        for path in captures(harbour):
            sight = look(page, harbour.watch, harbour.base + path, harbour.base)
            faults.append(wrong(sight, "nowhere"))
        for path in datasettes(harbour):
            sight = look(page, harbour.watch, harbour.base + path, harbour.base, click=False)
            faults.append(wrong(sight, None))  # Datasette's own pages have scripts of their own
            faults += [f"{path}: {link}" for link in running_links(page)]
    faults += harbour.watch.seen + asked(log_of(tmp_path / "profile"), harbour.watch)
    assert not list(filter(None, faults)), "\n".join(filter(None, faults))
    assert harbour.digests() == before
    pages = harbour.rows("SELECT count(*) FROM articles a JOIN captures c ON c.id = a.best_capture_id "
                         "WHERE c.content_type LIKE '%html%'")  # fmt: skip
    assert frames == pages[0][0] > 100, "not every piece showed its archived page"


ODD = (
    "/-/readmore/nobody", "/-/readmore/nobody/map", "/-/readmore/nobody.atom", "/-/readmore/nobody.epub",
    "/-/readmore/nobody.json", "/-/readmore/%00", "/-/readmore/..%2f..%2fetc%2fpasswd", "/-/readmore?db=x",
    "/-/readmore/%3Csvg%20onload=x%3E",
    "/-/readmore/piece/0", "/-/readmore/piece/99999999999999999999", "/-/readmore/piece/1.json?x=%00",
    "/-/readmore/capture/0", "/-/readmore/capture/99999999999999999999.json", "/-/readmore/compare/0/1",
    "/-/readmore/hostile/compare/99999999", "/-/readmore/hostile?page=-1&sort=x&stance=%3Cb%3E&from=%00&outlet=%27",
    "/-/readmore/search?q=%00", "/-/readmore/search?q=%22&page=99999999999", "/-/readmore/search?q=NEAR(a%20b,",
)  # fmt: skip
KINDS = ("text/html", "application/json", "text/plain", "application/atom+xml", "application/epub+zip")
SANDBOX = (
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'"  # as docs/browsing.md has it
)


def test_every_answer_is_strict_whatever_was_captured(harbour: Harbour) -> None:
    """Headers of pages, captures, data, books and errors; none of a captured page's own headers comes through."""
    paths = [*ours(harbour), *captures(harbour)]
    paths += [
        f"/-/readmore/{key}{kind}" for key in SEEDS for kind in (".json", ".atom", ".epub", "/map.json")
    ]
    paths += [f"{path}.json" for path in paths if re.fullmatch(r".*/(piece|capture|compare)/\d+", path)]
    faults = []
    with httpx.Client(base_url=harbour.base, trust_env=False, timeout=30) as web:
        for path in (*paths, *ODD):
            answer = web.get(path)
            sent = answer.headers
            policy = sent.get("content-security-policy", "")
            page = "/capture/" in path and answer.status_code == 200 and "sandbox" in policy
            strict = policy == SANDBOX if page else policy.startswith("default-src 'none'; ")
            checks = {
                "policy": strict and not re.search("script-src|unsafe-eval|[*]", policy),
                "nosniff": sent.get("x-content-type-options") == "nosniff",
                "referrer": sent.get("referrer-policy") == "no-referrer",
                "type": sent["content-type"].partition(";")[0] in KINDS,
                "status": answer.status_code in ({200, 400, 404} if path in ODD else {200}),
                "own headers": not {"set-cookie", "refresh", "link", "report-to"} & set(sent),
                "utf-8": "charset" not in sent["content-type"] or "utf-8" in sent["content-type"].lower(),
            }
            faults += [
                f"{path}: {name}: {answer.status_code} {dict(sent)}"
                for name, fine in checks.items()
                if not fine
            ]
    assert not faults, "\n".join(faults)


def test_nothing_can_be_written(harbour: Harbour) -> None:
    """No method but GET and HEAD is taken, by our pages or by Datasette's, and no byte of the archive changes."""
    before = harbour.digests()
    paths = ("/-/readmore", "/-/readmore/hostile", "/-/readmore/piece/1", "/-/readmore/capture/1", "/-/readmore/search",
             "/-/readmore/hostile.epub", "/readmore/articles", "/readmore/articles/1", "/readmore")  # fmt: skip
    with httpx.Client(base_url=harbour.base, trust_env=False, timeout=30) as web:
        for path in paths:
            for method in ("POST", "PUT", "PATCH", "DELETE"):
                answer = web.request(method, path, data={"sql": "delete from articles", "title": "x"})
                assert not answer.is_success, f"{method} {path}: {answer.status_code}"
                if "/-/" in path:
                    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
                    assert answer.headers["x-content-type-options"] == "nosniff"
        written = web.get("/readmore.json", params={"sql": "delete from articles"})
        assert written.status_code == 400, "Datasette runs a statement that writes"
    assert harbour.digests() == before
