"""Content-encodings are undone within a limit."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.crawl.body import decode
from recommender.crawl.outcomes import Failure, Reason


def bare_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@given(st.binary(max_size=5000))
def test_every_encoding_gives_back_what_was_packed(data: bytes) -> None:
    assert decode(data, "") == decode(data, "identity") == data
    assert decode(gzip.compress(data), "gzip") == decode(gzip.compress(data), " X-GZIP ") == data
    assert decode(zlib.compress(data), "deflate") == data
    assert decode(bare_deflate(data), "deflate") == data
    assert decode(gzip.compress(zlib.compress(data)), "deflate, gzip") == data


def test_several_members_are_one_content() -> None:
    assert decode(gzip.compress(b"one ") + gzip.compress(b"two") + b"\0\0", "gzip") == b"one two"


def test_plain_text_sent_as_gzip_is_taken_as_it_is() -> None:
    assert decode(b"<html>", "gzip") == b"<html>"


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzip.compress(b"x" * 1000, mtime=0)[:-9], "gzip"),
        (gzip.compress(bytes(range(256)), mtime=0)[:20] + b"\0" * 40, "gzip"),
        (b"not deflate at all", "deflate"),
        (zlib.compress(b"x" * 1000)[:5], "deflate"),
        (b"x", "br"),
        (b"x", "gzip,gzip,gzip,gzip"),
    ],
)
def test_what_cannot_be_decoded_is_corrupt(body: bytes, encoding: str) -> None:
    found = decode(body, encoding, url="https://example.org/")
    assert isinstance(found, Failure)
    assert found.reason is Reason.CORRUPT


@pytest.mark.parametrize("encoding", ["gzip", "deflate", ""])
def test_more_than_the_limit_is_too_large(encoding: str) -> None:
    bomb = {
        "gzip": gzip.compress(bytes(3_000_000)),
        "deflate": zlib.compress(bytes(3_000_000)),
        "": bytes(3_000_000),
    }
    found = decode(bomb[encoding], encoding, limit=100_000)
    assert isinstance(found, Failure)
    assert found.reason is Reason.TOO_LARGE
    exact = decode(bomb[encoding], encoding, limit=3_000_000)
    assert isinstance(exact, bytes)


ENCODINGS = st.sampled_from(["gzip", "deflate", "identity", "br", "gzip, deflate", ",", "\x00"])


@given(st.one_of(st.binary(), st.binary().map(gzip.compress)), ENCODINGS, st.integers(0, 500))
def test_no_body_raises_or_exceeds_the_limit(body: bytes, encoding: str, limit: int) -> None:
    found = decode(body, encoding, limit=limit)
    assert isinstance(found, Failure) or len(found) <= limit
