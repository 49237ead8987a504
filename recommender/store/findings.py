"""What `verify` finds: one finding a line, each with its place, what it hits and what to do. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum

NAMED = 3  # captures named in a finding's line; JSON has all of them


class Level(StrEnum):
    """How bad it is."""

    DAMAGE = "damage"  # something that was archived can't be read, or is not what it was
    NOTE = "note"  # nothing is lost


@dataclass(frozen=True, slots=True)
class Hit:
    """A capture that a finding is about."""

    capture_id: int
    article_id: int | None
    best: bool  # the copy the article was made from
    url: str

    def words(self) -> str:
        """As a line names it."""
        article = f" of article {self.article_id}" if self.article_id else ""
        return f"capture {self.capture_id}{article}{' (its best copy)' if self.best else ''} {self.url}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or worth knowing."""

    level: Level
    file: str  # path inside the archive's folder
    what: str
    todo: str | None = None
    offset: int | None = None  # bytes; None where no byte can be named
    captures: tuple[Hit, ...] = ()
    more: int = 0  # further captures it hits

    def line(self) -> str:
        """The finding as one line."""
        place = self.file if self.offset is None else f"{self.file} byte {self.offset}"
        named = [hit.words() for hit in self.captures[:NAMED]]
        rest = len(self.captures) - len(named) + self.more
        if rest:
            named.append(f"{rest} more")
        hits = f"; hits {', '.join(named)}" if named else ""
        todo = f" ({self.todo})" if self.todo else ""
        return f"{self.level.value}: {place}: {self.what}{hits}{todo}"

    def view(self) -> dict[str, object]:
        """The finding as JSON shows it."""
        return asdict(self)


@dataclass(slots=True)
class Verified:
    """The account of a check."""

    files: int = 0
    bytes: int = 0
    records: int = 0
    captures: int = 0  # rows
    articles: int = 0
    writing: int = 0  # files that a run is writing just now
    findings: list[Finding] = field(default_factory=list)

    def count(self, level: Level) -> int:
        """How many findings there are of a level."""
        return sum(finding.level is level for finding in self.findings)

    @property
    def intact(self) -> bool:
        """Whether all that was archived is there."""
        return not self.count(Level.DAMAGE)
