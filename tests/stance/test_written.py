"""The written questions keep their promises: form, no claim twice, no side told by negations."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
NEGATION = re.compile(r"\b(?:not|no|never|nothing|nobody|cannot|nor)\b|n['’]t\b", re.IGNORECASE)


def script(name: str) -> ModuleType:
    """A script as a module."""
    spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    assert spec and spec.loader
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made  # dataclasses look their module up
    try:
        spec.loader.exec_module(made)
    finally:
        del sys.modules[name]
    return made


def test_the_written_questions_are_whole_and_give_no_side_away() -> None:
    found = list(script("written").questions())
    assert len(found) > 1600
    assert Counter(one.claim.casefold() for one in found).most_common(1)[0][1] == 1
    texts = [text for one in found for text in (*one.towards, *one.against, *one.neither)]
    assert len(set(texts)) == len(texts)
    assert min(len(text.split()) for text in texts) >= 15
    said = [
        sum(len(NEGATION.findall(text)) for one in found for text in side(one))
        for side in (lambda one: one.towards, lambda one: one.against)
    ]
    assert abs(said[0] - said[1]) < 0.1 * sum(said) / 2


def test_the_written_sentences_are_whole_and_neither_tone_nor_place_tells() -> None:
    """No class is the usual one, whatever comes first in a sentence; most sentences hold two classes."""
    found = list(script("named").names())
    by_sentence: dict[str, list[int]] = {}
    for one in found:
        assert one.sentence[one.start : one.end].strip() == one.sentence[one.start : one.end] != ""
        by_sentence.setdefault(one.sentence, []).append(one.polarity)
    assert len(found) > 6500 and len(by_sentence) > 3150
    shares = Counter(one.polarity for one in found)
    assert max(shares.values()) < 0.45 * len(found) and min(shares.values()) > 0.2 * len(found)
    first = Counter(several[0] for several in by_sentence.values())
    assert max(first.values()) < 0.45 * len(by_sentence)
    assert sum(len(set(several)) > 1 for several in by_sentence.values()) > 0.6 * len(by_sentence)


def test_a_line_that_is_no_sentence_with_names_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("[+Orr] met [=Vane].\n[+Orr] met [Vane].\n")
    with pytest.raises(ValueError, match=r"a\.txt:2: not a sentence"):
        list(script("named").names(tmp_path))
