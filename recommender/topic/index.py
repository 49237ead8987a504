"""The kept topic index: articles are added once and asked about many times.

An addition writes a segment of its own size. A segment appears by a rename and counts from the moment the
manifest, replaced in one step, names it: a reader sees the old index or the new one, and a kill at any
instant leaves the old one whole, with litter that the next writer sweeps up. Where FAN segments have grown
to one size they become one, so an article is rewritten log_FAN(n) times at most.

Weights are those of a snapshot of document frequencies (snapshot.py), taken anew where DRIFT of the articles
have changed since, and by `refresh`: so an addition costs its own size, its norm included, whatever the size
of the index, and an answer is brute force over the snapshot's weights, exactly.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from recommender.errors import ArchiveError
from recommender.models import Hit
from recommender.topic import background, living, manifest, merging, segments, snapshot, sums, tiers
from recommender.topic.arrays import REBUILD
from recommender.topic.likeness import cosines
from recommender.topic.manifest import Entry, Frozen, Manifest
from recommender.topic.nearest import Part, Scope, Sums
from recommender.topic.query import answer
from recommender.topic.segments import Document, Segment
from recommender.topic.snapshot import DRIFT, Snapshot
from recommender.topic.vectorizer import Analyzer, term_key

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Document", "TopicIndex"]

RETRIES = 5  # times a reader looks again after a writer swept a segment away under it


def _compiled() -> Sums:
    """The compiled sums where they can be had, else numpy's; their answers are the same."""
    from importlib.util import find_spec

    if find_spec("numba") is None:
        return sums
    from recommender.topic import compiled

    return compiled


class TopicIndex:
    """The index in one folder, as it was when opened or last updated here. See `open` and `rebuild`."""

    def __init__(self, directory: Path, frequencies: background.Background | None, sums: Sums) -> None:
        self._directory = directory
        self._frequencies = frequencies
        self._sums = sums
        self._analyzer = Analyzer()
        self._state = Manifest()
        self._segments: tuple[Segment, ...] = ()
        self._snapshot: Snapshot | None = None
        self._ready: tuple[tuple[Part, ...], Snapshot] | None = None  # made by the first question
        self._held: dict[int, int] | None = None  # digest by article id, of the living
        self._read()

    @classmethod
    def open(
        cls, directory: Path, *, frequencies: background.Background | None = None, many: bool = False
    ) -> TopicIndex:
        """Open an index; a folder without one is an empty index, and nothing is written.

        Args:
            directory: of the index.
            frequencies: background document frequencies; None for those of the package.
            many: many questions are to come: half a second is spent at once on compiled sums, where the extra
                `fast` is installed, so that each takes half the time or less.

        Raises:
            ArchiveError: the index is damaged, of another version or somebody else's; `rebuild` starts anew.
        """
        return cls(directory, frequencies, _compiled() if many else sums)

    @classmethod
    def rebuild(cls, directory: Path, *, frequencies: background.Background | None = None) -> TopicIndex:
        """Throw an index away and open an empty one. Files that are not the index's stay.

        Raises:
            ArchiveError: the folder can't be written.
        """
        with manifest.locked(directory):
            (directory / manifest.MANIFEST).unlink(missing_ok=True)
            manifest.sweep(directory, keep=())
        return cls.open(directory, frequencies=frequencies)

    def __len__(self) -> int:
        """How many articles the index holds."""
        return sum(entry.articles - len(entry.dead) for entry in self._state.entries)

    @property
    def state(self) -> Manifest:
        """What the index is made of."""
        return self._state

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Its segments, in the manifest's order."""
        return self._segments

    @property
    def seen(self) -> tuple[int, int] | None:
        """The last change of the archive that is in here, as `update` was told."""
        return self._state.seen

    @property
    def fresh(self) -> bool:
        """Is the snapshot made with these background frequencies, of about as many articles as there are?"""
        frozen = self._state.snapshot
        if frozen is None:
            return not self._state.entries
        return frozen.background == self._digest() and self._state.changed <= DRIFT * frozen.articles

    def known(self) -> set[int]:
        """The ids of the articles held."""
        return set(self._digests())

    def holds(self, article_id: int, digest: str) -> bool:
        """Is this article held, with this content?"""
        return self._digests().get(article_id) == term_key(digest)

    def update(
        self,
        documents: Iterable[Document],
        removed: Iterable[int] = (),
        *,
        seen: tuple[int, int] | None = None,
        cores: int | None = None,
    ) -> int:
        """Remove articles, then add and replace others; those held with the same digest are passed over.

        Each batch counts as soon as it is written, in the order given, so a kill loses the last few at most.

        Args:
            documents: of equal ids the last counts.
            removed: ids; unknown ones are passed over.
            seen: the archive's last change that these bring in; known to the index once they are all written.
            cores: processes that count, at most; None for one a core.

        Returns:
            how many articles were added or replaced.

        Raises:
            ArchiveError: the folder can't be written, or another writer kept it locked for ten minutes.
        """
        # Here, not above: with it comes all that starts processes, which a question has no use for.
        from recommender.topic.counting import counted

        with manifest.locked(self._directory):
            self._read()
            gone = living.digests(self._state.entries, self._segments, removed).keys()
            if gone:
                self._commit(self._without(gone), changed=len(gone))
            added = 0
            written = counted(documents, self._new, self._next, self._analyzer, cores)
            for ids, (path, articles, postings) in written:
                self._commit([*self._without(ids), Entry(path.name, articles, postings)], changed=len(ids))
                added += len(ids)
            self._merge()
            if not self.fresh:
                self._freeze()
            if seen and seen != self._state.seen:
                self._write(replace(self._state, seen=seen))
            self._prepare()
            self._sweep()
        return added

    def refresh(self) -> None:
        """Take the snapshot anew: weights are those of the articles as they are now.

        Raises:
            ArchiveError: as `update`.
        """
        with manifest.locked(self._directory):
            self._read()
            self._freeze()
            self._prepare()
            self._sweep()

    def adopt(self, whole: Path) -> None:
        """Let a snapshot count that is not of these articles alone: the parts of a larger index then weigh alike.

        Args:
            whole: its folder, of `snapshot.save`, whose name no other snapshot has; the same disk is used where
                the file system allows it.

        Raises:
            ArchiveError: as `update`.
        """
        with manifest.locked(self._directory):
            self._read()
            snapshot.link(whole, self._directory / whole.name)
            self._count(whole.name)
            self._prepare()
            self._sweep()

    def query(
        self,
        title: str,
        text: str,
        *,
        limit: int,
        among: Collection[int] | None = None,
        exclude: Collection[int] = (),
        only: Collection[int] | None = None,
        terms: int | None = 10,
    ) -> list[Hit]:
        """The articles nearest in topic, best first, equal scores by id.

        Args:
            title: of the article to compare with; may be empty.
            text: of it; may be empty.
            limit: hits at most.
            among: only these ids, and then also those of them that share no term (score 0);
                None for all articles that share one.
            exclude: not these ids.
            only: of these ids those that share a term; with `among`, ids in both. None for no such bound.
            terms: how many of a hit's largest shares it carries; None for all, which sum to its score.
        """
        scope = Scope(limit, among, exclude, terms, only)
        parts, weighed = self._prepare()
        return answer((title, text), parts, weighed, self._analyzer, scope, self._sums)

    def cosines(self, texts: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """How near each of some articles (title and text) is to each other, as `query` scores; shape (n, n)."""
        return cosines(texts, self._prepare()[1].idf, self._analyzer)

    def _read(self) -> None:
        """Open what the manifest names, again where a writer replaced it meanwhile."""
        opened = {e.name: s for e, s in zip(self._state.entries, self._segments, strict=True)}
        for attempt in range(RETRIES):
            state = manifest.read(self._directory)
            try:
                self._segments = tuple(
                    opened.get(entry.name) or segments.load(self._directory / entry.name)
                    for entry in state.entries
                )
                frozen = state.snapshot
                self._snapshot = snapshot.load(self._directory / frozen.name) if frozen else None
            except OSError as error:
                if attempt + 1 < RETRIES:
                    continue
                hint = REBUILD
                raise ArchiveError(
                    f"damaged topic index: {error}", where=self._directory, hint=hint
                ) from error
            break
        for entry, segment in zip(state.entries, self._segments, strict=True):
            if (len(segment.ids), segment.postings()) != (entry.articles, entry.postings):
                raise ArchiveError(
                    "damaged topic index: a segment of another size", where=entry.name, hint=REBUILD
                )
        self._state, self._ready, self._held = state, None, None

    def _digests(self) -> dict[int, int]:
        if self._held is None:
            self._held = living.digests(self._state.entries, self._segments)
        return self._held

    def _digest(self) -> str:
        return self._frequencies.digest if self._frequencies else background.shipped_digest()

    def _taken(self) -> Snapshot:
        """A snapshot of the articles as they are."""
        frequencies = self._frequencies or background.shipped()
        alive = [entry.alive() for entry in self._state.entries]
        return snapshot.take(self._segments, alive, frequencies)

    def _freeze(self) -> None:
        """Take the snapshot anew and let it count."""
        name = manifest.new_name("snapshot")
        snapshot.save(self._taken(), self._directory / name)
        self._count(name)

    def _count(self, name: str) -> None:
        """Let a snapshot that lies here count."""
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._write(replace(self._state, snapshot=Frozen(name, len(self), self._digest(), now), changed=0))

    def _prepare(self) -> tuple[tuple[Part, ...], Snapshot]:
        """The segments with their lengths, and the snapshot these are of; kept for the next question.

        A snapshot with other background frequencies, or none yet, is one that a writer has to take anew: until
        then it is taken here, for these questions alone.
        """
        if self._ready is None:
            frozen = self._state.snapshot
            if self._snapshot and frozen and frozen.background == self._digest():
                weighed, name = self._snapshot, frozen.name
            else:
                weighed, name = self._taken(), ""
            parts = []
            for entry, segment in zip(self._state.entries, self._segments, strict=True):
                path = self._directory / manifest.lengths_name(entry.name, name)
                lengths = manifest.read_lengths(path, entry.articles) if name else None
                if lengths is None:
                    lengths = snapshot.lengths(segment, weighed)
                    if name:
                        manifest.write_lengths(path, lengths)
                parts.append(Part.of(segment, entry.alive() if entry.dead else None, lengths))
            self._ready = tuple(parts), weighed
        return self._ready

    def _sweep(self) -> None:
        frozen = self._state.snapshot
        keep = {entry.name for entry in self._state.entries}
        if frozen:
            keep |= {manifest.lengths_name(name, frozen.name) for name in keep} | {frozen.name}
        manifest.sweep(self._directory, keep)

    def _new(self, batch: list[Document]) -> list[Document]:
        """Those that are not held as they are."""
        held = living.digests(self._state.entries, self._segments, [one.article_id for one in batch])
        return [one for one in batch if held.get(one.article_id) != term_key(one.digest)]

    def _next(self) -> Path:
        """Where a new segment goes."""
        return self._directory / manifest.new_name()

    def _commit(self, entries: Sequence[Entry], changed: int = 0) -> None:
        """From here on these segments count; so many articles are not as they were."""
        self._write(replace(self._state, entries=tuple(entries), changed=self._state.changed + changed))

    def _write(self, state: Manifest) -> None:
        manifest.write(self._directory, state)
        self._read()

    def _without(self, gone: Collection[int]) -> list[Entry]:
        return living.without(self._state.entries, self._segments, gone)

    def _merge(self) -> None:
        """Make one segment of FAN of a size, and rewrite those with too many dead, until there are none."""
        while group := tiers.mergeable(self._state.entries):
            parts = [(self._segments[i], self._state.entries[i].alive()) for i in group]
            segment, path = merging.merge(parts), self._next()
            segments.save(segment, path)
            merged = Entry(path.name, len(segment.ids), segment.postings())
            kept = [entry for i, entry in enumerate(self._state.entries) if i not in group]
            self._commit([*kept, merged])
