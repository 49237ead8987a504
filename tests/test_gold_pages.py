"""Real pages, served from loopback, go through fetch, extract and store without a failure."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from ran import Ran
from servers import Reply, Server

from recommender.crawl.crawler import OK
from recommender.store.database import Store
from recommender.store.warc import read


@pytest.mark.data
def test_every_gold_page_is_archived_extracted_and_its_record_reads_back(
    shared: Path, tmp_path: Path, readmore: Callable[..., Ran]
) -> None:
    """47 of 47: archived, with a text, and the bytes in the WARC are the bytes served."""
    gold = json.loads((shared / "readmore" / "gold.json").read_text(encoding="utf-8"))
    bodies = {
        f"/{number}/{item['file'].removesuffix('.html.gz')}": gzip.decompress(
            (shared / "readmore" / "pages" / item["file"]).read_bytes()
        )
        for number, item in enumerate(gold)
    }
    seed = tmp_path / "gold.toml"
    with Server() as server:
        lines = ['title = "Real pages"']
        for path, body in bodies.items():
            server.add(path, Reply(body=body, headers=[("Content-Type", "text/html; charset=utf-8")]))
            lines += ["[[reference]]", f'title = "page {path}"', f'url = "{server.url(path)}"']
        seed.write_text("\n".join(lines), encoding="utf-8")
        ran = readmore(
            "--archive",
            tmp_path / "a",
            "fetch",
            seed,
            "--no-wayback",
            "--allow-private",
            "--delay",
            "0",
            "--format",
            "json",
        )
    rows = ran.json()
    assert ran.code == 0, [row for row in rows if row["state"] not in {"archived", "duplicate"}]
    assert len(rows) == len(gold)
    assert {row["state"] for row in rows} == {"archived"}
    with Store.open(tmp_path / "a") as store:
        captures = [item for item in store.library.captures() if item.verdict == OK]
        assert len(captures) == len(gold)
        for capture in captures:
            path = "/" + capture.url.split("/", 3)[3]
            assert read(store.warc_folder, capture.record).body == bodies[path]
            article = store.library.get(capture.article_id or 0)
            assert article is not None
            assert article.title
            assert len(article.text.split()) > 50
