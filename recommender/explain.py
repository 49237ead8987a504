"""One recommendation's reasons in words, for the terminal. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from recommender.models import Recommendation, SharedTarget, Verdict
from recommender.output import clean
from recommender.reasons import leaning, place_name, strongest

TERMS = 10  # words shown one by one; the rest is one line
WIDTH = 78  # fits a terminal of 80 columns


def explanation(item: Recommendation, seed_title: str) -> str:
    """Why a piece is recommended: where it is, the shared terms, the shared targets with their sentences."""
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
    if not agreement.shared:
        yield "Stance: can't tell. The two authors speak of no person or organisation in common."
        return
    if agreement.verdict is Verdict.CANT_TELL:
        yield "Stance: can't tell. Both discuss these, but say too little of their own:"
    else:
        yield f"Stance: {agreement.verdict.value}, confidence {agreement.confidence:.2f} of 1:"
        yield "how alike both authors feel about those both discuss, not which side each takes"
    yield from textwrap.wrap(f"(A: {clean(seed_title)}; B: this piece)", WIDTH, initial_indent="  ")
    for shared in agreement.shared:
        yield from _target(shared)


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
