"""`claims`: the claims of a reading list and what was left out of them, for whoever writes its seed file."""

from __future__ import annotations

from recommender import judging
from recommender.models import Article
from recommender.similar import Subject, find_subject
from recommender.stance.claims import ClaimList
from recommender.store.database import Store


def listed(store: Store, source: str | None) -> tuple[Subject, ClaimList]:
    """The claims that pieces are asked about where `similar` compares with this source.

    Args:
        store: the archive.
        source: a seed's key or file, an address, an id, or a file with an article; None for the only seed.

    Raises:
        NotFoundError: nothing goes by that name.
        SeedError: the file can't be used.
    """
    subject = find_subject(store, source)
    itself = Article(None, subject.title, "", subject.author, subject.outlet)
    return subject, judging.claims_of(store, itself, subject.seed, subject.named, subject.written)
