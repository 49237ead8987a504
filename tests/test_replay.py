"""Conformance: pywb replays every record we wrote, from the WARCs and from the exported WACZ, byte for byte.

The demo's archive (live, dead, moved and refused pages, a memento, a given text, a second visit) and the real pages
of the gold data, a third of them sent gzipped, are fetched by the program itself. Then each record of every WARC
file is asked of pywb by its address and second, `/<timestamp>id_/<url>`, which gives the payload unrewritten. The
request accepts gzip and brotli and the answer's bytes are compared before any decoding, so that what is compared
is what came over the wire when the page was fetched.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
import requests
from pywb_archive import programs, serve
from servers import Reply, Server

from demo.newspaper import ANY_PORTS, Newspaper
from recommender.export.surt import surt
from recommender.store.database import Store
from recommender.store.warc_reader import RawRecord, records

pytestmark = pytest.mark.pywb
COMMON = ("--allow-private", "--delay", "0", "--quiet")
NOTE = """How the sluice was sold

By Ina Morrow

The sluice at Kettle Point was sold on a Tuesday, and by Friday nobody would say who had bought it.

Read more:

Ina Morrow: The sluice keeper's last ledger
"""


@dataclass(frozen=True)
class Made:
    """An archive, and its WACZ."""

    name: str
    folder: Path
    wacz: Path

    def warcs(self) -> list[Path]:
        return sorted((self.folder / "warc").glob("*.warc.gz"))


def run(root: Path, archive: Path, *words: object, codes: tuple[int, ...] = (0,)) -> None:
    command = [sys.executable, "cli.py", "--archive", str(archive), *map(str, words)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode in codes, done.stderr


@pytest.fixture(scope="module")
def demo(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The demo's archive, fetched twice, and a text without an address."""
    folder = tmp_path_factory.mktemp("demo")
    note = folder / "sluice.txt"
    note.write_text(NOTE, encoding="utf-8")
    with Newspaper(ANY_PORTS) as paper:
        words = ("fetch", paper.seed_url, "--wayback-url", paper.web_archive.base, *COMMON)
        run(root, folder / "a", *words, codes=(2,))
        time.sleep(1.1)  # an index tells two captures of one page apart by the second
        run(root, folder / "a", *words, "--refresh", codes=(2,))
    run(root, folder / "a", "fetch", note, "--no-wayback", *COMMON, codes=(2, 3))
    run(root, folder / "a", "export", "--wacz", folder / "demo.wacz")
    return Made("demo", folder / "a", folder / "demo.wacz")


@pytest.fixture(scope="module")
def gold(root: Path, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The 47 real pages."""
    folder = tmp_path_factory.mktemp("gold")
    seed = folder / "gold.toml"
    items = json.loads((shared / "readmore" / "gold.json").read_text(encoding="utf-8"))
    lines = ['title = "Real pages"']
    with Server() as server:
        for number, item in enumerate(items):
            body = gzip.decompress((shared / "readmore" / "pages" / item["file"]).read_bytes())
            path = f"/{number}/{item['file'].removesuffix('.html.gz')}"
            headers = [("Content-Type", "text/html; charset=utf-8")]
            encoding = "gzip" if number % 3 == 0 else None
            server.add(path, Reply(body=body, headers=headers, encoding=encoding))
            lines += ["[[reference]]", f'title = "page {path}"', f'url = "{server.url(path)}"']
        seed.write_text("\n".join(lines), encoding="utf-8")
        run(root, folder / "a", "fetch", seed, "--no-wayback", *COMMON)
    run(root, folder / "a", "export", "--wacz", folder / "gold.wacz")
    return Made("gold", folder / "a", folder / "gold.wacz")


@pytest.fixture(scope="module")
def pywb(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Made, str], str]]:
    """Starts pywb on an archive: with its WARC files, which pywb indexes, or with its WACZ and the index in it."""
    with ExitStack() as stack:
        running: dict[tuple[str, str], str] = {}

        def start(made: Made, source: str) -> str:
            if (made.name, source) not in running:
                files = made.warcs() if source == "warcs" else [made.wacz]
                folder = tmp_path_factory.mktemp(f"pywb-{made.name}-{source}")
                running[made.name, source] = stack.enter_context(serve(folder, files, programs(root)))
            return running[made.name, source]

        yield start


def replayable(made: Made) -> list[RawRecord]:
    """Every record of an archive that has a payload: responses, redirects, given texts, revisits."""
    kinds = {"response", "resource", "revisit"}
    found = [one for path in made.warcs() for one in records(path)]
    raw = [one for one in found if isinstance(one, RawRecord)]
    assert len(raw) == len(found), "a damaged record"
    return [one for one in raw if one.get("warc-type") in kinds]


def expected(record: RawRecord, among: list[RawRecord]) -> tuple[int, bytes]:
    """The status and bytes that a record should replay as.

    A revisit has its own status where it has a head, and the payload of the capture with its digest; none where
    it is a redirect or a 304, which have none to replay.
    """
    if record.get("warc-type") == "resource":
        return 200, record.block
    head, _, body = record.block.partition(b"\r\n\r\n")
    if record.get("warc-type") == "revisit":
        digest = record.get("warc-payload-digest")
        twin = next(one for one in among if one.get("warc-payload-digest") == digest and one is not record)
        assert twin.get("warc-type") == "response"
        twins_head, _, body = twin.block.partition(b"\r\n\r\n")
        head = head or twins_head
    status = int(head.split(b" ", 2)[1])
    return status, b"" if record.get("warc-type") == "revisit" and 300 <= status < 400 else body


def second(record: RawRecord) -> str:
    return "".join(char for char in (record.get("warc-date") or "")[:19] if char.isdigit())


def second_of(memento_datetime: str) -> str:
    try:
        return parsedate_to_datetime(memento_datetime).strftime("%Y%m%d%H%M%S")
    except ValueError:
        return ""


def replay(base: str, record: RawRecord, web: requests.Session) -> tuple[int, bytes, requests.Response]:
    """Status and undecoded bytes of a record as pywb gives it."""
    url = f"{base}/web/{second(record)}id_/{record.get('warc-target-uri')}"
    headers = {"Accept-Encoding": "gzip, deflate, br"}
    with web.get(url, headers=headers, allow_redirects=False, stream=True, timeout=20) as answer:
        return answer.status_code, answer.raw.read(decode_content=False), answer


def check_every_record(base: str, made: Made) -> None:
    among = replayable(made)
    wrong = []
    with requests.Session() as web:
        web.trust_env = False
        for record in among:
            status, got, answer = replay(base, record, web)
            same = (status, got) == expected(record, among)
            same = same and second_of(answer.headers.get("Memento-Datetime", "")) == second(record)
            leads_to = re.search(rb"(?im)^location: ([^\r\n]*)", record.block.partition(b"\r\n\r\n")[0])
            same = same and answer.headers.get("Location") == (leads_to[1].decode() if leads_to else None)
            if not same:
                wrong.append((record.get("warc-type"), record.get("warc-target-uri"), status, len(got)))
    assert not wrong, f"{len(wrong)} of {len(among)}: {wrong[:5]}"


@pytest.mark.parametrize("source", ["warcs", "wacz"])
def test_pywb_replays_every_capture_of_the_demo(
    source: str, demo: Made, pywb: Callable[[Made, str], str]
) -> None:
    """Live, 404, 410, a redirect, a memento, a given text: each by its own second, byte for byte."""
    among = replayable(demo)
    heads = {one.block[9:12] for one in among if one.get("warc-type") == "response"}
    assert heads >= {b"200", b"301", b"404", b"410"}
    assert any(str(one.get("warc-target-uri")).startswith("urn:") for one in among)
    check_every_record(pywb(demo, source), demo)


@pytest.mark.data
@pytest.mark.parametrize("source", ["warcs", "wacz"])
def test_pywb_replays_every_gold_page(source: str, gold: Made, pywb: Callable[[Made, str], str]) -> None:
    """47 real pages, 16 of them gzipped on the wire."""
    among = replayable(gold)
    assert len(among) == 47
    assert sum(one.block.partition(b"\r\n\r\n")[2][:2] == b"\x1f\x8b" for one in among) == 16
    check_every_record(pywb(gold, source), gold)


@pytest.mark.parametrize("name", ["demo", pytest.param("gold", marks=pytest.mark.data)])
def test_every_row_of_the_database_is_among_the_records(name: str, request: pytest.FixtureRequest) -> None:
    """What was replayed is every capture, ok or not."""
    made: Made = request.getfixturevalue(name)
    places = {
        (path.name, one.offset)
        for path in made.warcs()
        for one in records(path)
        if isinstance(one, RawRecord)
    }
    with Store.open(made.folder) as store:
        rows = list(store.library.captures())
    assert rows
    assert all((row.record.file, row.record.offset) in places for row in rows)


@pytest.mark.parametrize("name", ["demo", pytest.param("gold", marks=pytest.mark.data)])
def test_wacz_validate_passes(name: str, root: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Webrecorder's own validator: layout, manifest, every hash; and it does not pass a changed file."""
    made: Made = request.getfixturevalue(name)
    assert validate(root, made.wacz) == 0
    broken = tmp_path / "broken.wacz"
    with zipfile.ZipFile(made.wacz) as good, zipfile.ZipFile(broken, "w") as bad:
        for member in good.namelist():
            data = good.read(member)
            bad.writestr(member, data[:-1] + b"?" if member.startswith("archive/") else data)
    assert validate(root, broken) != 0


def validate(root: Path, path: Path) -> int:
    program = programs(root) / "wacz"
    if not program.exists():
        pytest.fail("no wacz beside pywb: pip install -c tests/pywb-constraints.txt wacz")
    return subprocess.run(
        [str(program), "validate", "-f", str(path)], capture_output=True, check=False
    ).returncode


def test_the_index_has_every_key_as_pywb_computes_it(root: Path) -> None:
    """5,000 addresses put together from what canonicalisation stumbles over."""
    pieces = ["a", "B", "/", "//", "?", "&", "=", "%41", "%2F", "%25", "%zz", ";", ":", "@", "~", ".", "..", "é",
              "sid=0123456789abcdef0123456789ABCDEF", "www.", "-", "(", ")", "+", "%C3%A9", "'", "*", "#x"]  # fmt: skip
    hosts = [
        "example.org",
        "www.ex.org:8080",
        "127.0.0.1:81",
        "WWW2.A.co.uk:443",
        "b\u00fccher.example",
        "u:p@h.org",
    ]
    dice = random.Random(20200111)
    made = [
        f"{dice.choice(('http', 'https'))}://{dice.choice(hosts)}/{''.join(dice.choices(pieces, k=dice.randrange(12)))}"
        for _ in range(5000)
    ]
    urls = [*made, "urn:readmore:seed:Ross-Op-ed", "http://example.org"]
    script = (
        "import sys, json; from pywb.utils.canonicalize import canonicalize; "
        "print(json.dumps([canonicalize(url) for url in json.load(sys.stdin)]))"
    )
    python = str(programs(root) / "python")
    done = subprocess.run(
        [python, "-c", script], input=json.dumps(urls), capture_output=True, text=True, check=True
    )
    theirs = json.loads(done.stdout)
    wrong = [(url, key, surt(url)) for url, key in zip(urls, theirs, strict=True) if surt(url) != key]
    assert not wrong, wrong[:5]
