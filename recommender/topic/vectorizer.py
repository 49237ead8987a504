"""Title and text to terms: which strings stand for an article's topic.

    "Soleimani's killing" ─► words ─► no stop words ─► stems ─► stems and pairs of stems
                             Soleimani, killing        soleimani, kill, soleimani kill

What was chosen, and what it was chosen against, on the data sets that `benchmarks/topic_choices.py`
names (mean reciprocal rank of an article's mates among 8,326; mean average precision on TIME):
the table that script prints is the reason for every constant below. What it can't tell apart is settled by
other reasons: stems rather than words as they stand, because a headline alone has too few words to repeat one.
"""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from string import ascii_lowercase, ascii_uppercase
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VERSION = 3  # raise on any change that gives other terms: kept indexes are then rebuilt
TITLE_WEIGHT = 3  # a title's words count as if they stood there three times; 2 to 5 measure the same
PAIR_WEIGHT = 0.5  # of a pair of words against a single word; .3 to .7 measure the same
SAMPLE = 1_000  # characters that show whether a text is written in capitals
MAX_KNOWN = 1_000_000  # runs of characters remembered, some 150 MB; 8,005 articles hold 273,000
MARK = 0  # the number of a sentence mark among stems

# Function words of English: they say how a sentence is built, not what it is about. Short on purpose:
# longer lists drop "bill", "fire" or "system", which are topics in news. idf does the rest.
STOP_WORDS = frozenset(
    """
    a about above across after again against all almost along already also although always am among an and
    another any anybody anyone anything are aren't around as at be became because become been before being
    below between both but by came can can't cannot could couldn't did didn't do does doesn't doing don't
    done down during each either else even ever every everyone everything few for from further get gets got
    had hadn't has hasn't have haven't having he he'd he'll her here hers herself him himself his how
    however i i'd i'll i'm i've if in indeed instead into is isn't it it'd it'll its itself just least less
    let lot made make makes many may maybe me might mine more most mostly much must my myself neither never
    no nobody none nor not nothing now of off often on once one only onto or other others otherwise ought our
    ours ourselves out over own per perhaps quite rather really s same shall she she'd she'll should
    shouldn't since so some somebody someone something sometimes still such than that that'll the their
    theirs them themselves then there therefore these they they'd they'll they're they've this those though
    through throughout thus to together too toward towards under until up upon us very was wasn't we we'd
    we'll we're we've were weren't what whatever when where whether which while who who'd who'll whom whose
    why will with within without won't would wouldn't yet you you'd you'll you're you've your yours yourself
    yourselves
    """.split()  # noqa: SIM905  a block of words is easier to check than 250 quoted ones
)

_MASK = (1 << 64) - 1
_FACTOR = 0x9E3779B97F4A7C15
_ROUNDS = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))
_LAST = 31
_LOWER, _UPPER = ascii_lowercase.encode(), ascii_uppercase.encode()
_BREAKS = frozenset('.!?;:\n()"“”—')  # a pair of words across one of these is no phrase

# Scripts written without spaces (Thai, Lao, Burmese, Khmer, kana, Han): cut into overlapping pairs of
# characters, the usual way to search them without a dictionary (Lucene's CJKBigramFilter does the same).
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"


class _Token(NamedTuple):
    """One content word of a text."""

    start: int  # offset of its first character
    phrase: int  # words of one number stand with no sentence mark between them
    surface: str  # as written
    stem: str


class Numbered(NamedTuple):
    """Stems as numbers, part after part."""

    words: NDArray[np.int32]  # (n_words,): a stem's number, or MARK
    sizes: NDArray[np.int64]  # (n_parts,): how many of them each part has
    keys: NDArray[np.uint64]  # (n_stems,): `term_key` of each stem known, by number


class Analyzer:
    """Turns an article into terms. Remembers the words it has seen, so use one for many articles."""

    def __init__(self) -> None:
        from Stemmer import Stemmer

        self._stem = Stemmer("english").stemWord
        self._keys: NDArray[np.uint64] | None = None  # of the stems, by number
        self._forget()

    def terms(self, title: str, text: str) -> list[str]:
        """Every term of an article as often as it counts. A pair holds a space, a single word none."""
        self._make_room()
        found: list[str] = []
        for part, times in ((title, TITLE_WEIGHT), (text, 1)):
            runs = self._runs(part)
            row = [self._vocabulary.names[n] for run in runs for n in self._told.stems(run)]
            pairs = [f"{a} {b}" for a, b in pairwise(row) if a and b]
            found.extend(([stem for stem in row if stem] + pairs) * times)
        return found

    def numbered(self, parts: Sequence[str]) -> Numbered:
        """The stems of titles or texts as numbers, in order, `MARK` for each sentence mark."""
        import numpy as np

        self._make_room()
        found = [np.fromiter(runs, np.int32, len(runs)) for runs in map(self._runs, parts)]
        words, ends = self._told.joined(np.concatenate([*found, np.empty(0, np.int32)]))
        ends = np.append(0, ends)[np.cumsum([0, *map(len, found)])]
        known = np.empty(0, np.uint64) if self._keys is None else self._keys
        new = self._vocabulary.names[len(known) :]
        self._keys = np.concatenate([known, np.fromiter(map(term_key, new), np.uint64, len(new))])
        return Numbered(words, np.diff(ends), self._keys)

    def _make_room(self) -> None:
        if len(self._told) > MAX_KNOWN:
            self._forget()

    def _forget(self) -> None:
        self._vocabulary, self._told, self._keys = _Numbers(), _Told(), None
        self._known = {
            shouting: _Runs(self._stem, self._vocabulary, self._told, shouting) for shouting in (False, True)
        }

    def _runs(self, part: str) -> list[int]:
        """Numbers of what stands between the spaces of a title or text; `_told` has the stems of each."""
        part = _normal(part)
        known = self._known[_shouts(part)]
        # No match of the pattern holds a space, so what stands between two of them is looked at once and for all.
        return list(map(known.__getitem__, part.replace("\n", " \n ").split(" ")))

    def surfaces(self, title: str, text: str) -> dict[str, str]:
        """For each term of an article the form a reader would write: the one the article uses most.

        Among equally frequent forms the text's goes before the title's, where every word may be
        capitalised, and then the first one. A pair is shown with what stands between its words:
        "Department of State".
        """
        forms: dict[str, Counter[str]] = {}
        for part in (text, title):
            normal = _normal(part)
            tokens = self._tokens(normal)
            for token in tokens:
                forms.setdefault(token.stem, Counter())[token.surface] += 1
            for a, b in pairwise(tokens):
                if a.phrase == b.phrase:
                    shown = " ".join((normal[a.start : b.start] + b.surface).split())
                    forms.setdefault(f"{a.stem} {b.stem}", Counter())[shown] += 1
        return {term: seen.most_common(1)[0][0] for term, seen in forms.items()}

    def _tokens(self, part: str) -> list[_Token]:
        """The content words of a title or text as `_normal` gives it, in order."""
        known = self._known[_shouts(part)]
        tokens: list[_Token] = []
        phrase = 0
        for match in _pattern().finditer(part):
            phrase += match.group() in _BREAKS
            for offset, (surface, stem) in enumerate(known.forms(match.group())):
                tokens.append(_Token(match.start() + offset, phrase, surface, stem))
        return tokens


class _Numbers(dict[str, int]):
    """Stems numbered as they come, from 1; the sentence mark is "" and has number `MARK`."""

    def __init__(self) -> None:
        super().__init__({"": MARK})
        self.names = [""]

    def __missing__(self, stem: str) -> int:
        number = self[stem] = len(self)
        self.names.append(stem)
        return number


class _Told:
    """The stems of each run of characters that has a number."""

    def __init__(self) -> None:
        self._flat = array("i")  # stems of all runs, in order
        self._ends = array("q", [0])  # run i's are flat[ends[i]:ends[i + 1]]

    def __len__(self) -> int:
        return len(self._ends) - 1

    def add(self, stems: Sequence[int]) -> int:
        """The number of a new run."""
        self._flat.extend(stems)
        self._ends.append(len(self._flat))
        return len(self) - 1

    def stems(self, run: int) -> array[int]:
        """Of one run."""
        return self._flat[self._ends[run] : self._ends[run + 1]]

    def joined(self, runs: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """The stems of some runs, one after the other, and where each run's end; shapes (n_stems,) and (n_runs,)."""
        import numpy as np

        ends = np.array(self._ends)
        begin, sizes = ends[runs], (ends[1:] - ends[:-1])[runs]
        until = np.cumsum(sizes)
        places = np.arange(until[-1] if len(runs) else 0) + np.repeat(begin - until + sizes, sizes)
        return np.array(self._flat, np.int32)[places], until


class _Runs(dict[str, int]):
    """Numbers of runs of characters between spaces, which are looked at when they first come."""

    def __init__(self, stem: Callable[[str], str], vocabulary: _Numbers, told: _Told, shouting: bool) -> None:
        super().__init__()
        self._stem = stem
        self._vocabulary = vocabulary
        self._told = told
        self._shouting = shouting  # in a text in capitals these mark no acronym
        self._words: dict[
            str, list[int]
        ] = {}  # a word's stems: it comes with many commas and quotation marks

    def __missing__(self, run: str) -> int:
        found: list[int] = []
        for word in _pattern().findall(run):
            stems = self._words.get(word)
            if stems is None:
                names = [""] if word in _BREAKS else [stem for _, stem in self.forms(word)]
                stems = self._words[word] = [self._vocabulary[name] for name in names]
            found += stems
        number = self[run] = self._told.add(found)
        return number

    def forms(self, word: str) -> tuple[tuple[str, str], ...]:
        """Surface and stem of each term in one match of the pattern: none for a stop word or a sentence mark,
        else one, and for an unspaced run one a character."""
        if word in _BREAKS:
            return ()
        if not word.isascii() and _unspaced().match(word):
            pairs = (word[i : i + 2] for i in range(max(1, len(word) - 1)))
            return tuple((pair, pair) for pair in pairs)
        surface = word[:-2] if word[-2:].lower() in {"'s", "’s"} else word
        plain = surface.lower().replace("’", "'")
        initials = "." in plain and not plain[0].isdigit()
        if initials:
            surface = surface.rstrip(".") + "."  # "U.S" is "U.S." too
        plain = plain.replace("." if initials else ",", "")
        acronym = initials or (len(plain) > 1 and surface.isupper() and not self._shouting)
        letter = len(plain) < 2 and plain.isascii() and plain.isalpha()
        if letter or (plain in STOP_WORDS and not acronym):
            return ()
        # Snowball's English stem; words with other letters than a-z stay whole
        return ((surface, self._stem(plain) if plain.isascii() else plain),)


def term_key(term: str) -> int:
    """A term as 64 bits, the lowest set where it is a pair.

    A word's are of BLAKE2b of its UTF-8, a pair's are made from its words' (`pair_keys`). Among ten million terms
    any two collide with a probability of 5e-6 (n²/2⁶⁴), so keys stand for terms.
    """
    first, space, second = term.partition(" ")
    if not space:
        return _word_key(term)
    mixed = _word_key(first) * _FACTOR + _word_key(second) & _MASK
    for shift, factor in _ROUNDS:
        mixed = (mixed ^ mixed >> shift) * factor & _MASK
    return (mixed ^ mixed >> _LAST) | 1


@functools.lru_cache(maxsize=10_000)  # a word stands in three terms of one article
def _word_key(word: str) -> int:
    digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") & ~1


def pair_keys(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The keys of pairs of words by the words' keys, shape (n,) each: splitmix64's mixing (Steele and others 2014)
    of the first times an odd number plus the second."""
    import numpy as np

    mixed = first * np.uint64(_FACTOR)
    mixed += second
    for shift, factor in _ROUNDS:
        mixed ^= mixed >> np.uint64(shift)
        mixed *= np.uint64(factor)
    mixed ^= mixed >> np.uint64(_LAST)
    return mixed | np.uint64(1)


def _normal(part: str) -> str:
    """NFKC, without the soft hyphens that pages put into words."""
    return part if part.isascii() else unicodedata.normalize("NFKC", part).replace("\u00ad", "")


def _shouts(part: str) -> bool:
    """Are most letters at the beginning capitals, so that capitals mark no acronym?"""
    start = part[:SAMPLE]
    ascii_only = start.encode("ascii", "ignore")
    small, large = (len(ascii_only) - len(ascii_only.translate(None, case)) for case in (_LOWER, _UPPER))
    if abs(large - small) > len(start) - len(ascii_only):  # the others can't turn it: a tenth of the time
        return large > small
    return sum(map(str.isupper, start)) > sum(map(str.islower, start))


@functools.cache
def _pattern() -> re.Pattern[str]:
    """A sentence mark, or a word: a number with its points, dotted initials, an unspaced run, or letters and digits."""
    breaks = "[" + re.escape("".join(sorted(_BREAKS))) + "]"
    marks = "".join(chr(c) for c in range(0x300, 0x1D00) if unicodedata.category(chr(c)).startswith("M"))
    letter = f"(?:[^\\W_{_UNSPACED}]|[{marks}])"
    number = r"\d+(?:[.,:]\d+)+"
    initials = r"(?<![^\W_])[^\W\d_](?:\.[^\W\d_])+(?![^\W_])\.?"
    return re.compile(rf"{number}|{initials}|[{_UNSPACED}]+|{letter}+(?:['’]{letter}+)*|{breaks}")


@functools.cache
def _unspaced() -> re.Pattern[str]:
    return re.compile(f"[{_UNSPACED}]")
