"""A small archive with real WARCs, about invented people: a seed, its list, every kind of copy, rankings, profiles."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, replace
from pathlib import Path

from archives import HTML, WHEN, capture, keep, memento

from recommender.crawl.archivist import Archivist
from recommender.crawl.reading_copies import Reading
from recommender.models import Article, Evidence, Profile, Reference, Seed, State, Target, Via
from recommender.reading.extract import Extracted
from recommender.stance.profile import profile_to_json
from recommender.store.database import Store
from recommender.store.results import RankingRow

SITE = "https://quay.example"
KEY = "harbour-toll"
LONG = "Kanalschleusenwärterinnungsverbandsvorsitzende" * 3
SEED_TEXT = (
    "The toll was Mayor Ada Quill’s idea, and it is a bad one.\n"
    "Ada Quill never counted the carts. She counted votes.\n"
    "The Harbour Trust has kept its word, and that is more than I expected."
)
AGREES = "Mayor Ada Quill was wrong about the toll.\nNobody on the quay trusts Ada Quill any more.\nThe ferries stay."
DISAGREES = (
    "Ada Quill did what nobody dared.\n“The toll is robbery,” said Olle Brandt.\nThe carts keep coming."
)
HEBREW = "העיר גובה אגרה מכל עגלה.\nראש העיר צודקת."
HOSTILE = """<!doctype html><html><head><title>Toll</title>
<link rel="preconnect" href="http://127.0.0.1:9/"><LINK REL=stylesheet HREF="http://127.0.0.1:9/x.css">
<meta http-equiv="refresh" content="0;url=http://127.0.0.1:9/"><meta name="referrer" content="unsafe-url">
<style>p{color:#123456}</style></head>
<body onload="document.title='owned'"><script>document.title='owned'</script><p>Ada Quill did what nobody dared.</p>
<p>\u201cThe toll is robbery,\u201d said Olle Brandt.</p></body></html>"""


@dataclass(frozen=True)
class Small:
    """Numbers of what is in it."""

    folder: Path
    seed: int  # the seed's own article
    agrees: int
    disagrees: int  # its page is hostile
    hebrew: int
    imported: int  # near, not on the list, no page
    unranked: int
    page: int  # a capture: the hostile page
    revisit: int
    pdf: int


def _read(text: str, title: str, author: str, outlet: str) -> Reading:
    return Reading("ok", None, Extracted(title, text, authors=author, outlet=outlet, published=WHEN.date()))


def build(folder: Path) -> Small:
    """Make it."""
    with Store.open(folder, create=True) as store:
        archivist = Archivist(store)
        own = capture(f"{SITE}/seed", gzip.compress(_html(SEED_TEXT), mtime=0))
        own = replace(own, headers=(*HTML, ("Content-Encoding", "gzip")))
        seed = archivist.keep(own, _read(SEED_TEXT, "The toll is a bad idea", "Ida Thorn", "The Quay"), ())
        one = capture(f"{SITE}/wrong", _html(AGREES))
        archivist.keep(one, _read(AGREES, "Quill was wrong", "Bo Lind", "The Quay"), ())
        later = AGREES.replace("any more", "these days") + "\nSo do the herring."
        agrees = archivist.keep(
            capture(f"{SITE}/wrong", _html(later), 3),
            _read(later, "Quill was wrong again", "Bo Lind", "The Quay"),
            (),
        )
        evil = capture(f"{SITE}/dared", HOSTILE.encode(), 1)
        disagrees = archivist.keep(
            evil, _read(DISAGREES, "What nobody dared", "Eva Holm", "Harbour Weekly"), ()
        )
        again = keep(store, capture(f"{SITE}/dared", HOSTILE.encode(), 9), "What nobody dared")
        hebrew = archivist.keep(
            memento(f"{SITE}/hebrew", _html(HEBREW), 2),
            _read(HEBREW, "אגרה על כל עגלה", "דנה לוי", "הרציף"),
            (),
        )
        pdf = capture(
            f"{SITE}/price.pdf", b"%PDF-1.7 nothing", 1, headers=(("Content-Type", "application/pdf"),)
        )
        paper = archivist.keep(pdf, Reading("not a web page", "content type"), ())
        with store.transaction():
            now = WHEN
            imported = store.library.add(
                Article(None, f"Prices at the quay {LONG}", "Prices rose.\nNobody knows why.", outlet="Ledger"),
                origin=Via.IMPORT, now=now,
            )  # fmt: skip
            unranked = store.library.add(
                Article(None, "Samphire", "Boil it.", outlet="Ledger"), origin=Via.IMPORT, now=now
            )
            references = (
                Reference("Quill was wrong", f"{SITE}/wrong", "Bo Lind"),
                Reference("What nobody dared", f"{SITE}/dared"),
                Reference("A toll on every cart", f"{SITE}/hebrew"),
                Reference("The ledger nobody read", f"{SITE}/lost"),
            )
            saved = store.lists.save(
                Seed(KEY, "The toll is a bad idea", "seeds/toll.toml", "Ida Thorn", "The Quay", WHEN.date(),
                     f"{SITE}/seed", references=references), now,
            )  # fmt: skip
            store.lists.set_page(saved.id, State.ARCHIVED, None, seed.capture_id)
            store.lists.discover(saved.id, references, [None] * 4, now)
            links = store.lists.links(saved.id)
            for link, kept in zip(links, (agrees, disagrees, hebrew), strict=False):
                store.lists.settle(link.id, State.ARCHIVED, None, now, capture_id=kept.capture_id)
            store.lists.settle(links[3].id, State.FAILED, "gone (410)", now)
            _judge(store, saved.id, agrees.article_id, disagrees.article_id, hebrew.article_id, imported)
    return Small(
        folder, _int(seed.article_id), _int(agrees.article_id), _int(disagrees.article_id), _int(hebrew.article_id),
        imported, unranked, _int(disagrees.capture_id), _int(again.capture_id), _int(paper.capture_id),
    )  # fmt: skip


def _html(text: str) -> bytes:
    return ("<!doctype html><title>x</title>" + "".join(f"<p>{line}" for line in text.splitlines())).encode()


def _int(number: int | None) -> int:
    assert number is not None
    return number


def _judge(
    store: Store, seed: int, agrees: int | None, disagrees: int | None, hebrew: int | None, far: int
) -> None:
    """Rankings and profiles, as `similar` leaves them."""
    quill = "Ada Quill never counted the carts."

    def target(name: str, agreement: float, polarity: float, sentence: str) -> dict[str, object]:
        left = {"polarity": -0.7, "sentence": quill, "quoted": False}
        right = {"polarity": polarity, "sentence": sentence, "quoted": False}
        return {"name": name, "weight": 0.8, "agreement": agreement, "seed": left, "piece": right}

    told = (
        (agrees, 0.6, "agrees", 0.7, 0.79, True,
         [target("Mayor Ada Quill", 0.7, -0.8, "Nobody on the quay trusts Ada Quill any more.")]),
        (disagrees, 0.5, "disagrees", -0.6, 0.74, True,
         [target("Mayor Ada Quill", -0.6, 0.6, "Ada Quill did what nobody dared.")]),
        (hebrew, 0.3, "can't tell", 0.0, 0.0, True, []),
        (far, 0.35, "mixed", 0.1, 0.4, False, []),
    )  # fmt: skip
    rows = [
        RankingRow(_int(number), rank, topic, stance, side, sure, topic / 2, listed,
                   json.dumps([["toll", 0.3], ["quay", 0.1]]), json.dumps(targets))
        for rank, (number, topic, stance, side, sure, listed, targets) in enumerate(told, 1)
    ]  # fmt: skip
    store.results.save_rankings(seed, rows, WHEN)
    for number, polarity, lines in (
        (
            agrees,
            -0.8,
            ["Nobody on the quay trusts Ada Quill these days.", "Mayor Ada Quill was wrong about the toll."],
        ),
        (disagrees, 0.6, ["Ada Quill did what nobody dared."]),
    ):
        evidence = tuple(Evidence(line, polarity, quoted=False) for line in lines)
        found = Profile("linear-1", (Target("Ada Quill", "quill", polarity, 0.8, 2, evidence),))
        store.results.save_profile(_int(number), found.model, profile_to_json(found))
