"""From a page's bytes to characters. Pure; never raises.

Order of trust: a byte order mark; UTF-8 where the bytes are valid UTF-8 (chance makes other text look so
about never, and servers often declare Latin-1 for it); the HTTP header; the page's own declaration; and
where all is wrong, whichever of UTF-8 and windows-1252 spoils less.
"""

from __future__ import annotations

import codecs
import re

DECLARED_IN = 4096  # bytes; the standard says 1,024, real pages put longer comments first
MAX_HEADER = 500  # characters of the HTTP header looked at: blanks by the thousand cost square time
# What the WHATWG Encoding Standard lets a page use, by Python's names. Python knows more, among them some
# that a hostile page could use to take very long or to smuggle markup (punycode, utf-7).
ALLOWED = frozenset(
    ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "ascii", "cp866", "koi8-r", "koi8-u", "mac-roman"]
    + ["mac-cyrillic", "gbk", "gb2312", "gb18030", "big5", "big5hkscs", "euc_jp", "iso2022_jp", "shift_jis"]
    + ["cp932", "euc_kr", "cp949", "tis-620", "cp874", "iso8859-1"]
    + [f"iso8859-{part}" for part in range(2, 17)]
    + [f"cp125{last}" for last in range(9)]
)
# The standard reads these as their supersets; so do all browsers.
SUPERSETS = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "tis-620": "cp874", "gb2312": "gb18030",
    "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "utf-16": "utf-16-le", "big5": "big5hkscs",
}  # fmt: skip
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_IN_PAGE = re.compile(
    rb"<(?:meta\b[^>]{0,500}?\bcharset\s*=|\?xml\b[^>]{0,200}?\bencoding\s*=)\s*[\"']?\s*([\w.:-]+)", re.I
)


def decode(body: bytes, content_type: str | None = None) -> str:
    """The characters of a page; what can't be read becomes U+FFFD."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    from_header = known((_IN_HEADER.search((content_type or "")[:MAX_HEADER]) or ["", ""])[1])
    in_page = _IN_PAGE.search(body[:DECLARED_IN])
    from_page = known(in_page[1].decode("ascii", "replace") if in_page else "")
    if from_page.startswith("utf-16"):
        from_page = "utf-8"  # the standard: it could not have been found otherwise
    declared = [name for name in (from_header, from_page) if name]
    # UTF-16 and ISO-2022-JP of plain letters are valid UTF-8 too.
    first = [
        name
        for name in declared
        if name.startswith(("utf-16", "iso2022")) and (b"\0" in body or b"\x1b" in body)
    ]
    for encoding in [*first, "utf-8", *declared]:
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    return _least_spoiled(body, next((name for name in declared if name != "utf-8"), "cp1252"))


def known(label: str) -> str:
    """Python's name of an encoding that a page may use, or ""."""
    try:
        name = codecs.lookup(label.strip().strip("\"'")).name if label else ""
    except (LookupError, ValueError):  # ValueError: a NUL in the label
        return ""
    return SUPERSETS.get(name, name) if name in ALLOWED else ""


def is_wide(start: bytes) -> bool:
    """Whether bytes begin as UTF-16 does."""
    return start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or any(
        start[at::2].count(0) > len(start) // 4 and not start[1 - at :: 2].count(0) for at in (0, 1)
    )


def _least_spoiled(body: bytes, other: str) -> str:
    """UTF-8 with holes, unless that leaves more holes than characters beyond ASCII."""
    as_utf8 = body.decode("utf-8", "replace")
    holes = as_utf8.count("�")
    beyond = sum(1 for char in as_utf8 if char > "\x7f") - holes
    return as_utf8 if beyond > holes else body.decode(other, "replace")
