"""Bad pages of the first half: what came instead of an article."""

from __future__ import annotations

from bad_pages import ARTICLE, COPY, HEADLINE, ROOT, Bad, page, ps

from recommender.crawl.outcomes import Reason

LATEST = "".join(
    f"<li><a href='/{n}'>{title}</a></li>"
    for n, title in enumerate(
        (
            "Council votes on tram line",
            "Orchestra finds a new home",
            "River gauge breaks a record",
            "Why herring",
        )
    )
)
SOFT_404 = (
    Bad(
        "WordPress: that page can't be found",
        (Reason.SOFT_404,),
        page(
            "Page not found – Vellmar Courier",
            '<section class="error-404 not-found"><h1>Oops! That page can&rsquo;t be found.</h1><p>It looks like '
            "nothing was found at this location. Maybe try one of the links below or a search?</p></section>"
            f"<h2>Recent Posts</h2><ul>{LATEST}</ul>",
        ),
    ),
    Bad(
        "Drupal: the requested page",
        (Reason.SOFT_404,),
        page(
            "Page not found | Tarn Valley Post",
            "<h1>Page not found</h1><p>The requested page could not be found.</p>",
        ),
    ),
    Bad(
        "Arc: news site's 404 with teasers",
        (Reason.SOFT_404,),
        page(
            "404 - Vellmar Courier",
            "<main><h1>Sorry, we can't seem to find the page you're looking for.</h1><p>The page may have been "
            "moved or deleted, or you may have followed an old link. Try our search, or start from the home page."
            f"</p><h2>Most read</h2><ul>{LATEST}</ul></main>",
        ),
    ),
    Bad(
        "Brightspot: couldn't find",
        (Reason.SOFT_404,),
        page(
            "Error: 404 Not Found",
            "<h1>We couldn't find that page</h1><p>The link you followed may be broken, or the page may have been "
            "removed.</p>",
            head='<meta name="robots" content="noindex">',
        ),
    ),
    Bad(
        "an expired wire story",
        (Reason.SOFT_404,),
        page(
            "Vellmar Courier",
            "<h1>Sorry</h1><p>This article is no longer available. Wire stories are removed from our site after "
            "thirty days.</p>",
        ),
    ),
    Bad(
        "redirected to the home page",
        (Reason.SOFT_404,),
        page(
            "Vellmar Courier: news from the harbor city",
            "<main>"
            + ps(
                *(
                    f"Story {n}: the council met on Monday and adopted item {n} of its list of works for the "
                    "year, the mayor said, after a debate that went on for an hour."
                    for n in range(14)
                )
            )
            + "</main>",
        ),
        final_url=ROOT,
    ),
    Bad(
        "redirected to the section's page",
        (Reason.SOFT_404,),
        page(
            "Politics | Vellmar Courier",
            "<main>"
            + ps(
                *(
                    f"Party number {n} said on Monday that it will stand in the spring election with a new "
                    "list, and that its treasurer has resigned for reasons of health."
                    for n in range(9)
                )
            )
            + "</main>",
        ),
        final_url="https://www.vellmarcourier.example/politics/",
    ),
)

_RUSSIAN = (
    "Докеры порта Велльмар не вышли на работу пятнадцатый день подряд. Переговоры с администрацией гавани зашли "
    "в тупик, и судоходные компании начали отправлять свои суда в южные порты. «Мы терпели с осени», сказала "
    "представительница профсоюза. Экономисты считают, что каждая неделя забастовки обходится региону дорого."
)
GARBLED = (
    Bad(
        "UTF-8 stored as if it were windows-1252",
        (Reason.GARBLED,),
        page(
            "Забастовка".encode().decode("cp1252", "replace"),
            ps(*[_RUSSIAN.encode().decode("latin-1")] * 3),
            lang="ru",
        ),
        expected_title=None,
    ),
    Bad(
        "characters lost",
        (Reason.GARBLED,),
        page(
            "Streik",
            ps(
                "Die Fischer �ber die Fl�chen der �berf�llten H�fen: �gr��er� w�re sch�n, "
                "m�sste aber f�r alle g�nstiger w�rden, hei�t es. " * 6
            ),
            lang="de",
        ),
        expected_title=None,
    ),
    Bad(
        "windows-1251 read as Latin-1",
        (Reason.GARBLED,),
        page(
            "Çàáàñòîâêà", ps(*[_RUSSIAN.encode("cp1251", "ignore").decode("cp1252", "ignore")] * 3), lang="ru"
        ),
        expected_title=None,
    ),
)

_SPANISH = (
    "Los estibadores del puerto de Vellmar dejaron de trabajar por decimoquinto día el martes, después de que los "
    "negociadores de la autoridad portuaria se levantaran de la mesa sin una oferta, y las navieras empezaron a "
    "enviar sus barcos a los puertos del sur.",
    "«Hemos tenido paciencia desde el otoño», dijo Orla Ibarra, que habla por los cuatrocientos operadores de "
    "grúa del sindicato. «Nos dijeron que el dinero estaba. Ahora nos dicen que el dinero no estuvo nunca.»",
    "La disputa es por los turnos de noche. Con el contrato que terminó en marzo, quien trabaja entre la "
    "medianoche y las seis cobra la mitad más; la autoridad quiere acabar con eso para los que entren desde el "
    "año que viene.",
    "Los comerciantes de los muelles ven poco de la discusión y todo su coste. En la cámara fría de Hanna Dreyer "
    "esperan doscientas toneladas de arenque. La alcaldesa se ha ofrecido a mediar, y ninguna de las partes ha "
    "dicho que sí.",
)
_GERMAN = (
    "Die Hafenarbeiter von Vellmar haben am Dienstag den fünfzehnten Tag in Folge die Arbeit niedergelegt, nachdem "
    "die Unterhändler der Hafenbehörde den Verhandlungstisch ohne ein Angebot verlassen hatten.",
    "„Wir haben seit dem Herbst Geduld gehabt“, sagte Orla Ibarra, die für die vierhundert Kranführer der "
    "Gewerkschaft spricht. „Sie haben uns gesagt, dass das Geld da ist. Jetzt sagen sie uns, dass es nie da war.“",
    "Der Streit dreht sich um die Nachtschichten. Nach dem Vertrag, der im März auslief, bekommt ein Kranführer, "
    "der zwischen Mitternacht und sechs Uhr arbeitet, die Hälfte mehr; die Behörde will das für alle beenden, die "
    "ab dem nächsten Jahr eingestellt werden.",
)
COMPARED = (
    Bad(
        "a Spanish edition under the same address",
        (Reason.LANGUAGE,),
        page("La huelga del puerto entra en su tercera semana", ps(*_SPANISH), lang="es"),
        before=COPY,
    ),
    Bad(
        "German machine translation that says it is English",
        (Reason.LANGUAGE,),
        page(HEADLINE, ps(*_GERMAN), lang="en"),
        before=COPY,
    ),
    Bad(
        "a stub that doesn't say so",
        (Reason.SHORTER,),
        page(HEADLINE, f"<article><h1>{HEADLINE}</h1>{ps(*ARTICLE[:2])}</article>"),
        before=COPY,
    ),
    Bad(
        "withdrawn: a notice in the text's place",
        (Reason.SHORTER,),
        page(
            HEADLINE,
            ps(
                "Editors’ note: an earlier version of this article did not meet our standards and has been taken "
                "down while we look into how it was reported. We will publish what we find."
            ),
        ),
        before=COPY,
    ),
    Bad(
        "another article under the address",
        (Reason.ANOTHER,),
        page(
            "Youth orchestra finds a new home in the old tannery",
            ps(
                *(
                    f"The youth orchestra of Tarn played concert number {n} in the hall of the old tannery, where "
                    f"{n * 7} children and their teachers now rehearse on every second weekday under a new roof of "
                    "copper and larch, paid for by a cellist’s bequest."
                    for n in range(2, 12)
                )
            ),
        ),
        before=COPY,
    ),
)

OTHER = (
    Bad(
        "EU visitors turned away (Tronc-like)",
        (Reason.REGION,),
        page(
            "Vellmar Courier",
            "<p>Unfortunately, our website is currently unavailable in most European countries. We are engaged on "
            "the issue and committed to looking at options that support our full range of digital offerings to "
            "the EU market. We continue to identify technical compliance solutions that will provide all readers "
            "with our award-winning journalism.</p>",
        ),
    ),
    Bad(
        "React: an empty root",
        (Reason.SHELL,),
        page(
            "Vellmar Courier",
            '<noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div>'
            '<script src="/static/js/main.4f3a.js"></script>',
        ),
    ),
    Bad(
        "a login form after a redirect",
        (Reason.LOGIN_PAGE,),
        page(
            "Sign in - Vellmar Courier",
            '<h1>Sign in</h1><form action="/login" method="post"><label>Email</label><input name="email">'
            '<label>Password</label><input type="password" name="password"><button>Sign in</button></form>'
            "<p>Forgot your password? Don't have an account? Register</p>",
        ),
        final_url="https://accounts.vellmarcourier.example/login?return=%2Fpolitics%2F2019%2F05%2F14%2Fharbor",
    ),
    Bad(
        "a parked domain",
        (Reason.PLACEHOLDER,),
        page(
            "vellmarcourier.example is for sale",
            "<h1>vellmarcourier.example</h1><p>This domain is for sale! Buy this domain. The owner of this domain "
            "has not yet uploaded their website.</p><p>Related searches: harbor jobs, crane hire</p>",
        ),
    ),
    Bad(
        "maintenance, with 200",
        (Reason.PLACEHOLDER,),
        page(
            "Maintenance mode",
            "<h1>We'll be back soon!</h1><p>Sorry for the inconvenience but we're performing some maintenance at "
            "the moment. We'll be back online shortly!</p><p>— The Team</p>",
        ),
    ),
    Bad(
        "nginx's first page",
        (Reason.PLACEHOLDER,),
        page(
            "Welcome to nginx!",
            "<h1>Welcome to nginx!</h1><p>If you see this page, the nginx web server is successfully installed and "
            "working. Further configuration is required.</p><p><em>Thank you for using nginx.</em></p>",
        ),
    ),
    Bad(
        "meta refresh to the home page, no text",
        (Reason.SOFT_404, Reason.EMPTY),
        page("", "", head='<meta http-equiv="refresh" content="0; url=https://www.vellmarcourier.example/">'),
    ),
    Bad("nothing", (Reason.EMPTY,), page("", "<div></div>")),
)

STAND_INS = (*SOFT_404, *GARBLED, *COMPARED, *OTHER)
