"""The index of a WACZ: one CDXJ line a record that can be replayed, sorted, in blocks (ZipNum). Pure.

indexes/index.cdx.gz   gzip members of `BLOCK` lines: `<surt> <14 digits> {"url": …, "offset": …}`
indexes/index.idx      a header, then the first key of every block with the block's place
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from recommender.export.surt import surt

BLOCK = 1024  # lines a block: what archiveweb.page and py-wacz write
INDEXED = frozenset({"response", "resource", "revisit"})
META = '!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}\n'
_STATUS = re.compile(rb"HTTP/[\d.]+ (\d{3})")
_TYPE = re.compile(rb"(?im)^content-type:[ \t]*([^\r\n;]*)")


def digits(date: str) -> str:
    """A WARC-Date as the 14 digits of an index: 20240311070312."""
    return re.sub(r"\D", "", date[:19])


def index_line(headers: Mapping[str, str], block: bytes, *, filename: str, offset: int, length: int) -> str:
    """The line of one record.

    Args:
        headers: of the WARC record, names in lower case.
        block: its content.
        filename: the WARC file's name in the WACZ.
        offset: bytes from that file's start.
        length: bytes of the record there.
    """
    url, kind = headers["warc-target-uri"], headers["warc-type"]
    head = block.partition(b"\r\n\r\n")[0] if kind != "resource" else b""
    fields = {"url": url, "mime": _mime(kind, headers.get("content-type", ""), head)}
    status = _STATUS.match(head)
    if status and kind == "response":
        fields["status"] = status[1].decode()
    fields |= {
        "digest": headers.get("warc-payload-digest", "-"),
        "length": str(length),
        "offset": str(offset),
        "filename": filename,
    }
    return f"{surt(url)} {digits(headers['warc-date'])} {json.dumps(fields)}\n"


def _mime(kind: str, content_type: str, head: bytes) -> str:
    if kind == "revisit":
        return "warc/revisit"
    if kind == "response":
        found = _TYPE.search(head)
        content_type = found[1].decode("latin-1") if found else ""
    return content_type.partition(";")[0].strip() or "unk"


def blocks(lines: Iterable[str]) -> Iterator[tuple[bytes, str]]:
    """Each gzip member of the index with its line for index.idx, in order; lines need not be sorted."""
    ordered = sorted(lines)
    offset = 0
    for start in range(0, len(ordered), BLOCK):
        member = gzip.compress("".join(ordered[start : start + BLOCK]).encode("ascii"), mtime=0)
        yield member, _block_line(ordered[start : start + BLOCK], member, offset)
        offset += len(member)


def _block_line(lines: Sequence[str], member: bytes, offset: int) -> str:
    key, moment, _ = lines[0].split(" ", 2)
    digest = "sha256:" + hashlib.sha256(member).hexdigest()
    place = {"offset": offset, "length": len(member), "digest": digest, "filename": "index.cdx.gz"}
    return f"{key} {moment} {json.dumps(place)}\n"
