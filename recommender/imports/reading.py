"""A list's file, by its kind ─► its entries."""

from __future__ import annotations

from pathlib import Path

from recommender.errors import ImportFileError
from recommender.imports import addresses, bookmarks, feeds, files, opml, readlater
from recommender.imports.detect import detect
from recommender.imports.kinds import Kind, Listing

LISTS = {
    Kind.ADDRESSES: addresses.read,
    Kind.BOOKMARKS: bookmarks.read,
    Kind.READ_LATER: readlater.read,
    Kind.FEED: feeds.read,
    Kind.OPML: opml.read,
}


def kind_of(path: Path) -> Kind:
    """What a file is.

    Raises:
        ImportFileError: it can't be read, or is nothing that `import` takes.
    """
    return detect(files.head(path), path)


def listing(path: Path, kind: Kind) -> Listing:
    """The entries of a list.

    Raises:
        ImportFileError: the file can't be read, or is nothing of that kind.
    """
    data = files.whole(path)
    try:
        return LISTS[kind](data)
    except ImportFileError as error:
        raise ImportFileError(error.message, where=path, hint=error.hint) from error
