"""How every page of ours is answered: GET only, for those who may see the archive, with strict headers.

    request ─► the archives this visitor may see ─► a maker of this page ─► HTML, or the same as JSON

What is not there is a page of ours too, so that every answer of these routes carries the same headers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field, is_dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from datasette.utils.asgi import Response

from recommender.browse import text
from recommender.browse.archives import visible
from recommender.browse.views import STANCE_SLUGS, Links
from recommender.reasons import leaning

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.database import Database
    from datasette.utils.asgi import Request

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline' 'self'; img-src data: 'self'; frame-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # Chromium looks up the hosts of all links on an http page: who reads what is nobody's business.
    "X-DNS-Prefetch-Control": "off",
}
_WORDS = ("day", "few", "found_by", "host", "minutes", "percent", "side", "signed", "size")


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a page, and the archive it is answered from."""

    datasette: Datasette
    request: Request
    name: str  # of the database
    names: tuple[str, ...]  # of all archives this visitor may see
    to: Links

    @property
    def db(self) -> Database:
        """Datasette's read-only connection to the archive."""
        return self.datasette.get_database(self.name)

    def part(self, name: str) -> str:
        """A part of the path, as the route names it; "" where it is not there."""
        return unquote(self.request.url_vars.get(name) or "")

    def number(self, name: str) -> int:
        """The same as a row's number; 0, which no row has, where it is too large for SQLite."""
        digits = self.part(name)
        return int(digits) if len(digits) < 19 else 0


@dataclass(frozen=True, slots=True)
class Page:
    """A page to be: what it shows, as `.json` gives it, and what only its template needs."""

    template: str
    data: dict[str, Any]
    extra: dict[str, Any] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True)
class NotHere:
    """Why there is nothing to show."""

    message: str
    status: int = 404


Maker = Callable[[Visit], Awaitable["Page | NotHere | Response"]]
NO_ARCHIVE = NotHere("No archive of readmore is open here.")


def answers(make: Maker) -> Callable[[Datasette, Request], Awaitable[Response]]:
    """A view for Datasette's routes that answers with what `make` makes."""

    async def view(datasette: Datasette, request: Request) -> Response:
        if request.method not in {"GET", "HEAD"}:
            refusal = "This page is for reading: GET only.\n"
            return Response.text(refusal, status=405, headers={**HEADERS, "Allow": "GET"})
        names = tuple(await visible(datasette, request.actor, fresh=True))
        root, asked = str(datasette.urls.path("/-/readmore")), request.args.get("db")
        made: Page | NotHere | Response = NO_ARCHIVE
        for name in (name for name in names if asked in {None, name}):
            to = Links(root, name if len(names) > 1 else None)
            made = await make(Visit(datasette, request, name, names, to))
            if not isinstance(made, NotHere):
                return made if isinstance(made, Response) else await _sent(datasette, request, made, name, to)
        return await _sent(datasette, request, made, None, Links(root, None))

    view.__doc__ = make.__doc__
    return view


async def _sent(
    datasette: Datasette, request: Request, page: Page | NotHere, name: str | None, to: Links
) -> Response:
    """A page as HTML, or as JSON where the address ends so."""
    if isinstance(page, NotHere):
        page = Page("readmore_missing.html", {"message": page.message}, status=page.status)
    if request.url_vars.get("kind") == "json":
        return Response.json(_plain(page.data), status=page.status, headers=HEADERS)
    context = {
        **{word: getattr(text, word) for word in _WORDS},
        "leaning": leaning,
        "stance_slugs": STANCE_SLUGS,
        "db": name,
        "to": to,
        **page.extra,
        **page.data,
    }
    html = await datasette.render_template(page.template, context, request=request)
    return Response.html(html, status=page.status, headers=HEADERS)


def _plain(value: Any) -> Any:
    """Shapes as what JSON knows."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value
