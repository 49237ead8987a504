"""Everything known of an article as a row of a Parquet file, for DuckDB, Spark, pandas and Polars. Needs pyarrow.

    entries ─► rows ─► row groups of ROWS rows or BYTES of text, whichever comes first ─► one compressed file

`COLUMNS` is the list of what is in it; each column carries its sentence in the file too, as the field's metadata.
`id` is the number in this archive; two archives have a 12 each, `external_id` is what an import brought along.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from recommender.errors import ExportError
from recommender.export.encodable import encodable
from recommender.export.kept import dead, memento
from recommender.store.catalogue import Entry

if TYPE_CHECKING:
    import pyarrow as pa

# DuckDB and Spark read row groups in parallel and skip those that a filter on a column excludes: thousands of rows
# make that worth while. A group is held in memory as it is written, so its text is bounded:
# a process of 70 MB grew to 250 with these, at 20,000 articles of 900 words.
ROWS = 20_000
BYTES = 32_000_000
_INSTALL = "pip install 'readmore[parquet]'"


class Column(NamedTuple):
    """A column of the file."""

    name: str
    kind: str
    what: str


COLUMNS = (
    Column("id", "int64", "number in this archive; the only column that is never null"),
    Column("external_id", "string", "the researcher's own id, which an import brought along"),
    Column("url", "string", "address as first seen"),
    Column("canonical_url", "string", "address that the page itself names as its own"),
    Column("title", "string", "headline"),
    Column("text", "string", "paragraphs, a line each"),
    Column("authors", "string", "byline: A. Writer, B. Reporter"),
    Column("outlet", "string", "name of the paper or site"),
    Column("published", "date32", "day of publication"),
    Column("language", "string", "ISO 639-1"),
    Column("words", "int64", "words of the text"),
    Column("copy_of", "int64", "id of the first near copy of this piece; null where this is the first"),
    Column("origin", "string", "where the article came from: live, wayback, import, text"),
    Column("addresses", "strings", "all addresses it goes by"),
    Column("lists", "strings", "keys of the seeds on whose lists it is"),
    Column(
        "captured_at",
        "timestamp",
        "when the page was as it is here, UTC; this and the next eight columns are of "
        "the copy that the article was made from, null for imports",
    ),
    Column("via", "string", "where that copy came from: live, wayback, text"),
    Column("source_url", "string", "the web archive's address of it"),
    Column("verdict", "string", "what was thought of it"),
    Column("status", "int64", "HTTP status"),
    Column("digest", "string", "of its bytes, as the WARC record has it"),
    Column("warc_file", "string", "name of the file in the archive's folder warc/ that holds its record"),
    Column("warc_offset", "int64", "bytes from that file's start to the record"),
    Column("warc_length", "int64", "bytes of the record there, compressed"),
    Column("captures", "int64", "how many copies the archive holds of this article"),
    Column("memento", "string", "a web archive's copy as a browser shows it, where one is known"),
    Column("dead", "bool", "the page is no longer at its own address, as far as is known"),
)


def schema(*, text: bool = True) -> pa.Schema:
    """The columns, each with its sentence under the metadata key `description`.

    Args:
        text: with the articles' texts.

    Raises:
        ExportError: pyarrow is not installed.
    """
    try:
        import pyarrow as pa
    except ImportError as error:
        raise ExportError("Parquet files need pyarrow", hint=_INSTALL) from error
    kinds = {
        "int64": pa.int64(), "string": pa.string(), "date32": pa.date32(), "bool": pa.bool_(),
        "strings": pa.list_(pa.string()), "timestamp": pa.timestamp("ms", tz="UTC"),
    }  # fmt: skip
    return pa.schema(
        pa.field(one.name, kinds[one.kind], nullable=one.name != "id", metadata={"description": one.what})
        for one in COLUMNS
        if text or one.name != "text"
    )


def write(out: BinaryIO, entries: Iterable[Entry], columns: pa.Schema) -> int:
    """Write a Parquet file, a row group at a time.

    Args:
        out: can be written in.
        entries: the articles; one group of them is held in memory.
        columns: of `schema`.

    Returns:
        How many articles.
    """
    import pyarrow as pa
    from pyarrow import parquet

    count = 0
    with parquet.ParquetWriter(out, columns, compression="zstd") as file:
        for rows in _groups(_row(entry) for entry in entries):
            file.write_table(pa.Table.from_pylist(rows, columns), row_group_size=len(rows))
            count += len(rows)
    return count


def _groups(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Rows as they go together: a text longer than the bound has a group of its own or ends one."""
    group: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        group.append(row)
        size += len(row["text"].encode())
        if len(group) >= ROWS or size >= BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def _row(entry: Entry) -> dict[str, Any]:
    article, best = entry.article, entry.best
    row: dict[str, Any] = {
        "id": article.id,
        "external_id": article.external_id,
        "url": article.url,
        "canonical_url": article.canonical_url,
        "title": article.title,
        "text": article.text,
        "authors": article.authors,
        "outlet": article.outlet,
        "published": article.published,
        "language": article.language,
        "words": len(article.text.split()),
        "copy_of": article.copy_of,
        "origin": entry.origin.value,
        "addresses": [encodable(address) for address in entry.addresses],
        "lists": list(dict.fromkeys(seed for seed, _ in entry.listed)),
        "captures": len(entry.captures),
        "memento": memento(entry),
        "dead": dead(entry),
    }
    if best:
        row |= {
            "captured_at": best.captured_at,
            "via": best.via.value,
            "source_url": best.source_url,
            "verdict": best.verdict,
            "status": best.status,
            "digest": best.record.digest,
            "warc_file": best.record.file,
            "warc_offset": best.record.offset,
            "warc_length": best.record.length,
        }
    return {name: encodable(value) if isinstance(value, str) else value for name, value in row.items()}
