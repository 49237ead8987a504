"""What to say where a folder holds no archive."""

from __future__ import annotations

from pathlib import Path

from recommender.errors import ArchiveError

SHARDS = "sharded.json"  # cluster/layout.py: MANIFEST, which is not imported here: nothing but its verbs knows shards


def no_archive(folder: Path) -> ArchiveError:
    """The error for a folder without a database: nothing yet, or the shards of a `build`."""
    if (folder / SHARDS).is_file():
        hint = "`similar` asks them; for anything else `import` the WARC files"
        return ArchiveError(
            "holds the shards of a `build`, which only `similar` can ask", where=folder, hint=hint
        )
    return ArchiveError("no archive here yet", where=folder, hint="run `fetch` or `import` first")
