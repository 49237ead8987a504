"""With a scheduler and workers as processes: whoever is killed, the result is complete and nothing counts twice."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from crawl_files import HANGS, KILLS, Here, article, warc
from real_cluster import RealCluster
from test_asking import question

from recommender.cluster import layout
from recommender.cluster.asking import Sharded
from recommender.cluster.build import Wanted, build
from recommender.cluster.engine import Where, engine
from recommender.cluster.parts import read_part
from recommender.errors import ClusterError


def on_first_tick(act: Callable[[], None]) -> Callable[[int], None]:
    """Do something once a file was read."""
    done: list[int] = []

    def tick(count: int) -> None:
        if count and not done:
            done.append(count)
            act()

    return tick


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Twelve files; two pages of the fifth are fatal to their readers."""
    folder = tmp_path_factory.mktemp("many")
    files = []
    for n in range(12):
        pages = [article(100 * n + m) for m in range(25)]
        if n == 4:
            pages[3], pages[8] = article(403, KILLS), article(408, HANGS)
        files.append(str(warc(folder / f"{n}.warc.gz", pages, day=n + 1)))
    return files


def test_workers_die_in_a_build(cluster: RealCluster, many: list[str], sharded: Path, tmp_path: Path) -> None:
    """Of SIGKILL, of a page that kills, of one that hangs: two pages are lost, and said."""

    def kill() -> None:
        cluster.kill(cluster.pids()[0])

    with engine(Where(cluster.address)) as started:
        made = build(started, tmp_path / "out", Wanted(tuple(many), 3), on_first_tick(kill))
    assert made.counts["records"] == 300
    assert made.counts["articles"] == 298
    assert made.counts["refused: a page that can't be read"] == 2
    assert made.failed == {}
    said = layout.account(layout.chunk_folder(layout.part_folder(tmp_path / "out", many[4]), 0))["damaged"]
    assert [one["reason"] for one in said] == ["its reader died or hung"] * 2


def test_a_worker_dies_in_a_question(cluster: RealCluster, sharded: Path) -> None:
    """The answer is that of the files here."""
    expected = Sharded(sharded).ask(question(105)).merged
    with engine(Where(cluster.address)) as started:
        asked = Sharded(sharded, started)
        assert asked.ask(question(105)).merged == expected
        for pid in cluster.pids():
            killer = threading.Timer(0.02, cluster.kill, [pid])
            killer.start()
            assert asked.ask(question(105)).merged == expected
            killer.join()


@pytest.mark.parametrize("seconds", [0.001, 0.03])
def test_the_scheduler_dies_in_a_question(cluster: RealCluster, sharded: Path, seconds: float) -> None:
    """That is said; it is no answer of no shards."""
    with engine(Where(cluster.address)) as started:
        asked = Sharded(sharded, started)
        asked.ask(question(105))
        killer = threading.Timer(seconds, cluster.scheduler.kill)
        killer.start()
        with pytest.raises(ClusterError, match="scheduler is gone"):
            for _ in range(100):
                asked.ask(question(105))
        killer.join()


def test_the_scheduler_dies_in_a_build(cluster: RealCluster, many: list[str], tmp_path: Path) -> None:
    """The build says so and ends; the next one reads only what is not written."""
    some = [one for one in many if not one.endswith("/4.warc.gz")]
    with engine(Where(cluster.address)) as started, pytest.raises(ClusterError, match="scheduler is gone"):
        build(started, tmp_path / "out", Wanted(tuple(some), 3), on_first_tick(cluster.scheduler.kill))
    cluster.close()
    done = [one for one in some if (layout.part_folder(tmp_path / "out", one) / layout.ACCOUNT).is_file()]
    assert done
    again = CountsCalls()
    made = build(again, tmp_path / "out", Wanted(tuple(some), 3))
    assert again.read == len(some) - len(done)
    assert (made.counts["records"], made.counts["articles"], made.failed) == (275, 275, {}), made.counts


class CountsCalls(Here):
    """An engine that counts the files it is to read."""

    read = 0

    def each(self, run, calls):
        """As `Here.each`."""
        if run is read_part:
            self.read = len(calls)
        return super().each(run, calls)


def test_the_verb_with_a_local_cluster_and_ctrl_c(many: list[str], tmp_path: Path) -> None:
    """It ends at once, leaves no process behind, and goes on when it is called again."""
    import signal

    long = warc(
        tmp_path / "long.warc.gz", [article(2000 + m) for m in range(400)]
    )  # there is time to stop it
    some = [str(long), *(one for one in many if not one.endswith("/4.warc.gz"))]
    command = [
        sys.executable,
        "cli.py",
        "build",
        *some,
        "--out",
        tmp_path / "out",
        "--workers",
        "2",
        "--format",
        "json",
    ]
    root = Path(__file__).resolve().parents[2]
    for _ in range(3):
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=root) as stopped:
            until = time.monotonic() + 60
            while (
                not list((tmp_path / "out").glob("parts/*.guard")) and time.monotonic() < until
            ):  # a file is begun
                time.sleep(0.02)
            children = psutil.Process(stopped.pid).children(recursive=True)
            sent = time.monotonic()
            for one in (stopped, *children):  # as a terminal does
                one.send_signal(signal.SIGINT)
            _, err = stopped.communicate(timeout=30)
        took = time.monotonic() - sent
        if stopped.returncode or took > 1:
            break
        shutil.rmtree(tmp_path / "out")  # it was done before it could hear: nothing was stopped
    assert stopped.returncode == 130, (stopped.returncode, took, err)
    assert b"Traceback" not in err
    assert children
    psutil.wait_procs(children, timeout=10)
    assert not [one for one in children if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    ran = subprocess.run(command, capture_output=True, cwd=root, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["counts"]["articles"] == 675
    assert b"Dashboard: http://127.0.0.1:" in ran.stderr
