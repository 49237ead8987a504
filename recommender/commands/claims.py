"""`claims`: what the pieces of a list are asked about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from recommender.claim_models import Origin
from recommender.commands.options import archive_option, format_option, stance_option
from recommender.output import Column, Format, show, wrapped

if TYPE_CHECKING:
    from recommender.stance.claims import ClaimList

COLUMNS = (
    Column("number", "#", right=True),
    Column("claim", "Claim", ratio=3),
    Column("told", "From, or why it is none", ratio=2),
)
KEYS = ("number", "claim", "opposite", "origin", "headline", "reason")
_WHOSE = {
    Origin.SEED: "the article’s headline",
    Origin.REFERENCE: "a headline of its list",
    Origin.READER: "written in the seed file",
}


@click.command("claims", short_help="The claims of a reading list, and which headlines make none.")
@click.argument("source", metavar="[SEED|URL|ID|FILE]", required=False)
@archive_option
@stance_option
@format_option(Format.TABLE, Format.JSON, Format.CSV, Format.MARKDOWN)
def command(source: str | None, archive: Path, stance_model: str, style: Format) -> None:
    """Print the claims that `similar` asks every piece about, and the headlines that state nothing, with why.

    A claim of your own, or one to leave out, is a [[claim]] of the seed file.
    """
    from recommender.claiming import listed
    from recommender.stance.scorer import load
    from recommender.store.database import Store

    with Store.open(archive) as store:
        subject, found = listed(store, source)
        model = load(stance_model)
    if not model.judges_claims:
        note = f"the model {model.name} judges no claims, so these change no verdict"
        click.echo(f"Note: {note}.", err=True)
    for text in found.unknown:
        click.echo(f"Note: switched off in the seed file, and no claim of this list: “{text}”.", err=True)
    rows = _rows(found)
    if rows or style is not Format.TABLE:
        show(rows, COLUMNS, style, keys=KEYS if style in {Format.JSON, Format.CSV} else ())
    else:
        click.echo(wrapped(f"“{subject.title}” has no headline that could be a claim."))


def _rows(found: ClaimList) -> list[dict[str, object]]:
    """Claims, numbered, then what is none."""
    claims: list[dict[str, object]] = [
        {
            "number": number,
            "claim": claim.text,
            "origin": claim.origin.value,
            "opposite": claim.opposite or None,
            "headline": claim.headline or None,
            "reason": None,
            "told": _WHOSE[claim.origin] + (f"; its opposite: {claim.opposite}" if claim.opposite else ""),
        }
        for number, claim in enumerate(found.claims, 1)
    ]
    none: list[dict[str, object]] = [
        {
            "number": None,
            "claim": out.text,
            "origin": None,
            "opposite": None,
            "headline": out.text,
            "reason": out.reason,
            "told": f"none: {out.reason}",
        }
        for out in found.left_out
    ]
    return claims + none
