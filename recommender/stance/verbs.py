"""Does a headline have a verb, so that it says something of its subject? Told by word lists and endings. Pure.

A parser would tell better and weighs more than the rest of the package. Wrong both ways at times: a label taken for a
statement is a claim on which no piece takes a position; a statement taken for a label is a claim less.
"""

from __future__ import annotations

import re


def set_of(line: str) -> frozenset[str]:
    """A word list, written as a line."""
    return frozenset(line.split())


_FINITE = set_of(
    "is are was were am isn't aren't wasn't weren't has have had hasn't haven't hadn't do does did don't doesn't "
    "didn't will would won't wouldn't can could can't cannot couldn't should shouldn't must mustn't may might "
    "shall ought it's that's he's she's there's what's who's we're they're you're i'm we've they've you've i've "
    "we'll they'll you'll he'll she'll it'll let's here's"
)
# Verbs that headlines live on, in the plain form; -s, -ed and -ing forms are made from them.
_PLAIN = set_of(
    "abandon accept accuse act add admit agree aim allow announce answer appear apply approve argue ask attack "
    "avoid back ban beat become beg begin believe belong betray bet block boost break bring build buy call care "
    "cause celebrate change choose claim close collapse come confirm confront consider continue control cost "
    "count create cross cut damage deal decide defeat defend defund defy demand deny depend deserve destroy die "
    "ditch divide do doom dodge draw drive drop earn embrace end endanger endorse endure erode escape expand "
    "expect expose face fail fall fear feed feel fight find fire fix flee follow force forget forgive gain get "
    "give go grow happen hate have hear help hide hit hold hope hurt ignite ignore impeach improve insist invade "
    "invite cancel censor hang overreach lavish punt "
    "join keep kill know lack launch lead leave let lie like live look lose love make matter mean meet mislead "
    "misread miss move need offer open oppose outlaw owe own pass pay persist plan play pose praise prefer "
    "prepare press prevent prove provide push put raise reach rebuild reject remain remember remind remove repeal "
    "replace require resist respond restore reveal reward risk rule ruin run save say see seek seem sell send "
    "serve set shape show shrink sink slam slow solve spend split stand start stay steal stir stop strike "
    "struggle succeed suffer support surge suspend take talk teach tear tell test think threaten throw trivialize "
    "trust try turn understand undermine unite urge use violate vote wait want warn waste weaken win wipe work "
    "worry worsen wreck write abolish blame bless condemn cover embolden enable encourage ensure harm invest "
    "legalize limit overrate protect regulate repeat scare tax thank tolerate trap welcome"
)
_IRREGULAR = set_of(
    "became began broke brought built bought came chose dealt drew drove ate fell fed felt fought found fled "
    "forgot forgave got gave went grew had heard hid held kept knew led left lied lost made meant met misled paid "
    "put ran said saw sought sold sent set shook showed shrank sank spent stood stole struck took taught tore "
    "told thought threw understood woke won wrote blew proved beat blinked bombed botched"
)
_S_FORMS = set_of("nears dies lies tries denies defies relies justifies goes does has betrays matters")
# Plain forms that open a headline as a call to act, and are hardly ever nouns there.
_CALLS = set_of(
    "abolish accept ban believe blame bring build cancel choose confirm defend defund ditch embrace expect forget "
    "forgive get give ignore impeach keep legalize make outlaw pay prepare protect put raise rebuild reject "
    "remember remove repeal replace resist restore save spend stop take teach tell thank throw treat trust "
)
_ARTICLES = set_of(
    "the a an this that these those my your his her its our their no every each some any all both"
)
# After these stands no verb: articles, prepositions, what joins two nouns, counts and plain adjectives.
_NOT_BEFORE = _ARTICLES | set_of(
    "of in on at for from with by to about against among between into over under after before during through "
    "without within toward towards and or nor as than one two three four five six seven eight nine ten new old big "
    "great real true good bad more most many few other own first last next such same political public high low top"
)
_ALONE = set_of("matter win lose fail fall die work")  # may end a headline
LEAST = 4  # letters of a verb that only its "s" tells, and then only before an article or a pronoun
_WORD = re.compile(r"[^\W_][\w’'.-]*")


def states(text: str) -> str:
    """The text where it has a verb; a call to act as "We should …"; "" where no verb is found.

    >>> states("Trump wins his standoff"), states("Ban the toll"), states("The price of the toll")
    ('Trump wins his standoff', 'We should ban the toll', '')
    """
    words = [word.lower().replace("’", "'").rstrip(".'") for word in _WORD.findall(text)]
    if not words or any(word in _FINITE for word in words):
        return text if words else ""
    first, second = words[0], words[1] if len(words) > 1 else ""
    if first in _CALLS or (first in _PLAIN and second in _ARTICLES):
        return f"We should {text[:1].lower()}{text[1:]}"
    return text if any(_verb(words, at) for at in range(1, len(words))) else ""


def _verb(words: list[str], at: int) -> bool:
    """Whether the word at this place is the verb of a subject before it."""
    word, before = words[at], words[at - 1]
    if at > 1 and (before.endswith("ly") or before in {"still", "never", "now", "always", "just", "only"}):
        before = words[at - 2]  # "The debates really matter"
    after = words[at + 1] if at + 1 < len(words) else ""
    if before in _NOT_BEFORE or before.endswith(("'s", "s'")):
        return False
    if word in _IRREGULAR or word in _S_FORMS:
        return True
    if word in _PLAIN:  # "Democrats need a plan": the subject is a plural, and something follows
        plural = before.endswith("s") or before in {"i", "we", "you", "they", "people", "women", "men"}
        return plural and (bool(after) or word in _ALONE)
    if _stem(word, "s") in _PLAIN or _stem(word, "es") in _PLAIN:
        return True
    past = _stem(word, "ed")
    if past and (past in _PLAIN or f"{past}e" in _PLAIN):
        return True
    told_by_ending = word.endswith("s") and not word.endswith(("ss", "us", "is", "'s")) and len(word) > LEAST
    return told_by_ending and (after in _ARTICLES - {"no"} or after in {"it", "us", "them"})


def _stem(word: str, end: str) -> str:
    return word[: -len(end)] if word.endswith(end) else ""
