"""Bad pages of the second half, written when the rules were frozen: other vendors, other languages."""

# ruff: noqa: E501 - laid out a page at a time; the lines are the pages' own sentences
from __future__ import annotations

from bad_pages import ARTICLE, COPY, HEADLINE, ROOT, Bad, jsonld, page, ps

from recommender.crawl.outcomes import Reason


def bad(name: str, *wanted: Reason, html: bytes, **more: object) -> Bad:
    return Bad(name, wanted, html, **more)  # type: ignore[arg-type]


def site(title: str, *paragraphs: str, lang: str = "en", head: str = "", more: str = "") -> bytes:
    return page(title, f"<main><h1>{title}</h1>{ps(*paragraphs)}{more}</main>", lang=lang, head=head)


CONSENT_LATER = (
    bad("TrustArc", Reason.CONSENT, html=site(
        "Cookie Preferences", "This website uses cookies and similar technologies to enhance your experience.",
        "By clicking “Agree and Proceed” you consent to the use of functional, analytical and advertising cookies by "
        "us and by third parties.", "Agree and Proceed", "Decline All", "Powered by TrustArc")),
    bad("Cookiebot", Reason.CONSENT, html=site(
        "Tarn Valley Post", "This website uses cookies",
        "We use cookies to personalise content and ads, to provide social media features and to analyse our traffic. We "
        "also share information about your use of our site with our social media, advertising and analytics partners.",
        "Necessary Preferences Statistics Marketing", "Allow all")),
    bad("DPG Media, Dutch", Reason.CONSENT, html=site(
        "DPG Media Privacy Gate", "Met jouw toestemming plaatsen wij en onze partners cookies en vergelijkbare technieken "
        "om informatie op een apparaat op te slaan en/of te openen.", "Akkoord", "Instellen", lang="nl"),
        final_url="https://myprivacy.tarnpost.example/consent?siteKey=1&callbackUrl=x"),
    bad("contentpass, German", Reason.CONSENT, html=site(
        "Weiter mit Werbung oder Pur-Abo", "Weiter mit Werbung: Besuchen Sie unsere Website wie gewohnt mit Werbung und "
        "Tracking, indem Sie der Nutzung aller Cookies zustimmen.", "Werbefrei mit contentpass für 3,99 € im Monat.",
        lang="de")),
    bad("Usercentrics, German", Reason.CONSENT, html=site(
        "Privatsphäre-Einstellungen", "Diese Seite nutzt Website-Tracking-Technologien von Dritten, um ihre Dienste "
        "anzubieten, stetig zu verbessern und Werbung entsprechend den Interessen der Nutzer anzuzeigen.",
        "Ich bin damit einverstanden und kann meine Einwilligung jederzeit widerrufen.", "Alle akzeptieren", lang="de")),
    bad("NPR-like choice page", Reason.CONSENT, html=site(
        "Vellmar Public Radio Cookie Consent and Choices", "VPR’s sites use cookies, similar tracking and storage "
        "technologies, and information about the device you use to access our sites to enhance your viewing, listening "
        "and user experience.", "By choosing “I agree” below, you agree to this use.", "Decline and visit plain text site"),
        final_url="https://choice.vpr.example/index.html?origin=https://www.vpr.example/a"),
    bad("a wall of an Italian paper", Reason.CONSENT, html=site(
        "Il Corriere di Vellmar", "Noi e i nostri partner archiviamo e/o accediamo alle informazioni su un dispositivo, "
        "come gli identificatori unici nei cookie.", "Accetta i cookie oppure abbonati e naviga senza pubblicità.", lang="it")),
)  # fmt: skip

PAYWALL_LATER = (
    bad("Piano", Reason.PAYWALL, html=site(
        HEADLINE, *ARTICLE[:2], more="<div class='tp-modal'><h2>Keep reading with a free trial</h2><p>This story is "
        "available to subscribers. Start your trial to keep reading.</p></div>")),
    bad("Financial Times", Reason.PAYWALL, html=site(
        "Subscribe to read | Vellmar Times", "Subscribe to unlock this article", "Only 1 crown for 4 weeks. Then 75 a month. "
        "Complete digital access to quality journalism.")),
    bad("Substack", Reason.PAYWALL, html=site(
        HEADLINE, ARTICLE[0], more="<div class='paywall'><h2>This post is for paid subscribers</h2><a>Subscribe</a>"
        "<a>Already a paid subscriber? Sign in</a></div>")),
    bad("Le Monde", Reason.PAYWALL, html=page(
        "Le port de Vellmar en grève", "<article>" + ps(
            "Les dockers du port de Vellmar ont cessé le travail pour le quinzième jour de suite, mardi, après l’échec "
            "des négociations avec l’autorité portuaire.") + "</article><p>Il vous reste 84.5% de cet article à lire. La "
        "suite est réservée aux abonnés.</p>", lang="fr",
        head=jsonld('{"@type":"NewsArticle","isAccessibleForFree":false}')), expected_title=None),
    bad("El País", Reason.PAYWALL, html=page(
        "El puerto de Vellmar, en huelga", ps("Los estibadores del puerto de Vellmar dejaron de trabajar el martes.")
        + "<div><h3>Regístrate gratis para seguir leyendo</h3><p>Si tienes cuenta, inicia sesión. Suscríbete para seguir "
        "leyendo sin límites.</p></div>", lang="es"), expected_title=None),
    bad("a long teaser: a third of the words it counts", Reason.PAYWALL, html=site(
        HEADLINE, *ARTICLE[:7], head=jsonld('{"@type":"NewsArticle","isAccessibleForFree":"false","wordCount":"1130"}'))),
    bad("registration wall", Reason.PAYWALL, Reason.LOGIN_PAGE, html=site(
        HEADLINE, ARTICLE[0], more="<section><h2>Register for free to continue reading</h2><p>Create an account to read "
        "3 articles a month.</p></section>")),
)  # fmt: skip

BLOCK_LATER = (
    bad("Sucuri", Reason.BLOCK_PAGE, html=site(
        "Sucuri WebSite Firewall - Access Denied", "If you are the site owner (or you manage this site), please whitelist "
        "your IP or if you think this block is an error please open a support ticket.", "Block ID: GEO02")),
    bad("Wordfence", Reason.BLOCK_PAGE, html=site(
        "Your access to this site has been limited by the site owner", "If you think you have been blocked in error, "
        "contact the owner of this site for assistance.", "Block Reason: Access from your area has been temporarily limited",
        "Generated by Wordfence")),
    bad("AWS WAF", Reason.BLOCK_PAGE, html=page(
        "", '<div id="challenge-container"></div><script>window.awsWafCookieDomainList=[];window.gokuProps={"key":"AQ"};'
        "</script><noscript><h1>JavaScript is disabled</h1>In order to continue, we need to verify that you're not a "
        "robot.</noscript>")),
    bad("F5", Reason.BLOCK_PAGE, html=page(
        "Request Rejected", "The requested URL was rejected. Please consult with your administrator.<br><br>Your support ID "
        "is: 1234567890123456789")),
    bad("Google", Reason.BLOCK_PAGE, html=page(
        "https://www.vellmarcourier.example/", ps(
            "Our systems have detected unusual traffic from your computer network. This page checks to see if it’s really "
            "you sending the requests, and not a robot.", "IP address: 203.0.113.9"))),
    bad("Radware", Reason.BLOCK_PAGE, html=site(
        "Radware Captcha Page", "We apologize for the inconvenience...", "...but your activity and behavior on this site made "
        "us think that you are a bot.", "Please solve this CAPTCHA to request unblock to the website")),
    bad("Anubis", Reason.BLOCK_PAGE, html=site(
        "Making sure you're not a bot!", "Loading...", "You are seeing this because the administrator of this website has set "
        "up Anubis to protect the server against the scourge of AI companies aggressively scraping websites.")),
    bad("Vercel", Reason.BLOCK_PAGE, html=site("Vercel Security Checkpoint", "We're verifying your browser", "Website owner? "
        "Click here to fix")),
    bad("Cloudflare, a firewall rule with 200", Reason.BLOCK_PAGE, html=site(
        "Attention Required! | Cloudflare", "Sorry, you have been blocked", "You are unable to access vellmarcourier.example",
        "Why have I been blocked? This website is using a security service to protect itself from online attacks. The "
        "action you just performed triggered the security solution.")),
    bad("Kasada: a script and nothing else", Reason.BLOCK_PAGE, Reason.EMPTY, Reason.SHELL, html=page(
        "", '<script src="/149e9513-01fa-4fb0-aad4-566afd725d1b/2d206a39/ips.js?KP_UIDz=x"></script>')),
    bad("Queue-it", Reason.BLOCK_PAGE, html=site("Queue-it", "You are now in line", "Thank you for waiting. When it is your "
        "turn, you will have ten minutes to enter the website.")),
)  # fmt: skip

_FRONT = ps(
    *(
        f"{place}: {what} on Monday, and the council was told that it will cost {number} thousand crowns, more than "
        "anybody had set aside for it in this year’s plan."
        for number, (place, what) in enumerate(
            [
                ("Tarn", "A bell fell"),
                ("Quellen", "A wall gave way"),
                ("Osterfeld", "The baths shut"),
                ("Brandt", "A lift stuck"),
            ]
            * 3,
            3,
        )
    )
)
SOFT_404_LATER = (
    bad("Joomla", Reason.SOFT_404, html=site("404 - Error: 404", "The requested page can't be found.", "An error has occurred "
        "while processing your request.", "Category not found")),
    bad("Ghost", Reason.SOFT_404, html=site("404 — Page not found", "Go to the front page →")),
    bad("Squarespace", Reason.SOFT_404, html=site("Tarn Valley Post", "We couldn't find the page you were looking for. This is "
        "either because: There is an error in the URL entered into your web browser. Please check the URL and try again. The "
        "page you are looking for has been moved or deleted.")),
    bad("a paper's own joke", Reason.SOFT_404, html=site("Well, this is awkward", "We've looked high and low, but the story "
        "you're after has gone missing. Perhaps a herring ate it.", "Head back to the front page")),
    bad("French", Reason.SOFT_404, html=site("Page introuvable", "Désolé, la page que vous cherchez n’existe pas ou n’existe "
        "plus.", lang="fr")),
    bad("Spanish", Reason.SOFT_404, html=site("Error 404", "Lo sentimos, la página que busca no existe o ha cambiado de "
        "dirección.", lang="es")),
    bad("Polish", Reason.SOFT_404, html=site("Nie znaleziono strony", "Strona, której szukasz, nie istnieje lub została "
        "przeniesiona.", lang="pl")),
    bad("the home page of another domain", Reason.SOFT_404, html=page("Sandhaven Media Group", _FRONT),
        final_url="https://www.sandhavenmedia.example/"),
    bad("the home page under the article's address", Reason.SOFT_404, Reason.ANOTHER, html=page("Vellmar Courier", _FRONT)),
    bad("a search page", Reason.SOFT_404, Reason.ANOTHER, html=site("Search results", "Your search returned no results. Try "
        "other words or browse our sections."), final_url=ROOT + "search?q=harbor-strike-enters-third-week"),
    bad("a page for errors after a redirect", Reason.SOFT_404, html=site("Oops", "Something went wrong on our end."),
        final_url=ROOT + "errors/404.html"),
    bad("the year's index", Reason.SOFT_404, html=site("Archive for 2019", *[f"Story number {n} of the month" for n in
        range(20)]), final_url=ROOT + "politics/2019/"),
)  # fmt: skip

_GREEK = (
    "Οι λιμενεργάτες του Βέλμαρ δεν δούλεψαν ούτε την Τρίτη, και οι συνομιλίες διακόπηκαν χωρίς αποτέλεσμα. "
)
_GERMAN = "Die Kräne stehen still, weil die Männer für höhere Löhne kämpfen; „länger könnten wir’s nicht“, heißt es. "
_PORTUGUESE = (
    "Os estivadores do porto de Vellmar deixaram de trabalhar pelo décimo quinto dia na terça-feira, depois de os "
    "negociadores da autoridade portuária terem deixado a mesa sem uma proposta, e as companhias começaram a enviar os "
    "seus navios para os portos do sul. A disputa é por causa dos turnos da noite. "
)
_SPANISH = (
    "Los estibadores del puerto de Vellmar dejaron de trabajar por decimoquinto día el martes, después de que los "
    "negociadores de la autoridad portuaria dejaran la mesa sin una oferta, y las navieras empezaron a enviar sus barcos "
    "a los puertos del sur. La disputa es por los turnos de noche. "
)
_REST = (
    bad("Greek UTF-8 as windows-1252", Reason.GARBLED, html=page("Απεργία", ps(_GREEK.encode().decode("latin-1") * 4), lang="el"),
        expected_title=None),
    bad("Russian UTF-8 as windows-1251", Reason.GARBLED, html=page("Порт", ps(("Докеры порта бастуют, и переговоры зашли в "
        "тупик. " * 12).encode().decode("cp1251", "replace")), lang="ru"), expected_title=None),
    bad("German UTF-8 as windows-1252, our copy is clean", Reason.GARBLED, html=page(
        "Streik", ps((_GERMAN * 12).encode().decode("cp1252", "replace")), lang="de"), expected_title=None,
        before=("Streik", "\n".join([_GERMAN.strip()] * 12), "de")),
    bad("Shift-JIS as Latin-1", Reason.GARBLED, html=page("ストライキ", ps(("港湾労働者は火曜日も働かなかった。交渉は行き詰まった。" * 10)
        .encode("shift_jis").decode("latin-1")), lang="ja"), expected_title=None),
    bad("Portuguese for Spanish", Reason.LANGUAGE, html=page("A greve do porto", ps(*[_PORTUGUESE] * 3), lang="pt"),
        expected_title=None, before=("La huelga del puerto", "\n".join([_SPANISH] * 3), "es")),
    bad("Chinese for English", Reason.LANGUAGE, html=page("港口罢工进入第三周", ps("码头工人星期二没有上班，谈判陷入僵局。" * 20), lang="zh"),
        expected_title=None, before=COPY),
    bad("the first 45 % of our copy", Reason.SHORTER, html=site(HEADLINE, *ARTICLE[:3], ARTICLE[3][:120]), before=COPY),
    bad("an advertisement in its place", Reason.ANOTHER, Reason.SHORTER, html=site("Best mattress deals of the week", ps(
        *(f"Model {n} keeps its shape through {n * 100} nights, our testers found, and costs a fifth less until Sunday at "
          "the maker’s own shop, with a pillow thrown in." for n in range(2, 9)))), expected_title=None, before=COPY),
    bad("Lee Enterprises, EU", Reason.REGION, html=site("451: Unavailable due to legal reasons", "We recognize you are attempting "
        "to access this website from a country belonging to the European Economic Area (EEA) including the EU which "
        "enforces the General Data Protection Regulation (GDPR) and therefore access cannot be granted at this time.")),
    bad("a broadcaster's geoblock", Reason.REGION, html=site("Vellmar TV", "This content is not available in your location.")),
    bad("Angular, empty root", Reason.SHELL, Reason.EMPTY, html=page("Tarn Valley Post", "<app-root></app-root><noscript>Please "
        "enable JavaScript to continue using this application.</noscript><script src='main.js'></script>")),
    bad("a skeleton that loads", Reason.SHELL, Reason.EMPTY, html=page("Tarn Valley Post", "<div id='app' class='loading'>"
        "<p>Loading…</p></div><script src='/app.js'></script>")),
    bad("German login form at the same address", Reason.LOGIN_PAGE, html=page("Anmelden | Tarntalpost", "<h1>Anmelden</h1><form>"
        "<label>E-Mail-Adresse</label><input><label>Passwort</label><input type=password><a>Passwort vergessen?</a></form>",
        lang="de")),
    bad("GoDaddy parking", Reason.PLACEHOLDER, html=page("tarnpost.example", ps("This Web page is parked FREE, courtesy of "
        "GoDaddy.", "Want to buy this domain? Get a price in less than 24 hours."))),
    bad("Apache's first page", Reason.PLACEHOLDER, html=page("Apache2 Ubuntu Default Page: It works", "<h1>It works!</h1>" + ps(
        "This is the default welcome page used to test the correct operation of the Apache2 server after installation on "
        "Ubuntu systems."))),
    bad("Drupal maintenance", Reason.PLACEHOLDER, html=site("Site under maintenance", "Tarn Valley Post is currently under "
        "maintenance. We should be back shortly. Thank you for your patience.")),
    bad("cPanel: suspended", Reason.PLACEHOLDER, html=page("Account Suspended", "<h1>This Account has been suspended.</h1><p>"
        "Contact your hosting provider for more information.</p>")),
    bad("a script that sends on to a login", Reason.LOGIN_PAGE, Reason.EMPTY, html=page("", "<script>window.location.href='/login?next=x';</script>")),
)  # fmt: skip

LATER = (*CONSENT_LATER, *PAYWALL_LATER, *BLOCK_LATER, *SOFT_404_LATER, *_REST)
