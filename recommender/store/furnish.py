"""What makes an archive folder a Datasette configuration directory, so that `datasette FOLDER` is enough."""

from __future__ import annotations

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
            target.write_bytes((source / name).read_bytes())
