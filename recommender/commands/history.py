"""`history`: an article's copies, and what its newsroom changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recommender.commands.options import archive_option, format_option
from recommender.models import Change, Via
from recommender.output import Column, Format, as_csv, as_json, clean, console, show, wrapped

if TYPE_CHECKING:
    from recommender.history import Copy, History

COLUMNS = (
    Column("number", "#", right=True),
    Column("when", "When (UTC)", wrap=False),
    Column("from", "From", wrap=False),
    Column("what", "Verdict", ratio=1),
    Column("words", "Words", right=True),
    Column("size_shown", "Size", right=True),
)
KEYS = (
    "number", "id", "captured_at", "fetched_at", "via", "source_url", "url", "final_url", "status", "verdict",
    "rule", "size", "title", "words", "is_article", "unchanged_since", "same_as", "warc_file", "warc_offset",
)  # fmt: skip
FROM = {Via.LIVE: "live", Via.WAYBACK: "memento", Via.IMPORT: "saved page", Via.TEXT: "given text"}
_MARKED = re.compile(r"(\[-.*?-\]|\{\+.*?\+\})")


@click.command("history", short_help="List an article's copies; show what changed between two.")
@click.argument("article")
@click.argument("numbers", nargs=-1, type=click.IntRange(1), metavar="[A B]")
@archive_option
@click.option(
    "--diff", is_flag=True, help="Show what changed from copy A to copy B [default: the last two versions]."
)
@format_option(Format.TABLE, Format.JSON, Format.CSV)
def command(article: str, numbers: tuple[int, ...], archive: Path, diff: bool, style: Format) -> None:
    """List the copies of ARTICLE: an id, an address, or the name that an import brought along.

    A and B are numbers of that list, for --diff.
    """
    from recommender.history import compare, history, last_two
    from recommender.store.database import Store

    if numbers and (not diff or len(numbers) != 2):
        raise click.UsageError("two numbers go with --diff, and nothing else")
    with Store.open(archive) as store:
        found = history(store, article)
        if not diff:
            _list(found, style)
            return
        pair = tuple(map(found.copy, numbers)) if numbers else last_two(found.versions())
        change = compare(store, *pair) if pair else None
    _compared(pair, change, style)


def _list(found: History, style: Format) -> None:
    rows = [_row(copy, found) for copy in found.copies]
    if style is not Format.TABLE:
        show(rows, (), style, keys=KEYS)
        return
    article, versions = found.article, len(found.versions())
    click.echo(wrapped(f"{clean(article.title)}  [{article.id}]"))
    if article.url:
        click.echo(clean(article.url))
    if not rows:
        click.echo("No copies: it was imported as text.")
        return
    show(rows, COLUMNS, style)
    click.echo()
    more = ". --diff shows what changed last" if versions > 1 else ""
    click.echo(f"{_counted(len(rows), 'copy', 'copies')}, {_counted(versions, 'version', 'versions')}{more}.")


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _row(copy: Copy, found: History) -> dict[str, object]:
    """A copy as a row, for tables and for programs."""
    capture = copy.capture
    earlier = found.copy(copy.same_as) if copy.same_as else None
    return {
        "number": copy.number,
        "id": capture.id,
        "captured_at": capture.captured_at.isoformat(),
        "fetched_at": capture.fetched_at.isoformat(),
        "via": capture.via.value,
        "source_url": capture.source_url,
        "url": capture.url,
        "final_url": capture.final_url,
        "status": capture.status,
        "verdict": capture.verdict,
        "rule": capture.rule,
        "size": capture.size,
        "title": capture.title,
        "words": capture.words,
        "is_article": copy.is_article,
        "unchanged_since": earlier.capture.captured_at.isoformat() if earlier else None,
        "same_as": copy.same_as,
        "warc_file": capture.record.file,
        "warc_offset": capture.record.offset,
        "when": f"{capture.captured_at:%Y-%m-%d %H:%M}",
        "from": FROM[capture.via],
        "what": _verdict(copy, earlier),
        "size_shown": _size(capture.size),
    }


def _verdict(copy: Copy, earlier: Copy | None) -> str:
    """What a copy is, and the rule that told it on a line of its own."""
    capture = copy.capture
    if earlier and earlier.number < copy.number:
        day = f"{earlier.capture.captured_at:%Y-%m-%d},\ncopy {earlier.number}"
        said = capture.verdict if capture.verdict == "unchanged" else f"{capture.verdict}, unchanged"
        return f"{clean(said)} since {day}"
    if earlier:  # a memento from before the live copy it equals
        return f"{clean(capture.verdict)}: the bytes of copy {earlier.number}"
    lines = [f"{capture.verdict}: the article now" if copy.is_article else capture.verdict, capture.rule]
    return "\n".join(clean(line) for line in lines if line)


def _size(size: int) -> str:
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:.1f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def _compared(pair: Sequence[Copy] | None, change: Change | None, style: Format) -> None:
    numbers = {"before": pair[0].number, "after": pair[1].number} if pair else {"before": None, "after": None}
    facts = asdict(change) if change else None
    if style is Format.JSON:
        click.echo(as_json({**numbers, "change": facts}))
    elif style is Format.CSV:
        names = ("before", "after", *Change.__dataclass_fields__)
        click.echo(as_csv([{**numbers, **facts}] if facts else [], names))
    elif pair is None:
        click.echo("There is one version only, so nothing to compare.")
    else:
        before, after = (f"copy {one.number} ({one.capture.captured_at:%Y-%m-%d %H:%M})" for one in pair)
        if change is None:
            click.echo(f"Nothing changed from {before} to {after}.")
            return
        account = f"words: {change.words_removed} removed, {change.words_added} added"
        click.echo(wrapped(f"From {before} to {after}; {account}."))
        _coloured(change.diff)


def _coloured(diff: str) -> None:
    """Each changed place in a paragraph of its own; red and green on a terminal that has them."""
    from rich.text import Text

    screen = console()
    for line in diff.split("\n"):
        text = Text()
        for part in _MARKED.split(clean(line)):
            text.append(part, style={"[-": "red", "{+": "green"}.get(part[:2], ""))
        screen.print()
        screen.print(text)
