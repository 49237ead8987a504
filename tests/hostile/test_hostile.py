"""A server of over a hundred bad manners: each ends in its stated fate, within its time and memory; nothing hangs.

The behaviours and their fates are listed in wire.py, ways.py and pages.py; `python benchmarks/bad_manners.py` prints
what each of them takes when it is fetched alone.
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from hostile.child import Fetched, fetch
from hostile.pages import PAGE_CASES
from hostile.server import Case, Hostile, Talk, page
from hostile.ways import REDIRECT_CASES, ROBOTS_CASES, TLS_CASES, WAIT_CASES, authority
from hostile.wire import BODY_CASES, HEAD_CASES, LIMIT

from recommender.store.database import Store
from recommender.store.warc import read

GROUPS = {
    "heads": HEAD_CASES,
    "bodies": BODY_CASES,
    "ways": [*REDIRECT_CASES, *WAIT_CASES],
    "robots": [*ROBOTS_CASES, *TLS_CASES],
    "pages": PAGE_CASES,
}
ALL = [case for group in GROUPS.values() for case in group]
MEMORY = 300  # MB: the bar
KILL = 150  # seconds for a group, which takes 10 to 35 on two cores; `fetch` is killed then
SLACK = 2.0  # of a case's seconds: a machine with other work

linux = pytest.mark.skipif(not os.path.exists("/proc/self/smaps_rollup"), reason="memory is read from /proc")  # noqa: PTH110


def run(cases: Sequence[Case], hostile: Hostile, archive: Path, *words: str) -> Fetched:
    """All of them in one fetch: each is a host of its own, so they are asked side by side."""
    bundle = archive.with_suffix(".pem")
    authority().cert_pem.write_to_path(str(bundle))
    urls = {case.name: hostile.url(case.name) for case in cases}
    options = ("--allow-private", "--timeout", str(LIMIT), *words)
    return fetch(archive, urls, *options, limit=KILL, env={"REQUESTS_CA_BUNDLE": str(bundle)})


def problems(cases: Sequence[Case], hostile: Hostile, found: Fetched) -> list[str]:
    """What did not end as it should."""
    wrong = []
    for case in cases:
        row = found.rows.get(case.name, {})
        got = (str(row.get("state")), str(row.get("reason") or ""))
        if got[0] != case.wanted or (case.fate != "archived" and case.fate not in got[1]):
            wrong.append(f"{case.name}: {got}, not {case.wanted} ({case.fate})")
        if (held := hostile.held(case.name)) > SLACK * case.seconds:
            wrong.append(f"{case.name}: held for {held:.1f} s, not {case.seconds:.1f}")
    return wrong


@linux
@pytest.mark.parametrize("group", GROUPS)
def test_each_behaviour_ends_in_its_fate(group: str, tmp_path: Path) -> None:
    """State, reason, seconds; peak memory of the fetch and its children; one WARC record each; no traceback."""
    cases = GROUPS[group]
    archive = tmp_path / "a"
    with Hostile(cases) as hostile:
        found = run(cases, hostile, archive)
        wrong = problems(cases, hostile, found)
    assert not wrong, "\n".join(wrong)
    assert found.code == 2
    assert "Traceback" not in found.err, found.err
    assert found.err.count("\n") <= 1, found.err
    assert found.largest < MEMORY
    assert found.together < MEMORY
    with Store.open(archive) as store:
        counts = store.lists.counts([1])
        assert counts.discovered == len(cases) == sum(found.rows[case.name] is not None for case in cases)
        for capture in store.library.captures():
            stored = read(store.warc_folder, capture.record)
            assert not any(set("\0\r\n") & set(name + value) for name, value in stored.headers)


def test_there_are_enough_behaviours() -> None:
    """The bar is 40; each has a name and a bound, and about a third are pages that must be archived all the same."""
    assert len({case.name for case in ALL}) == len(ALL) >= 100
    assert all(0 < case.seconds <= 10 for case in ALL)
    assert sum(case.wanted == "archived" for case in ALL) >= 40


def heavy(talk: Talk) -> None:
    """Just under the limit, and no compressor makes it smaller."""
    noise = random.Random(talk.case.name).randbytes(4_900_000).hex().encode()
    talk.reply(page(talk.case.name) + noise)


@linux
def test_ten_heavy_pages_at_once_stay_within_the_memory(tmp_path: Path) -> None:
    """9.8 MB each, all hosts at the same time, more of them than are fetched at once.

    The bar is one process's; all of them together may hold a body each of the pages that wait for a reader, too.
    """
    cases = [Case(f"heavy {number}", heavy, seconds=10) for number in range(10)]
    with Hostile(cases) as hostile:
        found = run(cases, hostile, tmp_path / "a")
    assert {row["state"] for row in found.rows.values()} == {"archived"}
    assert found.largest < MEMORY, f"{found.largest:.0f} MB"
    assert found.together < MEMORY + 40, f"{found.together:.0f} MB"
