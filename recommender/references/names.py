"""What templates call their boxes: class, id, data and ARIA names for and against further reading."""

from __future__ import annotations

import re
from enum import Flag, auto
from functools import lru_cache


class Zone(Flag):
    """What the names of a box and of the boxes around it say."""

    NOTHING = 0
    RELATED = auto()  # further reading
    PROMO = auto()  # a link set into the text, or a box of links: further reading where it stands in the body
    OTHER = auto()  # rails of popular, latest, recommended pieces
    CHROME = (
        auto()
    )  # navigation, page footer, share tools, comments, forms, advertisement: never further reading
    FIGURE = auto()  # pictures and their captions
    BODY = auto()  # within an article element or a box named as the article's body
    SIDE = auto()  # an aside or sidebar


_POST = re.compile(
    r"(?:^|(?<=\s))(?:tag|category|topic|section|series|author)-\S+"
)  # WordPress names a post's tags so
_LISTS = re.compile(r"(?:^|\s)(?:tags?|topics?|categor(?:y|ies))(?:$|\s)")  # whole names only
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_RELATED = re.compile(
    r"""
  (?:^|[\s_-])(?: related(?!\W?(?:topic|tag|video|search|term|keyword|product|people|compan|quote|
    link-?tag|galler|photo|image|site)) | (?:read|see|learn)-?more(?!-?(?:btn|button|toggle|less|
    link-?btn)) | (?:see|read)-?also | also-?(?:read|see|on) | story-?alsos? | further-?reading |
     more-?reading | more-?on-?(?:this|story|topic)? | more-?articles? | morearticles? |
     read-?next | similar-?(?:posts?|articles?|stories) | yarpp | jp-?relatedposts |
     relatedposts? | relatedarticles? | relatedstor(?:y|ies) | relatednews | relatedcontent |
     relatedlinks? | relateditems? | interstitial-?(?:link|related)? | (?:in|inline)-?(?:article|
    story|text|body|line)?-?(?:related|recirc) | verwandt\w* | weiterlesen | zum-?thema |
     lire-?aussi | a-?lire(?:-?aussi)? | voir-?aussi | articles?-?lies? | relacionad[oa]s? |
     leia-?(?:mais|tambem) | lea-?tambien | veja-?tambem | leggi-?anche | correlat[ie] |
     lees-?(?:ook|meer) | gerelateerd | baca-?juga | background-?(?:links|reading) |
     suggested-?reading )(?:$|[\s_-]|s\b|\d)
""",
    re.VERBOSE,
)
_PROMO = re.compile(
    r"""
  (?:^|[\s_-])(?: (?:in|inline)-?(?:article|story|text|body|line)?-?(?:promo|link|story|article|
    read|teaser)s? | (?:embedded|internal|contextual)-?(?:links?|stor(?:y|ies)|articles?) |
     story-?links? | article-?(?:link|promo|embed)s? | (?:rich|pull)-?links? | link-?(?:box|embed|inline|card) |
     teaser-?inline | inline-?teaser | dossier | read-?on )(?:$|[\s_-]|s\b|\d)
""",
    re.VERBOSE,
)
_OTHER = re.compile(
    r"""
  (?:^|[\s_-])(?: (?:most|more)-?(?:read|popular|viewed|shared|recent|from|stories|news|headlines|
    in|videos?)\w* | popular\w* | trending\w* | latest\w* | recent(?!-?related)\w* |
     recommend\w* | sponsor\w* | promoted\w* | recirc\w*(?!-?further) | river | newsfeed |
     editors?-?(?:picks?|choice) | top-?(?:stories|news|picks|posts|articles|videos)\w* |
     breaking\w* | must-?reads? | read-?next | up-?next | next-?up | prev-?next | next-?prev |
     post-?navigation | nav-?links? | pagination | tags?-?(?:list|cloud|links?) | topics?-?list |
     keywords? | categor(?:y|ies)-?list | related-?(?:topics?|tags?|videos?|search\w*) |
     playlist | videos?-?(?:list|playlist|carousel|gallery) | meistgelesen | plus-?lus |
     mas-?leid\w* | mais-?lid\w* | piu-?letti | beliebt | aktuell | ticker | breadcrumbs? |
     widget_recent\w* | from-?the-?web | around-?the-?web | shop\w* | product\w* | affiliate\w* |
     deals? )(?:$|[\s_-]|s\b|\d)
""",
    re.VERBOSE,
)
_CHROME = re.compile(
    r"""
  (?:^|[\s_-])(?: nav|navbar|navigation|menu|menubar|mega-?menu|sub-?menu|footer|site-?footer|
    page-?footer|masthead|site-?header|page-?header|global-?header|breadcrumbs?|share|sharing|
    share-?(?:bar|tools?|buttons?|links?|icons?|this|widget|list|menu)|social\w*|newsletters?|
    signup|sign-?up|subscribe(?:-\w+)?|subscription-?(?:form|box|banner|cta) | comments?|
    disqus\w*|comment-?list|taboola\w*|trc_\w+|outbrain\w*|ob-widget\w*|revcontent\w*|mgid\w*|
    zergnet\w*|dianomi\w*|ads?|advert\w*|banner|cookies?|consent|login|search-?(?:form|box|bar) |
     author-?(?:bio|box|info|card)|byline\w*|toolbar|skip-?links?|modal|popup|lightbox|
    banner-?ad )(?:$|[\s_-]|s\b|\d)
""",
    re.VERBOSE,
)
_BODY = re.compile(
    r"""
  (?:article|story|post|entry|main|content)-?_?(?:body|content|text|copy) | articlebody | storybody
  | entry-?content | body-?(?:copy|text|content) | rich-?text | post-?content
""",
    re.VERBOSE,
)
_SIDE = re.compile(
    r"(?:^|[\s_-])(?:side-?bar|right-?(?:rail|col\w*)|rail|rhs|secondary|complementary)(?:$|[\s_-]|\d)"
)
_ROLES = re.compile(r"(?:^|\s)(?:navigation|contentinfo|search|banner|menu|menubar|tablist|toolbar)(?:$|\s)")


@lru_cache(maxsize=4096)
def zone(tag: str, names: str) -> Zone:
    """What one element's tag and names say by themselves.

    Args:
        tag: lower case.
        names: class, id, role, data-* values and aria-label, separated by spaces, as written.
    """
    found = _by_tag(tag)
    if not names or tag in {"html", "body"}:
        return found
    text = _POST.sub(" ", _CAMEL.sub("-", names).lower()).replace("__", "-")
    if _LISTS.search(text):
        found |= Zone.OTHER
    if _RELATED.search(text):
        found |= Zone.RELATED
    if _PROMO.search(text):
        found |= Zone.PROMO
    if _OTHER.search(text):
        found |= Zone.OTHER
    if _CHROME.search(text) or _ROLES.search(text):
        found |= Zone.CHROME
    if _BODY.search(text):
        found |= Zone.BODY
    if _SIDE.search(text):
        found |= Zone.SIDE
    return found


def _by_tag(tag: str) -> Zone:
    return {
        "nav": Zone.CHROME,
        "footer": Zone.CHROME,
        "form": Zone.CHROME,
        "figure": Zone.FIGURE,
        "figcaption": Zone.FIGURE,
        "article": Zone.BODY,
        "aside": Zone.SIDE,
    }.get(tag, Zone.NOTHING)
