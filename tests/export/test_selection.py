"""What a word on the command line stands for, and where an export goes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from ran import Ran

from recommender.errors import ExportError
from recommender.export.target import writing
from recommender.store.database import Store

Readmore = Callable[..., Ran]


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ((), 5),
        (("morning",), 2),
        (("elsewhere/morning.toml",), 2),
        (("1",), 1),
        (("r-1",), 1),
        (("morning", "1", "r-2"), 3),
        (("https://www.example.org/a_b?x={1}&y=%20z&utm_source=list",), 1),
    ],
)
def test_a_seed_its_file_an_address_a_number_or_an_id(
    words: tuple[str, ...], titles: int, made: Path, readmore: Readmore
) -> None:
    ran = readmore("--archive", made, "export", "--jsonl", *words)
    assert ran.code == 0
    assert len({json.loads(line)["article"] for line in ran.out.splitlines()}) == titles


@pytest.mark.parametrize("word", ["nobody", "99", "https://example.org/other", "9" * 40])
def test_an_unknown_name_is_one_line_and_no_file(
    word: str, made: Path, tmp_path: Path, readmore: Readmore
) -> None:
    ran = readmore("--archive", made, "export", "--jsonl", word, "-o", tmp_path / "o.jsonl")
    assert ran.code == 1
    assert ran.err.count("\n") == 1
    assert not list(tmp_path.glob("*o.jsonl*"))


@pytest.mark.parametrize(
    "words", [(), ("--wacz", "a.wacz", "--csv"), ("--wacz", "a.wacz", "-o", "b"), ("--wacz", "a.zip")]
)
def test_one_format_is_said(words: tuple[str, ...], made: Path, readmore: Readmore) -> None:
    ran = readmore("--archive", made, "export", *words)
    assert ran.code == 1
    assert "wacz" in ran.err


def test_a_file_is_replaced_only_with_force(made: Path, tmp_path: Path, readmore: Readmore) -> None:
    """Also where it comes to be while the export is written."""
    out = tmp_path / "list.csv"
    out.write_text("mine")
    ran = readmore("--archive", made, "export", "--csv", "-o", out)
    assert ran.code == 1
    assert "is there already (name another file, or say --force)" in ran.err
    assert out.read_text() == "mine"
    assert readmore("--archive", made, "export", "--csv", "-o", out, "--force").code == 0
    assert out.read_text().startswith("article,id,title")
    with pytest.raises(ExportError, match="meanwhile"), writing(tmp_path / "late") as handle:
        handle.write(b"ours")
        (tmp_path / "late").write_bytes(b"theirs")
    assert (tmp_path / "late").read_bytes() == b"theirs"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["late", "list.csv"]


def test_only_a_plain_file_is_replaced(tmp_path: Path) -> None:
    """A link leads to the file that is replaced; a pipe or device is none."""
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    with writing(tmp_path / "link", force=True) as handle:
        handle.write(b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ExportError, match="not a plain file"), writing(tmp_path / "pipe", force=True):
        pass


@pytest.mark.parametrize("style", ["jsonl", "wacz", "parquet"])
def test_a_full_disk_leaves_nothing(style: str, made: Path, tmp_path: Path, root: Path) -> None:
    """A limit stands in for the disk: the write fails half-way, is told in a line, and no part of it stays."""
    script = (
        "import resource, sys; from pathlib import Path; from recommender.errors import ExportError\n"
        "from recommender.export.exporting import Style, Where, export, export_parquet, export_wacz\n"
        "from recommender.store.database import Store\n"
        "where = Path(sys.argv[2])\n"
        "with Store.open(Path(sys.argv[1])) as store:\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500))\n"
        "    try:\n"
        "        if where.suffix == '.wacz': export_wacz(store, (), where)\n"
        "        elif where.suffix == '.parquet': export_parquet(store, (), where)\n"
        "        else: export(store, (), Style.JSONL, Where(where))\n"
        "    except ExportError as error: print(error.line())"
    )
    out = tmp_path / f"o.{style}"
    command = [sys.executable, "-c", script, str(made), str(out)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.stdout == f"{out}: can't be written: File too large (nothing was left there)\n", done.stderr
    assert not list(tmp_path.iterdir())


def test_a_kill_leaves_no_half_file(tmp_path: Path, root: Path) -> None:
    """SIGKILL between two writes: the old file is whole, and without one there is none."""
    script = (
        "import sys, time; from pathlib import Path; from recommender.export.target import writing\n"
        "with writing(Path(sys.argv[1]), force=True) as out:\n"
        "    out.write(b'half'); out.flush(); print('written', flush=True); time.sleep(60)"
    )
    (tmp_path / "old").write_bytes(b"whole")
    for name in ("old", "new"):
        command = [sys.executable, "-c", script, str(tmp_path / name)]
        with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "written\n"
            child.send_signal(signal.SIGKILL)
    assert (tmp_path / "old").read_bytes() == b"whole"
    assert not (tmp_path / "new").exists()


def test_an_export_shows_one_moment(copy: Path) -> None:
    """Articles that come in while it reads are not in it, and the writer need not wait."""
    from recommender.store.catalogue import entries, snapshot

    script = (
        "import sys; from pathlib import Path; from recommender.intake import take_in\n"
        "from recommender.store.database import Store\n"
        "with Store.open(Path(sys.argv[1])) as store: take_in(store, Path(sys.argv[2]))"
    )
    more = copy / "more.jsonl"
    more.write_text('{"title": "Late", "text": "Came in late."}', encoding="utf-8")
    with Store.open(copy) as store:
        with snapshot(store.db):
            first = len(list(entries(store.db)))
            begun = time.monotonic()
            subprocess.run([sys.executable, "-c", script, str(copy), str(more)], check=True)
            assert time.monotonic() - begun < 20  # a writer that waits gives up after 30
            assert len(list(entries(store.db))) == first == 5
        assert len(list(entries(store.db))) == 6
