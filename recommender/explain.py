"""One recommendation's reasons in words, for the terminal. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from recommender.models import Ground, Recommendation, SharedTarget, Verdict
from recommender.output import clean
from recommender.reasons import leaning, place_name, standing, strongest

if TYPE_CHECKING:
    from recommender.claim_models import SharedClaim

TERMS = 10  # words shown one by one; the rest is one line
WIDTH = 78  # fits a terminal of 80 columns


def explanation(item: Recommendation, seed_title: str) -> str:
    """Why a piece is recommended: where it is, the shared terms, claims and targets with their sentences."""
    return "\n".join([*_head(item), "", *_topic(item), "", *_stance(item, seed_title)])


def _head(item: Recommendation) -> Iterator[str]:
    article = item.article
    yield from textwrap.wrap(f"{item.rank}. {clean(article.title)}", WIDTH)
    facts = (article.authors, article.outlet, article.published)
    line = " · ".join(clean(fact) for fact in facts if fact)
    if line:
        yield from textwrap.wrap(line, WIDTH)
    if article.url:
        yield clean(article.url)
    for place in item.also_at:
        yield f"also at {clean(place_name(place))}" + (f", {clean(place.url)}" if place.url else "")


def _topic(item: Recommendation) -> Iterator[str]:
    yield f"Topic {item.topic:.3f} of 1: the words both use, with their share of the score"
    if item.adjusted is not None:
        yield f"  ({item.adjusted:.3f} with its date taken into account, as --fresh asks)"
    shown = item.terms[:TERMS]
    for share in shown:
        bar = "█" * max(1, round(30 * share.share / item.terms[0].share))
        yield f"  {clean(share.term)[:28]:28} {share.share:.3f} {bar}"
    rest = item.topic - sum(share.share for share in shown)
    if rest > 0.0005:
        yield f"  {'(all other words)':28} {rest:.3f}"


def _stance(item: Recommendation, seed_title: str) -> Iterator[str]:
    agreement = item.agreement
    if agreement.verdict is Verdict.CANT_TELL:
        end = ":" if agreement.shared or agreement.claims else "."
        yield from textwrap.wrap(f"Stance: can't tell: {agreement.reason}{end}", WIDTH)
        if not agreement.shared and not agreement.claims:
            return
    else:
        yield f"Stance: {agreement.verdict.value}, confidence {agreement.confidence:.2f} of 1:"
        if agreement.ground is Ground.CLAIMS:
            yield "where both stand on the claims on which both take a position"
        else:
            yield "how alike both authors feel about those both discuss, not which side each takes"
    yield from textwrap.wrap(f"(A: {clean(seed_title)}; B: this piece)", WIDTH, initial_indent="  ")
    for claim in agreement.claims:
        yield from _claim(claim)
    if agreement.claims and agreement.shared:
        yield from ("", "  Whom both discuss:")
    for shared in agreement.shared:
        yield from _target(shared)
    if agreement.claims:
        yield from ("", f"  Judged by {clean(agreement.model)}. [123-180]: characters of the archived text.")


def _claim(shared: SharedClaim) -> Iterator[str]:
    yield ""
    other = f" (its opposite: {clean(shared.claim.opposite)})" if shared.claim.opposite else ""
    said = f"Claim: {clean(shared.claim.text)}{other}"
    yield from textwrap.wrap(said, WIDTH, initial_indent="  ", subsequent_indent="    ")
    for mark, stand in (("A", shared.left), ("B", shared.right)):
        yield f"    {mark} {standing(stand)}"
        for quote in stand.evidence:
            line = f"“{clean(quote.sentence)}” [{quote.start}-{quote.end}]"
            yield from textwrap.wrap(line, WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6)


def _target(shared: SharedTarget) -> Iterator[str]:
    yield ""
    yield f"  {clean(shared.left.name)}"
    for mark, target in (("A", shared.left), ("B", shared.right)):
        yield f"    {mark} {leaning(target.polarity)} ({target.polarity:+.2f}, {target.mentions} mentions)"
        evidence = strongest(target)
        if evidence:
            said = "somebody quoted: " if evidence.quoted else ""
            quote = f"{said}“{clean(evidence.sentence)}”"
            yield from textwrap.wrap(quote, WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6)
