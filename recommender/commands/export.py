"""`export`: what is archived, in other people's formats."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from recommender.commands.options import archive_option
from recommender.errors import EXIT_OK, EXIT_PARTIAL
from recommender.output import clean
from recommender.progress import counter

if TYPE_CHECKING:
    from recommender.export.wacz import Packaged
    from recommender.store.database import Store

SHOWN = 5  # damaged places named one by one; `verify` names them all


def _wacz(_ctx: click.Context, _param: click.Parameter, value: Path | None) -> Path | None:
    if value is not None and value.suffix.lower() != ".wacz":
        raise click.BadParameter(f"{str(value)!r} should end in .wacz: readers go by it")
    return value


def _ndjson(_ctx: click.Context, _param: click.Parameter, value: Path | None) -> Path | None:
    if value is not None and value.suffix != ".ndjson":
        raise click.BadParameter(f"{str(value)!r} should end in .ndjson: a .mapping.json goes beside it")
    return value


@click.command("export", short_help="Write articles as WACZ, Parquet, CSV, BibTeX and others.")
@click.argument("sources", metavar="[SEED|URL|ID]...", nargs=-1)
@archive_option
@click.option("--wacz", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", callback=_wacz,
              help="A web archive for ReplayWeb.page, pywb and others, in FILE (.wacz).")  # fmt: skip
@click.option("--parquet", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="A table of facts and texts for DuckDB, Spark, pandas, in FILE.")  # fmt: skip
@click.option("--opensearch", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", callback=_ndjson,
              help="Bulk requests in FILE (.ndjson), the mapping beside it.")  # fmt: skip
@click.option("--jsonl", "style", flag_value="jsonl", help="All facts, texts and copies; `import` reads it.")
@click.option("--csv", "style", flag_value="csv", help="A row of facts for each article.")
@click.option("--markdown", "style", flag_value="markdown", help="A reading list for each seed.")
@click.option("--bibtex", "style", flag_value="bibtex", help="A bibliography for biblatex.")
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False),
              help="File to write to  [default: standard output].")  # fmt: skip
@click.option("--no-text", is_flag=True, help="All but CSV, Markdown, BibTeX without the articles' texts.")
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
@click.option("--quiet", "-q", is_flag=True, help="Only errors.")
@click.pass_context
def command(
    ctx: click.Context, sources: tuple[str, ...], archive: Path, wacz: Path | None, parquet: Path | None,
    opensearch: Path | None, style: str | None, output: Path | None, no_text: bool, force: bool, quiet: bool,
) -> None:  # fmt: skip
    """Write what is archived in one of seven formats: everything, or what each SEED, URL or ID names.

    A seed is its own article and the pieces on its list. The file appears when it is whole, and never in the place
    of another without --force. Exit code 2 where copies are missing from a WACZ because their records are damaged.
    """
    from recommender.store.database import Store

    if sum(map(bool, (wacz, parquet, opensearch, style))) != 1 or (output and not style):
        raise click.UsageError(
            "say one of --wacz FILE, --parquet FILE, --opensearch FILE, --jsonl, --csv, --markdown, --bibtex "
            "(these four with -o FILE)"
        )
    asked = _Asked(sources, wacz, parquet, opensearch, style or "", output, not no_text, force)
    with Store.open(archive) as store, counter("Exporting", quiet=quiet) as tick:
        lost, done = _export(store, asked, tick)
    for line in [*lost, *([done] if done and not quiet else [])]:
        click.echo(line, err=True)
    ctx.exit(EXIT_PARTIAL if lost else EXIT_OK)


class _Asked(NamedTuple):
    """The command line's words; one of the next four is given."""

    sources: tuple[str, ...]
    wacz: Path | None
    parquet: Path | None
    opensearch: Path | None
    style: str
    output: Path | None
    text: bool
    force: bool


def _export(store: Store, asked: _Asked, tick: Callable[[int], None]) -> tuple[list[str], str]:
    """Write what is asked for: what was lost, a line each, and what was done."""
    from recommender.export.exporting import (
        Style,
        Where,
        export,
        export_opensearch,
        export_parquet,
        export_wacz,
    )

    sources, text, force = asked.sources, asked.text, asked.force
    if asked.wacz:
        packaged = export_wacz(store, sources, asked.wacz, force=force, text=text, tick=tick)
        return list(damage(packaged)), account(packaged, asked.wacz)
    if asked.parquet:
        count = export_parquet(store, sources, asked.parquet, force=force, text=text, tick=tick)
        return [], f"{plural(count, 'article')}: {asked.parquet}"
    if asked.opensearch:
        bulk = export_opensearch(store, sources, asked.opensearch, force=force, text=text, tick=tick)
        parts = f"{plural(bulk.articles, 'article')} in {plural(bulk.parts, 'request')}"
        return [], f"{parts}: {asked.opensearch}, and the mapping beside it"
    where = Where(asked.output, force)
    count = export(store, sources, Style(asked.style), where, text=text, tick=tick)
    return [], f"{plural(count, 'article')}: {asked.output}" if asked.output else ""


def account(packaged: Packaged, path: Path) -> str:
    """What went into a WACZ, in a line."""
    line = f"{plural(packaged.captures, 'copy', 'copies')}, {plural(packaged.pages, 'page')}: {path}"
    if packaged.without_page:
        line += f" ({plural(packaged.without_page, 'article')} without a copy left out)"
    return line


def damage(packaged: Packaged) -> Iterator[str]:
    """What could not go in: lost copies, and damage in the middle of a file. A torn end alone is no loss."""
    for lost in packaged.missing[:SHOWN]:
        place = f"{lost.record.file} at byte {lost.record.offset}"
        yield f"readmore: {place}: the copy of {clean(lost.url)} can't be read and was left out"
    for hole in [hole for hole in packaged.damage if not hole.tail][:SHOWN]:
        yield f"readmore: {clean(hole.file)} at byte {hole.offset}: {clean(hole.reason)}; left out"
    if packaged.missing or any(not hole.tail for hole in packaged.damage):
        yield "readmore: `readmore verify` says what is damaged"


def plural(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun."""
    return f"{number} {one if number == 1 else many or one + 's'}"
