"""Make the background document frequencies from a file of articles.

    python scripts/build_background.py ../shared/data/allsides.jsonl.gz

Writes recommender/topic/background.npz: stems, pairs of stems and in how many articles each stands.
Nothing else of the articles is kept.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from pathlib import Path

from recommender.topic.background import FILE, encode
from recommender.topic.vectorizer import Analyzer

# A term must stand in this many articles: enough that no private string is in the file, few enough that
# the file stays small (a quarter of a megabyte). Rarer terms count as unseen; lower floors measure the same
# (`benchmarks/topic_choices.py`).
WORD_FLOOR = 5
PAIR_FLOOR = 10
OUTPUT = Path(__file__).resolve().parent.parent / "recommender" / "topic" / FILE


def frequencies(path: Path) -> tuple[Counter[str], int]:
    """Articles that hold each term, and how many articles there are."""
    analyzer = Analyzer()
    found: Counter[str] = Counter()
    documents = 0
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            found.update(set(analyzer.terms(record["title"], record["text"])))
            documents += 1
    return found, documents


def main() -> None:
    """Count, cut and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("articles", type=Path, help="JSON lines, gzipped, with title and text")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    arguments = parser.parse_args()
    found, documents = frequencies(arguments.articles)
    kept = {term: n for term, n in found.items() if n >= (PAIR_FLOOR if " " in term else WORD_FLOOR)}
    data = encode(list(kept), list(kept.values()), documents)
    arguments.output.write_bytes(data)
    words = sum(" " not in term for term in kept)
    print(f"{documents:,} articles, {words:,} words and {len(kept) - words:,} pairs, {len(data):,} bytes")


if __name__ == "__main__":
    main()
