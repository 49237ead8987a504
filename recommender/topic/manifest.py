"""The files of a topic index: what counts, who may write, what is litter.

manifest.json   which segments and which snapshot count, which articles were removed; replaced last
segment-…/      immutable folders (segments.py)
snapshot-…/     an immutable folder (snapshot.py)
lengths-….npy   of one segment's weight vectors, with one snapshot; may vanish at any time
lock            held by the one writer
"""

from __future__ import annotations

import fcntl
import io
import json
import os
import shutil
import time
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from recommender.errors import ArchiveError
from recommender.topic.arrays import REBUILD
from recommender.topic.vectorizer import VERSION

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FORMAT = "readmore topic index 3"
MANIFEST = "manifest.json"
LOCK = "lock"
LOCK_WAIT = 600.0  # seconds to wait for another writer: it may be adding thousands of articles
LOCK_STEP = 0.05  # seconds between two looks at the lock


@dataclass(frozen=True, slots=True)
class Entry:
    """One segment that counts."""

    name: str
    articles: int
    postings: int
    dead: tuple[int, ...] = ()  # positions of removed or replaced articles, ascending

    def alive(self) -> NDArray[np.bool_]:
        """False where an article is dead; shape (articles,)."""
        import numpy as np

        mask = np.ones(self.articles, bool)
        mask[list(self.dead)] = False
        return mask


@dataclass(frozen=True, slots=True)
class Frozen:
    """The snapshot that counts."""

    name: str
    articles: int  # of the index, when it was taken
    background: str  # digest of the background frequencies in it
    made: str  # ISO, UTC


@dataclass(frozen=True, slots=True)
class Manifest:
    """The state of an index."""

    entries: tuple[Entry, ...] = ()
    snapshot: Frozen | None = None
    changed: int = 0  # articles added, replaced or removed since the snapshot
    seen: tuple[int, int] | None = None  # number and mark of the archive's last change that is in here


def new_name(kind: str = "segment") -> str:
    """A name never used before: lengths are named after segments and snapshots, so names must not return."""
    return f"{kind}-{uuid.uuid4().hex}"


def read(directory: Path) -> Manifest:
    """What counts; nothing where there is no index.

    Raises:
        ArchiveError: the manifest is damaged, of another version or somebody else's.
    """
    path = directory / MANIFEST
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["format"] != FORMAT or data["analyzer"] != VERSION:
            raise ArchiveError("topic index of another version", where=path, hint=REBUILD)
        entries = tuple(
            Entry(str(e["name"]), int(e["articles"]), int(e["postings"]), tuple(map(int, e["dead"])))
            for e in data["segments"]
        )
        frozen = data["snapshot"]
        if frozen is not None:
            frozen = Frozen(
                str(frozen["name"]), int(frozen["articles"]), str(frozen["background"]), str(frozen["made"])
            )
        number, mark = data["seen"] or (0, 0)
        seen = (int(number), int(mark)) if data["seen"] else None
        changed = int(data["changed"])
    except FileNotFoundError:
        return Manifest()
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ArchiveError(f"damaged topic index: {error!r}", where=path, hint=REBUILD) from error
    if frozen and not _inside(frozen.name, "snapshot-"):
        raise ArchiveError("damaged topic index: a snapshot outside its folder", where=path, hint=REBUILD)
    for entry in entries:
        if not _inside(entry.name, "segment-"):
            raise ArchiveError("damaged topic index: a segment outside its folder", where=path, hint=REBUILD)
        if any(not 0 <= row < entry.articles for row in entry.dead):
            raise ArchiveError("damaged topic index: an article that is not there", where=path, hint=REBUILD)
    return Manifest(entries, frozen, changed, seen)


def _inside(name: str, start: str) -> bool:
    return name.startswith(start) and Path(name).name == name


def write(directory: Path, state: Manifest) -> None:
    """Let this, and nothing else, count from now on.

    Raises:
        OSError: where it can't be written; the old manifest then stands.
    """
    data = {
        "format": FORMAT,
        "analyzer": VERSION,
        "segments": [asdict(entry) for entry in state.entries],
        "snapshot": asdict(state.snapshot) if state.snapshot else None,
        "changed": state.changed,
        "seen": state.seen,
    }
    _replace(directory / MANIFEST, json.dumps(data).encode())
    flags = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(flags)  # the renames themselves
    finally:
        os.close(flags)


def lengths_name(segment: str, snapshot: str) -> str:
    """The file that holds the lengths of a segment's articles with that snapshot."""
    return f"lengths-{segment.removeprefix('segment-')}-{snapshot.removeprefix('snapshot-')}.npy"


def read_lengths(path: Path, articles: int) -> NDArray[np.float64] | None:
    """`snapshot.lengths` as kept, or None where they have to be computed (again)."""
    import numpy as np

    try:
        found = np.load(path)
    except (OSError, ValueError, EOFError):
        return None
    if found.dtype != np.float64 or found.shape != (2, articles):
        return None
    return np.asarray(found)


def write_lengths(path: Path, lengths: NDArray[np.float64]) -> None:
    """Keep lengths for the next process; where the archive is read-only it computes them itself."""
    import numpy as np

    buffer = io.BytesIO()
    np.save(buffer, lengths)
    with suppress(OSError):
        _replace(path, buffer.getvalue())


def sweep(directory: Path, keep: Collection[str]) -> None:
    """Remove segments, snapshots, lengths and unfinished files that are not in `keep`. For the holder of the lock."""
    for path in directory.iterdir():
        if path.name in keep:
            continue
        if path.name.startswith(("segment-", "snapshot-")):
            shutil.rmtree(path, ignore_errors=True)
        elif path.name.startswith(("lengths-", f"{MANIFEST}.")):
            path.unlink(missing_ok=True)


@contextmanager
def locked(directory: Path, *, wait: float = LOCK_WAIT) -> Iterator[None]:
    """Be the one writer. The lock goes with the process, however that ends.

    Args:
        directory: of the index; made where missing.
        wait: seconds to wait for another writer.

    Raises:
        ArchiveError: the folder can't be written, also while the lock is held, or stayed locked.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with (directory / LOCK).open("wb") as file:
            _lock(file, directory, wait)
            yield
    except OSError as error:
        message = f"can't write the topic index: {error.strerror or error}"
        raise ArchiveError(
            message, where=directory, hint="check its permissions and the free space"
        ) from error


def _lock(file: IO[bytes], directory: Path, wait: float) -> None:
    """Take the lock, looking again every LOCK_STEP seconds."""
    until = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                hint = "wait for the other process to end"
                raise ArchiveError(
                    "another process is writing the topic index", where=directory, hint=hint
                ) from None
            time.sleep(LOCK_STEP)
        else:
            return


def _replace(path: Path, data: bytes) -> None:
    """Write a file in one step: whole or not at all."""
    unfinished = path.with_name(f"{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        with unfinished.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
