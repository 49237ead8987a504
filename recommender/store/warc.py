"""Captures in WARC files: the truth that the database is rebuilt from.

One run writes one new file, `<hint>-<UTC time>-<pid>-<random>.warc.gz`, and never appends to an old one:
after a torn tail, appended records would be out of every reader's sight.

    append … append ─► sync ─► (the database commits)        revert: cut the file back instead

All records of a unit (`store/warc_records.py` draws them) go out in one append; after `sync` they are on disk,
the new file's folder entry too. The file is locked (flock) while it is open: nobody takes its tail for that of
a killed run.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID, uuid4

from recommender.errors import ArchiveError
from recommender.models import Capture, Record
from recommender.store.http_heads import Headers
from recommender.store.warc_reader import read, scan
from recommender.store.warc_records import (
    Damage,
    Earlier,
    HopRecord,
    StoredArticles,
    StoredCapture,
    StoredNotes,
    StoredResponse,
    Unit,
    articles_member,
    capture_members,
    digest,
    facts,
    notes_member,
    warcinfo,
    with_digest,
)

__all__ = [
    "Damage",
    "Earlier",
    "HopRecord",
    "StoredArticles",
    "StoredCapture",
    "StoredNotes",
    "StoredResponse",
    "Unit",
    "WarcWriter",
    "read",
    "scan",
]

MAX_FILE = 1 << 30  # bytes, after which a new file begins; WARC/1.1 annex C advises files of about 1 GB


def _utc_now() -> datetime:
    return datetime.now(UTC)


class WarcWriter:
    """Writes one run's captures. Threads may share it; processes may share the folder.

    The file comes into being with the first unit. After an error it is cut back to its last synced unit and
    left alone; the next `append` opens a new one.

    Args:
        folder: made where missing.
        software: gives who writes, for the warcinfo record, such as `readmore/0.1.0`.
        name_hint: start of the file names.
        now: the clock, for file names and the warcinfo record only.
        pid: of this process.
        new_id: source of record ids and of the random part of the names.
    """

    def __init__(
        self,
        folder: Path,
        *,
        software: Callable[[], str] = lambda: "readmore",
        name_hint: str = "readmore",
        now: Callable[[], datetime] = _utc_now,
        pid: int | None = None,
        new_id: Callable[[], UUID] = uuid4,
    ) -> None:
        self.path: Path | None = None  # the file last opened
        self._folder, self._software, self._now, self._new_id = folder, software, now, new_id
        self._hint = re.sub(r"[^A-Za-z0-9_-]+", "-", name_hint).strip("-") or "readmore"
        self._pid = os.getpid() if pid is None else pid
        self._lock = threading.Lock()
        self._descriptor: int | None = None
        self._end = 0  # bytes: the end of the last whole unit
        self._synced = 0  # bytes: what is on disk for good
        self._info_id = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; a later `write` opens a new one."""
        with self._lock:
            self._close()

    @property
    def end(self) -> int:
        """Where the next unit goes: bytes into the open file, 0 where none is open."""
        return self._end if self._descriptor is not None else 0

    def write(
        self,
        capture: Capture,
        *,
        hops: Sequence[HopRecord] = (),
        request: Headers | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> Record:
        """`append` and `sync` at once: when this returns, the capture survives a power cut."""
        record = self.append(capture, hops=hops, request=request, extra=extra)
        self.sync()
        return record

    def append(
        self,
        capture: Capture,
        *,
        hops: Sequence[HopRecord] = (),
        request: Headers | None = None,
        extra: Mapping[str, str] | None = None,
        order: int | None = None,
        same_as: Earlier | None = None,
    ) -> Record:
        """Put a capture behind the others and say where it lies; it is safe after `sync`.

        Args:
            capture: with aware times. Its body is filed under `final_url`; under `url` where `final_url` is
                the memento's own.
            hops: the redirects before it, first asked first.
            request: the headers sent, where worth keeping. No credentials.
            extra: more that a rebuild needs; names of letters, digits and `_.-`, any text as values.
            order: the number of this unit in the archive.
            same_as: an earlier capture with the same bytes: a revisit record is written, without them.

        Raises:
            ArchiveError: the file can't be made or written; it ends after the last synced unit.
            ValueError: a naive time, or an extra's name that is not allowed or is taken.
        """
        capture = with_digest(capture)
        fields = facts(capture, extra or {}, same_as)

        def members() -> list[bytes]:
            return list(
                capture_members(
                    capture, facts=fields, hops=hops, request=request, info_id=self._info_id,
                    new_id=self._id, order=order, same_as=same_as,
                )
            )  # fmt: skip

        return self._put(members, capture.digest if same_as is None else same_as.record.digest)

    def append_notes(self, events: Sequence[str], order: int) -> Record:
        """Put one transaction's events behind the rest; they are safe after `sync`."""
        return self._put(
            lambda: [notes_member(events, self._id(), self._now(), order, self._info_id)], "events"
        )

    def append_articles(self, lines: bytes, at: datetime, order: int) -> Record:
        """Put a batch of imported articles (JSON lines) behind the rest; they are safe after `sync`."""
        return self._put(
            lambda: [articles_member(lines, self._id(), at, order, self._info_id)], digest(lines)
        )

    def _put(self, make: Callable[[], list[bytes]], payload: str) -> Record:
        with self._lock:
            try:
                if self._descriptor is None:
                    self._open()
                members = [self._warcinfo()] if self._end == 0 else []
                members += make()
                offset = self._end + sum(map(len, members[:-1]))
                path = self._append(b"".join(members))
            except OSError as error:
                raise self._failed(error) from error
            except BaseException:  # Ctrl-C too must not leave half a capture in front of the next one
                self._give_up()
                raise
        return Record(path.name, offset, len(members[-1]), payload)

    def sync(self) -> None:
        """Make all that was appended survive a power cut.

        Raises:
            ArchiveError: the file can't be written; it ends after the last synced unit.
        """
        with self._lock:
            if self._descriptor is None:
                return
            try:
                os.fsync(self._descriptor)
            except OSError as error:
                raise self._failed(error) from error
            self._synced = self._end

    def revert(self, end: int) -> None:
        """Take back what was appended after `end` (0: the whole file): its rows were not committed."""
        with self._lock:
            if self._descriptor is not None and self._end > end:
                self._synced = min(self._synced, end)
                self._give_up()

    def turn(self) -> None:
        """Begin a new file where this one has its full size; between two transactions."""
        if self.end >= MAX_FILE:
            self.close()

    def _id(self) -> str:
        return f"<urn:uuid:{self._new_id()}>"

    def _open(self) -> None:
        """Make a new file, which nobody else has."""
        self._folder.mkdir(parents=True, exist_ok=True)
        moment = self._now().astimezone(UTC)
        name = f"{self._hint}-{moment:%Y%m%dT%H%M%SZ}-{self._pid}-{self._new_id().hex[:12]}.warc.gz"
        path = self._folder / name
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        self._descriptor = os.open(path, flags, 0o666)  # less the umask, as open() does
        self.path, self._end, self._synced, self._info_id = path, 0, 0, self._id()
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        _sync_folder(self._folder)

    def _warcinfo(self) -> bytes:
        name = self.path.name if self.path else ""
        return warcinfo(self._info_id, self._now(), name, self._software())

    def _append(self, data: bytes) -> Path:
        assert self._descriptor is not None and self.path is not None  # noqa: S101  # write opens first
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]
        self._end += len(data)
        return self.path

    def _failed(self, error: OSError) -> ArchiveError:
        where = self.path if self._descriptor is not None else self._folder
        hint = (
            "free some space or check the folder's rights, then run again; what was archived before is safe"
        )
        if not self._give_up():
            hint += "; the end of the file is torn, which readers report and skip"
        return ArchiveError(f"can't write to the archive: {error.strerror or error}", where=where, hint=hint)

    def _give_up(self) -> bool:
        """Cut the file back to its last synced unit and close it; False where it could not be cut."""
        if self._descriptor is None:
            return True
        try:
            os.ftruncate(self._descriptor, self._synced)
            os.fsync(self._descriptor)
            if self._synced == 0 and self.path is not None:
                self.path.unlink(missing_ok=True)
        except OSError:
            return False
        finally:
            self._close()
        return True

    def _close(self) -> None:
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            with contextlib.suppress(OSError):  # all that was acknowledged is already fsynced
                os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    """Make a new file's name durable, where the system can sync a folder (Windows can't)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
