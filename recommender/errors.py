"""One error tree. Each error says what is wrong, where, and what to do, and owns its exit code.

ReadmoreError            exit 1
├── SeedError            a seed file, page or text that can't be used
├── ImportFileError      a file of articles that can't be read
├── ArchiveError         an archive that can't be opened or written
├── ExportError          an export that can't be made or written
├── NotFoundError        nothing in the archive goes by that name
├── AccessError          keys for a web service that are missing, unusable or not accepted
├── ConsentError         something that costs or tells others, and was not agreed to
├── ModelError           a language model that does not answer
├── ClusterError         exit 3: a cluster that can't be had or was lost; what is written stays
└── EvaluationError      labelled data that can't be used
"""

from __future__ import annotations

from pathlib import Path

EXIT_OK = 0  # all done
EXIT_USAGE = 1  # usage or bad input
EXIT_PARTIAL = 2  # some references failed
EXIT_UNREACHABLE = 3  # nothing could be reached


class ReadmoreError(Exception):
    """Root of every error this package raises on purpose.

    Args:
        message: what is wrong, one line.
        where: the file, `file:line` or URL it is about.
        hint: what the caller should do.
    """

    exit_code = EXIT_USAGE

    def __init__(self, message: str, *, where: str | Path | None = None, hint: str | None = None) -> None:
        self.message = message
        self.where = str(where) if where is not None else None
        self.hint = hint
        super().__init__(self.line())

    def line(self) -> str:
        """The error as one line: `where: message (hint)`."""
        start = f"{self.where}: " if self.where else ""
        end = f" ({self.hint})" if self.hint else ""
        return f"{start}{self.message}{end}"


class SeedError(ReadmoreError):
    """A seed file, page or text that can't be used."""


class ImportFileError(ReadmoreError):
    """A file of articles that can't be read."""


class ArchiveError(ReadmoreError):
    """An archive that can't be opened or written."""


class ExportError(ReadmoreError):
    """An export that can't be made or written."""


class NotFoundError(ReadmoreError):
    """Nothing in the archive goes by that name."""


class AccessError(ReadmoreError):
    """Keys for a web service that are missing, unusable or not accepted."""


class ConsentError(ReadmoreError):
    """Something that costs, or sends texts to others, and was not agreed to."""


class ModelError(ReadmoreError):
    """A language model that does not answer."""

    exit_code = EXIT_UNREACHABLE


class ClusterError(ReadmoreError):
    """A cluster that can't be had or was lost; what is written stays."""

    exit_code = EXIT_UNREACHABLE


class EvaluationError(ReadmoreError):
    """Labelled data that can't be used."""
