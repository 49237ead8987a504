"""Labelled rows out of a file."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from recommender.errors import EvaluationError


def read(path: Path, *fields: str) -> list[dict[str, Any]]:
    """Rows of a .jsonl.gz (or .jsonl) file, each with the fields named.

    Raises:
        EvaluationError: the file can't be read, holds no row, or a row lacks a field.
    """
    rows = []
    try:
        with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                row = json.loads(line)
                missing = [field for field in fields if field not in row]
                if missing:
                    raise EvaluationError(f"a row lacks {', '.join(missing)}", where=f"{path}:{number}")
                rows.append(row)
    except (OSError, EOFError, ValueError) as error:
        raise EvaluationError(f"can't read the labelled data: {error}", where=path) from error
    if not rows:
        raise EvaluationError("no labelled rows", where=path)
    return rows
