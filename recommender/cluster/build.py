"""`build` in call order: files ─► parts ─► what counts ─► shards ─► one count of terms ─► they count.

Each step leaves files that appear whole, so a build that was stopped anywhere goes on where it was. Files may be added
later: what was read is not read again, the shards are made anew beside the old ones and take their place at once.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recommender.cluster import copies, deciding, layout, shards
from recommender.cluster.engine import Engine
from recommender.cluster.layout import Made, Plan, Shard
from recommender.cluster.parts import read_part
from recommender.errors import ArchiveError, ClusterError, ReadmoreError
from recommender.store.missing import is_sharded

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Articles: an index answers in milliseconds, one core makes it in minutes, and its largest merge (`topic/tiers.py`:
# eight segments of 16,000 would be one more) fits a worker's memory.
OF_ONE_SHARD = 100_000
MOST_SHARDS = 4096
Tick = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to build."""

    sources: tuple[str, ...]  # paths or addresses that fsspec opens
    shards: int | None = None  # None for as many as hold OF_ONE_SHARD each
    stance: str | None = None  # the model whose profiles are to be kept


def build(engine: Engine, folder: Path, wanted: Wanted, tick: Tick = lambda _: None) -> Made:
    """Make a sharded archive of WARC or WACZ files, or go on with one.

    Args:
        engine: the cluster.
        folder: where; all workers must see it under this path.
        wanted: the files; those of an earlier build stay in.
        tick: told of each file that is read.

    Raises:
        ArchiveError: something else is there, or nothing could be read.
        ClusterError: the cluster was lost; the same call goes on.
    """
    folder = folder.absolute()
    plan = _begun(folder, wanted)
    with layout.locked(folder):
        failed = _read(engine, folder, plan, tick)
        good = [source for source in plan.sources if source not in failed]
        if not good:
            raise ArchiveError(
                f"none of the files could be read: {next(iter(failed.values()))}", where=folder
            )
        made = _made(engine, folder, good, failed, wanted.shards)
        layout.write(folder, replace(plan, made=made))
        for old in folder.glob("made-*"):
            if old.name != made.folder:
                shutil.rmtree(old, ignore_errors=True)
    return made


def _begun(folder: Path, wanted: Wanted) -> Plan:
    """The plan that is there with the new files, or a new one."""
    sources = tuple(one if "://" in one else str(Path(one).absolute()) for one in wanted.sources)
    if is_sharded(folder):
        plan = layout.read(folder)
        if plan.stance != wanted.stance:
            hint = f"give --stance-model {plan.stance}" if plan.stance else "leave out --stance-model"
            raise ArchiveError(
                "begun with another stance model", where=folder, hint=f"{hint}, or another --out"
            )
        sources = tuple(sorted({*plan.sources, *sources}))
        plan = replace(plan, sources=sources)
    else:
        if folder.exists() and any(folder.iterdir()):
            raise ArchiveError("not empty, and no sharded archive", where=folder, hint="give another --out")
        plan = Plan(tuple(sorted(set(sources))), wanted.stance)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        layout.write(folder, plan)
    except OSError as error:
        raise ArchiveError(f"can't be written: {error.strerror or error}", where=folder) from error
    return plan


def _read(engine: Engine, folder: Path, plan: Plan, tick: Tick) -> dict[str, str]:
    """Read what is not read yet; the files that can't be, with why."""
    left = [one for one in plan.sources if not _is_read(folder, one)]
    tick(len(plan.sources) - len(left))
    failed = {}
    calls = {source: (source, str(folder), plan.stance) for source in left}
    for source, result in engine.each(read_part, calls):
        tick(1)
        if isinstance(result, ReadmoreError):
            failed[source] = result.line()
    return failed


def _is_read(folder: Path, source: str) -> bool:
    """Whether a file was read to its end; one that has another size since is another file."""
    part = layout.part_folder(folder, source)
    if not (part / layout.ACCOUNT).is_file():
        return False
    path = Path(source)
    if "://" not in source and path.is_file() and path.stat().st_size != layout.account(part)["size"]:
        shutil.rmtree(part)
        return False
    return True


def _made(
    engine: Engine, folder: Path, sources: Sequence[str], failed: dict[str, str], count: int | None
) -> Made:
    """The shards of what was read."""
    parts = [layout.part_folder(folder, source) for source in sources]
    accounts = [layout.account(part) for part in parts]
    counts = Counter[str]()
    for one in accounts:
        counts.update(one["counts"])
    kept, duplicates = _decided(engine, parts)
    pages = counts.pop("pages", 0)
    counts.update(duplicates)
    counts["articles"] = len(kept)
    if pages != len(kept) + sum(duplicates.values()):
        raise ArchiveError(
            "its chunks and its accounts differ", where=folder, hint="build into another --out"
        )
    number = min(count or max(1, -(-len(kept) // OF_ONE_SHARD)), MOST_SHARDS)
    name = layout.made_name(
        [(part.name, one["size"]) for part, one in zip(parts, accounts, strict=True)], number
    )
    before = layout.read(folder).made
    if before and before.folder == name:
        return replace(before, failed=failed)
    made = folder / name
    chosen = _choose(made, kept, number)
    _each(
        engine, shards.make_shard, {one.name: (str(made), one.name, list(map(str, parts))) for one in chosen}
    )
    for old in made.glob("snapshot-*"):  # of a build that was stopped here
        shutil.rmtree(old)
    snapshot = shards.one_snapshot(made, [one.name for one in chosen])
    _each(engine, shards.weigh_shard, {one.name: (str(made), one.name, snapshot) for one in chosen})
    return Made(name, snapshot, tuple(chosen), dict(counts), failed)


def _each(engine: Engine, run: Callable[..., Any], calls: dict[str, tuple[Any, ...]]) -> None:
    for _, result in engine.each(run, calls):
        if isinstance(result, ReadmoreError):
            raise result


def _decided(engine: Engine, parts: Sequence[Path]) -> tuple[NDArray[np.void], dict[str, int]]:
    """The pages that count, in the order of their ids, and how many others there are, by why."""
    import numpy as np

    every = _keys(parts)
    newest = deciding.newest(every)
    pages = deciding.different(newest)
    candidates = deciding.candidates(pages)
    pairs = [*deciding.canonical(pages).tolist(), *_alike(engine, parts, pages, candidates)]
    own = np.arange(len(pages))
    firsts = np.array(deciding.first_of_families(len(pages), pairs), np.int64)
    kept = deciding.by_address(pages[firsts == own])
    return kept, {
        "duplicates: same address": len(every) - len(newest),
        "duplicates: same words": len(newest) - len(pages),
        "duplicates: near copies": len(pages) - len(kept),
    }


def _keys(parts: Sequence[Path]) -> NDArray[np.void]:
    import numpy as np

    found = [np.empty(0, deciding.KEY)]
    for number, part in enumerate(parts):
        for chunk in sorted(part.glob("chunk-?????")):
            keys = np.load(chunk / "keys.npy")
            keys["part"] = number
            found.append(keys)
    return np.concatenate(found)


def _alike(
    engine: Engine, parts: Sequence[Path], pages: NDArray[np.void], candidates: NDArray[np.int64]
) -> Iterable[tuple[int, int]]:
    """Of pairs with near fingerprints those with the same words."""

    def place(one: int) -> copies.Place:
        page = pages[one]
        return str(parts[page["part"]]), int(page["chunk"]), int(page["row"])

    pairs = candidates.tolist()
    calls = {
        str(start): ([(place(a), place(b)) for a, b in pairs[start : start + copies.PAIRS]],)
        for start in range(0, len(pairs), copies.PAIRS)
    }
    for start, result in engine.each(copies.alike, calls):
        if isinstance(result, ReadmoreError):
            raise ClusterError("copies could not be compared", hint=layout.AGAIN) from result
        here = pairs[int(start) : int(start) + copies.PAIRS]
        yield from ((a, b) for (a, b), same in zip(here, result, strict=True) if same)


def _choose(made: Path, kept: NDArray[np.void], count: int) -> list[Shard]:
    """Write which pages each shard is made of."""
    import numpy as np

    (made / "chosen").mkdir(parents=True, exist_ok=True)
    ids = np.arange(1, len(kept) + 1, dtype=np.int64)
    borders = deciding.borders(len(kept), count)
    chosen = []
    for number, (begin, end) in enumerate(pairwise(borders)):
        own = slice(begin, end)
        places = (kept[name][own].astype(np.int64) for name in ("part", "chunk", "row"))
        rows = np.stack([*places, ids[own], kept["url"][own].astype(np.int64)], axis=1)
        rows = rows[np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))]
        path = shards.chosen_path(made, layout.shard_name(number))
        new = path.with_suffix(".new.npy")
        np.save(new, rows)
        new.replace(path)
        chosen.append(Shard(layout.shard_name(number), end - begin, begin + 1))
    return chosen
