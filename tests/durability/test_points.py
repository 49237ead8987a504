"""SIGKILL at the very points where an archive could tear: each is followed by the same checks and a whole resume."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from checks import Witness, content, no_article_twice, rebuilds_equal
from children import RUNNER, ended, finish, start, words
from small_web import SmallWeb

PAGES = (0, 1, 2, 3, 5, 9, 12, 14, 20, 21, 27, 34)  # of each kind one, at least
# The first kills a new archive, the second the run that goes on with it, whose points come early.
FIRST = (
    [f"write:{n}" for n in range(1, 7)]
    + [f"sync:{n}" for n in range(1, 6)]
    + [f"commit:{n}" for n in (1, 2, 4, 7)]
    + [f"table:{n}" for n in (1, 2, 5, 14, 20, 27)]
    + ["create:1", "index:1", "index:2"]
)
SECOND = ("write:1", "commit:1", "sync:1", "create:1", "commit:2")
CHAINS = [(point, SECOND[n % len(SECOND)]) for n, point in enumerate(FIRST)]


@pytest.fixture(scope="module")
def web() -> Iterator[SmallWeb]:
    with SmallWeb(len(PAGES)) as web:
        yield web


@pytest.fixture(scope="module")
def calm(web: SmallWeb, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What an undisturbed run leaves."""
    folder = tmp_path_factory.mktemp("calm")
    (folder / "seed.toml").write_text(web.seed(PAGES))
    code, said = finish(folder / "a", folder / "seed.toml")
    assert code == 2, said
    return content(folder / "a")


@pytest.mark.parametrize(("first", "second"), CHAINS)
def test_a_kill_at_this_point_loses_nothing(
    first: str, second: str, web: SmallWeb, calm: dict[str, object], tmp_path: Path
) -> None:
    """The archive is sound just after it, and the next run makes it whole."""
    web.forget()
    seed, archive = tmp_path / "seed.toml", tmp_path / "a"
    seed.write_text(web.seed(PAGES))
    witness = Witness(archive)
    for point in (first, second):
        code, said = ended(start(words(archive, [seed], RUNNER), {"READMORE_TEST_POINT": point}))
        assert code == -signal.SIGKILL, f"the point {point} was not met: exit {code}: {said}"
        witness.look()
    assert finish(archive, seed) == (2, "")
    witness.look()
    assert content(archive) == calm
    no_article_twice(archive)
    rebuilds_equal(archive, tmp_path / "copy")


def test_there_are_enough_points() -> None:
    """Forty at the least, so that the list is not thinned out unseen."""
    assert 2 * len(CHAINS) >= 40
