"""`fetch` on the demo's newspaper and its stand-in archive: every fate a reference can have."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ran import Ran
from servers import Reply, Server

from demo.newspaper import ANY_PORTS, Newspaper
from recommender.store.database import Store
from recommender.store.warc import read

Readmore = Callable[..., Ran]
PROSE = "<p>" + "</p><p>".join(
    f"The ferry of day {n} left late and nobody on the pier knew why it did." for n in range(40)
)


@pytest.fixture
def paper() -> Iterator[Newspaper]:
    with Newspaper(ANY_PORTS) as paper:
        yield paper


@pytest.fixture
def words(paper: Newspaper, tmp_path: Path) -> tuple[object, ...]:
    base = paper.web_archive.base
    return (
        "--archive",
        tmp_path / "a",
        "fetch",
        paper.seed_url,
        "--wayback-url",
        base,
        "--allow-private",
        "--delay",
        "0",
        "--format",
        "json",
    )


def states(rows: list[dict[str, object]]) -> list[object]:
    return [row["state"] for row in rows]


def test_every_fate_is_told_and_the_account_adds_up(
    words: tuple[object, ...], readmore: Readmore, tmp_path: Path
) -> None:
    """Redirect, dead but archived, duplicate, robots.txt, gone: ten references, ten fates, exit 2."""
    ran = readmore(*words)
    rows = ran.json()
    assert ran.code == 2
    assert sorted(map(str, states(rows))) == ["archived"] * 7 + ["duplicate", "failed", "skipped"]
    assert [row["title"] for row in rows if row["via"] == "wayback"] == [
        "I fixed leaks for Corvane. Then it sent the crews home"
    ]
    assert all(row["reason"] for row in rows if row["state"] in {"failed", "skipped", "duplicate"})
    with Store.open(tmp_path / "a") as store:
        run = next(iter(store.db.query("SELECT * FROM runs ORDER BY id DESC")))
        names = ("archived", "unchanged", "duplicate", "skipped", "failed", "pending")
        assert run["discovered"] == sum(run[name] for name in names) == 10
        assert all(read(store.warc_folder, capture.record) for capture in store.library.captures())


def test_a_second_run_asks_only_for_what_is_left(
    words: tuple[object, ...], paper: Newspaper, readmore: Readmore
) -> None:
    """Archived pages are not asked for again; the failed one is."""
    readmore(*words)
    before = len(paper.ledger.log) + len(paper.weekly.log)
    assert readmore(*words).code == 2
    asked = [request.target for request, _ in (*paper.ledger.log, *paper.weekly.log)]
    assert len(asked) - before <= 4  # two robots.txt, and the one that is gone
    assert len([path for path in asked if "hearing" in path or "nine-hours" in path]) <= 1


def test_refresh_revalidates_and_writes_nothing_new(
    words: tuple[object, ...], readmore: Readmore, tmp_path: Path
) -> None:
    """304 or the same bytes: unchanged, and no article is lost or doubled."""
    readmore(*words)
    with Store.open(tmp_path / "a") as store:
        articles = store.library.count()
    rows = readmore(*words, "--refresh").json()
    assert states(rows).count("unchanged") == 6
    assert [row["via"] for row in rows if row["state"] == "archived"] == ["wayback"]
    with Store.open(tmp_path / "a") as store:
        assert store.library.count() == articles


def test_a_good_copy_outlives_a_block_page_and_a_dead_server(readmore: Readmore, tmp_path: Path) -> None:
    """Asked again, the server has an apology, then nothing: the article stays, each answer is told."""
    seed = tmp_path / "ferry.toml"
    words = (
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
    with Server() as server:
        page = (
            f"<html><title>The ferry</title><body><article><h1>The ferry</h1>{PROSE}</article></body></html>"
        )
        server.add(
            "/ferry", Reply(body=page.encode()), Reply(body=b"<title>Access denied</title><p>Access denied.")
        )
        seed.write_text(
            f'title = "Seed"\n[[reference]]\ntitle = "The ferry"\nurl = "{server.url("/ferry")}"\n'
        )
        assert states(readmore(*words).json()) == ["archived"]
        again = readmore(*words, "--refresh").json()
    assert states(again) == ["archived"]
    assert "copy kept; asked again: block page" in str(again[0]["reason"])
    gone = readmore(*words, "--refresh")
    assert states(gone.json()) == ["archived"]
    with Store.open(tmp_path / "a") as store:
        verdicts = [capture.verdict for capture in store.library.captures()]
        assert verdicts == ["ok", "block page"]
        article = store.library.get(1)
        assert article is not None
        assert "left late" in article.text


def test_a_page_cant_take_another_outlets_article_by_naming_it_canonical(
    readmore: Readmore, tmp_path: Path
) -> None:
    """A stranger's page that claims an archived address becomes a piece of its own."""
    seed = tmp_path / "two.toml"
    with Server() as good, Server() as stranger:
        canonical = good.url("/ferry").replace("127.0.0.1", "localhost")
        good.add("/ferry", Reply(body=f"<title>The ferry</title><article>{PROSE}</article>".encode()))
        other = PROSE.replace("ferry", "bakery").replace("pier", "market square").replace("late", "early")
        claim = f'<html><head><title>Bread</title><link rel="canonical" href="{canonical}"></head>'
        stranger.add("/bread", Reply(body=f"{claim}<article>{other}</article>".encode()))
        seed.write_text(
            f'title = "Seed"\n[[reference]]\ntitle = "The ferry"\nurl = "{canonical}"\n'
            f'[[reference]]\ntitle = "Bread"\nurl = "{stranger.url("/bread")}"\n'
        )
        words = (
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
        assert states(readmore(*words).json()) == ["archived", "archived"]
    with Store.open(tmp_path / "a") as store:
        texts = {article.title: article.text for article in store.library.documents()}
    assert set(texts) == {"The ferry", "Bread"}
    assert "ferry" in texts["The ferry"]
    assert "bakery" in texts["Bread"]


def test_a_killed_run_is_gone_on_with(
    paper: Newspaper, words: tuple[object, ...], readmore: Readmore, root: Path, tmp_path: Path
) -> None:
    """SIGKILL in the middle: every row has its record, and the next run ends as an undisturbed one does."""
    slow = [str(word) for word in words if word != "--delay"]
    slow[slow.index("0")] = "--quiet"
    process = subprocess.Popen(
        [sys.executable, "cli.py", *slow, "--delay", "0.4"], cwd=root, stdout=subprocess.DEVNULL
    )
    end = time.monotonic() + 20
    while time.monotonic() < end and len(paper.ledger.log) < 5:
        time.sleep(0.02)
    process.kill()
    process.wait(10)
    with Store.open(tmp_path / "a") as store:
        captures = list(store.library.captures())
        assert captures
        assert all(read(store.warc_folder, capture.record) for capture in captures)
    rows = readmore(*words).json()
    assert sorted(map(str, states(rows))) == ["archived"] * 7 + ["duplicate", "failed", "skipped"]


def test_an_archive_that_cant_be_written_is_one_line(
    readmore: Readmore, tmp_path: Path, paper: Newspaper
) -> None:
    """A file where the folder should be."""
    (tmp_path / "a").write_text("not a folder")
    ran = readmore("--archive", tmp_path / "a", "fetch", paper.seed_url)
    assert ran.code == 1
    assert len(ran.err.strip().splitlines()) == 1


def test_an_address_that_cant_be_reached_is_exit_3(readmore: Readmore, tmp_path: Path, offline: None) -> None:
    """No page, no list: not a success, though no reference failed."""
    ran = readmore("--archive", tmp_path / "a", "fetch", "https://quay.example/opinion/ferry")
    assert ran.code == 3
    assert "Nothing could be reached" in ran.out


def test_a_wayback_address_that_is_none_is_a_usage_error(readmore: Readmore, tmp_path: Path) -> None:
    """Told before anything is done."""
    ran = readmore("--archive", tmp_path / "a", "fetch", "https://quay.example/a", "--wayback-url", "archive")
    assert ran.code == 1
    assert "begins with http" in ran.err
    assert not (tmp_path / "a").exists()


def test_two_processes_share_one_archive(
    words: tuple[object, ...], paper: Newspaper, root: Path, tmp_path: Path, readmore: Readmore
) -> None:
    """Two runs at once on a new archive: neither is locked out, and together they do the work once."""
    command = [sys.executable, "cli.py", *map(str, words)]
    with (tmp_path / "log").open("w") as log:
        runs = [subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=log) for _ in range(3)]
        codes = [run.wait(60) for run in runs]
    assert codes == [2, 2, 2], (tmp_path / "log").read_text()
    with Store.open(tmp_path / "a") as store:
        assert store.library.count() == 8
        assert len(store.lists.all()) == 1
        assert store.lists.counts([1]).discovered == 10
