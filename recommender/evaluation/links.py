"""How well references are found in pages: precision, recall and F1 of links over hand-checked pages.

The data is a folder with `gold.json`, a list of pages with their references, and `pages/`, the pages as
`NAME.html.gz` or `NAME.html`. A reference is found where a predicted address equals a gold one as
`addresses.key` compares them; a page's `optional` addresses are ignored; one predicted twice counts once.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recommender.errors import EvaluationError
from recommender.evaluation.result import Result, bootstrap
from recommender.models import Reference
from recommender.references import from_html
from recommender.references.addresses import key

Predict = Callable[[bytes, str | None], Sequence[Reference]]


@dataclass(frozen=True, slots=True)
class Page:
    """One hand-checked page."""

    file: str  # name in pages/
    url: str
    wanted: dict[str, frozenset[str]]  # key of each reference's address to the titles that are right for it
    optional: frozenset[str]  # keys of addresses that neither help nor hurt


@dataclass(frozen=True, slots=True)
class Counts:
    """What was found on one page."""

    right: int
    false: int
    missed: int
    titles: int  # of the right ones, how many carry a right title
    empty: bool  # the page has no reference


def evaluate_links(folder: Path, predict: Predict = from_html) -> Result:
    """Measure `predict` on a folder of pages.

    Returns:
        `precision`, `recall`, `f1` in [0, 1] over all links, each with a bootstrap interval over pages;
        `negatives_with_false`, how many of the `negatives` (pages without a reference) got a link;
        `titles_equal`, the share of found references whose title equals the gold title, [0, 1].

    Raises:
        EvaluationError: gold.json or a page can't be used.
    """
    pages = read_gold(folder / "gold.json")
    counts = [_count(page, predict(read_page(folder / "pages" / page.file), page.url)) for page in pages]
    everything = range(len(counts))
    right = sum(count.right for count in counts)
    empty = [count for count in counts if count.empty]
    measures = {name: statistic(counts, everything) for name, statistic in _MEASURES.items()}
    intervals = {
        name: bootstrap(len(counts), lambda chosen, of=statistic: of(counts, chosen))  # type: ignore[misc]
        for name, statistic in _MEASURES.items()
    }
    measures["negatives"] = len(empty)
    measures["negatives_with_false"] = sum(count.false > 0 for count in empty)
    measures["titles_equal"] = sum(count.titles for count in counts) / right if right else 0.0
    return Result("links", len(counts), measures, intervals)


def _precision(counts: Sequence[Counts], chosen: Sequence[int]) -> float:
    right, false = sum(counts[i].right for i in chosen), sum(counts[i].false for i in chosen)
    return right / (right + false) if right + false else 0.0


def _recall(counts: Sequence[Counts], chosen: Sequence[int]) -> float:
    right, missed = sum(counts[i].right for i in chosen), sum(counts[i].missed for i in chosen)
    return right / (right + missed) if right + missed else 0.0


def _f1(counts: Sequence[Counts], chosen: Sequence[int]) -> float:
    precision, recall = _precision(counts, chosen), _recall(counts, chosen)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


_MEASURES = {"precision": _precision, "recall": _recall, "f1": _f1}


def _count(page: Page, found: Sequence[Reference]) -> Counts:
    said: dict[str, str] = {}
    for reference in found:
        said.setdefault(key(reference.url or ""), " ".join(reference.title.split()))
    for address in page.optional:
        said.pop(address, None)
    right = said.keys() & page.wanted.keys()
    return Counts(
        right=len(right),
        false=len(said) - len(right),
        missed=len(page.wanted) - len(right),
        titles=sum(said[address] in page.wanted[address] for address in right),
        empty=not page.wanted,
    )


def read_page(path: Path) -> bytes:
    """The bytes of a page, unpacked where its name ends in .gz."""
    try:
        body = path.read_bytes()
        return gzip.decompress(body) if path.suffix == ".gz" else body
    except (OSError, EOFError, zlib.error) as error:
        raise EvaluationError(
            f"can't read the page: {error}", where=path, hint="gold.json names it"
        ) from error


def read_gold(path: Path) -> list[Page]:
    """The hand-checked pages of a gold.json."""
    hint = "expected a list of objects with file, url and references"
    try:
        records = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise EvaluationError(f"can't read the labels: {error.strerror}", where=path, hint=hint) from error
    except ValueError as error:
        raise EvaluationError(f"not JSON: {error}", where=path, hint=hint) from error
    if not isinstance(records, list) or not records:
        raise EvaluationError("no pages in it", where=path, hint=hint)
    return [_page(record, f"{path}: page {place}") for place, record in enumerate(records, start=1)]


def _page(record: Any, where: str) -> Page:
    try:
        file, wanted = record["file"], {key(item["url"]): _titles(item) for item in record["references"]}
        if not isinstance(file, str) or Path(file).name != file:
            raise EvaluationError("file must be a plain name in pages/", where=where)
        optional = frozenset(map(key, record.get("optional", []))) - wanted.keys()
        return Page(file, record.get("url") or "", wanted, optional)
    except KeyError as error:
        raise EvaluationError(
            f"no {error.args[0]!r} in it", where=where, hint="see gold.json's fields"
        ) from error
    except (TypeError, AttributeError) as error:
        raise EvaluationError(f"a field has the wrong type: {error}", where=where) from error


def _titles(item: dict[str, Any]) -> frozenset[str]:
    """The titles that are right for a reference: its own, its raw words, those of its other links."""
    others = [other["title"] for other in item.get("also", [])]
    return frozenset(title for title in (item["title"], item.get("anchor_text"), *others) if title)
