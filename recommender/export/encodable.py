"""Texts that UTF-8 can hold: what was cut out of a page by hand may end in half a character. Pure."""

from __future__ import annotations


def encodable(text: str) -> str:
    r"""A text as it is; where it has halves of characters (surrogates), pairs become one, lone ones U+FFFD.

    >>> encodable("ferry \ud83d\ude00 \ud83d") == "ferry \U0001f600 \ufffd"
    True
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
