"""WARC records on their way into a WACZ: byte for byte as they lie, whole ones only, none that is damaged.

All records of the archive, or the captures of a selection. A capture is what lies before its main record and
names it (WARC-Concurrent-To), and the main record itself; each file's warcinfo goes along with its captures. Every
record's checksums are verified on the way.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO

from recommender.errors import ArchiveError
from recommender.export.cdxj import INDEXED, index_line
from recommender.store.warc_reader import RawRecord, records
from recommender.store.warc_records import Damage

Place = tuple[str, int]  # a WARC file's name in the archive, bytes from its start


@dataclass(frozen=True, slots=True)
class Packed:
    """A main record that went in, as a page list needs it."""

    url: str  # WARC-Target-URI
    moment: str  # WARC-Date


@dataclass
class Packing:
    """What went in so far."""

    lines: list[str] = field(default_factory=list)  # of the index
    mains: dict[Place, Packed] = field(default_factory=dict)
    damage: list[Damage] = field(default_factory=list)


def pack(source: Path, name: str, out: Sink, into: Packing, wanted: Collection[int] | None) -> None:
    """Copy one WARC file's records.

    Args:
        source: the file.
        name: what `out` is called, for the index.
        out: where to; its position counts from here on.
        into: is told what was copied.
        wanted: where the main records lie whose captures are to be copied, in bytes; None for all records.

    Raises:
        ArchiveError: the file is not there or can't be read.
    """
    try:
        with source.open("rb") as handle:
            for item in _chosen(source, into, wanted):
                handle.seek(item.offset)
                _copy(item, source.name, name, handle.read(item.length), out, into)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ArchiveError(f"can't read the archive: {reason}", where=source) from error


def _chosen(source: Path, into: Packing, wanted: Collection[int] | None) -> Iterator[RawRecord]:
    info: RawRecord | None = None
    companions: list[RawRecord] = []
    for item in records(source):
        if isinstance(item, Damage):
            into.damage.append(item)
        elif wanted is None:
            yield item
        elif item.get("warc-type") == "warcinfo":
            info = item
        elif item.get("warc-concurrent-to"):
            companions.append(item)
        else:
            if item.offset in wanted:
                if info is not None:
                    yield info
                    info = None
                identity = item.get("warc-record-id")
                yield from (one for one in companions if one.get("warc-concurrent-to") == identity)
                yield item
            companions = []


def _copy(item: RawRecord, source: str, name: str, data: bytes, out: Sink, into: Packing) -> None:
    headers = dict(item.headers)
    if headers.get("warc-type") in INDEXED and "warc-target-uri" in headers:
        into.lines.append(index_line(headers, item.block, filename=name, offset=out.size, length=len(data)))
        packed = Packed(headers["warc-target-uri"], headers["warc-date"])
        into.mains[source, item.offset] = packed
    out.write(data)


class Sink:
    """A member of the WACZ that is being written, with its size and digest so far."""

    def __init__(self, stream: IO[bytes] | BinaryIO) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self.size = 0  # bytes

    def write(self, data: bytes) -> None:
        """Append."""
        self._stream.write(data)
        self._digest.update(data)
        self.size += len(data)

    def resource(self, path: str) -> Mapping[str, str | int]:
        """What datapackage.json says of it."""
        name = path.rpartition("/")[2].lower()
        return {"name": name, "path": path, "hash": f"sha256:{self._digest.hexdigest()}", "bytes": self.size}
