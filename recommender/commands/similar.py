"""`similar`: what is archived, ranked for a reader of one article."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from recommender.commands.options import archive_option, format_option
from recommender.errors import NotFoundError
from recommender.models import Recommendation, Verdict
from recommender.output import Column, Format, clean, show, wrapped
from recommender.progress import counter
from recommender.ranking import Sort

COLUMNS = (
    Column("rank", "#", right=True),
    Column("topic_shown", "Topic", right=True),
    Column("stance_shown", "Stance", wrap=False),
    Column("piece", "Piece", ratio=1),
)
MARKDOWN = (
    *COLUMNS[:3],
    Column("title", "Title", link="url"),
    Column("outlet", "Outlet"),
    Column("published", "Date"),
    Column("terms_shown", "Shared words"),
)
KEYS = (
    "rank", "id", "title", "authors", "outlet", "published", "url", "topic", "stance", "agreement",
    "confidence", "blend", "listed", "terms", "targets",
)  # fmt: skip
CSV_KEYS = (*KEYS[:-2], "terms_shown")
LEGEND = (
    "Stance: do both authors feel alike about the people and organisations both discuss? That is not "
    "yet the side they take in the dispute; --explain N shows the sentences."
)
TERMS = 6  # as many as fit one line of an 80-column terminal


@click.command("similar")
@click.argument("source", metavar="[SEED|URL|ID|FILE]", required=False)
@archive_option
@click.option("--among", type=click.Choice(["all", "refs"]), default="all", show_default=True,
              help="Everything archived, or only the seed's own list.")  # fmt: skip
@click.option("--sort", type=click.Choice([sort.value for sort in Sort]), default="topic", show_default=True,
              help="What to order by; stance and blend order the 50 nearest in topic.")  # fmt: skip
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many.")
@click.option("--explain", type=click.IntRange(1), metavar="N", help="Show the reasons of the Nth in full.")
@click.option("--stance-model", default="linear", show_default=True, help="Which scorer judges stance.")
@format_option(Format.TABLE, Format.JSON, Format.CSV, Format.MARKDOWN)
def command(
    source: str | None, archive: Path, among: str, sort: str, limit: int,
    explain: int | None, stance_model: str, style: Format,
) -> None:  # fmt: skip
    """Rank what is archived against a seed, an archived article or a file.

    The source may be left out where the archive has one seed. "Stance" is what the two authors think of
    the people and organisations that both discuss; "can't tell" is an answer.
    """
    from recommender.similar import similar
    from recommender.stance.scorer import load
    from recommender.store.database import Store

    with Store.open(archive) as store, counter("Indexing new articles") as tick:
        subject, found = similar(
            store, source, load(stance_model), limit=max(limit, explain or 0), sort=Sort(sort),
            only_listed=among == "refs", tick=tick,
        )  # fmt: skip
    if subject.note:
        click.echo(f"Note: {subject.note}.", err=True)
    if explain:
        _explain(found, explain, subject.title, style)
        return
    _list(found, style)


def _list(found: Sequence[Recommendation], style: Format) -> None:
    from recommender.reasons import view

    rows = [view(item) | _shown(item) for item in found]
    if rows or style is not Format.TABLE:
        show(
            rows,
            MARKDOWN if style is Format.MARKDOWN else COLUMNS,
            style,
            keys={Format.JSON: KEYS, Format.CSV: CSV_KEYS}.get(style, ()),
        )
        if style is Format.TABLE and any(item.agreement.verdict is not Verdict.CANT_TELL for item in found):
            click.echo("\n" + wrapped(LEGEND))
    else:
        click.echo("Nothing in the archive is near this. `fetch` or `import` more.")


def _shown(item: Recommendation) -> dict[str, object]:
    article, agreement = item.article, item.agreement
    where = " · ".join(clean(part) for part in (article.outlet, article.published) if part)
    sure = "" if agreement.verdict is Verdict.CANT_TELL else f" {agreement.confidence:.2f}"
    terms = ", ".join(clean(share.term) for share in item.terms[:TERMS])
    listed = "on the list" if item.listed else ""
    return {
        "topic_shown": f"{item.topic:.2f}",
        "stance_shown": agreement.verdict.value + sure,
        "terms_shown": terms,
        "piece": "\n".join(
            filter(None, (clean(article.title), " · ".join(filter(None, (where, listed))), terms))
        ),
    }


def _explain(found: Sequence[Recommendation], number: int, title: str, style: Format) -> None:
    from recommender.explain import explanation
    from recommender.output import as_json
    from recommender.reasons import view

    if number > len(found):
        raise NotFoundError(f"there are only {len(found)} pieces", where=f"--explain {number}")
    item = found[number - 1]
    click.echo(as_json(view(item)) if style is Format.JSON else explanation(item, title))
