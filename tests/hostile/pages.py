"""Behaviours of the page itself: characters, markup, size. Each has a whole article before or after what hurts."""

from __future__ import annotations

import gzip

from hostile.server import EMPTY, Act, Case, Talk, page

from recommender.crawl.outcomes import Reason


def around(*, before: str = "", after: str = "", head: str = "") -> Act:
    return lambda talk: talk.page(before=before, after=after, head=head)


def packed(*, head: str) -> Act:
    return lambda talk: talk.reply(gzip.compress(page(talk.case.name, head=head)), "Content-Encoding: gzip")


def typed(kind: str, encoding: str) -> Act:
    """The page in one encoding, declared as another."""

    def act(talk: Talk) -> None:
        body = page(talk.case.name, after="<p>Café, naïve, œuvre.</p>").decode().encode(encoding, "replace")
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        talk.send(head.encode(), body)

    return act


def nul_bytes(talk: Talk) -> None:
    talk.reply(page(talk.case.name).replace(b"</p>", b"\0</p>\0"))


def tags(body: bytes) -> Act:
    return lambda talk: talk.reply(body)


def json_ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def unclosed(talk: Talk) -> None:
    talk.reply(page(talk.case.name, before="<div>" * 100_000))


SOFT_404, NO_PAGE = str(Reason.SOFT_404), str(Reason.NO_PAGE)
ATTRIBUTES = " ".join(f"a{at}=1" for at in range(1_000_000))
PEOPLE = '{"@type":"Person","name":"a b" ' * 5000
PAGE_CASES = [
    Case("Latin-1 declared, UTF-8 sent", typed("text/html; charset=iso-8859-1", "utf-8")),
    Case("UTF-8 declared, Latin-1 sent", typed("text/html; charset=utf-8", "cp1252")),
    Case("UTF-16 without a mark", typed("text/html; charset=utf-16le", "utf-16-le")),
    Case("UTF-16 without a mark or a word", typed("text/html", "utf-16-le")),
    Case("a charset nobody knows", typed("text/html; charset=x-klingon", "utf-8")),
    Case("a charset that takes time", typed("text/html; charset=punycode", "utf-8")),
    Case("a charset header of blanks", typed(f"text/html; charset={' ' * 60_000}", "utf-8"), seconds=4.0),
    Case("NUL bytes", nul_bytes),
    Case("nothing but NUL", tags(bytes(3_000_000)), NO_PAGE),
    Case("binary as HTML", tags(bytes(range(256)) * 4000), NO_PAGE),
    Case("a picture as HTML", tags(b"\x89PNG\r\n\x1a\n" + bytes(9999)), NO_PAGE),
    Case("no body at all", tags(b""), EMPTY),
    Case("a title of 3 MB", tags(b"<title>" + b"a - " * 750_000 + b"</title><p>x"), EMPTY),
    Case("100,000 nested divs", unclosed, EMPTY),  # only the beginning of so many tags is read
    Case("a million elements", around(after="<b></b>" * 1_000_000)),
    Case("a million attributes", around(after=f"<p {ATTRIBUTES}>x</p>")),
    Case("entities without end", around(after="<p>" + "&x" * 500_000)),
    Case("nested tables", around(after=("<table><tr><td>" * 80 + "x" + "</table>" * 80) * 60)),
    Case("nested lists", around(after=("<ul><li>word " * 120 + "</ul>" * 120) * 50)),
    Case("one text of 9 MB", around(after="<p>" + "word " * 1_800_000)),
    Case("11 MB of scripts and styles", packed(
        head=f"<script>{'var a=1<2;' * 500_000}</script><style>{'a{b:c}' * 1_000_000}</style>")),
    Case("a script that never ends", around(after="<script>" + "<script " * 600_000)),
    Case("JSON-LD that never ends", around(head=json_ld('{"@type":"NewsArticle","author":' + PEOPLE))),
    Case("JSON-LD of nested lists", around(head=json_ld("[" * 100_000))),
    Case("a description of signs", around(head=f'<meta name="description" content="{"&lt;" * 400_000}">')),
    Case("authors without end", around(head=f'<meta name="author" content="{"Al Bo and Ce Di, " * 90_000}">')),
    Case("dates without end", around(after="<time datetime='2020-13-45T99:99:99'>20 Jan 2099</time> " * 9000)),
    Case("a comment that never ends", around(after="<!-- " + "- - " * 500_000)),
    Case("10 MB less a bit", around(after="<p>words and words</p>" * 440_000), seconds=5.0),
    Case("200 not found", lambda talk: talk.reply(
        b"<title>Page not found</title><h1>404</h1><p>The page was not found."), SOFT_404),
]  # fmt: skip
