"""The reading list in a real browser: hostile titles are text, and nothing runs."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recommender.models import Article, Seed, Via
from recommender.store.database import Store
from recommender.store.results import RankingRow

EVIL = "<script>document.title='owned'</script><img src=x onerror=document.title='owned'>{{ 7*7 }}"
NOW = datetime(2021, 3, 4, tzinfo=UTC)
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--dump-dom"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@pytest.mark.chromium
def test_a_hostile_title_is_text_in_chromium(root: Path, tmp_path: Path) -> None:
    """The page shows the words and keeps its own title."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium (apt install chromium)")
    with Store.open(tmp_path / "a", create=True) as store, store.transaction():
        seed = store.lists.save(Seed(key="evil", title=f"Seed {EVIL}", source="evil.toml"), NOW)
        article = Article(
            url="javascript:document.title='owned'", title=EVIL, text="Nothing.", authors=EVIL, outlet=EVIL
        )
        article_id = store.library.add(article, origin=Via.IMPORT, now=NOW)
        row = RankingRow(
            article_id, 1, 0.5, "can't tell", 0.0, 0.0, 0.25, True, f'[["{EVIL[:20]}", 0.1]]', "[]"
        )
        store.results.save_rankings(seed.id, [row], NOW)
    command = [sys.executable, "cli.py", "--archive", str(tmp_path / "a"), "browse", "--port", "0"]
    with subprocess.Popen(
        command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stderr is not None
            found = next(
                filter(None, (re.search(r"(http://127\.0\.0\.1:\d+)", line) for line in server.stderr))
            )
            page = f"{found[1]}/-/readmore/evil"
            browser = [chromium, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", page]
            dom = subprocess.run(browser, capture_output=True, text=True, check=True, timeout=120).stdout
        finally:
            server.send_signal(signal.SIGINT)
            server.communicate(timeout=20)
    title = re.search(r"<title>(.*?)</title>", dom, re.S)
    assert title is not None
    assert "Seed" in title[1]
    assert "&lt;script&gt;" in dom
    assert "<script>document" not in dom
    assert "javascript:document" not in re.sub(r">[^<]*<", "><", dom)
    assert "{{ 7*7 }}" in dom
