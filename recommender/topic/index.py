"""The kept topic index: articles are added once and asked about many times.

An addition writes a segment of its own size. A segment appears by a rename and counts from the moment the
manifest, replaced in one step, names it: a reader sees the old index or the new one, and a kill at any
instant leaves the old one whole, with litter that the next writer sweeps up. Where FAN segments have grown
to one size they become one, so an article is rewritten log_FAN(n) times at most.

Weights are those of the articles that the manifest names at the time of the question (weights.py), so an
index grown article by article answers exactly as one built at once. The first question after a change
reads every posting once for the articles' norms, and keeps them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from recommender.errors import ArchiveError
from recommender.models import Hit
from recommender.topic import background, manifest, segments
from recommender.topic.likeness import cosines
from recommender.topic.manifest import Entry
from recommender.topic.query import Part, Scope, idf_of, nearest, norms
from recommender.topic.segments import REBUILD, Document, Segment
from recommender.topic.vectorizer import Analyzer, term_key

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Document", "TopicIndex"]

BATCH = 2_000  # articles a segment is built from at once: some 400 MB of terms at 900 words an article
FAN = 8  # segments of one size before they become one; 8 to 10 is usual (Lucene's tiers hold 10)
MAX_DEAD = 0.2  # share of a segment's articles that may be dead before it is rewritten without them
RETRIES = 5  # times a reader looks again after a writer swept a segment away under it


class TopicIndex:
    """The index in one folder, as it was when opened or last updated here. See `open` and `rebuild`."""

    def __init__(self, directory: Path, frequencies: background.Background) -> None:
        self._directory = directory
        self._background = frequencies
        self._analyzer = Analyzer()
        self._entries: tuple[Entry, ...] = ()
        self._segments: tuple[Segment, ...] = ()
        self._parts: tuple[Part, ...] | None = None  # made by the first question
        self._held: dict[int, int] | None = None  # digest by article id, of the living
        self._read()

    @classmethod
    def open(cls, directory: Path, *, frequencies: background.Background | None = None) -> TopicIndex:
        """Open an index; a folder without one is an empty index, and nothing is written.

        Args:
            directory: of the index.
            frequencies: background document frequencies; None for those of the package.

        Raises:
            ArchiveError: the index is damaged, of another version or somebody else's; `rebuild` starts anew.
        """
        return cls(directory, frequencies if frequencies is not None else background.shipped())

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
        return sum(entry.articles - len(entry.dead) for entry in self._entries)

    def known(self) -> set[int]:
        """The ids of the articles held."""
        return set(self._digests())

    def holds(self, article_id: int, digest: str) -> bool:
        """Is this article held, with this content?"""
        return self._digests().get(article_id) == term_key(digest)

    def update(self, documents: Iterable[Document], removed: Iterable[int] = ()) -> int:
        """Remove articles, then add and replace others; those held with the same digest are passed over.

        Each batch of BATCH articles counts as soon as it is written, so a kill loses the last batch at most.

        Args:
            documents: of equal ids the last counts.
            removed: ids; unknown ones are passed over.

        Returns:
            how many articles were added or replaced.

        Raises:
            ArchiveError: the folder can't be written, or another writer kept it locked for ten minutes.
        """
        with manifest.locked(self._directory):
            self._read()
            gone = set(removed) & self.known()
            if gone:
                self._commit(self._without(gone))
            added, source = 0, iter(documents)
            while batch := list(islice(source, BATCH)):
                last = {document.article_id: document for document in batch}
                fresh = [d for d in last.values() if not self.holds(d.article_id, d.digest)]
                if fresh:
                    segment = segments.count(fresh, self._analyzer)
                    self._commit([*self._without({d.article_id for d in fresh}), self._save(segment)])
                    added += len(fresh)
            self._merge()
            keep = {entry.name for entry in self._entries} | {self._norms_name()}
            manifest.sweep(self._directory, keep)
        return added

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
        return nearest((title, text), self._ready(), self._background, self._analyzer, scope)

    def cosines(self, texts: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """How near each of some articles (title and text) is to each other, as `query` scores; shape (n, n)."""
        return cosines(texts, idf_of(self._ready(), self._background), self._analyzer)

    def _read(self) -> None:
        """Open what the manifest names, again where a writer replaced it meanwhile."""
        for attempt in range(RETRIES):
            entries = manifest.read(self._directory)
            try:
                self._segments = tuple(segments.load(self._directory / entry.name) for entry in entries)
            except OSError as error:
                if attempt + 1 < RETRIES:
                    continue
                hint = REBUILD
                raise ArchiveError(
                    f"damaged topic index: {error}", where=self._directory, hint=hint
                ) from error
            break
        for entry, segment in zip(entries, self._segments, strict=True):
            if (len(segment.ids), len(segment.rows)) != (entry.articles, entry.postings):
                raise ArchiveError(
                    "damaged topic index: a segment of another size", where=entry.name, hint=REBUILD
                )
        self._entries, self._parts, self._held = entries, None, None

    def _digests(self) -> dict[int, int]:
        if self._held is None:
            self._held = {}
            for entry, segment in zip(self._entries, self._segments, strict=True):
                alive = entry.alive()
                self._held.update(
                    zip(segment.ids[alive].tolist(), segment.digests[alive].tolist(), strict=True)
                )
        return self._held

    def _norms_name(self) -> str:
        return manifest.norms_name(self._entries, self._background.digest)

    def _ready(self) -> tuple[Part, ...]:
        """The segments with their norms, from the file or computed."""
        if self._parts is None:
            import numpy as np

            alive = [entry.alive() for entry in self._entries]
            sizes = [entry.articles for entry in self._entries]
            path = self._directory / self._norms_name()
            lengths = manifest.read_norms(path, sum(sizes))
            if lengths is None:
                lengths = norms(self._segments, alive, self._background)
                if self._entries:
                    manifest.write_norms(path, lengths)
            split = np.split(lengths, np.cumsum(sizes)[:-1]) if sizes else []
            self._parts = tuple(map(Part, self._segments, alive, split))
        return self._parts

    def _save(self, segment: Segment) -> Entry:
        name = manifest.new_name()
        segments.save(segment, self._directory / name)
        return Entry(name, len(segment.ids), len(segment.rows))

    def _commit(self, entries: Sequence[Entry]) -> None:
        """From here on these segments count."""
        manifest.write(self._directory, entries)
        self._read()

    def _without(self, gone: Collection[int]) -> list[Entry]:
        """The segments with these articles dead; those with nobody alive are left out."""
        import numpy as np

        ids = np.fromiter(gone, np.int64, len(gone))
        entries = []
        for entry, segment in zip(self._entries, self._segments, strict=True):
            dead = ~entry.alive() | np.isin(segment.ids, ids)
            if not dead.all():
                entries.append(replace(entry, dead=tuple(np.flatnonzero(dead).tolist())))
        return entries

    def _merge(self) -> None:
        """Make one segment of FAN of a size, and rewrite those with too many dead, until there are none."""
        while group := self._mergeable():
            parts = [(self._segments[i], self._entries[i].alive()) for i in group]
            merged = self._save(segments.merge(parts))
            kept = [entry for i, entry in enumerate(self._entries) if i not in group]
            self._commit([*kept, merged])

    def _mergeable(self) -> list[int]:
        """Positions of segments to make one of; empty where all is well."""
        tiers: dict[int, list[int]] = defaultdict(list)
        for i, entry in enumerate(self._entries):
            if len(entry.dead) > MAX_DEAD * entry.articles:
                return [i]
            tier = 0
            while FAN ** (tier + 1) <= entry.articles - len(entry.dead):
                tier += 1
            tiers[tier].append(i)
        return next((group for _, group in sorted(tiers.items()) if len(group) >= FAN), [])
