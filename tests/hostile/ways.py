"""Behaviours on the way to a page: redirects, cookies, waits, robots.txt, TLS."""

from __future__ import annotations

import gzip
import ssl
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache

import trustme
from hostile.server import (
    BAD_URL,
    BUSY,
    CUT,
    LARGE,
    NO_TARGET,
    OK,
    PROTOCOL,
    REDIRECTS,
    ROBOTS,
    ROBOTS_DOWN,
    SCHEME,
    SERVER,
    TIMEOUT,
    TLS,
    Act,
    Case,
    Talk,
    page,
)
from hostile.wire import SLOW, bomb

# ── redirects ──────────────────────────────────────────────────────────────────────────────────────────


def to(target: str) -> Act:
    """A redirect; {port} is the case's own. Wherever else it is asked, it has its article."""
    return lambda talk: (
        talk.redirect(target.format(port=talk.port)) if talk.path == talk.case.path else talk.page()
    )


def hops(count: int) -> Act:
    def act(talk: Talk) -> None:
        done = int(talk.path.partition("?")[2] or 0)
        talk.page() if done == count else talk.redirect(f"/page?{done + 1}", status="301 Moved")

    return act


def large_redirect(talk: Talk) -> None:
    talk.reply(b"", "Location: /there", status="302 Found", length="")
    talk.flood(b"moved " * 10_000)


def slow_hops(talk: Talk) -> None:
    """Each hop is quick enough by itself."""
    time.sleep(0.5)
    talk.redirect(f"/page?{talk.count}")


def cookie_wall(talk: Talk) -> None:
    talk.page() if "seen=yes" in talk.headers.get("cookie", "") else talk.redirect(
        "/page", "Set-Cookie: seen=yes"
    )


def endless_wall(talk: Talk) -> None:
    talk.redirect("/page", f"Set-Cookie: seen{talk.count}=yes")


def cookies(count: int, value: str) -> Act:
    """A redirect that sets cookies; the page comes only if not too many of them come back."""

    def act(talk: Talk) -> None:
        if talk.path == "/page":
            talk.redirect("/there", *(f"Set-Cookie: c{at}={value}" for at in range(count)))
        elif len(talk.headers.get("cookie", "")) < 250_000:
            talk.page()

    return act


def no_password(talk: Talk) -> None:
    if talk.path == "/page":
        talk.redirect(f"http://user:secret@127.0.0.1:{talk.port}/there")
    elif "authorization" not in talk.headers:
        talk.page()


def no_fragment(talk: Talk) -> None:
    """The fragment is the reader's, not the server's."""
    if talk.path == "/page":
        talk.redirect("/there#part")
    elif talk.path == "/there":
        talk.page()


REDIRECT_CASES = [
    Case("redirect loop", to("/page"), REDIRECTS),
    Case("10 redirects", hops(10)),
    Case("11 redirects", hops(11), REDIRECTS),
    Case("slow redirects", slow_hops, TIMEOUT, seconds=SLOW),
    *(
        Case(f"redirect to {target.partition(':')[0]}:", to(target), SCHEME)
        for target in ("file:///etc/passwd", "javascript:alert(1)", "data:text/html,x", "ftp://127.0.0.1/x")
    ),
    Case("redirect with a password", no_password),
    Case("redirect with a fragment", no_fragment),
    Case("redirect to nothing", to(""), NO_TARGET),
    Case("redirect to a broken address", to("http://[::1"), SCHEME),
    Case("redirect of 1 MB", to("/" + "x" * 1_000_000), PROTOCOL),
    Case("redirect of 20 kB", to("/" + "x" * 20_000), BAD_URL),
    Case("redirect with control characters", to("/a\x00b\x1b[31m\x07")),
    Case("redirect to a host with NUL", to("http://127.0.0.1\x00.example/"), BAD_URL),
    Case("redirect with a flood behind it", large_redirect, LARGE),
    Case(
        "redirect to TLS where none is spoken", to("https://127.0.0.1:{port}/page"), ROBOTS_DOWN, seconds=SLOW
    ),
    Case(
        "redirect to where robots may not go",
        to("/secret"),
        ROBOTS,
        state="skipped",
        robots=lambda talk: talk.reply(b"User-agent: *\nDisallow: /secret"),
    ),
    Case("cookie wall", cookie_wall),
    Case("cookie wall without end", endless_wall, REDIRECTS),
    Case("90 cookies of 2 kB", cookies(90, "x" * 2000)),
    Case("90 cookies of 40 kB", cookies(90, "x" * 40_000), PROTOCOL),
    Case("a cookie's date made of blanks", cookies(1, "x; expires=" + " 1" * 25_000)),
]

# ── waits ──────────────────────────────────────────────────────────────────────────────────────────────


def busy(value: str | None, *, times: int = 1, status: str = "429 Too Many Requests") -> Act:
    """Refuse some times with this Retry-After, then give the page."""

    def act(talk: Talk) -> None:
        if talk.count > times:
            talk.page()
            return
        told = value
        if value in {"soon", "past", "far"}:
            days = {"soon": 0.00001, "past": -30, "far": 3000}[value]
            told = format_datetime(datetime.now(UTC) + timedelta(days=days), usegmt=True)
        talk.reply(b"wait", *([f"Retry-After: {told}"] if told is not None else []), status=status)

    return act


LATER = "asked to wait"
WAIT_CASES = [
    *(
        Case(f"429, {name}", busy(value))
        for name, value in {
            "1 second": "1", "half a second": "0.5", "a date": "soon", "a past date": "past", "zero": "0",
            "negative": "-10", "garbage": "later\x07", "nothing said": None,
            "a year 99999": "Fri, 31 Dec 99999 23:59:59 GMT",
            "not a day": "Mon, 32 Jan 2020 25:61:61 GMT", "infinity": "inf", "not a number": "nan",
        }.items()
    ),
    Case("429, absurd seconds", busy("9" * 50), LATER, state="pending"),
    Case("429, a date in years", busy("far"), LATER, state="pending"),
    Case("429 for ever", busy(None, times=99), BUSY),
    Case("503 then fine", busy(None, times=2, status="503 Unavailable")),
    Case("503, an hour", busy("3600", status="503 Unavailable"), LATER, state="pending"),
    Case("503 for ever", busy(None, times=99, status="503 Unavailable"), SERVER),
]  # fmt: skip

# ── robots.txt ─────────────────────────────────────────────────────────────────────────────────────────

FORBIDS = b"User-agent: *\nDisallow: /page\n"


def good(talk: Talk) -> None:
    talk.page()


def says(body: bytes, *headers: str, status: str = "200 OK") -> Act:
    return lambda talk: talk.reply(body, *headers, status=status)


def huge(start: bytes) -> Act:
    """100 MB, the rules first."""

    def act(talk: Talk) -> None:
        talk.reply(start, length=100_000_000)
        for _ in range(100):
            talk.send(b"# and so on\n" * 83_334)

    return act


def elsewhere(talk: Talk) -> None:
    """Another host's rules: what a redirected robots.txt says counts (RFC 9309 2.3.1.2)."""
    if talk.headers["host"].startswith("localhost"):
        talk.reply(FORBIDS)
    else:
        talk.redirect(f"http://localhost:{talk.port}/robots.txt")


def robots(name: str, act: Act, fate: str = OK, seconds: float = 3.0) -> Case:
    state = {ROBOTS: "skipped"}.get(fate, "")
    return Case(f"robots.txt {name}", good, fate, state=state, robots=act, seconds=seconds)


AGENTS = b"".join(b"User-agent: a%d\n" % at for at in range(9000))
ROBOTS_CASES = [
    robots("is a 500", says(b"", status="500 Oops"), ROBOTS_DOWN),
    robots("is a 403", says(FORBIDS, status="403 Forbidden")),
    robots("of 100 MB", huge(b"User-agent: *\nDisallow: /other\n")),
    robots("of 100 MB that forbids", huge(FORBIDS), ROBOTS),
    robots(
        "without end", lambda talk: (talk.reply(FORBIDS, length=""), talk.flood(b"# more\n" * 999))[0], ROBOTS
    ),
    robots("is HTML", says(b"<!doctype html><html><body>Disallow: /page</body></html>")),
    robots("is binary", says(bytes(range(256)) * 900)),
    robots("redirects to another host", elsewhere, ROBOTS),
    robots("redirects in a loop", lambda talk: talk.redirect("/robots.txt")),
    robots("redirects to file:", lambda talk: talk.redirect("file:///etc/passwd")),
    robots("never comes", lambda talk: talk.hold(), ROBOTS_DOWN, SLOW),
    robots("drips", lambda talk: (talk.reply(length=999), talk.drip(b"#" * 999))[0], ROBOTS_DOWN, SLOW),
    robots("is torn", says(FORBIDS, "X: y", status="200 OK\r\nContent-Length: 999"), ROBOTS_DOWN),
    robots(
        "is a gzip bomb", lambda talk: talk.reply(bomb()[:400_000], "Content-Encoding: gzip"), ROBOTS_DOWN
    ),
    robots("in gzip, unasked", says(gzip.compress(FORBIDS), "Content-Encoding: gzip"), ROBOTS),
    robots("of agents times rules", says(AGENTS + b"Disallow: /x\n" * 20_000)),
    robots("of stars", says(b"User-agent: *\n" + (b"Disallow: /" + b"*a" * 100 + b"b$\n") * 2000)),
]

# ── TLS ────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def authority() -> trustme.CA:
    """The one that the tests trust."""
    return trustme.CA()


def certificate(*names: str, ca: trustme.CA | None = None, days: int = 30) -> ssl.SSLContext:
    issued = (ca or authority()).issue_cert(*names, not_after=datetime.now(UTC) + timedelta(days=days))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued.configure_cert(context)
    return context


def plain_text(talk: Talk) -> None:
    talk.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


TLS_CASES = [
    Case("TLS as it should be", good, tls=lambda: certificate("127.0.0.1")),
    Case("TLS by an unknown authority", good, TLS, tls=lambda: certificate("127.0.0.1", ca=trustme.CA())),
    Case("TLS expired", good, TLS, tls=lambda: certificate("127.0.0.1", days=-1)),
    Case("TLS of another host", good, TLS, tls=lambda: certificate("other.example")),
    Case("TLS asked for, plain spoken", good, TLS, scheme="https", greet=plain_text),
    Case("TLS spoken, plain asked for", good, ROBOTS_DOWN, scheme="http", tls=lambda: certificate("127.0.0.1")),
    Case("TLS that never shakes hands", good, ROBOTS_DOWN, seconds=SLOW, scheme="https",
         greet=lambda talk: talk.hold()),
    Case("TLS cut off", lambda talk: talk.reply(page(talk.case.name)[:500], length=9999), CUT,
         tls=lambda: certificate("127.0.0.1")),
]  # fmt: skip
