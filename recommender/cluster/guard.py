"""A page that kills its reader kills it twice, not for ever.

Before a page is read its number is written into a mapped file, which outlives the process. A worker that comes to the
file after another one died there finds the number: after the second death at one page the page is passed over. Too
long is told by `faulthandler`, whose thread needs no lock of Python's: neither a regular expression nor a parser in C
can hold it up. It ends the process, and the cluster starts another. So does the cluster where a page takes more memory
than a worker has.
"""

from __future__ import annotations

import faulthandler
import fcntl
import mmap
import os
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SLOW = 20.0  # seconds for one page, as in crawl/readers.py
DEATHS = 2  # at one page: one may have been anything, e.g. a machine that was switched off
_NOW = struct.Struct("<q")  # the page being read; 0: none
_DEATHS = struct.Struct("<qq")  # a page at which readers died, and how many
_PAGES = 256  # at which readers died, at most; a file with more is broken in other ways


class Guard:
    """The marks of one file's readers.

    Args:
        path: of the marks. Where another process holds them (a lost cluster's worker that is not done yet), this one
            keeps its own, beside them.
        slow: seconds for one page.
    """

    def __init__(self, path: Path, slow: float = SLOW) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path, self._file = _held(path)
        size = _NOW.size + _PAGES * _DEATHS.size
        os.ftruncate(self._file, size)
        self._marks = mmap.mmap(self._file, size)
        self._slow = slow
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - faulthandler writes there, to nobody
        self._deadly = self._after_death()

    def deadly(self, page: int) -> bool:
        """Whether a page is to be passed over."""
        return page in self._deadly

    @contextmanager
    def at(self, page: int) -> Iterator[None]:
        """While a page is read; pages are numbered from 1."""
        _NOW.pack_into(self._marks, 0, page)
        faulthandler.dump_traceback_later(self._slow, exit=True, file=self._log)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()
            _NOW.pack_into(self._marks, 0, 0)

    def close(self, *, done: bool) -> None:
        """Nobody died of it. Marks go where the file was read to its end."""
        self._marks.close()
        if done:
            self._path.unlink(missing_ok=True)
        os.close(self._file)
        self._log.close()

    def _after_death(self) -> set[int]:
        """What an earlier process left: count its death, pass over what was deadly."""
        (page,) = _NOW.unpack_from(self._marks)
        deaths = {number: many for number, many in _DEATHS.iter_unpack(self._marks[_NOW.size :]) if number}
        if page and (page in deaths or len(deaths) < _PAGES):
            deaths[page] = deaths.get(page, 0) + 1
            place = [*deaths].index(page)
            _DEATHS.pack_into(self._marks, _NOW.size + place * _DEATHS.size, page, deaths[page])
        _NOW.pack_into(self._marks, 0, 0)
        return {number for number, many in deaths.items() if many >= DEATHS}


def _held(path: Path) -> tuple[Path, int]:
    for own in (path, path.with_name(f"{path.name}.{os.getpid()}")):
        file = os.open(own, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            continue
        return own, file
    raise BlockingIOError(f"two readers of one process at {path}")
