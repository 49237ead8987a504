"""The Datasette plugin: reading lists, and cells a reader understands.

Registered as an entry point, so Datasette finds it wherever the package is installed. It says nothing
about databases that are not archives of ours (`archives.py` tells them apart), and it never writes.

    archives.py   which databases are ours, and who may see them
    pages.py      what each page reads and shows        answers.py   how it is sent, and refused
    queries.py, home_queries.py, piece_queries.py, searching.py      the SQL
    shapes.py     what is shown     shaped.py, text.py, marking.py   strangers' words made fit to show
    captures.py   an archived page, made harmless       offprints.py lists as feeds and books
    cells.py      cells of Datasette's own pages        serve.py     starts Datasette on an archive folder
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

from recommender.errors import ReadmoreError

try:
    from datasette import hookimpl
except ModuleNotFoundError as error:  # an extra of the package: `readmore browse` needs it, nothing else
    hint = "pip install 'readmore[browse]'"
    raise ReadmoreError("browsing needs Datasette, which is not installed", hint=hint) from error

from recommender.browse import cells, offprints, pages
from recommender.browse.answers import answers
from recommender.browse.archives import visible, was_ours

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request
    from markupsafe import Markup

_STYLE = "/-/static-plugins/readmore/readmore.css"
_F = TypeVar("_F", bound=Callable[..., object])


def _hook(function: _F) -> _F:
    """Datasette's `hookimpl`, which has no types, keeping the function's own."""
    return cast(_F, hookimpl(function))


@_hook
def register_routes() -> list[tuple[str, Callable[..., Awaitable[Any]]]]:
    """Our pages, each also as JSON; a reading list as a feed and as a book too."""
    json = r"(?:\.(?P<kind>json))?"
    routes = [
        (rf"{json}/?", pages.home),
        (rf"/search{json}", pages.search),
        (rf"/piece/(?P<id>[0-9]+){json}", pages.piece),
        (rf"/capture/(?P<id>[0-9]+){json}", pages.capture),
        (rf"/compare/(?P<left>[0-9]+)/(?P<right>[0-9]+){json}", pages.compare_pair),
        (rf"/(?P<key>[^/]+)/map{json}", pages.seed_map_page),
        (rf"/(?P<key>[^/]+)/compare/(?P<id>[0-9]+){json}", pages.compare_with_seed),
        (r"/(?P<key>[^/]+)\.(?P<kind>atom|epub)", offprints.offprint),
        (rf"/(?P<key>[^/]+?){json}", pages.reading_list),
    ]
    return [(f"/-/readmore{path}$", answers(make)) for path, make in routes]


@_hook
def menu_links(
    datasette: Datasette, actor: dict[str, Any] | None
) -> Callable[[], Awaitable[list[dict[str, str]]]]:
    """The reading lists, in the menu of every page, for those who may see them."""

    async def links() -> list[dict[str, str]]:
        if not await visible(datasette, actor):
            return []
        return [{"href": datasette.urls.path("/-/readmore"), "label": "Reading lists"}]

    return links


@_hook
def extra_template_vars(
    datasette: Datasette, request: Request | None, template: str
) -> Callable[[], Awaitable[dict[str, Any]]]:
    """The way from Datasette's home page to the reading lists (templates/index.html)."""

    async def variables() -> dict[str, Any]:
        if template != "index.html" or not await visible(datasette, request.actor if request else None):
            return {}
        return {"readmore_home": datasette.urls.path("/-/readmore")}

    return variables


@_hook
def extra_css_urls(datasette: Datasette, database: str | None) -> Callable[[], Awaitable[list[str]]]:
    """Colours of our marks, on pages of our databases only."""

    async def urls() -> list[str]:
        return [_STYLE] if await was_ours(datasette, database) else []

    return urls


@_hook
def render_cell(
    row: Any, value: object, column: str, table: str | None, database: str, datasette: Datasette
) -> Callable[[], Awaitable[Markup | None]] | None:
    """Links, marks and words in place of raw values."""
    if not cells.concerns(table, column):
        return None

    async def cell() -> Markup | None:
        if not await was_ours(datasette, database):
            return None
        several = sum([await was_ours(datasette, name) for name in datasette.databases]) > 1
        keys = row.keys() if hasattr(row, "keys") else ()
        number = row["id"] if table and "id" in keys else None
        number = number["value"] if isinstance(number, dict) else number
        return cells.render(datasette, database, table, column, value, number, several=several)

    return cell
