"""The kept index: added to, killed, shared, damaged."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from recommender import workers
from recommender.errors import ArchiveError
from recommender.models import Hit
from recommender.topic import counting, manifest, segments, tiers
from recommender.topic.index import Document, TopicIndex

QUESTION = (
    "Harbor blockade",
    "Dockers in Vellmar blocked the harbor; Orla Ibarra spoke of coal and the river Tarn.",
)


def ask(index: TopicIndex) -> list[Hit]:
    return index.query(*QUESTION, limit=100, terms=None)


def built(folder: Path, documents: list[Document]) -> TopicIndex:
    index = TopicIndex.open(folder)
    index.update(documents)
    return index


def files(folder: Path) -> set[str]:
    return {path.name.split("-")[0] for path in folder.iterdir()}


def test_opening_writes_nothing(tmp_path: Path) -> None:
    index = TopicIndex.open(tmp_path / "index")
    assert (len(index), index.known(), ask(index)) == (0, set(), [])
    assert list(tmp_path.iterdir()) == []


def test_an_index_knows_what_it_holds_also_in_the_next_process(
    documents: list[Document], tmp_path: Path
) -> None:
    assert TopicIndex.open(tmp_path).update(documents) == 8
    index = TopicIndex.open(tmp_path)
    assert index.known() == set(range(1, 9))
    assert len(index) == 8
    assert index.holds(1, documents[0].digest)
    assert not index.holds(1, "another")
    assert not index.holds(9, documents[0].digest)


def test_what_is_held_already_is_passed_over(documents: list[Document], tmp_path: Path) -> None:
    index = built(tmp_path, documents)
    before = (tmp_path / manifest.MANIFEST).stat().st_mtime_ns
    assert index.update(documents) == 0
    assert (tmp_path / manifest.MANIFEST).stat().st_mtime_ns == before


def test_growing_and_a_new_snapshot_equal_building_at_once(documents: list[Document], tmp_path: Path) -> None:
    """Added one by one with a replacement, a removal and a return on the way: the same to the last bit."""
    grown = TopicIndex.open(tmp_path / "grown")
    for document in documents:
        grown.update([Document(document.article_id, "Draft", "A draft about coal and Vellmar.", "draft")])
        ask(grown)  # lengths of every state on the way
        grown.update([document])
    grown.update([], removed=[2, 5, 99])
    grown.update([documents[1]])
    whole = built(tmp_path / "whole", [d for d in documents if d.article_id != 5])
    grown.refresh()
    assert grown.known() == whole.known()
    assert ask(grown) == ask(whole) == ask(TopicIndex.open(tmp_path / "grown"))


def test_a_replaced_article_answers_with_its_new_text_only(documents: list[Document], tmp_path: Path) -> None:
    index = built(tmp_path, documents)
    assert index.update([Document(1, "Pears", "An orchard of pears.", "new")]) == 1
    assert index.query("", "orchard", limit=5)[0].article_id == 1
    assert 1 not in {hit.article_id for hit in index.query("", "harbor", limit=5)}
    assert index.known() == set(range(1, 9))


def test_an_index_can_lose_every_article(documents: list[Document], tmp_path: Path) -> None:
    index = built(tmp_path, documents)
    assert index.update([], removed=range(20)) == 0
    assert (len(index), index.known(), ask(index)) == (0, set(), [])
    assert list(tmp_path.glob("segment-*")) == []
    index.update(documents)
    assert len(TopicIndex.open(tmp_path)) == 8


def test_of_equal_ids_the_last_counts(tmp_path: Path) -> None:
    index = TopicIndex.open(tmp_path)
    assert index.update([Document(1, "", "coal", "a"), Document(1, "", "pears", "b")]) == 1
    assert [hit.article_id for hit in index.query("", "pears", limit=5)] == [1]
    assert index.query("", "coal", limit=5) == []


def test_segments_stay_few_and_litter_is_swept(documents: list[Document], tmp_path: Path) -> None:
    index = TopicIndex.open(tmp_path)
    for number in range(70):
        index.update([Document(number, "", documents[number % 6].text, "a")])
    count = len(list(tmp_path.glob("segment-*")))
    assert count <= 2 * tiers.FAN
    assert len(index) == 70
    assert len(list(tmp_path.glob("lengths-*"))) == count
    assert len(list(tmp_path.glob("snapshot-*"))) == 1


@pytest.mark.parametrize("cores", [1, 2])
def test_batches_equal_one_batch(
    documents: list[Document], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cores: int
) -> None:
    """Counted here one after the other, or by worker processes."""
    whole = built(tmp_path / "whole", documents)
    monkeypatch.setattr(counting, "BATCH", 3)
    monkeypatch.setattr(workers, "cores", lambda: cores)
    batches = built(tmp_path / "batches", documents)
    assert ask(batches) == ask(whole)
    assert [entry.articles for entry in batches.state.entries] == [3, 3, 2]


def test_an_article_in_two_batches_counts_as_it_is_last(
    documents: list[Document], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "BATCH", 3)
    monkeypatch.setattr(workers, "cores", lambda: 2)
    newer = replace(documents[0], text="Something else entirely.", digest="newer")
    found = built(tmp_path / "twice", [*documents, newer])
    assert len(found) == len(documents)
    assert found.holds(newer.article_id, "newer")


KILL = """
import os, pathlib, sys
from recommender.topic import manifest, segments, tiers
from recommender.topic.index import Document, TopicIndex
index = TopicIndex.open(pathlib.Path(sys.argv[1]))
place = sys.argv[2]
if place == "between segment and manifest":
    manifest.write = lambda *given: os.kill(os.getpid(), 9)
elif place == "before the segment's rename":
    pathlib.Path.replace = lambda *given: os.kill(os.getpid(), 9)
elif place == "before the manifest's rename":
    segments.save = (lambda save: lambda *given: (save(*given), setattr(
        pathlib.Path, "replace", lambda *_: os.kill(os.getpid(), 9))))(segments.save)
else:
    manifest.sweep = lambda *given: os.kill(os.getpid(), 9)
index.update([Document(100, "Harbor", "Dockers in Vellmar closed the harbor.", "new")])
"""


@pytest.mark.parametrize(
    ("place", "counts"),
    [
        ("before the segment's rename", False),
        ("between segment and manifest", False),
        ("before the manifest's rename", False),
        ("before the sweep", True),
    ],
)
def test_a_kill_leaves_the_old_index_or_the_new_one(
    place: str, counts: bool, documents: list[Document], tmp_path: Path
) -> None:
    """kill -9 at every step of a writer; the next writer adds what is missing and sweeps up."""
    before = ask(built(tmp_path, documents))
    killed = subprocess.run([sys.executable, "-c", KILL, str(tmp_path), place], check=False)
    assert killed.returncode == -9
    after = TopicIndex.open(tmp_path)
    assert (100 in after.known()) == counts
    assert (ask(after) == before) != counts
    new = Document(100, "Harbor", "Dockers in Vellmar closed the harbor.", "new")
    assert after.update([new]) == (0 if counts else 1)
    assert ask(after) == ask(built(tmp_path / "whole", [*documents, new]))
    assert not list(tmp_path.glob("*.tmp"))
    assert len(list(tmp_path.glob("segment-*"))) == 2


WRITER = """
import pathlib, sys
from recommender.topic.index import Document, TopicIndex
first = int(sys.argv[2])
for number in range(first, first + 6):
    TopicIndex.open(pathlib.Path(sys.argv[1])).update([Document(number, "", f"coal harbor {number}", "a")])
"""


def test_two_writers_and_a_reader_lose_nothing(tmp_path: Path) -> None:
    """Two processes add six articles each, one at a time, while this one reads all along."""
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), str(first)], stderr=subprocess.PIPE)
        for first in (0, 100)
    ]
    seen = 0
    while any(writer.poll() is None for writer in writers):
        index = TopicIndex.open(tmp_path)
        assert len(index.query("", "coal", limit=100)) == len(index) >= seen
        seen = len(index)
    assert [writer.communicate()[1] for writer in writers] == [b"", b""]
    assert TopicIndex.open(tmp_path).known() == {*range(6), *range(100, 106)}


def test_an_open_index_keeps_answering_after_its_segments_were_merged_away(
    documents: list[Document], tmp_path: Path
) -> None:
    old = built(tmp_path, documents)
    before = ask(old)
    TopicIndex.open(tmp_path).update([], removed=[1, 2, 3])
    assert ask(old) == before


def test_an_update_starts_from_what_others_wrote(documents: list[Document], tmp_path: Path) -> None:
    one, other = TopicIndex.open(tmp_path), TopicIndex.open(tmp_path)
    one.update(documents[:4])
    assert other.update(documents) == 4
    assert len(TopicIndex.open(tmp_path)) == 8


@pytest.mark.parametrize("damage", ["manifest", "segment", "array", "swapped"])
def test_a_damaged_index_says_so_and_is_rebuilt(
    damage: str, documents: list[Document], tmp_path: Path
) -> None:
    before = ask(built(tmp_path, documents))
    (tmp_path / "notes.txt").write_text("not the index's")
    segment = next(tmp_path.glob("segment-*"))
    if damage == "manifest":
        (tmp_path / manifest.MANIFEST).write_text("{")
    elif damage == "segment":
        segment.rename(tmp_path / "elsewhere")
    elif damage == "array":
        (segment / "rows.npy").write_bytes((segment / "rows.npy").read_bytes()[:-4])
    else:
        part = TopicIndex.open(tmp_path / "other")
        part.update(documents[:2])
        for path in next((tmp_path / "other").glob("segment-*")).iterdir():
            path.replace(segment / path.name)
    with pytest.raises(ArchiveError, match="damaged topic index") as caught:
        TopicIndex.open(tmp_path)
    assert caught.value.hint
    index = TopicIndex.rebuild(tmp_path)
    assert len(index) == 0
    index.update(documents)
    assert ask(index) == before
    assert (tmp_path / "notes.txt").read_text() == "not the index's"


def test_damaged_lengths_are_worked_out_again(documents: list[Document], tmp_path: Path) -> None:
    before = ask(built(tmp_path, documents))
    lengths = next(tmp_path.glob("lengths-*"))
    assert len(list(tmp_path.glob("lengths-*"))) == 1
    lengths.write_bytes(b"torn")
    assert ask(TopicIndex.open(tmp_path)) == before
    assert lengths.read_bytes() != b"torn"


def test_a_question_does_not_import_scikit_learn(documents: list[Document], tmp_path: Path) -> None:
    """It takes longer to import than the whole answer."""
    built(tmp_path, documents)
    code = (
        "import pathlib, sys\n"
        "from recommender.topic.index import TopicIndex\n"
        "assert TopicIndex.open(pathlib.Path(sys.argv[1])).query('', 'harbor', limit=3)\n"
        "assert not {'sklearn', 'scipy'} & sys.modules.keys()\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)


def test_a_full_disk_is_an_archive_error_and_the_old_index_stands(
    documents: list[Document], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = built(tmp_path, documents[:4])
    before = ask(index)

    def full(*given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(segments, "save", full)
    with pytest.raises(ArchiveError, match="No space left") as caught:
        index.update(documents)
    assert caught.value.hint
    assert ask(TopicIndex.open(tmp_path)) == before
