"""Good copies that a hasty rule would refuse: invented short pieces about errors, cookies, robots and walls."""

from __future__ import annotations

from bad_pages import ARTICLE, ASKED, HEADLINE, Bad, jsonld, page, ps

ROBOT = (
    "Every librarian in Vellmar knows the words by now. “Verify you are human,” says the page, and the reader, who "
    "is human, clicks on buses until the buses run out.",
    "The city’s catalogue put the puzzle up in March after a scraper from abroad had read it ninety times over in "
    "one night. Since then loans by telephone have doubled, and nobody at the desk calls that progress.",
    "Hanna Dreyer, who is eighty and has borrowed a book a week since she was nine, has found her own way around "
    "it. She walks in through the door.",
)
ERROR = (
    "The sign over the new café on Dyke Street says 404, and under it, smaller, “page not found”. Its owner was a "
    "web designer until last spring.",
    "There are no menus. Guests say what they hoped to find, and the kitchen tells them it does not exist. Then it "
    "brings something better: pike dumplings, mostly, with dill.",
    "On Saturdays a former colleague plays the accordion. The café is closed on Mondays, when the page you are "
    "looking for, says a note on the door, is at the river with a rod.",
)
COOKIE = (
    "Lawmakers in Vellmar want to do away with the cookie banner. A bill tabled on Monday would let browsers say "
    "once, for all sites, what their owners allow.",
    "Publishers object. “We value your privacy” may be the most mocked sentence on the web, their association "
    "said, but the click behind it pays for reporters.",
    "Under the bill a site could still ask to store and/or access information on a device, as the industry’s form "
    "of words has it, but only after the reader has looked for the button.",
    "The second reading is on the ninth of June. A similar bill failed two years ago by three votes, one of them "
    "cast by a member who later said that he had accepted it by mistake, as one does.",
)
BRIEF = (
    "The tram line to the north quay reopened on Sunday after eleven weeks. Passengers in the first car sang.",
    "Repairs to the bridge cost two million crowns less than planned, the council said, and it will spend the rest "
    "on benches. The benches are to be of larch, and there are to be sixty of them by the autumn.",
)
DENIED = (
    "“Access denied”, said the door of the council chamber on Monday, to the mayor. Her pass had run out at midnight "
    "with her term, and her new one was on a desk inside.",
    "She spoke through the letter box. “You don’t have permission to access this building,” an usher answered, and "
    "was right. The sitting began an hour late.",
    "A locksmith from Tarn Street, who was fetched in his slippers, would take no fee. Doors, he said, had been good "
    "to him for forty years, and so had most mayors.",
)
BANNER = (
    '<div id="onetrust-banner-sdk"><p>We value your privacy</p><p>We and our partners store and/or access information '
    "on a device. Use precise geolocation data. Actively scan device characteristics for identification.</p>"
    "<button>Accept</button></div>"
)
METER = (
    '<div class="meter" hidden><h3>Subscribe to continue reading</h3><p>You’ve reached your limit of free articles.</p>'
    "</div>"
)
NEWS = (
    '<meta property="og:type" content="article"><meta property="article:published_time" content="2019-05-14">'
)


def news(title: str, paragraphs: tuple[str, ...], *, head: str = NEWS, after: str = "") -> bytes:
    body = (
        f'<nav><a href="/login">Sign in</a></nav><article><h1>{title}</h1>{ps(*paragraphs)}</article>{after}'
    )
    return page(f"{title} | Vellmar Courier", body, head=head)


def good(name: str, html: bytes, expected: str | None = None, **more: str) -> Bad:
    """A page that nothing may refuse."""
    return Bad(name, (), html, expected_title=expected, **more)  # type: ignore[arg-type]


def paid(more: str) -> str:
    return NEWS + jsonld('{"@type":"NewsArticle","isAccessibleForFree":false' + more + "}")


_COUNTED = paid(f',"wordCount":{sum(len(line.split()) for line in BRIEF)}')
_PART = paid(',"hasPart":{"@type":"WebPageElement","isAccessibleForFree":false,"cssSelector":".premium"}')
_FREE = NEWS + jsonld('{"@type":"NewsArticle","isAccessibleForFree":true}')
SHORT_NEWS = "North quay tram runs again after eleven weeks"

FRENCH = (
    "L’été passé, le préfet a été mêlé à l’enquête, révélée où l’on ne l’attendait guère : à l’école, où les élèves, "
    "désœuvrés, répétaient Molière et les médecins. "
)
PORTUGUESE = (
    "“NÃO À CORRUPÇÃO”, gritaram os estudantes à porta da câmara de São João, onde a votação sobre a construção da "
    "estação não começou senão à noite. "
)
RUSSIAN = (
    "Докеры порта не вышли на работу, и переговоры с администрацией зашли в тупик; экономисты считают, что каждая "
    "неделя обходится дорого. "
)
OTHER_WORDS = "Why the dockers of Vellmar will not come back this month"

HONEST = (
    good("a column about robot checks", news("Verify you are human", ROBOT)),
    good("the same without any markup that says article", news("Are you a robot? Prove it", ROBOT, head="")),
    good("a café called 404", news("404: page not found, but the dumplings are", ERROR)),
    good("the same, with no markup that says article", news("A café called Page Not Found", ERROR, head="")),
    good("news about cookie banners", news("End of the cookie banner in sight", COOKIE)),
    good("the same, bare", news("We value your privacy: a bill wants to end the banner", COOKIE, head="")),
    good("the mayor is denied access", news("Access denied", DENIED)),
    good("the same, as expected", news("Access denied", DENIED, head=""), "Access denied: mayor locked out"),
    good("a brief of 80 words", news(SHORT_NEWS, BRIEF)),
    good("a brief with a consent banner in its page", news(SHORT_NEWS, BRIEF, after=BANNER)),
    good("a brief that is free, with a meter's dialogue", news(SHORT_NEWS, BRIEF, head=_FREE, after=METER)),
    good("not free, and whole by its own count", news(SHORT_NEWS, BRIEF, head=_COUNTED, after=METER)),
    good(
        "a brief whose paid part is there",
        page(
            SHORT_NEWS,
            f"<article><p>{BRIEF[0]}</p><div class='premium'><p>{BRIEF[1]}</p></div></article>",
            head=_PART,
        ),
    ),
    good("a whole article of a paper that is not free", news(HEADLINE, ARTICLE, head=_PART, after=METER)),
    good(
        "moved to another section",
        news(HEADLINE, ARTICLE),
        final_url=ASKED.replace("/politics/2019/05/14", "/port"),
    ),
    good(
        "moved to the front of its own site",
        news(HEADLINE, ARTICLE),
        HEADLINE,
        final_url="https://harborstrike.example/",
    ),
    good("another headline than the list's", news("Fifteen days of silence on the quays", ARTICLE), HEADLINE),
    good("a list's own words for it", news(HEADLINE, ARTICLE), OTHER_WORDS),
    good("shortened address", news(HEADLINE, ARTICLE), url="https://vlmr.example/3xYz", final_url=ASKED),
    good("an address by number", news(HEADLINE, ARTICLE), url=f"{ASKED[:33]}/?p=1234", final_url=ASKED),
    good("http to https, a slash more", news(HEADLINE, ARTICLE), final_url=ASKED + "/"),
    good("a French piece of many accents", page("Élections", ps(FRENCH * 6), lang="fr")),
    good("a Portuguese headline in capitals", page("NÃO À CORRUPÇÃO", ps(PORTUGUESE * 6), lang="pt")),
    good("Russian, rightly read", page("Забастовка", ps(RUSSIAN * 6), lang="ru")),
    good("Chinese", page("罢工", ps("码头工人星期二没有上班，谈判陷入僵局。" * 18), lang="zh")),
)
