"""What changed between two versions: every word counted once, nothing forged, nothing slow."""

from __future__ import annotations

import random
import re
import time
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.reading.changes import CONTEXT, PLACES, ROOM, changes

TEXT = """The council met on Tuesday to discuss the harbour wall, which has leaked since March.
Nobody spoke for an hour, and then everybody spoke.
The mayor said that repairs would cost two million crowns and take a year.
Then everyone went home through the rain."""
words = st.lists(
    st.sampled_from(["the", "of", "wall", "mayor", "rain", "leaked", "crowns", "\n"]), max_size=60
)


def diff(before: str, after: str) -> str:
    found = changes("Wall", before, "Wall", after)
    assert found is not None
    return found.diff


def test_equal_versions_are_no_change() -> None:
    """Spaces and empty lines are no words."""
    assert changes("Wall", TEXT, "Wall", TEXT) is None
    assert changes("Wall", TEXT, " Wall ", TEXT.replace("\n", " \n\n ")) is None
    assert changes("", "", "", "") is None


def test_a_changed_figure_is_shown_among_its_neighbours() -> None:
    found = changes("Wall", TEXT, "Wall", TEXT.replace("two million", "three million"))
    assert found is not None
    assert (
        found.diff
        == "… mayor said that repairs would cost [-two-] {+three+} million crowns and take a year. …"
    )
    assert (found.words_removed, found.words_added) == (1, 1)


def test_the_headline_comes_first_and_counts() -> None:
    found = changes("Harbour wall leaks", TEXT, "Harbour wall has leaked", TEXT + "\nIt rained on.")
    assert found is not None
    first, second = found.diff.split("\n")
    assert first == "Headline: Harbour wall [-leaks-] {+has leaked+}"
    assert second == "… everyone went home through the rain. {+It rained on.+}"
    assert (found.words_removed, found.words_added) == (1, 5)
    assert (found.title_before, found.title_after) == ("Harbour wall leaks", "Harbour wall has leaked")


def test_a_headline_repeated_above_the_text_counts_once() -> None:
    found = changes("Wall leaks", f"Wall leaks\n{TEXT}", "Wall holds", f"Wall holds\n{TEXT}")
    assert found is not None
    assert found.diff == "Headline: Wall [-leaks-] {+holds+}"
    assert (found.words_removed, found.words_added) == (1, 1)


def test_changes_far_apart_are_lines_and_near_ones_share_one() -> None:
    before = " ".join(f"w{n}" for n in range(100))
    near = before.replace("w10 ", "x ").replace("w20 ", "y ")
    far = before.replace("w10 ", "x ").replace("w40 ", "y ")
    assert len(diff(before, near).split("\n")) == 1
    assert len(diff(before, far).split("\n")) == 2
    for line in diff(before, far).split("\n"):
        assert len(line.split()) == 2 * CONTEXT + 2 + 2


def test_a_paragraph_that_moved_is_named_and_not_counted() -> None:
    lines = TEXT.split("\n")
    found = changes("Wall", TEXT, "Wall", "\n".join([lines[2], lines[0], lines[1], lines[3]]))
    assert found is not None
    assert (found.words_removed, found.words_added) == (0, 0)
    assert "(moved here: The mayor said that repairs would cost two …)" in found.diff
    assert "[-" not in found.diff
    assert len(found.diff) < 250


def test_a_paragraph_given_twice_has_not_only_moved() -> None:
    lines = TEXT.split("\n")
    found = changes("Wall", TEXT, "Wall", "\n".join([lines[2], *lines]))
    assert found is not None
    assert found.words_added == len(lines[2].split())


def test_words_between_two_larger_changes_that_stayed_by_chance_go_with_them() -> None:
    """Else a rewritten sentence reads as shreds."""
    before, after = "one two three of four five six", "un deux trois of quatre cinq sept"
    assert diff(before, after) == "[-one two three of four five six-] {+un deux trois of quatre cinq sept+}"
    assert diff("one of two", "un of deux") == "[-one-] {+un+} of [-two-] {+deux+}"


def test_a_text_cannot_forge_marks() -> None:
    """What a page writes like our marks is broken up."""
    found = changes("a", "x [-gone-] y", "a", "x {+never+} [-was-] z")
    assert found is not None
    assert len(re.findall(r"\[-.*?-\]", found.diff)) == found.diff.count("[-") == found.diff.count("-]")
    assert len(re.findall(r"\{\+.*?\+\}", found.diff)) == found.diff.count("{+") == found.diff.count("+}")


@settings(deadline=None, max_examples=200)
@given(before=words, after=words)
def test_the_account_adds_up_and_what_is_shown_is_in_the_texts(before: list[str], after: list[str]) -> None:
    """Words removed and added explain the difference in length, are those marked, and stand where shown."""
    old, new = " ".join(before), " ".join(after)
    found = changes("", old, "", new, full=True)
    if found is None:
        assert old.split() == new.split()
        return
    assert found.words_added - found.words_removed == len(new.split()) - len(old.split())
    taken = [word for part in re.findall(r"\[-(.*?)-\]", found.diff) for word in part.split()]
    put = [word for part in re.findall(r"\{\+(.*?)\+\}", found.diff) for word in part.split()]
    assert (len(taken), len(put)) == (found.words_removed, found.words_added)
    if "(moved" in found.diff:
        return
    for line in found.diff.split("\n"):
        bare = line.removeprefix("… ").removesuffix(" …")
        was = re.sub(r"\{\+.*?\+\}", "", bare).replace("[-", "").replace("-]", "").split()
        became = re.sub(r"\[-.*?-\]", "", bare).replace("{+", "").replace("+}", "").split()
        assert " ".join(was) in " ".join(old.split())
        assert " ".join(became) in " ".join(new.split())


def test_long_texts_take_bounded_time_and_room() -> None:
    """20,000 words with every second one changed; 300,000 words turned round; a line a word."""
    chance = random.Random(5)
    old = [f"w{chance.randrange(3000)}" for _ in range(20_000)]
    new = [word if chance.random() < 0.5 else "x" for word in old]
    many = [str(n) for n in range(300_000)]
    pairs = (
        (" ".join(old), " ".join(new)),
        (" ".join(many), " ".join(reversed(many))),
        ("\n".join(many), "\n".join(reversed(many))),
        ("\n".join(f"{a} {b} and so on to {n}" for n, (a, b) in enumerate(pairwise(many[:20_000]))), ""),
    )
    for before, after in pairs:
        begun = time.process_time()
        found = changes("a", before, "a", after)
        assert found is not None
        assert time.process_time() - begun < 5
        assert len(found.diff) < 2 * ROOM
        assert len(found.diff.split("\n")) <= PLACES + 2
