"""Where pieces stand: profiles and positions kept in the archive, made where they are not, compared with one piece's.

claims_of: seed, links, `[[claim]]`s ─► the claims of a list
agreements: articles ─► profiles ─► those that argue ─► positions ─► agreement with the piece that is compared with

Where the model judges no claims, nothing of them is looked up or worked out. One whose answers cost something is told
of all of its questions at once, before the first (`_foreseen`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from recommender.models import Agreement, Article, Profile, StoredSeed
from recommender.stance.agreement import agree
from recommender.stance.profile import profile, profile_from_json, profile_to_json, profiles, stored_as
from recommender.stance.scorer import Foreseeing, Scorer
from recommender.stance.voice import OPINION
from recommender.store.database import Store

if TYPE_CHECKING:
    from recommender.claim_models import AskedClaim, Claim, Stand, WrittenClaim
    from recommender.stance.claims import ClaimList
    from recommender.stance.positions import Asked
    from recommender.stance.scorer import Ahead, Mention, Passage


def claims_of(
    store: Store, itself: Article, seed: StoredSeed | None, named: Sequence[str],
    written: Sequence[WrittenClaim] | None,
) -> ClaimList:  # fmt: skip
    """The claims of a reading list; of a piece that has none, that of its own headline.

    Args:
        store: the archive.
        itself: the piece that others are compared with.
        seed: whose list it is.
        named: titles of a list that the archive does not know.
        written: what a seed file says of claims; None for what the archive keeps of it.
    """
    from recommender.claim_models import Origin
    from recommender.stance.claims import Headline, claims_of

    headlines = [Headline(itself.title, Origin.SEED, itself.outlet, itself.authors)] if itself.title else []
    headlines += [Headline(title, Origin.REFERENCE) for title in named]
    if seed:
        links = store.lists.links(seed.id)
        archived = store.library.headlines(link.article_id for link in links if link.article_id)
        for link in links:
            if link.article_id and link.article_id == seed.article_id:
                continue
            piece = archived.get(link.article_id or 0)
            headlines.append(
                Headline(piece.title, Origin.REFERENCE, piece.outlet, piece.authors)
                if piece
                else Headline(link.reference.title, Origin.REFERENCE, seed.outlet, link.reference.author)
            )
    if written is None:
        written = store.lists.claims(seed.id) if seed else ()
    return claims_of(headlines, written)


def agreements(
    store: Store, itself: Article, archived: int | None, articles: Mapping[int, Article],
    claims: Sequence[Claim], scorer: Scorer,
) -> dict[int, Agreement]:  # fmt: skip
    """How each article agrees with one piece.

    Args:
        store: the archive; what is worked out of its articles is kept there.
        itself: the piece that they are compared with.
        archived: its row; None for a text of the moment, which leaves no trace.
        articles: by id.
        claims: of the list; none where the model judges none.
        scorer: the stance model.
    """
    if isinstance(scorer, Foreseeing):
        scorer.foresee(_foreseen(store, itself, archived, articles, claims, scorer))
    if archived is None:
        known = _profiles(store, articles, scorer)
        own = profile(itself.title, itself.text, scorer)
    else:
        known = _profiles(store, {**articles, archived: itself}, scorer)
        own = known[archived]
    if not claims:
        return {number: agree(own, known[number]) for number in articles}
    if own.opinion < OPINION:
        return {number: agree(own, known[number], ()) for number in articles}
    from recommender.stance.sides import compared

    arguing = {number: one for number, one in articles.items() if known[number].opinion >= OPINION}
    rows, mine = _rows(store, itself, archived, arguing, claims, scorer)
    return {
        number: agree(own, known[number], compared(claims, mine, rows[number]) if number in rows else ())
        for number in articles
    }


def _foreseen(
    store: Store, itself: Article, archived: int | None, articles: Mapping[int, Article],
    claims: Sequence[Claim], scorer: Scorer,
) -> list[Ahead]:  # fmt: skip
    """What the model will be asked about each piece, the compared one first: what is kept already is not."""
    from recommender.stance.profile import ahead
    from recommender.stance.scorer import Ahead

    pieces = [(archived, itself), *((number, one) for number, one in articles.items() if number != archived)]
    ids = [number for number, _ in pieces if number is not None]
    kept = store.results.profiles(ids, stored_as(scorer))
    places = _kept_positions(store, ids, claims, scorer) if claims else set()
    found, argues = [], True
    mentions: list[Mention]
    for number, article in pieces:
        if number in kept:
            mentions, opinion = [], profile_from_json(kept[number]).opinion
        else:
            mentions, opinion = ahead(article.title, article.text)
        if article is itself:
            argues = opinion >= OPINION
        asked = [one for one in claims if (number, one.asked) not in places] if opinion >= OPINION else []
        found.append(Ahead(tuple(mentions), tuple(_passages(article, asked)) if asked and argues else ()))
    return found


def _passages(article: Article, claims: Sequence[Claim]) -> list[Passage]:
    from recommender.stance.positions import ahead

    return ahead(_asked(article, claims))


def _kept_positions(
    store: Store, ids: Sequence[int], claims: Sequence[Claim], scorer: Scorer
) -> set[tuple[int | None, AskedClaim]]:
    from recommender.stance.positions import stored_as

    return set(store.results.positions(ids, (claim.asked for claim in claims), stored_as(scorer)))


def _rows(
    store: Store, itself: Article, archived: int | None, arguing: Mapping[int, Article],
    claims: Sequence[Claim], scorer: Scorer,
) -> tuple[dict[int, list[Stand]], list[Stand]]:  # fmt: skip
    """One stand a claim of each article, and of the piece itself."""
    if archived is None:
        from recommender.stance.positions import stands

        (mine,) = stands([_asked(itself, claims)], scorer)
        return _positions(store, arguing, claims, scorer), mine
    rows = _positions(store, {**arguing, archived: itself}, claims, scorer)
    return rows, rows[archived]


def _positions(
    store: Store, articles: Mapping[int, Article], claims: Sequence[Claim], scorer: Scorer
) -> dict[int, list[Stand]]:
    """Kept positions, and new ones where there are none, which are kept too: one stand a claim, in their order."""
    from recommender.stance.positions import stand_from_json, stand_to_json, stands, stored_as

    kept = store.results.positions(articles, (claim.asked for claim in claims), stored_as(scorer))
    found = {place: stand_from_json(line, scorer.name) for place, line in kept.items()}
    missing = {
        number: [claim for claim in claims if (number, claim.asked) not in found]
        for number in sorted(articles)
    }
    missing = {number: several for number, several in missing.items() if several}
    made = stands([_asked(articles[number], several) for number, several in missing.items()], scorer)
    if missing:
        with store.transaction():
            for (number, several), row in zip(missing.items(), made, strict=True):
                new = {claim.asked: stand for claim, stand in zip(several, row, strict=True)}
                lines = {asked: stand_to_json(stand) for asked, stand in new.items()}
                store.results.save_positions(number, stored_as(scorer), lines)
                found |= {(number, asked): stand for asked, stand in new.items()}
    return {number: [found[number, claim.asked] for claim in claims] for number in articles}


def _asked(article: Article, claims: Sequence[Claim]) -> Asked:
    from recommender.stance.positions import Asked

    return Asked(article.title, article.text, tuple(claims), article.outlet, article.authors)


def _profiles(store: Store, articles: Mapping[int, Article], scorer: Scorer) -> dict[int, Profile]:
    """Kept profiles, and new ones for the articles that have none, which are kept too."""
    kept = store.results.profiles(articles, stored_as(scorer))
    found = {article_id: profile_from_json(text) for article_id, text in kept.items()}
    missing = sorted(articles.keys() - found.keys())
    made = dict(
        zip(missing, profiles(((articles[i].title, articles[i].text) for i in missing), scorer), strict=True)
    )
    if made:
        with store.transaction():
            for article_id, item in made.items():
                store.results.save_profile(article_id, stored_as(scorer), profile_to_json(item))
    return found | made
