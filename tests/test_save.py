"""`save`: a page counts as archived when its copy was seen, and not before."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ran import Ran
from save_page_now import (
    KEYS,
    PENDING,
    TAKEN,
    WRONG_KEYS,
    SavePageNowStandIn,
    error,
    said,
    success,
)
from servers import Reply

from recommender.crawl.http import Client
from recommender.crawl.saving import Report, save
from recommender.crawl.saving_rules import Options, never
from recommender.crawl.spn import Keys, SavePageNow
from recommender.crawl.spn_answers import SaveReason
from recommender.crawl.wayback import Wayback
from recommender.errors import AccessError
from recommender.models import Article, Reference, Seed, State, Via
from recommender.store.database import Store
from recommender.store.saves import Wanted

Readmore = Callable[..., Ran]
START = datetime(2026, 3, 1, 11, 59, tzinfo=UTC)
PAGE, OTHER = "https://quay.example/ferry", "https://quay.example/bakery"


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = START.timestamp()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def archive() -> Iterator[SavePageNowStandIn]:
    with SavePageNowStandIn() as running:
        yield running


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "a", create=True) as store:
        yield store


def add(store: Store, url: str, via: Via = Via.LIVE, verdict: str = "ok") -> int:
    """An article with one copy."""
    with store.transaction():
        article = Article(url=url, title=f"About {url[-5:]}", text=f"All about {url}.")
        article_id = store.library.add(article, origin=via, now=START)
        store.library.name(url.removeprefix("https://"), url, article_id)
        row = {
            "url": url, "final_url": url, "article_id": article_id, "captured_at": "2026-01-01T00:00:00Z",
            "fetched_at": "2026-01-01T00:00:00Z", "via": via, "status": 200, "size": 1, "verdict": verdict,
            "digest": "sha1:A", "warc_file": "a.warc.gz", "warc_offset": article_id, "warc_length": 1,
        }  # fmt: skip
        if via is not Via.IMPORT:
            store.db.table("captures").insert(row)
    return article_id


@pytest.fixture
def run(store: Store, archive: SavePageNowStandIn, clock: Clock) -> Iterator[Callable[..., Report]]:
    """Saves what is wanted, by a clock of its own."""
    with Client("readmore-test", connect_timeout=1, total_timeout=2, allow_private=True) as client:

        def saved(
            *urls: str, wait: float = 120, recent: int = 30, base: str = "", **options: float
        ) -> Report:
            spn = SavePageNow(client, Keys(*KEYS), base or archive.base, clock=clock)
            wayback = Wayback(
                client,
                base or archive.base,
                cdx_interval=0,
                replay_interval=0,
                sleep=clock.sleep,
                clock=clock,
            )
            wanted = [Wanted(url) for url in urls] or store.saves.wanted()
            how = Options(wait, recent, **options)  # type: ignore[arg-type]
            return save(store, spn, wayback, wanted, how, sleep=clock.sleep, clock=clock)

        yield saved


def states(report: Report) -> list[tuple[str, str | None]]:
    return [(row.state.value, row.reason) for row in report.saves]


# ── one page ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_page_is_archived_when_its_copy_was_seen(
    run: Callable[..., Report], archive: SavePageNowStandIn, clock: Clock
) -> None:
    """Submitted, asked for twice, looked at; and each step has its distance."""
    report = run(PAGE)
    assert states(report) == [("archived", None)]
    assert report.saves[0].memento_url == f"{archive.base}/web/{TAKEN}/{PAGE}"
    assert report.saves[0].job_id is None
    paths = [request.path for request in archive.server.requests]
    assert paths[1:] == [
        "/save", *[f"/save/status/spn2-{PAGE.replace(':', '%3A').replace('/', '%2F')}"] * 2,
        f"/web/{TAKEN}id_/{PAGE}",
    ]  # fmt: skip
    assert clock.now - START.timestamp() == 10


def test_success_without_a_copy_is_not_archived(
    run: Callable[..., Report], archive: SavePageNowStandIn, clock: Clock
) -> None:
    """A memento that never appears leaves the page submitted, however often the job says "success"."""
    archive.appears = False
    assert states(run(PAGE)) == [("submitted", "captured, but the copy can't be seen yet")]
    assert 115 <= clock.now - START.timestamp() <= 120
    archive.appears = True
    assert states(run()) == [("archived", None)]
    assert archive.submitted == [PAGE]


def test_another_days_copy_is_not_this_one(run: Callable[..., Report], archive: SavePageNowStandIn) -> None:
    """The archive plays the nearest copy it has: from months before, it proves nothing."""
    archive.copies[PAGE] = "20251101120000"
    archive.appears = False
    archive.jobs[PAGE] = [success(PAGE)]
    assert states(run(PAGE))[0][0] == "submitted"


def test_a_copy_that_is_no_memento_is_none(run: Callable[..., Report], archive: SavePageNowStandIn) -> None:
    """A 200 without Memento-Datetime is the archive's own page."""
    archive.appears = False
    archive.server.add(f"/web/{TAKEN}id_/{PAGE}", Reply(body=b"<title>Wayback Machine</title>"))
    assert states(run(PAGE))[0][0] == "submitted"


def test_a_redirected_page_is_looked_for_where_it_was_captured(
    run: Callable[..., Report], archive: SavePageNowStandIn
) -> None:
    archive.jobs[PAGE] = [success(OTHER)]
    assert run(PAGE).saves[0].memento_url == f"{archive.base}/web/{TAKEN}/{OTHER}"


def test_submit_and_leave(run: Callable[..., Report], archive: SavePageNowStandIn, clock: Clock) -> None:
    """--wait 0 asks for nothing that it submitted; the next run does, first."""
    assert states(run(PAGE, wait=0)) == [("submitted", "being captured")]
    assert archive.asked == []
    assert clock.now == START.timestamp()
    archive.jobs[PAGE] = [success(PAGE)]
    assert states(run(OTHER, wait=0)) == [("archived", None), ("submitted", "being captured")]
    assert archive.asked == [PAGE]
    kinds = [request.method for request in archive.server.requests if request.path.startswith("/save")]
    assert kinds == ["GET", "POST", "GET", "GET", "POST"]  # slots, one page; slots, its job, the other page


# ── refusals ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("code", "state", "reason"),
    [
        ("not-found", "failed", SaveReason.NOT_FOUND),
        ("no-access", "failed", SaveReason.FORBIDDEN),
        ("blocked-url", "failed", SaveReason.BLOCK_LIST),
        ("invalid-host-resolution", "failed", SaveReason.NO_HOST),
        ("filesize-limit", "failed", SaveReason.TOO_LARGE),
        ("brand-new", "failed", SaveReason.OTHER),
        ("browsing-timeout", "pending", SaveReason.SLOW),
        ("job-failed", "pending", SaveReason.TROUBLE),
        ("too-many-requests", "pending", SaveReason.HOST_BUSY),
        ("max-daily-bandwidth", "pending", SaveReason.BANDWIDTH),
    ],
)
@pytest.mark.parametrize("when", ["at once", "by its job"])
def test_a_refusal_is_kept_with_its_reason(
    run: Callable[..., Report], archive: SavePageNowStandIn, code: str, state: str, reason: str, when: str
) -> None:
    """Though it is a 200: for good, or to be tried by the next run."""
    (archive.says if when == "at once" else archive.jobs)[PAGE] = [error(code, "Why.")]
    assert states(run(PAGE)) == [(state, f"{reason}: Why.")]
    archive.says.clear()
    archive.jobs.clear()
    again = [("archived", None)] if state == "pending" else []
    assert states(run()) == again


def test_a_recent_copy_is_found_and_not_made_anew(
    run: Callable[..., Report], archive: SavePageNowStandIn
) -> None:
    """No job, but a message; the copy is then seen like any other."""
    archive.says[PAGE] = [said({"job_id": None, "message": "The same snapshot had been made 9 days ago."})]
    archive.copies[PAGE] = "20260220080000"
    report = run(PAGE)
    assert states(report) == [("archived", None)]
    assert "/web/20260220080000/" in str(report.saves[0].memento_url)


@pytest.mark.parametrize("copy", [None, "20250101000000"])
def test_a_recent_copy_that_nobody_can_see_is_none(
    run: Callable[..., Report], archive: SavePageNowStandIn, copy: str | None
) -> None:
    """The archive's word is not enough, and an old copy is not recent."""
    archive.says[PAGE] = [error("too-many-daily-captures")]
    if copy:
        archive.copies[PAGE] = copy
    assert states(run(PAGE)) == [("pending", SaveReason.DAILY)]


def test_a_lost_job_is_looked_for_in_the_index_and_then_submitted_again(
    run: Callable[..., Report], archive: SavePageNowStandIn, clock: Clock
) -> None:
    """An hour later a job that nobody knows looks like one that is running."""
    archive.jobs[PAGE] = [PENDING]
    archive.jobs[OTHER] = [PENDING]
    run(PAGE, OTHER, wait=0)
    clock.now += 2 * 3600
    archive.copies[PAGE] = TAKEN
    assert states(run()) == [("archived", None), ("pending", SaveReason.LOST)]
    archive.jobs.clear()
    assert states(run()) == [("archived", None)]
    assert archive.submitted == [PAGE, OTHER, OTHER]


# ── limits ─────────────────────────────────────────────────────────────────────────────────────────────


def test_submissions_keep_their_distance(
    run: Callable[..., Report], archive: SavePageNowStandIn, clock: Clock
) -> None:
    """Seven a minute."""
    began: list[float] = []
    pages = [f"https://quay.example/{number}" for number in range(8)]

    def take(request: object) -> Reply:
        began.append(clock.now)
        return said({"job_id": f"spn2-{pages[len(began) - 1]}"})

    archive.server.add("/save", take)
    assert [state for state, _ in states(run(*pages, wait=0))] == ["submitted"] * 8
    assert began[-1] - began[0] == pytest.approx(60)


def test_too_many_at_once_waits_for_a_slot(run: Callable[..., Report], archive: SavePageNowStandIn) -> None:
    """One slot, three pages: one after the other, all archived."""
    archive.available = said({"available": 1, "processing": 11})
    pages = [f"https://quay.example/{number}" for number in range(3)]
    assert states(run(*pages)) == [("archived", None)] * 3
    posts = [
        request.path for request in archive.server.requests if request.path.startswith(("/save", "/web"))
    ]
    assert posts.index("/save") < posts.index(f"/web/{TAKEN}id_/{pages[0]}")
    second = [index for index, path in enumerate(posts) if path == "/save"][1]
    assert second > posts.index(f"/web/{TAKEN}id_/{pages[0]}")


def test_jobs_that_never_end_are_left_after_the_wait(
    run: Callable[..., Report], archive: SavePageNowStandIn, clock: Clock
) -> None:
    """Also where there are more of them than can be asked for in turn."""
    pages = [f"https://quay.example/{number}" for number in range(12)]
    archive.jobs.update((page, [PENDING]) for page in pages)
    assert states(run(*pages, wait=30)) == [("submitted", "being captured")] * 12
    assert clock.now - START.timestamp() <= 11 * 60 / 7 + 31


def test_submit_and_leave_takes_as_many_as_there_are_slots(
    run: Callable[..., Report], archive: SavePageNowStandIn
) -> None:
    """The others are for the next run, and say so."""
    archive.available = said({"available": 2, "processing": 10})
    pages = [f"https://quay.example/{number}" for number in range(3)]
    assert states(run(*pages, wait=0))[1:] == [("submitted", "being captured"), ("pending", SaveReason.SLOTS)]


def test_no_slot_at_all_leaves_the_pages_pending(
    run: Callable[..., Report], archive: SavePageNowStandIn
) -> None:
    """Somebody else uses the account: not failed, not waited for beyond --wait."""
    archive.available = said({"available": 0, "processing": 12})
    archive.says[PAGE] = [error("user-session-limit")]
    assert states(run(PAGE, wait=0)) == [("pending", SaveReason.SLOTS)]
    assert archive.submitted == []
    assert states(run(wait=100)) == [("pending", SaveReason.SLOTS)]
    assert archive.submitted == [PAGE]
    archive.says.clear()
    assert states(run(wait=100)) == [("archived", None)]


def test_a_rate_limit_is_waited_out_if_it_is_short(
    run: Callable[..., Report], archive: SavePageNowStandIn, clock: Clock
) -> None:
    """Retry-After within --wait; nothing is asked meanwhile."""
    archive.says[PAGE] = [said({}, 429, Retry_After="90"), said({"job_id": f"spn2-{PAGE}"})]
    assert states(run(PAGE)) == [("archived", None)]
    assert clock.now - START.timestamp() == 100


def test_a_long_rate_limit_leaves_everything_pending(
    run: Callable[..., Report], archive: SavePageNowStandIn, clock: Clock
) -> None:
    """An hour is for the next run: no more submissions, no sleep."""
    archive.says[PAGE] = [said({}, 429, Retry_After="3600")]
    assert states(run(PAGE, OTHER)) == [("pending", SaveReason.BUSY)] * 2
    assert archive.submitted == [PAGE]
    assert clock.now == START.timestamp()


def test_polling_ends_with_the_wait(
    run: Callable[..., Report], archive: SavePageNowStandIn, clock: Clock
) -> None:
    """A job that stays pending is asked for every five seconds, and left."""
    archive.jobs[PAGE] = [PENDING]
    assert states(run(PAGE, wait=60)) == [("submitted", "being captured")]
    assert len(archive.asked) == 11
    assert clock.now - START.timestamp() <= 60


def test_no_answer_is_pending_and_not_insisted_on(
    run: Callable[..., Report], archive: SavePageNowStandIn
) -> None:
    """The archive is down: two questions, then all is left for later."""
    archive.server.close()
    report = run(PAGE, OTHER)
    assert [state for state, _ in states(report)] == ["pending", "pending"]
    assert all(str(reason).startswith(SaveReason.NO_ANSWER) for _, reason in states(report))
    assert not report.answered


def test_an_archive_that_fails_for_a_moment_is_asked_again(
    run: Callable[..., Report], archive: SavePageNowStandIn
) -> None:
    """A 502 for a job is not the job's end."""
    archive.jobs[PAGE] = [Reply(502), Reply(200, body=b"<html>"), success(PAGE)]
    assert states(run(PAGE)) == [("archived", None)]


def test_wrong_keys_end_the_run_at_once(
    run: Callable[..., Report], archive: SavePageNowStandIn, store: Store
) -> None:
    """Nothing is submitted, and nothing counts as failed."""
    archive.available = WRONG_KEYS
    with pytest.raises(AccessError, match="keys are not accepted"):
        run(PAGE)
    assert archive.submitted == []
    assert [row.state.value for row in store.saves.open()] == ["pending"]


# ── which pages ────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_worth_saving(store: Store) -> None:
    """Seen alive, no copy in a web archive, not submitted before, not found gone since."""
    alive = add(store, "https://quay.example/alive")
    add(store, "https://quay.example/memento", Via.WAYBACK)
    add(store, "https://quay.example/import", Via.IMPORT)
    add(store, "https://quay.example/blocked", verdict="block page")
    gone = add(store, "https://quay.example/gone")
    tried = add(store, "https://quay.example/tried")
    with store.transaction():
        from recommender.store.checks import Life
        from recommender.store.saves import SaveState

        store.checks.add(gone, "https://quay.example/gone", Life.GONE, START)
        store.checks.add(gone, "https://quay.example/gone", Life.UNKNOWN, START)
        store.saves.add(Wanted("https://quay.example/tried", tried), SaveState.FAILED, "x", START)
    assert store.saves.wanted() == [Wanted("https://quay.example/alive", alive)]


def test_what_was_saved_lately_is_not_submitted_again(
    run: Callable[..., Report], archive: SavePageNowStandIn, clock: Clock
) -> None:
    """Named again within --recent days it is told; after them it is a new submission."""
    run(PAGE)
    assert states(run(PAGE)) == [("archived", None)]
    assert archive.submitted == [PAGE]
    clock.now += timedelta(days=31).total_seconds()
    archive.jobs[PAGE] = [success(PAGE, "20260401120000")]
    archive.copies[PAGE] = "20260401120000"
    run(PAGE)
    assert archive.submitted == [PAGE, PAGE]


def test_private_addresses_stay_private(run: Callable[..., Report], archive: SavePageNowStandIn) -> None:
    """An intranet's page is told to nobody, and the row says why."""
    urls = [
        "http://10.0.0.7/a",
        "http://intranet/a",
        "http://wiki.corp.internal/",
        "http://[::1]/",
        "ftp://a.b/c",
    ]
    reasons = [reason for _, reason in states(run(*urls))]
    assert reasons == [SaveReason.PRIVATE] * 4 + [SaveReason.BAD_URL]
    assert archive.server.requests == []
    assert never("https://8.8.8.8/a") is None


# ── the command ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READMORE_IA_KEY", KEYS[0])
    monkeypatch.setenv("READMORE_IA_SECRET", KEYS[1])


def test_without_keys_it_is_one_line_and_exit_1(
    readmore: Readmore, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where keys are made, and nothing asked."""
    monkeypatch.delenv("READMORE_IA_KEY", raising=False)
    monkeypatch.delenv("READMORE_IA_SECRET", raising=False)
    ran = readmore("--archive", store.folder, "save")
    assert ran.code == 1
    assert len(ran.err.strip().splitlines()) == 1
    assert "archive.org/account/s3.php" in ran.err


def test_the_command_saves_a_seeds_list(
    readmore: Readmore, store: Store, archive: SavePageNowStandIn, keys: None
) -> None:
    """Only its list; the table fits 80 columns; the keys are in no file of the archive."""
    listed, _ = add(store, PAGE), add(store, OTHER)
    with store.transaction():
        seed = store.lists.save(Seed(key="ferries", title="Ferries", source="ferries.toml"), START)
        store.lists.discover(seed.id, [Reference("About ferry", PAGE)], ["quay.example/ferry"], START)
        link = store.lists.links(seed.id)[0]
        capture = store.db.execute("SELECT id FROM captures WHERE article_id = ?", [listed]).fetchone()[0]
        store.lists.settle(link.id, State.ARCHIVED, None, START, capture_id=capture)
    archive.jobs[PAGE] = [success(PAGE)]
    words = ("--archive", store.folder, "save", "--wayback-url", archive.base)
    ran = readmore(*words, "ferries.toml")
    assert (ran.code, archive.submitted) == (0, [PAGE])
    assert "1 archived, 0 submitted, 0 pending, 0 failed of 1." in ran.out
    assert all(len(line) <= 80 for line in ran.out.splitlines())
    archive.says[OTHER] = [error("not-found")]
    rows = readmore(*words, "--format", "json").json()
    assert [(row["url"], row["state"]) for row in rows] == [(OTHER, "failed")]
    assert readmore(*words).out.startswith("Nothing to save")
    for path in store.folder.rglob("*"):
        assert not path.is_file() or not any(key.encode() in path.read_bytes() for key in KEYS), path


def test_the_commands_exit_codes(
    readmore: Readmore, store: Store, archive: SavePageNowStandIn, keys: None, tmp_path: Path
) -> None:
    """2 where something is not archived yet, 1 for a name that nothing has, 3 for no answer."""
    add(store, PAGE)
    words = ("--archive", store.folder, "save", "--wayback-url", archive.base)
    assert readmore(*words, "no-such-thing").code == 1
    assert readmore(*words, "--wait", "0").code == 2
    assert readmore(*words, "--wait", "0", "1").code in {0, 2}
    archive.server.close()
    assert readmore(*words, OTHER).code == 3


def test_wrong_keys_are_one_line(
    readmore: Readmore, store: Store, archive: SavePageNowStandIn, keys: None
) -> None:
    """And exit 1: it is the user who must do something."""
    archive.available = WRONG_KEYS
    ran = readmore("--archive", store.folder, "save", PAGE, "--wayback-url", archive.base)
    assert ran.code == 1
    assert "the keys are not accepted" in ran.err
    assert len(ran.err.strip().splitlines()) == 1


def test_a_killed_run_leaves_rows_that_the_next_goes_on_with(
    run: Callable[..., Report], archive: SavePageNowStandIn, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is wanted has its row before anything is submitted, each submission its job at once."""

    def die(*_: object) -> Reply:
        raise KeyboardInterrupt

    monkeypatch.setattr(SavePageNow, "status", die)
    with pytest.raises(KeyboardInterrupt):
        run(PAGE, OTHER)
    with sqlite3.connect(store.folder / "readmore.db") as other:
        rows = other.execute("SELECT url, state, job_id FROM saves ORDER BY id").fetchall()
    other.close()
    assert rows == [(PAGE, "submitted", f"spn2-{PAGE}"), (OTHER, "pending", None)]
    monkeypatch.undo()
    assert states(run()) == [("archived", None)] * 2
    assert sorted(archive.submitted) == sorted([PAGE, OTHER])


def test_every_reason_is_explained_and_no_other(root: Path) -> None:
    """docs/archive.md and the program have one list."""
    text = (root / "docs" / "archive.md").read_text(encoding="utf-8")
    part = text.split("### What keeps a save from being archived\n", 1)[1].split("\n## ", 1)[0]
    rows = {line.split(" | ")[0].removeprefix("| ") for line in part.splitlines() if line.startswith("| ")}
    assert rows - {"reason"} == {reason.value for reason in SaveReason}
