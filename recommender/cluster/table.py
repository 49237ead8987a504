"""The columns in which a build keeps articles, as Parquet: what DuckDB, Spark and pandas read too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROWS = 100  # of a row group: some 600 kB, so that a reader of one article unpacks little
FACTS = ("id", "url", "canonical_url", "outlet", "published")  # what filters look at
_TYPES = {
    "id": "int64",  # the same whatever the number of shards
    "url": "string",  # as captured
    "canonical_url": "string",
    "title": "string",
    "text": "string",  # paragraphs, a line each
    "authors": "string",
    "outlet": "string",
    "published": "date32",
    "language": "string",  # ISO 639-1
    "captured_at": "timestamp",  # UTC, seconds
    "warc_file": "string",  # the file it was read from
    "stance": "string",  # JSON of its profile, where a model was asked for
    "stance_model": "string",
}


def schema(without: Sequence[str] = ()) -> Any:
    """The columns; all but the id may be null."""
    import pyarrow as pa

    types = {
        "int64": pa.int64(), "string": pa.string(), "date32": pa.date32(), "timestamp": pa.timestamp("s", tz="UTC"),
    }  # fmt: skip
    return pa.schema([(name, types[kind]) for name, kind in _TYPES.items() if name not in without])


@contextmanager
def writer(path: Path, columns: Any) -> Iterator[Any]:
    """A Parquet file, compressed."""
    import pyarrow.parquet as pq

    with pq.ParquetWriter(path, columns, compression="zstd") as open_file:
        yield open_file


def write(out: Any, rows: Sequence[Mapping[str, object]], columns: Any) -> None:
    """Write rows, ROWS a group."""
    for start in range(0, len(rows), ROWS):
        out.write_batch(_batch(rows[start : start + ROWS], columns))


def _batch(rows: Sequence[Mapping[str, object]], columns: Any) -> Any:
    """Rows as a batch; text that is no text (lone surrogates) is made so."""
    import pyarrow as pa

    def plain(value: object) -> object:
        return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value

    return pa.RecordBatch.from_pylist([{k: plain(v) for k, v in row.items()} for row in rows], columns)


def at(path: Path, places: Sequence[int], columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    """The rows at these places of a file, ascending: only the groups that hold one are unpacked.

    Raises:
        OSError: it is gone or no Parquet (pyarrow's errors of damage are OSErrors or ValueErrors).
        ValueError: it is damaged.
    """
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, memory_map=True) as file:
        begin, wanted = 0, list(places)
        for group in range(file.num_row_groups):
            end = begin + file.metadata.row_group(group).num_rows
            here = [place - begin for place in wanted if begin <= place < end]
            if here:
                yield from file.read_row_group(group, columns=columns).take(here).to_pylist()
            begin = end


def facts(path: Path) -> Iterator[dict[str, Any]]:
    """What filters look at, of every row.

    Raises:
        OSError, ValueError: as `at`.
    """
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, memory_map=True) as file:
        for group in range(file.num_row_groups):
            yield from file.read_row_group(group, columns=list(FACTS)).to_pylist()
