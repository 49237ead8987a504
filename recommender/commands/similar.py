"""`similar`: what is archived, ranked for a reader of one article."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import click

from recommender.choosing import LAMBDA, Choice, Side, day_range
from recommender.commands.consent import attended, yes_option
from recommender.commands.options import archive_option, format_option, stance_option
from recommender.errors import NotFoundError, SeedError
from recommender.models import Ground, Recommendation, Verdict
from recommender.output import Column, Format, clean, show, wrapped
from recommender.progress import counter
from recommender.ranking import Sort
from recommender.sites import host_of

COLUMNS = (
    Column("rank", "#", right=True),
    Column("topic_shown", "Topic", right=True),
    Column("stance_shown", "Stance", wrap=False),
    Column("piece", "Piece", ratio=1),
)
ADJUSTED = Column("adjusted_shown", "Fresh", right=True)  # only where --fresh is given
MARKDOWN = (
    *COLUMNS[:3],
    Column("title", "Title", link="url"),
    Column("outlet", "Outlet"),
    Column("published", "Date"),
    Column("terms_shown", "Shared words"),
)
KEYS = (
    "rank", "id", "title", "authors", "outlet", "published", "url", "topic", "adjusted", "stance", "agreement",
    "confidence", "blend", "listed", "terms", "targets", "reason", "claims", "told_by", "model", "also_at",
)  # fmt: skip
CSV_KEYS = (*KEYS[: KEYS.index("terms")], "terms_shown", "also_urls", "claims_shown", "reason", "model")
ALSO = Column("also_shown", "Also at")  # of a Markdown table where any piece has copies
PLACES = 3  # of copies named in a table
CLAIMS = Column("claims_shown", "Claims")  # of a Markdown table where any claim tells
CLAIMS_LEGEND = (
    "Stance: where claims tell it, whether both pieces are for or against the same; else whether both authors feel "
    "alike about the people and organisations both discuss. --explain N shows the sentences."
)
LEGEND = (
    "Stance: do both authors feel alike about the people and organisations both discuss? That is not "
    "yet the side they take in the dispute; --explain N shows the sentences."
)
TERMS = 6  # as many as fit one line of an 80-column terminal


def _day(last: bool) -> Callable[[click.Context, click.Parameter, str | None], date | None]:
    """An option's value as the first or last day it names."""

    def read(_ctx: click.Context, _param: click.Parameter, value: str | None) -> date | None:
        try:
            return day_range(value)[last] if value is not None else None
        except ValueError as error:
            raise click.BadParameter(f"{value!r} is no date; write 2020-01-11, 2020-01 or 2020") from error

    return read


def _number(_ctx: click.Context, _param: click.Parameter, value: float | None) -> float | None:
    """An option's value that must be a number: "nan" passes every bound of click's."""
    if value is not None and math.isnan(value):
        raise click.BadParameter("'nan' is no number")
    return value


def _lambda(_ctx: click.Context, _param: click.Parameter, value: str | None) -> float | None:
    """What stands behind --diverse, which may be a source by mistake."""
    try:
        number = float(value) if value is not None else None
    except ValueError:
        number = math.nan
    if number is not None and not 0 <= number <= 1:
        hint = "name the source before --diverse"
        raise click.BadParameter(f"{value!r} is no number from 0 to 1; {hint}")
    return number


def _sites(_ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """Options' values that must name a host or an outlet."""
    for site in value:
        if not site.strip() or ("://" in site and not host_of(site)):
            raise click.BadParameter(f"{site!r} names no host or outlet")
    return value


@click.command("similar", short_help="Rank what is archived for a reader of one article.")
@click.argument("source", metavar="[SEED|URL|ID|FILE|-]", required=False)
@archive_option
@click.option("--among", type=click.Choice(["all", "refs"]), default="all", show_default=True,
              help="Everything archived, or only the seed's own list.")  # fmt: skip
@click.option("--since", metavar="DATE", callback=_day(last=False),
              help="Only pieces published on DATE or later: 2020-01-11, 2020-01 or 2020.")  # fmt: skip
@click.option("--until", metavar="DATE", callback=_day(last=True),
              help="Only pieces published on DATE or earlier.")  # fmt: skip
@click.option("--past-only", is_flag=True,
              help="Only pieces published before the article itself: background, no hindsight.")  # fmt: skip
@click.option("--site", "sites", metavar="HOST", multiple=True, callback=_sites,
              help="Only this host with its subdomains, or the outlet of this name; may be given again.")  # fmt: skip
@click.option("--not-site", "not_sites", metavar="HOST", multiple=True, callback=_sites,
              help="Not this host or outlet; may be given again.")  # fmt: skip
@click.option("--min-score", type=click.FloatRange(0, 1), default=0.0, metavar="X", callback=_number,
              help="Only pieces that score X or more, from 0 to 1; fewer rows rather than far ones.")  # fmt: skip
@click.option("--fresh", type=click.FloatRange(0, 36_500, min_open=True), metavar="DAYS", callback=_number,
              help="Prefer pieces near the article's date: one DAYS away keeps 3/4 of its score, none less "
              "than half.")  # fmt: skip
@click.option("--diverse", is_flag=False, flag_value=str(LAMBDA), metavar="[LAMBDA]", callback=_lambda,
              help="Choose among the 50 nearest pieces that are unlike each other; LAMBDA 1 is the plain "
              f"order, {LAMBDA} the default.")  # fmt: skip
@click.option("--sort", type=click.Choice([sort.value for sort in Sort]), default="topic", show_default=True,
              help="What to order by; stance and blend order the 50 nearest in topic.")  # fmt: skip
@click.option("--side", type=click.Choice([side.value for side in Side]), default="any", show_default=True,
              help="Of the 50 nearest only those that agree, or only those that disagree or are mixed; what can't "
              "be told is neither.")  # fmt: skip
@click.option("--balanced", is_flag=True,
              help="Of the 50 nearest both sides in turn, the surest first, then mixed and untold ones.")  # fmt: skip
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many.")
@click.option("--explain", type=click.IntRange(1), metavar="N", help="Show the reasons of the Nth in full.")
@click.option("--scheduler", metavar="ADDRESS",
              help="Of a Dask cluster that asks the shards of a `build`; without it they are read here.")  # fmt: skip
@click.option("--timeout", type=click.FloatRange(0, 3600, min_open=True), default=30.0, show_default=True,
              metavar="SECONDS", callback=_number,
              help="How long shards of a `build` may take; the answer says which did not come.")  # fmt: skip
@stance_option
@yes_option
@format_option(Format.TABLE, Format.JSON, Format.CSV, Format.MARKDOWN)
def command(
    source: str | None, archive: Path, among: str, since: date | None, until: date | None, past_only: bool,
    sites: tuple[str, ...], not_sites: tuple[str, ...], min_score: float, fresh: float | None,
    diverse: float | None, sort: str, side: str, balanced: bool, limit: int, explain: int | None,
    scheduler: str | None, timeout: float, stance_model: str, yes: bool, style: Format,
) -> None:  # fmt: skip
    """Rank what is archived against a seed, an archived article, a file or a text (- reads standard input).

    The source may be left out where the archive has one seed. "Stance" is where both stand on the claims of
    the list, where the model judges any, else what the two authors think of the people and organisations that
    both discuss; "can't tell" is an answer.
    """
    from recommender.selecting import know_sites
    from recommender.similar import current_index, similar
    from recommender.stance.scorer import LLM, Foreseeing
    from recommender.store.database import Store
    from recommender.store.missing import is_sharded

    if since and until and since > until:
        raise click.BadParameter(f"--since {since} is after --until {until}")
    if balanced and (sort != Sort.TOPIC.value or side != Side.ANY.value or diverse is not None):
        raise click.BadParameter("--balanced is an order of its own: leave out --sort, --side and --diverse")
    choice = Choice(
        since=since, until=until, past_only=past_only, sites=sites, not_sites=not_sites, fresh=fresh,
        min_score=min_score, diverse=diverse, side=Side(side), balanced=balanced, all_terms=bool(explain),
    )  # fmt: skip
    text = _standard_input() if source == "-" else None
    if is_sharded(archive):
        if among != "all":
            raise click.BadParameter("a sharded archive knows no lists: leave out --among refs")
        if stance_model.startswith(LLM):
            raise click.BadParameter(
                "no language model is asked about shards: --stance-model encoder or linear"
            )
        from recommender.cluster.answers import similar_of_shards

        ranked = similar_of_shards(
            archive, source, stance_model, scheduler=scheduler, limit=max(limit, explain or 0), sort=Sort(sort),
            choice=choice, text=text, timeout=timeout,
        )  # fmt: skip
        _show(ranked.found, explain, ranked.subject.title, ranked.notes, style, fresh=False)
        return
    with Store.open(archive) as store:
        model = attended(stance_model, archive, yes=yes)
        if isinstance(model, Foreseeing):  # its question may wait for an answer: no bar may be drawn over it
            with counter("Indexing new articles") as tick:
                current_index(store, tick)
        if among == "all":  # a list's few articles are looked at themselves
            with counter("Noting sites") as tick:
                know_sites(store, choice, tick)
        with counter("Indexing new articles") as tick:
            subject, found = similar(
                store, source, model, limit=max(limit, explain or 0), sort=Sort(sort),
                only_listed=among == "refs", choice=choice, text=text, tick=tick,
            )  # fmt: skip
    notes = (*filter(None, [subject.note]), *subject.left_out)
    _show(found, explain, subject.title, notes, style, fresh=fresh is not None, told=bool(subject.left_out))


def _show(
    found: Sequence[Recommendation], explain: int | None, title: str, notes: Sequence[str], style: Format, *,
    fresh: bool, told: bool = False,
) -> None:  # fmt: skip
    for note in notes:
        click.echo(f"Note: {note}.", err=True)
    if not found and told and (explain or style is Format.TABLE):
        return
    if explain:
        _explain(found, explain, title, style)
        return
    _list(found, style, fresh)


def _standard_input() -> str:
    from recommender.seeds import MAX_BYTES, decode

    if sys.stdin.isatty():
        click.echo("Type or paste a text, then end it with Ctrl-D on a line of its own.", err=True)
    body = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise SeedError(f"larger than {MAX_BYTES // 1_000_000} MB", where="-")
    return decode(body, Path("-"))


def _list(found: Sequence[Recommendation], style: Format, fresh: bool) -> None:
    from recommender.reasons import view

    rows = [view(item) | _shown(item) for item in found]
    if rows or style is not Format.TABLE:
        columns = MARKDOWN if style is Format.MARKDOWN else COLUMNS
        if style is Format.MARKDOWN and any(item.also_at for item in found):
            columns = (*columns, ALSO)
        if style is Format.MARKDOWN and any(row["claims_shown"] for row in rows):
            columns = (*columns, CLAIMS)
        show(
            rows,
            (*columns[:2], ADJUSTED, *columns[2:]) if fresh else columns,
            style,
            keys={Format.JSON: KEYS, Format.CSV: CSV_KEYS}.get(style, ()),
        )
        if style is Format.TABLE and any(item.agreement.verdict is not Verdict.CANT_TELL for item in found):
            by_claims = any(item.agreement.ground is Ground.CLAIMS for item in found)
            click.echo("\n" + wrapped(CLAIMS_LEGEND if by_claims else LEGEND))
    else:
        click.echo("Nothing in the archive is near this. `fetch` or `import` more.")


def _shown(item: Recommendation) -> dict[str, object]:
    from recommender.reasons import claims_line, place_name

    article, agreement = item.article, item.agreement
    where = " · ".join(clean(part) for part in (article.outlet, article.published) if part)
    sure = "" if agreement.verdict is Verdict.CANT_TELL else f" {agreement.confidence:.2f}"
    terms = ", ".join(clean(share.term) for share in item.terms[:TERMS])
    listed = "on the list" if item.listed else ""
    places = list(dict.fromkeys(clean(place_name(place)) for place in item.also_at))
    more = f" and {len(places) - PLACES} more" if len(places) > PLACES else ""
    also = ", ".join(places[:PLACES]) + more
    return {
        "also_shown": also,
        "claims_shown": claims_line(item),
        "also_urls": " ".join(clean(place.url) for place in item.also_at if place.url),
        "topic_shown": f"{item.topic:.2f}",
        "adjusted_shown": "" if item.adjusted is None else f"{item.adjusted:.2f}",
        "stance_shown": agreement.verdict.value + sure,
        "terms_shown": terms,
        "piece": "\n".join(
            filter(
                None,
                (
                    clean(article.title),
                    " · ".join(filter(None, (where, listed))),
                    f"also at {also}" if also else "",
                    terms,
                ),
            )
        ),
    }


def _explain(found: Sequence[Recommendation], number: int, title: str, style: Format) -> None:
    from recommender.explain import explanation
    from recommender.output import as_json
    from recommender.reasons import view

    if number > len(found):
        raise NotFoundError(f"there are only {len(found)} pieces", where=f"--explain {number}")
    item = found[number - 1]
    click.echo(as_json(view(item)) if style is Format.JSON else explanation(item, title or "your text"))
