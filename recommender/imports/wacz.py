"""A WACZ ─► the WARC files in it, copied out one by one under names of ours, and checked against its list.

Names in the zip say where nothing is written: one that leads out of the file is named and left alone. A
member that unpacks to far more than it takes is no WARC, which is compressed already.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import struct
import zipfile
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from recommender.errors import ImportFileError
from recommender.imports import warcs
from recommender.imports.warcs import Damaged, Item

MAX_LIST = 50_000_000  # bytes of datapackage.json
FREE = 100_000_000  # bytes that any WARC may unpack to
RATIO = 50  # times its size in the zip; plain WARCs of text pack 5 to 15 times
CHUNK = 1 << 20
_ZIP_ERRORS = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, NotImplementedError, RuntimeError, EOFError,
    OSError, ValueError, OverflowError, KeyError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Listed:
    """What datapackage.json says of a file."""

    algorithm: str
    value: str


def read(path: Path, now: datetime) -> Iterator[Item]:
    """Every record of every WARC in the file, as what became of it.

    Raises:
        ImportFileError: it is no WACZ, or can't be read.
    """
    try:
        with path.open("rb") as handle, zipfile.ZipFile(handle) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            if not any(_is_warc(name) for name in names):
                raise ImportFileError("a zip file without WARC files", where=path, hint="is it a WACZ?")
            listed = yield from _listed(path, archive, names)
            yield from _members(path, archive, members, listed, now)
    except _ZIP_ERRORS as error:
        reason = (isinstance(error, OSError) and error.strerror) or "the zip data is damaged"
        raise ImportFileError(f"can't be read: {reason}", where=path) from error


def _is_warc(name: str) -> bool:
    return name.lower().endswith((".warc", ".warc.gz", ".arc", ".arc.gz"))


def _members(
    path: Path,
    archive: zipfile.ZipFile,
    members: list[zipfile.ZipInfo],
    listed: dict[str, _Listed],
    now: datetime,
) -> Iterator[Item]:
    originals = warcs.Originals()
    seen: set[str] = set()
    with TemporaryDirectory(prefix="readmore-") as folder:
        for number, member in enumerate(members):
            if not _is_warc(member.filename):
                continue
            shown = f"{path}!{member.filename}"
            refused = _refused(member, seen)
            seen.add(member.filename)
            if refused:
                yield Damaged(shown, None, refused)
                continue
            copy = Path(folder) / str(number)
            wrong = _copy(archive, member, copy, listed.get(member.filename))
            if wrong:
                yield Damaged(shown, None, wrong)
            if copy.exists() and copy.stat().st_size:
                yield from warcs.read(copy, now, originals, shown)
    for name in sorted(listed.keys() - seen):
        if _is_warc(name):
            yield Damaged(f"{path}!{name}", None, "datapackage.json names it and it is not there")


def _refused(member: zipfile.ZipInfo, seen: set[str]) -> str | None:
    """Why a member is not read."""
    name = PurePosixPath(member.filename)
    if name.is_absolute() or ".." in name.parts or "\\" in member.filename or ":" in name.parts[0]:
        return "a name that leads out of the file"
    if member.filename in seen:
        return "a second file of one name"
    if member.file_size > FREE and member.file_size > RATIO * max(1, member.compress_size):
        return f"it unpacks to over {RATIO} times its size"
    return None


def _copy(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, copy: Path, listed: _Listed | None
) -> str | None:
    """Copy a member out, and tell what is wrong with it. What came before the damage is there."""
    sums = hashlib.new(listed.algorithm, usedforsecurity=False) if listed else None
    try:
        with archive.open(member) as source, copy.open("wb") as target:
            while chunk := source.read(CHUNK):
                target.write(chunk)
                if sums is not None:
                    sums.update(chunk)
    except _ZIP_ERRORS as error:
        return f"damaged in the zip: {type(error).__name__}"
    if sums is not None and listed is not None and sums.hexdigest() != listed.value:
        return "not what datapackage.json says it is"
    return None


def _listed(
    path: Path, archive: zipfile.ZipFile, names: set[str]
) -> Generator[Damaged, None, dict[str, _Listed]]:
    """The digests that datapackage.json has of the files; a list that can't be read, or is not the signed one."""
    found: dict[str, _Listed] = {}
    where = f"{path}!datapackage.json"
    if "datapackage.json" not in names:
        return found
    data = _small(archive, "datapackage.json")
    package = _object(data)
    if data is None or package is None:
        yield Damaged(where, None, "can't be read: digests are not checked")
        return found
    signed = _object(_small(archive, "datapackage-digest.json")) if "datapackage-digest.json" in names else {}
    digest = _digest((signed or {}).get("hash"))
    if digest and hashlib.new(digest.algorithm, data, usedforsecurity=False).hexdigest() != digest.value:
        yield Damaged(where, None, "not what datapackage-digest.json says it is")
    resources = package.get("resources")
    for one in resources if isinstance(resources, list) else []:
        if isinstance(one, dict) and isinstance(one.get("path"), str) and (known := _digest(one.get("hash"))):
            found[one["path"]] = known
    return found


def _small(archive: zipfile.ZipFile, name: str) -> bytes | None:
    try:
        with archive.open(name) as handle:
            data = handle.read(MAX_LIST + 1)
    except _ZIP_ERRORS:
        return None
    return data if len(data) <= MAX_LIST else None


def _object(data: bytes | None) -> dict[str, Any] | None:
    try:
        found = json.loads(data or b"")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _digest(text: object) -> _Listed | None:
    """A digest as datapackages write it: `sha256:…`."""
    algorithm, _, value = str(text or "").partition(":")
    return (
        _Listed(algorithm, value.lower())
        if algorithm in {"md5", "sha1", "sha256", "sha512"} and value
        else None
    )
