"""What a folder holds where it holds no archive, and what to say of it."""

from __future__ import annotations

from pathlib import Path

from recommender.errors import ArchiveError

SHARDS = "sharded.json"  # the file that says what a sharded archive is made of (cluster/layout.py)


def is_sharded(folder: Path) -> bool:
    """Whether a folder is a sharded archive, finished or not."""
    return (folder / SHARDS).is_file()


def no_archive(folder: Path) -> ArchiveError:
    """The error for a folder without a database: nothing yet, or the shards of a `build`."""
    if is_sharded(folder):
        hint = "`similar` asks them; for anything else `import` the WARC files"
        return ArchiveError(
            "holds the shards of a `build`, which only `similar` can ask", where=folder, hint=hint
        )
    return ArchiveError("no archive here yet", where=folder, hint="run `fetch` or `import` first")
