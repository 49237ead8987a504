"""The web archive's client over a real archive, pywb: with its index, and with its TimeGate alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from archive_stand_in import failure, memento, rows
from pywb_archive import programs, serve

from recommender.crawl.http import Client
from recommender.crawl.outcomes import Reason
from recommender.crawl.wayback import Wayback
from recommender.models import Capture, Via
from recommender.store.warc import WarcWriter

pytestmark = pytest.mark.pywb

PAGE = "https://quay.example/opinion/ferry?id=7&x=%C3%A9"
DAYS = [
    datetime(2019, 3, 1, 8, tzinfo=UTC),
    datetime(2020, 1, 12, 6, tzinfo=UTC),
    datetime(2021, 5, 5, tzinfo=UTC),
]


def body(when: datetime) -> bytes:
    return (
        f"<html><head><title>Ferry</title></head><body><p>As of {when:%d %B %Y}.</p></body></html>".encode()
    )


@pytest.fixture(scope="module")
def archive(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("pywb")
    with WarcWriter(folder / "warc") as writer:
        for when in DAYS:
            headers = (("Content-Type", "text/html; charset=utf-8"),)
            writer.write(Capture(PAGE, PAGE, when, when, Via.LIVE, 200, headers, body(when)))
        path = writer.path
    assert path is not None
    with serve(folder / "pywb", [path], programs(root)) as base:
        yield base


@pytest.fixture
def patient() -> Iterator[Client]:
    with Client("readmore-test", allow_private=True) as made:
        yield made


@pytest.mark.parametrize("indexed", [True, False])
@pytest.mark.parametrize(
    ("when", "taken"), [(date(2020, 1, 11), 1), (date(2021, 6, 1), 2), (date(2019, 3, 1), 0), (None, 0)]
)
def test_the_nearest_copy_comes_byte_for_byte_with_or_without_an_index(
    archive: str, patient: Client, indexed: bool, when: date | None, taken: int
) -> None:
    """No banner, no rewriting; without an index the archive's TimeGate chooses the same copy."""
    elsewhere = None if indexed else f"{archive}/nothing/here"
    wayback = Wayback(patient, archive, cdx_url=elsewhere, cdx_interval=0, replay_interval=0)
    found = memento(wayback.nearest(PAGE, when))
    assert (found.url, found.captured_at, found.body) == (PAGE, DAYS[taken], body(DAYS[taken]))


@pytest.mark.parametrize("indexed", [True, False])
def test_a_page_it_does_not_have_is_not_there(archive: str, patient: Client, indexed: bool) -> None:
    elsewhere = None if indexed else f"{archive}/nothing/here"
    wayback = Wayback(patient, archive, cdx_url=elsewhere, cdx_interval=0, replay_interval=0)
    assert (
        failure(wayback.nearest("https://quay.example/other", date(2020, 1, 11))).reason is Reason.NO_MEMENTO
    )


def test_a_list_longer_than_asked_for_is_cut(archive: str, patient: Client) -> None:
    wayback = Wayback(patient, archive, cdx_interval=0, replay_interval=0)
    assert [row.captured_at for row in rows(wayback.search(PAGE, limit=2))] == DAYS[:2]
