"""Worker processes: a page that hangs, eats or kills its reader costs that page only."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from crawl.killers import read

from recommender.crawl.readers import Readers
from recommender.crawl.reading_copies import Reading, read_copy
from recommender.models import Capture, Via

NOW = datetime(2021, 3, 2, tzinfo=UTC)


def capture(body: bytes, status: int = 200) -> Capture:
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    return Capture(
        "https://quay.example/a", "https://quay.example/a", NOW, NOW, Via.LIVE, status, headers, body
    )


@pytest.fixture
def readers() -> Iterator[Readers]:
    with Readers(2, read=read, slow=0.5) as made:
        yield made


def results(readers: Readers, *bodies: bytes) -> list[Reading]:
    futures = [(readers.submit(capture(body)), capture(body)) for body in bodies]
    return [readers.result(future, one) for future, one in futures]


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b"hang", "reading it took over 0.5 seconds"),
        (b"swallow", "reading it took over 0.5 seconds"),
        (b"eat", "reading it took too much memory"),
        (b"die", "the reader died on it"),
    ],
)
def test_a_page_its_reader_fails_on_has_a_verdict_and_its_neighbours_are_read(
    readers: Readers, body: bytes, rule: str
) -> None:
    """Slow, greedy, deadly: each is told; pages before and after come out as ever."""
    first, second, third, fourth = results(readers, b"one", body, b"two", b"three")
    assert (second.verdict, second.rule) == ("a page that can't be read", rule)
    assert [one.rule for one in (first, third, fourth)] == ["one", "two", "three"]
    assert results(readers, b"later")[0].rule == "later"


def test_workers_end_with_a_parent_that_is_killed(root: Path) -> None:
    """SIGKILL closes no queue: the workers notice by themselves."""
    script = (
        "import sys, time; sys.path[:0] = ['tests', '.']\n"
        "from crawl.killers import read\nfrom crawl.test_readers import capture\n"
        "from recommender.crawl.readers import Readers\n"
        "if __name__ == '__main__':\n"
        "    readers = Readers(1, read=read)\n"
        "    print(readers.submit(capture(b'pid')).result().rule, flush=True)\n"
        "    time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script], cwd=root, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    worker = int(process.stdout.readline())
    process.kill()
    process.wait(10)
    process.stdout.close()
    end = time.monotonic() + 10
    while time.monotonic() < end and _alive(worker):
        time.sleep(0.05)
    alive = _alive(worker)
    if alive:
        os.kill(worker, signal.SIGKILL)
    assert not alive


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_an_errors_page_is_not_read_at_all() -> None:
    """Its status says enough; whatever it holds costs nothing."""
    found = read_copy(capture(b"<title>A long story</title>" + b"<p>word " * 500, status=404))
    assert (found.verdict, found.page, found.rule) == ("not found (404)", None, "HTTP status 404")


def test_what_cant_be_decoded_says_so() -> None:
    """A body that is not what its encoding says."""
    broken = Capture(
        "https://quay.example/a", "https://quay.example/a", NOW, NOW, Via.LIVE, 200,
        (("Content-Encoding", "gzip"),), b"\x1f\x8b\x08" + b"x" * 50,
    )  # fmt: skip
    assert read_copy(broken).verdict == "content can't be decoded"
