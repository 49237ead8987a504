"""What a model was trained on, as digests: a figure on a debate that it knows would say nothing."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files

FILE = "claims-trained.json"  # model ─► digests; written by scripts/export_claims.py


def digest(name: str) -> str:
    """Ten hexadecimal digits of a claim or a debate's address, whatever its capitals and marks."""
    words = " ".join(re.findall(r"\w+", name.lower()))
    return sha256(words.encode()).hexdigest()[:10]


def trained_on(model: str, *names: str) -> bool:
    """Whether a model, by its name with or without a version, was trained on any of these claims or debates."""
    return any(digest(name) in _known(re.split(r"[-/:]", model, maxsplit=1)[0]) for name in names)


@lru_cache(maxsize=8)
def _known(model: str) -> frozenset[str]:
    path = files("recommender.stance").joinpath(FILE)
    return (
        frozenset(json.loads(path.read_text(encoding="utf-8")).get(model, ()))
        if path.is_file()
        else frozenset()
    )
