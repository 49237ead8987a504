"""A seed file (TOML) ─► Seed, its mistakes told with file and line. Pure. (The format: docs/seeds.md)"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recommender.errors import SeedError
from recommender.models import Kind, Reference, Seed

if TYPE_CHECKING:
    from recommender.claim_models import WrittenClaim

SEED_KEYS = {"title", "author", "outlet", "published", "url", "reference", "claim"}
REFERENCE_KEYS = {"title", "author", "url", "published", "kind"}
CLAIM_KEYS = {"text", "off", "opposite"}
MOST_CLAIMS = 8  # of a reading list, as stance/claims.py judges them: each costs every piece its passages
LONGEST_CLAIM = 300  # characters, as a headline's

Table = tuple[str, int]  # "reference" or "claim", and its number in the file; 1 is the first
TOP: Table = ("", 0)


def parse(text: str, path: Path, key: str) -> Seed:
    """A seed from a seed file's text.

    Args:
        text: of the file.
        path: of the file, for the messages.
        key: what the seed goes by.

    Raises:
        SeedError: not TOML, an unknown or missing key, or a value of the wrong kind; with file and line.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        place = f"{path}:{line.group(1)}" if line else str(path)
        raise SeedError(f"not valid TOML: {error}", where=place) from error
    reader = _Toml(path, text)
    reader.check(data, SEED_KEYS)
    return Seed(
        key=key,
        title=reader.text(data, "title", required=True) or "",
        source=str(path),
        author=reader.text(data, "author"),
        outlet=reader.text(data, "outlet"),
        published=reader.day(data, "published"),
        url=reader.web(data, "url"),
        references=tuple(
            reader.reference(item, number) for number, item in enumerate(reader.tables(data, "reference"), 1)
        ),
        claims=reader.claims(reader.tables(data, "claim")),
    )


class _Toml:
    """Typed reads of a seed file, whose errors name the line."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.lines = text.splitlines()

    def place(self, key: str, table: Table = TOP) -> str:
        """`file:line` of a key in the nth [[reference]] or [[claim]], or before the first of either."""
        seen: Counter[str] = Counter()
        here, start = TOP, 1
        for number, line in enumerate(self.lines, 1):
            opened = re.match(r"\s*\[\[\s*(reference|claim)\s*\]\]", line)
            if opened:
                seen[opened[1]] += 1
                here = (opened[1], seen[opened[1]])
                start = number if here == table else start
            header = re.match(rf"\s*\[+\s*{re.escape(key)}\s*\]", line)
            if (header and table == TOP) or (
                here == table and re.match(rf"\s*[\"']?{re.escape(key)}\b", line)
            ):
                return f"{self.path}:{number}"
        return f"{self.path}:{start}"

    def check(self, data: dict[str, Any], known: set[str], table: Table = TOP) -> None:
        for key in data:
            if key not in known:
                hint = f"known keys: {', '.join(sorted(known))}"
                raise SeedError(f"unknown key `{key}`", where=self.place(key, table), hint=hint)

    def text(
        self, data: dict[str, Any], key: str, table: Table = TOP, *, required: bool = False
    ) -> str | None:
        value = data.get(key)
        if value is None and not required:
            return None
        if not isinstance(value, str) or not value.strip():
            wrong = "missing" if value is None else "must be a text that is not empty"
            raise SeedError(f"`{key}` {wrong}", where=self.place(key, table), hint=f'write {key} = "…"')
        return " ".join(value.split())

    def day(self, data: dict[str, Any], key: str, table: Table = TOP) -> date | None:
        value = data.get(key)
        if isinstance(value, datetime):
            return value.date()
        if value is None or isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError as error:
            hint = f"write {key} = 2020-01-11"
            raise SeedError(f"`{key}` must be a date", where=self.place(key, table), hint=hint) from error

    def web(self, data: dict[str, Any], key: str, table: Table = TOP) -> str | None:
        value = self.text(data, key, table)
        if value and not re.match(r"https?://[^/\s]", value, re.I):
            hint = "it begins with http:// or https://"
            raise SeedError(f"`{key}` must be a web address", where=self.place(key, table), hint=hint)
        return value

    def tables(self, data: dict[str, Any], name: str) -> list[dict[str, Any]]:
        found = data.get(name, [])
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            hint = f"write [[{name}]]"
            raise SeedError(f"`{name}` must be tables", where=self.place(name), hint=hint)
        return found

    def reference(self, data: dict[str, Any], number: int) -> Reference:
        table = ("reference", number)
        self.check(data, REFERENCE_KEYS, table)
        kind = self.text(data, "kind", table) or Kind.LIST
        if kind not in set(Kind):
            hint = f"one of {', '.join(Kind)}"
            raise SeedError(f"`kind` is {kind!r}", where=self.place("kind", table), hint=hint)
        return Reference(
            title=self.text(data, "title", table, required=True) or "",
            url=self.web(data, "url", table),
            author=self.text(data, "author", table),
            kind=Kind(kind),
            published=self.day(data, "published", table),
        )

    def claim(self, data: dict[str, Any], number: int) -> WrittenClaim:
        from recommender.claim_models import WrittenClaim

        table = ("claim", number)
        self.check(data, CLAIM_KEYS, table)
        text = self.text(data, "text", table, required=True) or ""
        off = data.get("off", False)
        if not isinstance(off, bool):
            raise SeedError(
                "`off` must be true or false", where=self.place("off", table), hint="write off = true"
            )
        opposite = self.text(data, "opposite", table) or ""
        for key, said in (("text", text), ("opposite", opposite)):
            wrong = _no_claim(said) if said and not off else None
            if wrong:
                hint = f'write what one can be for or against: {key} = "The bridge should stay open"'
                raise SeedError(f"a claim {wrong}", where=self.place(key, table), hint=hint)
        if opposite and (off or opposite.casefold() == text.casefold()):
            problem = "a claim that is off has no opposite" if off else "a claim is not its own opposite"
            raise SeedError(problem, where=self.place("opposite", table), hint="take the line out")
        return WrittenClaim(text, off, opposite)

    def claims(self, listed: list[dict[str, Any]]) -> tuple[WrittenClaim, ...]:
        found: dict[str, WrittenClaim] = {}
        for number, item in enumerate(listed, 1):
            claim = self.claim(item, number)
            if claim.text.casefold() in found:
                hint = "take one of them out"
                raise SeedError(
                    f"the claim “{claim.text}” stands there twice",
                    where=self.place("text", ("claim", number)),
                    hint=hint,
                )
            found[claim.text.casefold()] = claim
        wanted = sum(not claim.off for claim in found.values())
        if wanted > MOST_CLAIMS:
            raise SeedError(
                f"{wanted} claims are more than the {MOST_CLAIMS} that are judged",
                where=self.place("claim"),
                hint="keep those that divide the pieces",
            )
        return tuple(found.values())


def _no_claim(text: str) -> str | None:
    """What is wrong with a reader's claim; None where it will do."""
    if text.endswith("?"):
        return "is a statement, not a question"
    if len(text) > LONGEST_CLAIM:
        return f"has at most {LONGEST_CLAIM} characters, this one {len(text)}"
    return None if len(text.split()) > 2 else "has three words or more"
