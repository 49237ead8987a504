"""Seeds from files, pages, texts and addresses, and what is said of bad ones."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pytest

from recommender import seed_file, seeds
from recommender.claim_models import WrittenClaim
from recommender.errors import SeedError
from recommender.models import Kind
from recommender.stance import claims

GOOD = """
title = "Why the harbour should stay open"
author = "Ida Thorn"
outlet = "The Quay"
published = 2021-03-04
url = "https://quay.example/opinion/harbour"

[[reference]]
author = "Olle Brandt"
title = "Close it"

[[reference]]
title = "What the port costs"
url = "https://quay.example/news/costs"
kind = "module"
published = 2021-03-01

[[claim]]
text = "The harbour should stay open"

[[claim]]
text = "Close it"
off = true
"""


def write(folder: Path, text: str, name: str = "harbour.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_seed_file_gives_facts_and_references(tmp_path: Path) -> None:
    """Every key is read; the key of the seed is the file's stem."""
    seed = seeds.load(str(write(tmp_path, GOOD)))
    assert (seed.key, seed.author, seed.published) == ("harbour", "Ida Thorn", date(2021, 3, 4))
    first, second = seed.references
    assert (first.author, first.title, first.url) == ("Olle Brandt", "Close it", None)
    assert (second.kind, second.published) == (Kind.MODULE, date(2021, 3, 1))


@pytest.mark.parametrize(
    ("change", "line", "word"),
    [
        (('title = "Close it"', 'titel = "Close it"'), 10, "titel"),
        (('title = "What the port costs"', ""), 12, "title"),
        (('url = "https://quay.example/news/costs"', 'url = "quay.example"'), 14, "web address"),
        (('kind = "module"', 'kind = "box"'), 15, "box"),
        (("published = 2021-03-01", 'published = "March"'), 16, "date"),
        (("published = 2021-03-04", "published = 3"), 5, "date"),
        (('author = "Ida Thorn"', "author = 7"), 3, "author"),
        (("[[reference]]\ntitle", "[[refs]]\ntitle"), 12, "refs"),
        (('outlet = "The Quay"', 'outlet = "The Quay'), 4, "TOML"),
        (('text = "The harbour should stay open"', ""), 18, "`text` missing"),
        (('text = "The harbour should stay open"', 'text = "Should it stay open?"'), 19, "not a question"),
        (('text = "The harbour should stay open"', 'text = "Harbour"'), 19, "three words"),
        (('text = "The harbour should stay open"', f'text = "{"so " * 200}"'), 19, "300 characters"),
        (('text = "The harbour should stay open"', "claim = 1"), 19, "unknown key `claim`"),
        (('text = "Close it"', 'text = "the harbour should stay OPEN"'), 22, "twice"),
        (("off = true", 'off = "yes"'), 23, "`off` must be true or false"),
        (('stay open"\n\n[[claim]]', 'stay open"\nopposite = "Shut it"\n[[claim]]'), 20, "three words"),
        (
            (
                '\n\n[[claim]]\ntext = "Cl',
                '\nopposite = "The harbour should STAY open"\n[[claim]]\ntext = "Cl',
            ),
            20,
            "its own",
        ),
        (("off = true", 'off = true\nopposite = "Keep it as it is"'), 24, "has no opposite"),
        (('[[claim]]\ntext = "Close it"\noff = true', "[claims]"), 21, "unknown key `claims`"),
    ],
)
def test_an_error_names_file_and_line(tmp_path: Path, change: tuple[str, str], line: int, word: str) -> None:
    """Whoever writes a seed file by hand is told where to look."""
    path = write(tmp_path, GOOD.replace(*change, 1))
    with pytest.raises(SeedError, match=word) as caught:
        seeds.load(str(path))
    assert caught.value.where == f"{path}:{line}"


def test_claims_are_read_and_so_many_are_enough(tmp_path: Path) -> None:
    """Those of the reader's own, and those that are switched off; a file without any says that there are none."""
    seed = seeds.load(str(write(tmp_path, GOOD)))
    assert seed.claims == (WrittenClaim("The harbour should stay open"), WrittenClaim("Close it", off=True))
    assert seeds.load(str(write(tmp_path, 'title = "Bare"'))).claims == ()
    both = '[[claim]]\ntext = "It should stay open"\nopposite = "It should be closed"\n'
    seed = seeds.load(str(write(tmp_path, f'title = "Bare"\n{both}')))
    assert seed.claims == (WrittenClaim("It should stay open", opposite="It should be closed"),)
    assert seeds.from_url("https://quay.example/opinion").claims is None
    many = "".join(
        f'[[claim]]\ntext = "The harbour has {n} piers"\n' for n in range(seed_file.MOST_CLAIMS + 1)
    )
    with pytest.raises(SeedError, match="9 claims are more than the 8"):
        seeds.load(str(write(tmp_path, 'title = "Bare"\n' + many)))
    assert seed_file.MOST_CLAIMS == claims.MOST
    with pytest.raises(SeedError, match=r"write \[\[claim\]\]"):
        seeds.load(str(write(tmp_path, 'title = "Bare"\nclaim = "It is"')))


def test_a_missing_file_and_a_binary_one_are_told_apart(tmp_path: Path) -> None:
    """No traceback for what users mistype most."""
    with pytest.raises(SeedError, match="no such file"):
        seeds.load(str(tmp_path / "nothing.toml"))
    binary = tmp_path / "photo.txt"
    binary.write_bytes(b"\x89PNG\r\n\xff\xfe\x00")
    with pytest.raises(SeedError, match="not UTF-8"):
        seeds.load(str(binary))
    with pytest.raises(SeedError, match="can't be read"):
        seeds.load(str(tmp_path))


def test_a_torn_gzip_is_one_clear_error(tmp_path: Path) -> None:
    """A download that broke off says so."""
    path = tmp_path / "page.html.gz"
    path.write_bytes(gzip.compress(b"<html>" * 5000)[:40])
    with pytest.raises(SeedError, match="can't be read"):
        seeds.load(str(path))


def test_an_address_is_a_seed_of_which_the_page_is_still_to_come() -> None:
    """The key is the slug without its ending."""
    seed = seeds.load("https://quay.example/2021/03/harbour-stays-open.html")
    assert (seed.key, seed.url) == (
        "harbour-stays-open",
        "https://quay.example/2021/03/harbour-stays-open.html",
    )


def test_a_saved_page_is_a_seed_with_its_references(tmp_path: Path) -> None:
    """Title, author and the list under "Read more" come from the page."""
    paragraphs = "".join(f"<p>{'The harbour is open to every boat in the bay. ' * 8}</p>" for _ in range(6))
    page = f"""<html><head><title>The harbour stays</title>
      <link rel="canonical" href="https://quay.example/opinion/stays"></head>
      <body><article><h1>The harbour stays</h1>{paragraphs}
      <p><strong>Read more:</strong></p>
      <ul><li><a href="/opinion/close-it">Olle Brandt: Close it for good</a></li>
      <li><a href="/opinion/costs">Maja Lind: What the port costs us</a></li></ul></article></body></html>"""
    seed = seeds.load(str(write(tmp_path, page, "page.html")))
    assert seed.url == "https://quay.example/opinion/stays"
    assert [(r.author, r.title) for r in seed.references] == [
        ("Olle Brandt", "Close it for good"),
        ("Maja Lind", "What the port costs us"),
    ]


def test_a_key_is_safe_in_a_path_and_an_address() -> None:
    """Whatever the title holds, nothing is left that means something to a shell, a path or a URL."""
    assert seeds.slug("Why Zoë’s “plan” /../ won't work?") == "why-zoes-plan-wont-work"
    assert seeds.slug("北京") == "seed"
    assert len(seeds.slug("word " * 60)) <= 60


@pytest.mark.data
def test_the_first_seed_from_its_text(shared: Path) -> None:
    """The op-ed's text gives its author, title, five references, and a body without captions or boxes."""
    seed = seeds.load(str(shared.parent / "seed" / "ross-op-ed.txt"))
    assert seed.title == "Why Soleimani’s killing is a gift to Vladimir Putin"
    assert (seed.author, seed.outlet) == ("Dennis Ross", "The Washington Post")
    assert [r.author for r in seed.references] == [
        "David Ignatius",
        "Max Boot",
        "The Post’s View",
        "Andrew McCabe",
        "Marc A. Thiessen",
    ]
    assert seed.text is not None
    paragraphs = seed.text.split("\n")
    assert len(paragraphs) == 11
    for word in ("(Video:", "Nikolsky", "counselor", "Democracy Dies", "Read more", "What happened:", "Q&As"):
        assert word not in seed.text


def test_the_first_seed_file_agrees_with_its_facts(root: Path) -> None:
    """Five references, one of whose addresses is known."""
    seed = seeds.load(str(root / "seeds" / "ross-soleimani-putin.toml"))
    assert len(seed.references) == 5
    assert [r.url is not None for r in seed.references] == [False, False, False, True, False]
