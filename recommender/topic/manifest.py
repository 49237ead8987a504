"""The files of a topic index: what counts, who may write, what is litter.

manifest.json   which segments count, and which of their articles were removed; replaced last
segment-…/      immutable folders (segments.py)
norms-….npy     lengths of the weight vectors at one state of the manifest; may vanish at any time
lock            held by the one writer
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import shutil
import time
import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from recommender.errors import ArchiveError
from recommender.topic.segments import REBUILD
from recommender.topic.vectorizer import VERSION

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FORMAT = "readmore topic index 1"
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


def new_name() -> str:
    """A segment name never used before: caches are named after manifests, so names must not return."""
    return f"segment-{uuid.uuid4().hex}"


def read(directory: Path) -> tuple[Entry, ...]:
    """The segments that count; none where there is no index.

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
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ArchiveError(f"damaged topic index: {error!r}", where=path, hint=REBUILD) from error
    for entry in entries:
        if not entry.name.startswith("segment-") or Path(entry.name).name != entry.name:
            raise ArchiveError("damaged topic index: a segment outside its folder", where=path, hint=REBUILD)
        if any(not 0 <= row < entry.articles for row in entry.dead):
            raise ArchiveError("damaged topic index: an article that is not there", where=path, hint=REBUILD)
    return entries


def write(directory: Path, entries: Sequence[Entry]) -> None:
    """Let these segments, and no others, count from now on.

    Raises:
        OSError: where it can't be written; the old manifest then stands.
    """
    data = {"format": FORMAT, "analyzer": VERSION, "segments": [asdict(entry) for entry in entries]}
    _replace(directory / MANIFEST, json.dumps(data).encode())
    flags = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(flags)  # the renames themselves
    finally:
        os.close(flags)


def norms_name(entries: Sequence[Entry], background: str) -> str:
    """The file that holds the norms of this state of the index, with this background."""
    state = json.dumps([background, *(asdict(entry) for entry in entries)])
    return f"norms-{hashlib.blake2b(state.encode(), digest_size=12).hexdigest()}.npy"


def read_norms(path: Path, articles: int) -> NDArray[np.float64] | None:
    """Norms of every article, or None where they have to be computed (again)."""
    import numpy as np

    try:
        found = np.load(path)
    except (OSError, ValueError, EOFError):
        return None
    if found.dtype != np.float64 or found.shape != (articles,):
        return None
    return np.asarray(found)


def write_norms(path: Path, norms: NDArray[np.float64]) -> None:
    """Keep norms for the next process; where the archive is read-only it computes them itself."""
    import numpy as np

    buffer = io.BytesIO()
    np.save(buffer, norms)
    with suppress(OSError):
        _replace(path, buffer.getvalue())


def sweep(directory: Path, keep: Collection[str]) -> None:
    """Remove segments, norms and unfinished files that are not in `keep`. For the holder of the lock."""
    for path in directory.iterdir():
        if path.name in keep:
            continue
        if path.name.startswith("segment-"):
            shutil.rmtree(path, ignore_errors=True)
        elif path.name.startswith(("norms-", f"{MANIFEST}.")):
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
