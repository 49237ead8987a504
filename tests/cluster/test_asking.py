"""Many shards answer as one index does, and say what they could not."""

from __future__ import annotations

import gzip
import json
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from crawl_files import Here, address, words
from ran import Ran

from recommender.choosing import Choice, passing
from recommender.cluster import asking, deciding, layout, parts, shards, table
from recommender.cluster.asking import Question, Sharded, ask_shard
from recommender.cluster.build import Wanted, build
from recommender.cluster.layout import Made, Plan
from recommender.cluster.merge import merged
from recommender.errors import ArchiveError
from recommender.models import Article, Hit
from recommender.store import missing
from recommender.topic.index import Document, TopicIndex

N, RANK = 2000, 50


def test_the_best_of_all_with_ties_by_id() -> None:
    """A shard that gave nothing is named."""
    answers = {
        "a": [Hit(7, 0.5), Hit(1, 0.25)], "b": None, "c": [Hit(2, 0.5), Hit(9, 0.375)],
    }  # fmt: skip
    found = merged(answers, 3)
    assert [hit.article_id for hit in found.hits] == [2, 7, 9]
    assert (found.silent, found.told()) == (("b",), "2 of 3 shards")


@pytest.fixture(scope="module")
def real(shared: Path) -> list[Article]:
    """Real articles; twenty are copies of others, so that scores tie."""
    with gzip.open(shared / "allsides.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(next(file)) for _ in range(N - 20)]
    return [Article(row["url"], row["title"], row["text"], id=n) for n, row in enumerate(rows + rows[:20], 1)]


@pytest.fixture(scope="module")
def one(real: list[Article], tmp_path_factory: pytest.TempPathFactory) -> TopicIndex:
    """One index over everything."""
    index = TopicIndex.open(tmp_path_factory.mktemp("one"))
    index.update(Document(a.id or 0, a.title, a.text, str(a.id)) for a in real)
    index.refresh()
    return index


def split(real: list[Article], folder: Path, count: int) -> Sharded:
    """The same articles in shards, as a build makes them of chunks."""
    part = parts._Part(layout.part_folder(folder, "a"), "a", None)
    chunk = part.next(0, 0)
    for a in real:
        row = {"url": a.url, "title": a.title, "text": a.text}
        chunk.rows.append(((a.id or 0, 0, 0, 0, 0, 0), row))
    chunk.write(N)
    keys = np.load(layout.chunk_folder(part.folder, 0) / "keys.npy")
    from recommender.cluster.build import _choose

    made = folder / "made-x"
    chosen = _choose(made, deciding.by_address(keys), count)
    for shard in chosen:
        shards.make_shard(str(made), shard.name, [str(part.folder)])
    snapshot = shards.one_snapshot(made, [shard.name for shard in chosen])
    for shard in chosen:
        shards.weigh_shard(str(made), shard.name, snapshot)
    layout.write(folder, Plan(("a",), None, Made("made-x", snapshot, tuple(chosen), {}, {})))
    return Sharded(folder)


@pytest.mark.parametrize("count", [1, 2, 7, 32])
def test_shards_rank_as_one_index_does(
    real: list[Article], one: TopicIndex, tmp_path: Path, count: int
) -> None:
    """The same ids in the same order to rank 50, equal scores, and the same shares of terms."""
    sharded = split(real, tmp_path, count)
    assert [shard.articles for shard in sharded.made.shards] == np.diff(deciding.borders(N, count)).tolist()
    for number, article in enumerate(real[::10]):
        expected = one.query(article.title, article.text, limit=RANK, exclude=[article.id or 0])
        asked = Question(article.title, article.text, RANK, (article.id or 0,))
        of_each = {
            shard.name: ask_shard(sharded.path(shard), sharded.made.snapshot, shard.articles, asked).hits
            for shard in sharded.made.shards
        }
        found = merged(of_each, RANK).hits
        assert [hit.article_id for hit in found] == [hit.article_id for hit in expected]
        assert [hit.score for hit in found] == pytest.approx([hit.score for hit in expected], abs=1e-6)
        if number % 10 == 0:
            whole = sharded.ask(asked).merged.hits
            assert [(hit.article_id, hit.score) for hit in whole] == [
                (hit.article_id, hit.score) for hit in found
            ]
            assert [share.term for hit in whole for share in hit.terms[:3]] == [
                share.term for hit in expected for share in hit.terms[:3]
            ]


def test_ties_are_met(real: list[Article], one: TopicIndex) -> None:
    """What the test before compares has equal scores in it."""
    hits = one.query(real[0].title, real[0].text, limit=RANK)
    assert hits[0].score == hits[1].score
    assert (hits[0].article_id, hits[1].article_id) == (1, N - 19)


def question(number: int, **more: object) -> Question:
    """About an invented article."""
    return Question(f"What number {number} said", " ".join(words(number)), 5, **more)  # type: ignore[arg-type]


def test_a_filtered_answer_is_the_ranking_of_what_passes(sharded: Path) -> None:
    """Dates and sites, in every shard."""
    everyone = Sharded(sharded)
    choice = Choice(since=date(2020, 4, 1), sites=("tidings1.example",))
    found = everyone.ask(question(105, choice=choice))
    paths = [everyone.path(shard) for shard in everyone.made.shards]
    passed = passing(choice, [one for path in paths for one in asking.facts(path)])
    whole = everyone.ask(question(105)).merged
    assert 5 <= len(passed.ids) < 60
    assert {hit.article_id for hit in found.merged.hits} <= passed.ids
    assert found.passed.elsewhere == passed.elsewhere == 80
    assert whole.hits[0].score > 0.5


def test_every_article_is_found_by_its_address(sharded: Path) -> None:
    """In whichever shard; another address is none's."""
    everyone = Sharded(sharded)
    held = [one for shard in everyone.made.shards for one in asking.facts(everyone.path(shard))]
    assert len(held) == 120
    assert [everyone.at(f"{one.url}#part") for one in held] == [one.id for one in held]
    assert everyone.at("https://tidings0.example/2020/99999") is None


@pytest.fixture
def copied(sharded: Path, tmp_path: Path) -> Iterator[Path]:
    """Shards to be broken."""
    asking._opened.cache_clear()
    asking.facts.cache_clear()
    yield Path(shutil.copytree(sharded, tmp_path / "copy"))
    asking._opened.cache_clear()
    asking.facts.cache_clear()


@pytest.mark.parametrize("harm", ["gone", "index", "table", "short", "segment", "snapshot"])
def test_a_broken_shard_is_left_out_and_said(copied: Path, harm: str) -> None:
    """Six of seven answer; their ranking is that of all without the seventh's."""
    whole = Sharded(copied).ask(question(105)).merged
    lost = Sharded(copied)._by_shard([whole.hits[0].article_id])
    (name,) = lost
    shard = copied / Sharded(copied).made.folder / name
    asking._opened.cache_clear()
    if harm == "gone":
        shutil.rmtree(shard)
    elif harm == "table":
        (shard / "articles.parquet").write_bytes(b"PAR1 no more")
    elif harm == "short":
        with table.writer(shard / "articles.parquet", table.schema()):
            pass
    elif harm == "index":
        (shard / "index" / "manifest.json").unlink()
    elif harm == "segment":
        next(shard.glob("index/segment-*/rows.npy")).write_bytes(b"")
    else:
        shutil.rmtree(next(shard.glob("index/snapshot-*")))
    reply = Sharded(copied).ask(question(105))
    assert reply.merged.told() == "6 of 7 shards"
    assert reply.merged.silent == (name,)
    assert whole.hits[0].article_id not in {hit.article_id for hit in reply.merged.hits}
    assert len(reply.merged.hits) == 5 == len(reply.rows)


def test_a_slow_shard_holds_no_answer_up(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the time that it has."""
    real, slow = asking.ask_shard, Sharded(copied).made.shards[3].name

    def ask(folder: str, *rest: object) -> object:
        if folder.endswith(slow):
            time.sleep(20)
        return real(folder, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(asking, "ask_shard", ask)
    begun = time.monotonic()
    reply = Sharded(copied).ask(question(3), timeout=2)
    assert time.monotonic() - begun < 4
    assert reply.merged.told() == "6 of 7 shards"
    assert len(reply.rows) == 5


def test_an_unfinished_build_answers_nothing(crawl: list[str], tmp_path: Path) -> None:
    """It says how it goes on; a damaged one says so too."""
    layout.write(tmp_path, Plan((crawl[0],)))
    with pytest.raises(ArchiveError, match="not finished"):
        Sharded(tmp_path)
    outside = {"folder": "../x", "snapshot": "s", "shards": [], "counts": {}, "failed": {}}
    plan = {"format": layout.FORMAT, "sources": [], "stance": None, "made": outside}
    (tmp_path / layout.MANIFEST).write_text(json.dumps(plan))
    with pytest.raises(ArchiveError, match="outside the archive"):
        Sharded(tmp_path)


# The verbs


def test_similar_over_shards(sharded: Path, readmore: Callable[..., Ran]) -> None:
    """An id, an address, a file's text; JSON has the keys that it has elsewhere; the piece itself is not shown."""
    ran = readmore("--archive", sharded, "similar", address(105), "--format", "json", "--limit", 3)
    assert ran.code == 0, ran.err
    rows = json.loads(ran.out)
    assert [row["rank"] for row in rows] == [1, 2, 3]
    assert address(105) not in {row["url"] for row in rows}
    assert rows[0]["topic"] >= rows[1]["topic"] > 0
    assert {"stance", "terms", "published", "outlet"} <= rows[0].keys()
    by_id = readmore("--archive", sharded, "similar", rows[0]["id"], "--explain", 1)
    assert (by_id.code, by_id.err) == (0, "")
    assert "Topic 0." in by_id.out
    old = readmore("--archive", sharded, "similar", address(105), "--until", "2019", "--format", "json")
    assert json.loads(old.out) == []
    assert "no piece passes" in old.err


def test_similar_says_what_it_cannot(sharded: Path, readmore: Callable[..., Ran]) -> None:
    """Unknown names and options that shards don't have: one line, no traceback."""
    for words_, told in {
        ("9999",): "no id or file of that name",
        ("https://nowhere.example/",): "no address of that name",
        (): "which article?",
        ("5", "--fresh", "3"): "not for a sharded archive",
        ("5", "--among", "refs"): "knows no lists",
        ("5", "--past-only", "--scheduler", "nonsense"): "no scheduler answers",
    }.items():
        ran = readmore("--archive", sharded, "similar", *words_)
        assert ran.code in {1, 3}
        assert told in ran.err
        assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize("verb", ["status", "verify", "browse", "claims"])
def test_other_verbs_say_that_shards_are_no_archive(
    sharded: Path, readmore: Callable[..., Ran], verb: str
) -> None:
    """And what can be done with them."""
    ran = readmore("--archive", sharded, verb)
    assert ran.code == 1
    assert "only `similar` can ask" in ran.err and len(ran.err.splitlines()) == 1
    assert missing.SHARDS == layout.MANIFEST


def test_without_the_extra_the_verbs_say_what_to_install(
    sharded: Path,
    crawl: list[str],
    tmp_path: Path,
    readmore: Callable[..., Ran],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is written."""
    monkeypatch.setattr("recommender.cluster.engine.find_spec", lambda name: None)
    for ran in (
        readmore("build", crawl[0], "--out", tmp_path / "out"),
        readmore("--archive", sharded, "similar", "5"),
    ):
        assert ran.code == 1
        assert "pip install 'readmore[cluster]'" in ran.err
    assert not (tmp_path / "out").exists()


def test_profiles_are_kept_where_they_are_asked_for(crawl: list[str], tmp_path: Path) -> None:
    """And are those that a question would make."""
    from recommender.stance.profile import profile, profile_to_json, stored_as
    from recommender.stance.scorer import load

    build(Here(), tmp_path / "out", Wanted((crawl[0],), stance="linear"))
    row = Sharded(tmp_path / "out").row(7)
    assert row is not None
    scorer = load("linear")
    assert row["stance"] == profile_to_json(profile(row["title"], row["text"], scorer))
    assert row["stance_model"] == stored_as(scorer)
