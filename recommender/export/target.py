"""A file that is there whole or not at all, and never in the place of another by mistake.

    .NAME.RANDOM.part beside it ─► written ─► fsynced ─► linked to NAME (fails where NAME is there)
                                                      └► with --force: renamed over NAME

A kill leaves the .part file and nothing else; any error takes it away.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from recommender.errors import ExportError

_FORCE = "name another file, or say --force"


class Together:
    """Files that take their names together, in the order in which they were asked for; see `together`."""

    def __init__(self, *, force: bool) -> None:
        self._force = force
        self._parts: list[tuple[Path, Path]] = []

    @contextmanager
    def file(self, path: Path) -> Iterator[BinaryIO]:
        """A file to write and seek in; whole on the disk when the block ends, under a name that is not yet its own.

        Raises:
            ExportError: as `writing`.
        """
        path = Path(os.path.realpath(path))  # through a link: the file it names is replaced, not the link
        if path.exists() and not path.is_file():
            raise ExportError(
                "not a plain file", where=path, hint="name a file, or leave -o out to write to stdout"
            )
        if path.exists() and not self._force:
            raise ExportError("is there already", where=path, hint=_FORCE)
        part = path.with_name(
            f".{path.name[:200]}.{secrets.token_hex(4)}.part"
        )  # file names end at 255 bytes
        with _told(path), part.open("xb") as handle:
            self._parts.append((part, path))
            yield handle
            handle.flush()
            os.fsync(handle.fileno())

    def land(self) -> None:
        """Give the files their names; where one can't have its own, those that had none before lose theirs again."""
        landed: list[Path] = []
        try:
            for part, path in self._parts:
                with _told(path):
                    _land(part, path, force=self._force)
                landed.append(path)
        except ExportError:
            for path in landed if not self._force else ():
                path.unlink(missing_ok=True)
            raise

    def drop(self) -> None:
        """Take away what has no name."""
        for part, _ in self._parts:
            part.unlink(missing_ok=True)


@contextmanager
def together(*, force: bool = False) -> Iterator[Together]:
    """Files of one export: they appear when the block ends without an error, or none does.

    A kill while they take their names leaves the first ones.
    """
    files = Together(force=force)
    try:
        yield files
        files.land()
    finally:
        files.drop()


@contextmanager
def writing(path: Path, *, force: bool = False) -> Iterator[BinaryIO]:
    """A file to write and seek in, which takes its name when the block ends without an error.

    Raises:
        ExportError: the file is there already, is no plain file, or can't be written (a full disk).
    """
    with together(force=force) as files, files.file(path) as out:
        yield out


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """The system's errors as ours."""
    try:
        yield
    except FileExistsError as error:
        raise ExportError("was made by somebody else meanwhile", where=path, hint=_FORCE) from error
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        reason = error.strerror or str(error)
        raise ExportError(f"can't be written: {reason}", where=path, hint="nothing was left there") from error


def _land(part: Path, path: Path, *, force: bool) -> None:
    if force:
        part.replace(path)
    else:
        try:
            os.link(part, path)
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links, such as FAT
            if path.exists():
                raise FileExistsError(path) from None
            part.replace(path)
    with suppress(OSError):  # some file systems can't sync a folder; the file itself is synced
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
