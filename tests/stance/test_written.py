"""The written questions keep their promises: form, no claim twice, no side told by negations."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections import Counter
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "written.py"
NEGATION = re.compile(r"\b(?:not|no|never|nothing|nobody|cannot|nor)\b|n['’]t\b", re.IGNORECASE)


def test_the_written_questions_are_whole_and_give_no_side_away() -> None:
    spec = importlib.util.spec_from_file_location("written", SCRIPT)
    assert spec and spec.loader
    written = importlib.util.module_from_spec(spec)
    sys.modules["written"] = written  # dataclasses look their module up
    try:
        spec.loader.exec_module(written)
        found = list(written.questions())
    finally:
        del sys.modules["written"]
    assert len(found) > 1200
    assert Counter(one.claim.casefold() for one in found).most_common(1)[0][1] == 1
    texts = [text for one in found for text in (*one.towards, *one.against, *one.neither)]
    assert len(set(texts)) == len(texts)
    assert min(len(text.split()) for text in texts) >= 15
    said = [
        sum(len(NEGATION.findall(text)) for one in found for text in side(one))
        for side in (lambda one: one.towards, lambda one: one.against)
    ]
    assert abs(said[0] - said[1]) < 0.1 * sum(said) / 2
