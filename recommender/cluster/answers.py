"""`similar` over shards, from question to ranking.

source ─► subject ─► all shards ─► hits with their rows ─► stance ─► Recommendations, and what is to be said of them
"""

from __future__ import annotations

import re
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from recommender import choosing, ranking, siding
from recommender.choosing import Choice
from recommender.cluster.asking import TIMEOUT, Question, Sharded
from recommender.cluster.engine import Where, engine, need
from recommender.errors import NotFoundError, SeedError
from recommender.models import Article, Hit, Profile, Recommendation
from recommender.ranking import Candidate, Sort
from recommender.stance.scorer import Scorer

POOL = 50  # nearest in topic among which sides are looked for, as in similar.py
SHOWN = 10  # of a piece's shared words, where nobody asks for all


@dataclass(frozen=True, slots=True)
class Subject:
    """What is compared with."""

    title: str
    text: str
    published: date | None = None
    own: tuple[int, ...] = ()  # the article itself, where it is one of these


@dataclass(frozen=True, slots=True)
class Ranked:
    """A ranking with what a reader should know of it."""

    subject: Subject
    found: list[Recommendation]
    notes: tuple[str, ...] = ()


def similar_of_shards(
    folder: Path, source: str | None, model: str, *, scheduler: str | None = None, limit: int = 10,
    sort: Sort = Sort.TOPIC, choice: Choice | None = None, text: str | None = None, timeout: float = TIMEOUT,
) -> Ranked:  # fmt: skip
    """Rank what is in a sharded archive for a reader of one article.

    Args:
        folder: of the archive.
        source: an id, an address or a file.
        model: name of the stance model.
        scheduler: of the cluster that asks the shards; None to ask them here.
        limit: pieces at most.
        sort: what to order by.
        choice: which pieces count.
        text: what to compare with instead of `source`.
        timeout: seconds that finding the article and asking for others may take, each.

    Raises:
        NotFoundError: the extra is not installed, or nothing goes by that name.
        ClusterError: no scheduler answers there.
        ArchiveError: the archive is unfinished or damaged.
        SeedError: a date or a choice is asked for that can't be had here.
    """
    from recommender.stance.scorer import load

    need()
    with engine(Where(scheduler)) if scheduler else nullcontext() as cluster:
        sharded = Sharded(folder, cluster)
        subject = subject_of(sharded, source, text, timeout)
        return rank(
            sharded, subject, load(model), choice or Choice(), sort=sort, limit=limit, timeout=timeout
        )


def rank(
    sharded: Sharded, subject: Subject, scorer: Scorer, choice: Choice, *,
    sort: Sort = Sort.TOPIC, limit: int = 10, timeout: float = TIMEOUT,
) -> Ranked:  # fmt: skip
    """Rank what is in all shards for a reader of one article.

    Raises:
        SeedError: a date or a choice is asked for that can't be had here.
    """
    if choice.past_only and subject.published is None:
        hint = "give --until DATE instead"
        raise SeedError("--past-only needs the date of what you compare with, which has none", hint=hint)
    if choice.fresh is not None or choice.diverse is not None:
        raise SeedError("--fresh and --diverse are not for a sharded archive")
    pool = limit if sort is Sort.TOPIC and not choice.sided() else max(limit, POOL)
    terms = None if choice.all_terms else SHOWN
    question = Question(subject.title, subject.text, pool, subject.own, choice, subject.published, terms)
    reply = sharded.ask(question, timeout)
    hits = [hit for hit in reply.merged.hits if hit.score >= choice.min_score]
    candidates = _judged(subject, hits, reply.rows, scorer)
    notes = [f"an answer of {reply.merged.told()}"] if reply.merged.silent else []
    if choice.sided():
        notes.append(siding.note(candidates))
    of_side = siding.of_side(candidates, choice.side)
    candidates = siding.balanced(candidates) if choice.balanced else of_side
    found = ranking.rank(candidates, None if choice.balanced else sort)[:limit]
    nothing = choosing.empty_note(reply.passed) if choice.filters() and not reply.merged.hits else None
    if nothing:
        notes.append(nothing)
    elif reply.passed.undated:
        notes.append(f"left out: {choosing.pieces(reply.passed.undated)} without a date")
    if choice.min_score and not hits and reply.merged.hits:
        near = reply.merged.hits[0].score
        notes.append(f"no piece reaches {choice.min_score:g}; the nearest has {near:.3f}")
    return Ranked(subject, found, tuple(notes))


def _judged(subject: Subject, hits: list[Hit], rows: Any, scorer: Scorer) -> list[Candidate]:
    from recommender.stance.agreement import agree
    from recommender.stance.profile import profile

    if not hits:
        return []
    own = profile(subject.title, subject.text, scorer)
    return [
        Candidate(
            _article(rows[hit.article_id]), hit, agree(own, _profile(rows[hit.article_id], scorer)), False
        )
        for hit in hits
    ]


def _profile(row: dict[str, Any], scorer: Scorer) -> Profile:
    from recommender.stance.profile import profile, profile_from_json, stored_as

    if row["stance"] and row["stance_model"] == stored_as(scorer):
        return profile_from_json(row["stance"])
    return profile(row["title"] or "", row["text"] or "", scorer)


def _article(row: dict[str, Any]) -> Article:
    names = ("url", "title", "authors", "outlet", "published", "canonical_url", "language", "id")
    return Article(text="", **{name: row[name] for name in names})


def subject_of(sharded: Sharded, source: str | None, text: str | None, timeout: float = TIMEOUT) -> Subject:
    """What a user means by URL, ID, FILE or a text.

    Raises:
        NotFoundError: nothing goes by that name.
        SeedError: the file or text can't be used.
    """
    if text is not None:
        return _of_text(text)
    if source is None:
        raise NotFoundError("which article?", hint="say an id, an address, a file, or - for standard input")
    number = int(source) if re.fullmatch(r"[0-9]{1,18}", source) else None
    if re.match(r"https?://", source, re.I):
        number = sharded.at(source, timeout)
    if number is not None:
        row = sharded.row(number, timeout)
        if row is not None:
            return Subject(row["title"] or "", row["text"] or "", row["published"], (number,))
    if re.match(r"https?://", source, re.I) or not Path(source).exists():
        kind = "address" if "://" in source else "id or file"
        raise NotFoundError(
            f"no {kind} of that name", where=source, hint="ids are those that `similar` prints"
        )
    return _of_file(sharded, source, timeout)


def _of_text(text: str) -> Subject:
    from recommender import seeds

    read = seeds.pasted(text)
    return Subject(read.title, read.body, read.published)


def _of_file(sharded: Sharded, source: str, timeout: float) -> Subject:
    from recommender import seeds

    seed = seeds.load(source)
    own = sharded.at(seed.url, timeout) if seed.url else None
    text = seed.text or "\n".join(reference.title for reference in seed.references)
    return replace(Subject(seed.title, text, seed.published), own=(own,) if own else ())
