"""The columns in which a build keeps articles, as Parquet: what DuckDB, Spark and pandas read too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recommender.export.encodable import encodable
from recommender.export.parquet import schema as exported

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 100  # of a row group: some 600 kB, so that a reader of one article unpacks little
FACTS = ("id", "url", "canonical_url", "outlet", "published")  # what filters look at
SHARED = (
    "id", "url", "canonical_url", "title", "text", "authors", "outlet", "published", "language", "captured_at",
    "warc_file",
)  # fmt: skip
OWN = {
    "stance": "JSON of its profile, where a model was asked for",
    "stance_model": "the model of that profile",
}


def schema(without: Sequence[str] = ()) -> pa.Schema:
    """The columns: those of an export that a build knows, and the stance; all but the id may be null.

    Ids are the same whatever the number of shards; `warc_file` is the file that the page was read from.
    """
    import pyarrow as pa

    shared = exported()
    own = (pa.field(name, pa.string(), metadata={"description": what}) for name, what in OWN.items())
    fields = [*(shared.field(name) for name in SHARED), *own]
    return pa.schema([field for field in fields if field.name not in without])


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
    import pyarrow as pa

    def plain(value: object) -> object:
        return encodable(value) if isinstance(value, str) else value

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
