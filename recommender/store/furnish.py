"""What makes an archive folder a Datasette configuration directory, so that `datasette FOLDER` is enough."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

FILES = ("metadata.yaml", "settings.json")


def furnish(folder: Path) -> None:
    """Put the configuration files into a new archive folder; files that are there already stay as they are.

    Raises:
        OSError: the folder can't be written.
    """
    source = files("recommender.store") / "folder"
    for name in FILES:
        target = folder / name
        if not target.exists():
            _write(target, (source / name).read_bytes())


def _write(target: Path, data: bytes) -> None:
    """A file whole or not at all: half a one would be taken for the user's own and stay."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        part.replace(target)
    except OSError:
        part.unlink(missing_ok=True)
        raise
