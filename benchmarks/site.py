"""Real pages on many loopback hosts, for benchmarks: each copy's words are changed, so that none is a twin of another.

The pages come from the measuring data and stay in memory. One asyncio server in a process of its own listens on
127.0.0.1, 127.0.0.2 … (all loopback), keeps connections alive, gives pages gzipped to who accepts that, as most of
the web does, and does nothing else.
"""

from __future__ import annotations

import asyncio
import calendar
import contextlib
import gzip
import multiprocessing
import re
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

ROBOTS = b"User-agent: *\nAllow: /\n"
VOWELS, CONSONANTS = "aeiou", "bcdfghjklmnpqrstvwxz"
_SPLIT = re.compile(r"(<script\b.*?</script>|<style\b.*?</style>|<[^>]*>)", re.DOTALL | re.IGNORECASE)
# Words of dates stay: with others in their place, a date's finder tries 200 languages, seconds a page.
_DATES = {
    *calendar.month_name,
    *calendar.day_name,
    "Sept",
    "Published",
    "Updated",
    "Posted",
    "Modified",
    "hours",
    "minutes",
}
_WORD = re.compile(
    rf"(?<![&\w])(?!(?:{'|'.join(filter(None, sorted(_DATES)))})\b)[A-Za-z]{{4,}}", re.IGNORECASE
)


def pages(data: Path, count: int) -> list[bytes]:
    """`count` pages: the gold pages in turn, from the second round on with other words."""
    originals = [
        gzip.decompress(path.read_bytes()) for path in sorted((data / "readmore" / "pages").glob("*.gz"))
    ]
    return [reworded(originals[n % len(originals)], n // len(originals)) for n in range(count)]


def reworded(page: bytes, turn: int) -> bytes:
    """A page whose words have other letters, moved on by `turn`; tags, scripts and words of dates stay."""
    if turn == 0:
        return page
    table = str.maketrans(
        "".join(_cases(VOWELS + CONSONANTS)),
        "".join(_cases(_moved(VOWELS, turn) + _moved(CONSONANTS, turn))),
    )
    parts = _SPLIT.split(page.decode("latin-1"))
    text = (
        part if number % 2 else _WORD.sub(lambda found: found[0].translate(table), part)
        for number, part in enumerate(parts)
    )
    return "".join(text).encode("latin-1")


def _moved(letters: str, turn: int) -> str:
    # Two steps that have no common period: 5 × 19 turns go by before a word comes back.
    at = turn % (len(letters) - (len(letters) > 5))
    return letters[at:] + letters[:at]


def _cases(letters: str) -> tuple[str, str]:
    return letters, letters.upper()


@contextlib.contextmanager
def served(bodies: Sequence[bytes], hosts: int) -> Iterator[list[str]]:
    """The pages on `hosts` loopback addresses; gives their URLs."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(
        target=_serve, args=(list(bodies), hosts, theirs), daemon=True
    )
    process.start()
    try:
        port = ours.recv()
        yield [f"http://127.0.0.{1 + n % hosts}:{port}/news/{n}-a-piece" for n in range(len(bodies))]
    finally:
        process.terminate()
        process.join(5)


def _serve(bodies: list[bytes], hosts: int, pipe: Connection) -> None:
    small = [gzip.compress(body, 6) for body in bodies]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                found = re.match(rb"GET /news/(\d+)", head)
                packed = found and re.search(rb"^accept-encoding:.*gzip", head, re.IGNORECASE | re.MULTILINE)
                body = (small if packed else bodies)[int(found[1])] if found else ROBOTS
                kind = b"text/html" if found else b"text/plain"
                kind += b"\r\nContent-Encoding: gzip" if packed else b""
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (kind, len(body))
                )
                writer.write(body)
                await writer.drain()
        writer.close()

    async def main() -> None:
        first = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = first.sockets[0].getsockname()[1]
        servers = [first]
        servers += [await asyncio.start_server(answer, f"127.0.0.{n}", port) for n in range(2, hosts + 1)]
        pipe.send(port)
        await asyncio.gather(*(server.serve_forever() for server in servers))

    asyncio.run(main())
