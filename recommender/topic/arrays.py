"""Folders of immutable one-dimensional arrays, a .npy file each: written whole or not at all, read through mmap."""

from __future__ import annotations

import mmap
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recommender.errors import ArchiveError

if TYPE_CHECKING:
    from numpy.typing import NDArray

REBUILD = "`index --rebuild` makes it anew from the archive"
# The head of a .npy file of version 1 with one dimension: the length of the rest of it, the kind, the size.
_HEAD = re.compile(
    rb"\x93NUMPY\x01\x00(..)\{'descr': '([<>|a-z0-9]+)', 'fortran_order': False, 'shape': \((\d+),\), \}",
    re.S,
)


def save_arrays(arrays: Mapping[str, NDArray[Any]], folder: Path) -> None:
    """Write arrays, each a file, so that the folder appears whole or not at all.

    Raises:
        OSError: where they can't be written.
    """
    import numpy as np

    unfinished = folder.with_name(f"{folder.name}.tmp")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    for name, values in arrays.items():
        with (unfinished / f"{name}.npy").open("wb") as file:
            np.save(file, values)
            file.flush()
            os.fsync(file.fileno())
    unfinished.replace(folder)


def load_arrays(folder: Path, kinds: Mapping[str, str]) -> dict[str, NDArray[Any]]:
    """Open one-dimensional arrays of these kinds without reading them.

    Raises:
        FileNotFoundError: a file is gone.
        ArchiveError: a file is none of `save_arrays`, or shorter than it says.
    """
    arrays = {}
    for name, kind in kinds.items():
        try:
            arrays[name] = _mapped(folder / f"{name}.npy", kind)
        except ValueError as error:
            raise ArchiveError(f"damaged topic index: {error}", where=folder, hint=REBUILD) from error
    return arrays


def _mapped(path: Path, kind: str) -> NDArray[Any]:
    """A file of `save_arrays`, mapped. np.load does it too, in six times the time: a question opens a hundred.

    Raises:
        FileNotFoundError: it is gone.
        ValueError: it is no such file, or shorter than it says.
    """
    import numpy as np

    with path.open("rb") as file:
        head = _HEAD.match(file.read(128))
        if not head or head[2].decode() != kind:
            raise ValueError("wrong kind of array")
        memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return np.frombuffer(memory, kind, int(head[3]), 10 + int.from_bytes(head[1], "little"))
