"""`serve`: Datasette on an archive folder, in a process of its own."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest

from recommender.browse.serve import serve
from recommender.errors import ArchiveError, ReadmoreError
from recommender.store.database import Store

SERVE = """
import sys, pathlib
from recommender.browse.serve import serve
serve(pathlib.Path(sys.argv[1]), port=0)
"""


def test_a_folder_without_archive_is_told_apart_from_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="no archive here yet"):
        serve(tmp_path, port=0)


def test_a_taken_port_is_a_message_not_a_log(tmp_path: Path) -> None:
    Store.open(tmp_path, create=True).close()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ReadmoreError, match="can't listen there"):
            serve(tmp_path, port=taken.getsockname()[1])


def test_an_empty_archive_is_served_until_ctrl_c(tmp_path: Path) -> None:
    Store.open(tmp_path, create=True).close()
    command = [sys.executable, "-c", SERVE, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            said = ""
            for line in server.stderr:
                said += line
                if found := re.search(r"running on (http://127\.0\.0\.1:\d+)", line):
                    break
            else:
                raise AssertionError(said)
            answer = httpx.get(found[1] + "/-/readmore", trust_env=False)
            server.send_signal(signal.SIGINT)
            said += server.stderr.read()
            code = server.wait(20)
        finally:
            server.kill()
    assert answer.status_code == 200 and "No seeds yet" in answer.text
    assert code == 0 and "Traceback" not in said


def test_without_datasette_the_way_to_get_it_is_said() -> None:
    code = (
        "import sys; sys.modules['datasette'] = None\n"
        "from recommender.errors import ReadmoreError\n"
        "try:\n    import recommender.browse.serve\n"
        "except ReadmoreError as error:\n    sys.exit(error.line())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "pip install 'readmore[browse]'" in done.stderr and done.returncode == 1


def test_an_installed_package_brings_every_template_and_style(root: Path) -> None:
    """What lies beside the modules is what `package-data` names: pip installs nothing else."""
    globs = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"][
        "recommender"
    ]
    package = root / "recommender"
    named = {path for pattern in globs for path in package.glob(pattern)}
    there = {
        path
        for path in (package / "browse").rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }
    assert there and there <= named


def test_the_default_archive_is_configured_as_new_ones_are(root: Path) -> None:
    """archive/ lies in the checkout, so its files are copies: they must stay the same."""
    for name in ("metadata.yaml", "settings.json"):
        package = root / "recommender" / "store" / "folder" / name
        assert (root / "archive" / name).read_bytes() == package.read_bytes(), name
