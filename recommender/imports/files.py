"""A file's first bytes, and a list's bytes whole; both unpacked where it is gzip, and bounded."""

from __future__ import annotations

import zlib
from pathlib import Path

from recommender.errors import ImportFileError

HEAD = 65_536  # bytes that tell what a file is: a feed's prolog or a CSV's heading is under 4,000
# Bytes of a list, unpacked. Browsers write each bookmark's icon into their export, about 1 kB each: this is
# room for 100,000 of them.
MAX_LIST = 100_000_000
GZIP = b"\x1f\x8b"


def stem(path: Path) -> str:
    """A file's name without what tells its kind: `links.txt.gz` is `links`."""
    name = path.name.removesuffix(".gz")
    return name.rpartition(".")[0] or name


def head(path: Path) -> bytes:
    """The first bytes of a file; empty where it is gzip and damaged there.

    Raises:
        ImportFileError: it can't be read.
    """
    try:
        with path.open("rb") as handle:
            data = handle.read(HEAD)
    except OSError as error:
        raise _unreadable(path, error) from error
    if not data:
        raise ImportFileError("the file is empty", where=path)
    return unpacked_head(data)


def unpacked_head(data: bytes) -> bytes:
    """The first bytes of what gzip packed; other data as it is."""
    if not data.startswith(GZIP):
        return data
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(data, HEAD)
    except zlib.error:
        return b""


def whole(path: Path) -> bytes:
    """All bytes of a list.

    Raises:
        ImportFileError: it can't be read, is damaged, or is larger than `MAX_LIST`.
    """
    try:
        with path.open("rb") as handle:
            data = handle.read(MAX_LIST + 1)
    except OSError as error:
        raise _unreadable(path, error) from error
    data = _gunzip(data, path) if data.startswith(GZIP) else data
    if len(data) > MAX_LIST:
        raise ImportFileError(f"a list of more than {MAX_LIST // 1_000_000} MB", where=path, hint="split it")
    if not data:
        raise ImportFileError("the file is empty", where=path)
    return data


def _gunzip(data: bytes, path: Path) -> bytes:
    out = bytearray()
    while data.startswith(GZIP) and len(out) <= MAX_LIST:
        engine = zlib.decompressobj(16 + zlib.MAX_WBITS)
        try:
            out += engine.decompress(data, MAX_LIST + 1 - len(out))
        except zlib.error as error:
            raise ImportFileError("the gzip data is damaged", where=path, hint="get it again") from error
        if not engine.eof and len(out) <= MAX_LIST:
            raise ImportFileError("the gzip data is cut", where=path, hint="get the file again")
        data = engine.unused_data
    return bytes(out)


def _unreadable(path: Path, error: OSError) -> ImportFileError:
    return ImportFileError(f"can't be read: {error.strerror or error}", where=path)
