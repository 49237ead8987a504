"""The files of a sharded archive: what a build has done so far, and what a question needs.

sharded.json             what it is made of; which shards count, replaced last
parts/HEX/               what was read of one WARC or WACZ file
    chunk-NNNNN/           of so many of its records: articles.parquet, keys.npy, account.json; appears whole
    account.json           the sum of its chunks; there when the file was read to its end
made-HEX/                one finished set of shards
    chosen/                which pages count, by shard
    snapshot-HEX/          document frequencies of all shards
    shard-NNNN/            articles.parquet, ids.npy, addresses.npy, index/ with that snapshot; appears whole
lock                     held by the one build
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

from recommender.errors import ArchiveError
from recommender.store.missing import SHARDS

FORMAT = "readmore shards 2"
MANIFEST = SHARDS
ACCOUNT = "account.json"
AGAIN = "run the same `build` again"


@dataclass(frozen=True, slots=True)
class Shard:
    """One shard: the articles whose ids are from `first` on, below the next one's first."""

    name: str
    articles: int
    first: int


@dataclass(frozen=True, slots=True)
class Made:
    """A finished set of shards."""

    folder: str  # its name
    snapshot: str  # name of the document frequencies that all its shards weigh with
    shards: tuple[Shard, ...]
    counts: Mapping[str, int]  # of records by what became of them; they sum to "records"
    failed: Mapping[str, str]  # files that are not in it, with why


@dataclass(frozen=True, slots=True)
class Plan:
    """What is built, and what was built."""

    sources: tuple[str, ...]  # WARC or WACZ files, absolute
    stance: str | None = None  # model whose profiles are kept with the articles
    made: Made | None = field(default=None)  # None until the first set is finished


def read(folder: Path) -> Plan:
    """What is there.

    Raises:
        ArchiveError: it is damaged or of another version.
    """
    path = folder / MANIFEST
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["format"] != FORMAT:
            raise ArchiveError("a sharded archive of another version", where=path, hint="build it anew")
        stance = None if data["stance"] is None else str(data["stance"])
        return Plan(tuple(map(str, data["sources"])), stance, _made(data["made"]))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ArchiveError(f"no readable {MANIFEST}: {error!r}", where=path, hint="build it anew") from error


def _made(data: dict[str, Any] | None) -> Made | None:
    if data is None:
        return None
    for name in (str(data["folder"]), str(data["snapshot"])):
        if Path(name).name != name:
            raise ValueError("a folder outside the archive")
    return Made(
        str(data["folder"]),
        str(data["snapshot"]),
        tuple(
            Shard(shard_name(n), int(s["articles"]), int(s["first"])) for n, s in enumerate(data["shards"])
        ),
        {str(name): int(count) for name, count in data["counts"].items()},
        {str(name): str(why) for name, why in data["failed"].items()},
    )


def write(folder: Path, plan: Plan) -> None:
    """Let it count, in one step."""
    write_json(folder / MANIFEST, {"format": FORMAT, **asdict(plan)})


def write_json(path: Path, value: object) -> None:
    """A file that appears whole."""
    new = path.with_name(f"{path.name}.{uuid.uuid4().hex}.new")
    with new.open("w", encoding="utf-8") as stream:
        json.dump(value, stream, ensure_ascii=False)
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(path)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Be the one build in a folder. The lock goes with the process, however that ends.

    Raises:
        ArchiveError: another build is at work there.
    """
    with (folder / "lock").open("wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ArchiveError("another build is at work", where=folder, hint="wait for its end") from error
        yield


def part_folder(folder: Path, source: str) -> Path:
    """Where what was read of one file lies."""
    return folder / "parts" / blake2b(source.encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()


def chunk_folder(part: Path, number: int) -> Path:
    """Where what was read of some of its records lies."""
    return part / f"chunk-{number:05d}"


def made_name(parts: Sequence[tuple[str, int]], shards: int) -> str:
    """What a set of shards goes by: the same where it is made of the same files, as often read."""
    said = json.dumps([list(parts), shards]).encode()
    return f"made-{blake2b(said, digest_size=8).hexdigest()}"


def shard_name(number: int) -> str:
    """As files and answers name it."""
    return f"shard-{number:04d}"


def account(folder: Path) -> dict[str, Any]:
    """What became of the records of a part or chunk.

    Raises:
        ArchiveError: it is damaged.
    """
    path = folder / ACCOUNT
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        found["counts"] = {str(name): int(count) for name, count in found["counts"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        hint = "remove that folder, then build again"
        raise ArchiveError("a damaged account", where=path, hint=hint) from error
    return found


@contextmanager
def appearing(final: Path) -> Iterator[Path]:
    """A folder to fill that then appears whole; one that is there already was made of the same and stays."""
    new = final.with_name(f"{final.name}.{uuid.uuid4().hex}.new")
    new.mkdir(parents=True)
    try:
        yield new
        try:
            new.rename(final)
        except OSError:
            if not final.is_dir():
                raise
    finally:
        shutil.rmtree(new, ignore_errors=True)
