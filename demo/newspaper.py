"""The demo's three servers on 127.0.0.1: The Port Ansel Ledger, Harbour Weekly, and the stand-in web archive.

python demo/newspaper.py [--port 8017]     serves until Ctrl-C; the others take the next two ports
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

if not __package__:  # run as a script: the project's folder is not on the path yet
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from demo import pages
from demo.pages import Frame, Site
from demo.pieces import Outlet, Piece, read_pieces
from demo.serving import Reply, Request, Server
from demo.web_archive import Memento, WebArchive

PORTS = (8017, 8018, 8019)  # Ledger, Weekly, web archive; seeds/sample.toml names the first two
ANY_PORTS = (0, 0, 0)
IMAGES = Path(__file__).resolve().parent / "images"
ROBOTS: dict[Outlet, str] = {
    "ledger": "User-agent: *\nDisallow: /search\n",
    "weekly": "User-agent: *\nDisallow: /members/\n",
}
GONE = "/opinions/2024/02/28/my-promise-to-port-ansel-on-water/"  # 410, and in no archive
ABOUT = {
    "/about/": "About us",
    "/contact/": "Contact",
    "/terms/": "Terms",
    "/newsletters/": "Newsletters",
}
BUILT = datetime(2024, 3, 16, 6, 5, tzinfo=UTC)  # Last-Modified of what is no article: lists and pictures
SEED_KEPT = ("20240316181502", "20240402093011")  # when the web archive took the seed's page
DEAD_KEPT = ("20240311070312", "20240325120000")  # and the dead piece, while it was there
DEAD_SEEN = "20240601083047"  # and when it met the 404, which is no copy of the piece


@dataclass(frozen=True, slots=True)
class Page:
    """A resource that an outlet has."""

    body: bytes
    modified: datetime
    media_type: str = "text/html; charset=utf-8"

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The headers it is sent with."""
        digest = hashlib.sha256(self.body).hexdigest()[:20]
        return (
            ("Content-Type", self.media_type),
            ("Last-Modified", format_datetime(self.modified, usegmt=True)),
            ("ETag", f'"{digest}"'),
            ("Cache-Control", "max-age=60"),
        )


class OutletServer:
    """Answers for one outlet."""

    def __init__(self, frame: Frame, pieces: tuple[Piece, ...]) -> None:
        self._frame = frame
        self._pages = dict(_site_pages(frame, pieces))
        self._moved = {
            old: frame.link(piece.outlet, piece.path)
            for piece in pieces
            if piece.outlet == frame.site.outlet
            for old in piece.old_paths
        }

    def answer(self, request: Request) -> Reply:
        """The reply to one request."""
        path = urlsplit(request.target).path
        if path in self._moved:
            return Reply(301, b"", (("Location", self._moved[path]),))
        page = self._pages.get(path)
        if page:
            if _unchanged(page, request):
                return Reply(304, b"", page.headers)
            return Reply(200, page.body, page.headers)
        if f"{path}/" in self._pages:
            return Reply(301, b"", (("Location", f"{self._frame.site.base}{path}/"),))
        if path == GONE and self._frame.site.outlet == "ledger":
            why = "The author withdrew this article before the vote. We keep no copy of it."
            return self._no_page(410, "Withdrawn", why)
        return self._no_page(404, "Page not found", "There is nothing at this address, or not any more.")

    def page(self, path: str) -> Page:
        """The page at a path that the outlet has."""
        return self._pages[path]

    def _no_page(self, status: int, title: str, text: str) -> Reply:
        body = pages.message(self._frame, title, text)
        return Reply(status, body, (("Content-Type", "text/html; charset=utf-8"),))


def _unchanged(page: Page, request: Request) -> bool:
    """Whether the client's copy is current (RFC 9110: If-None-Match goes before If-Modified-Since)."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        ours = dict(page.headers)["ETag"]
        return tags.strip() == "*" or ours in {tag.strip().removeprefix("W/") for tag in tags.split(",")}
    since = request.headers.get("if-modified-since")
    try:
        return since is not None and parsedate_to_datetime(since) >= page.modified
    except (ValueError, TypeError):  # no date, or one without a time zone: as if it were not sent
        return False


def _site_pages(frame: Frame, pieces: tuple[Piece, ...]) -> Iterable[tuple[str, Page]]:
    """Every path of an outlet with its page."""
    yield "/robots.txt", Page(ROBOTS[frame.site.outlet].encode(), BUILT, "text/plain; charset=utf-8")
    for image in sorted(IMAGES.glob("*.svg")):
        yield f"/images/{image.name}", Page(image.read_bytes(), BUILT, "image/svg+xml")
    outlet = frame.site.outlet
    here = [piece for piece in (each.at(outlet) for each in pieces) if piece]
    for piece in here:
        yield piece.path, Page(pages.article(piece, frame), piece.published)
    yield "/", Page(pages.front(here, frame), BUILT)
    for section in frame.site.sections:
        held = [piece for piece in here if piece.section == section]
        yield f"/section/{pages.slug(section)}/", Page(pages.front(held, frame, section), BUILT)
    for author in sorted({piece.author for piece in here}):
        held = [piece for piece in here if piece.author == author]
        yield f"/author/{pages.slug(author)}/", Page(pages.front(held, frame, author), BUILT)
    for path, title in ABOUT.items():
        yield path, Page(pages.message(frame, title, pages.NOTICE), BUILT)
    for tag in sorted({tag for piece in here for tag in piece.tags}):
        held = [piece for piece in here if tag in piece.tags]
        yield f"/topic/{pages.slug(tag)}/", Page(pages.front(held, frame, tag), BUILT)


def _sites(ledger: str, weekly: str) -> dict[Outlet, Site]:
    return {
        "ledger": Site(
            "ledger",
            "The Port Ansel Ledger",
            "Printed on the quay since 1861",
            "#0b4a5e",
            ledger,
            ("Local", "Opinion", "Sport"),
        ),
        "weekly": Site(
            "weekly",
            "Harbour Weekly",
            "Talk from both sides of the Sound",
            "#9c3d22",
            weekly,
            ("News", "Comment", "Members", "Kitchen"),
        ),
    }


class Newspaper:
    """Starts the three servers and stops them: `with Newspaper() as paper: ...`.

    Args:
        ports: of the Ledger, the Weekly and the web archive; 0 takes any free one.

    Raises:
        OSError: on entering, where a port is taken.
    """

    def __init__(self, ports: tuple[int, int, int] = PORTS) -> None:
        self._ports = ports
        self._stack = ExitStack()
        self.pieces = read_pieces()

    def __enter__(self) -> Newspaper:
        with ExitStack() as stack:
            servers = []
            for port in self._ports:
                servers.append(Server(port))
                stack.callback(servers[-1].stop)
            self.ledger, self.weekly, self.web_archive = servers
            self._start()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _start(self) -> None:
        sites = _sites(self.ledger.base, self.weekly.base)
        promoted = tuple(piece for piece in self.pieces if piece.unrelated)
        frames = {outlet: Frame(site, sites, promoted) for outlet, site in sites.items()}
        outlets = {outlet: OutletServer(frame, self.pieces) for outlet, frame in frames.items()}
        self.ledger.start(outlets["ledger"].answer)
        self.weekly.start(outlets["weekly"].answer)
        mementos = [
            *_kept(self.seed_url, outlets["ledger"].page(self.seed.path), SEED_KEPT),
            *self._dead_mementos(frames),
        ]
        self.web_archive.start(WebArchive(self.web_archive.base, mementos).answer)

    def _dead_mementos(self, frames: dict[Outlet, Frame]) -> Iterable[Memento]:
        for piece in self.pieces:
            if piece.dead:
                frame = frames[piece.outlet]
                url = self.url(piece)
                yield from _kept(url, Page(pages.article(piece, frame), piece.published), DEAD_KEPT)
                lost = pages.message(frame, "Page not found", "There is nothing at this address.")
                yield Memento(url, DEAD_SEEN, 404, (("Content-Type", "text/html; charset=utf-8"),), lost)

    @property
    def seed(self) -> Piece:
        """The op-ed with the "Read more" list."""
        return next(piece for piece in self.pieces if piece.is_seed)

    @property
    def seed_url(self) -> str:
        """Its address."""
        return self.url(self.seed)

    def url(self, piece: Piece) -> str:
        """A piece's address."""
        return self.base(piece.outlet) + piece.path

    def base(self, outlet: Outlet) -> str:
        """An outlet's address, without a slash at the end."""
        return self.ledger.base if outlet == "ledger" else self.weekly.base


def _kept(url: str, page: Page, timestamps: Iterable[str]) -> Iterable[Memento]:
    for timestamp in timestamps:
        yield Memento(url, timestamp, 200, page.headers, page.body)


def main() -> int:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=PORTS[0], help="the Ledger's port; 0 takes free ones")
    port = parser.parse_args().port
    if not 0 <= port <= 65533:  # the last two of the three ports must exist too
        parser.error("--port is from 0 to 65533")
    try:
        with Newspaper((port, port + 1, port + 2) if port else ANY_PORTS) as paper:
            sys.stdout.write(
                f"The Port Ansel Ledger  {paper.ledger.base}/\n"
                f"Harbour Weekly         {paper.weekly.base}/\n"
                f"Web archive            {paper.web_archive.base}/\n"
                f"The seed               {paper.seed_url}\n"
                "All invented. Ctrl-C ends it.\n"
            )
            sys.stdout.flush()
            while True:
                time.sleep(3600)
    except OSError as error:
        sys.stderr.write(f"Ports {port} to {port + 2} can't be used: {error.strerror}. Try --port 0.\n")
        return 1
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    raise SystemExit(main())
