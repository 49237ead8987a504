"""Bad pages of the first half: what stands before an article."""

from __future__ import annotations

from bad_pages import ARTICLE, ASKED, HEADLINE, TEASER, Bad, jsonld, page

from recommender.crawl.outcomes import Reason

CONSENT = (
    Bad(
        "OneTrust: a wall in the article's place",
        (Reason.CONSENT,),
        page(
            "Vellmar Courier",
            '<div id="onetrust-consent-sdk"><div id="onetrust-banner-sdk" role="dialog"><h2>We value your '
            "privacy</h2><p>We and our 842 partners store and/or access information on a device, such as unique "
            "IDs in cookies to process personal data. You may accept or manage your choices by clicking below, "
            "including your right to object where legitimate interest is used, or at any time in the privacy "
            "policy page.</p><p>We and our partners process data to provide: Use precise geolocation data. "
            "Actively scan device characteristics for identification. Store and/or access information on a "
            "device. Personalised advertising and content, advertising and content measurement, audience "
            "research and services development.</p><button>I Accept</button><button>Show Purposes</button>"
            "</div></div>",
            head='<script src="https://cdn.cookielaw.org/scripttemplates/otSDKStub.js"></script>',
        ),
    ),
    Bad(
        "Sourcepoint: full-page message, German “with advertising or with a subscription”",
        (Reason.CONSENT,),
        page(
            "Tarntalpost - Zustimmung",
            '<div class="message type-modal" id="sp_message_container_1"><h1>Mit Werbung weiterlesen</h1>'
            "<p>Besuchen Sie Tarntalpost.example wie gewohnt mit Werbung und Tracking. Details zum Tracking "
            "finden Sie in der Datenschutzerklärung und in der Liste unserer Partner.</p><p>Nutzen Sie "
            "Tarntalpost.example ganz ohne Werbetracking und praktisch werbefrei mit dem Pur-Abo für 4,99 € im "
            "Monat.</p><p>Wir und unsere bis zu 210 Partner benötigen Ihre Einwilligung, um Informationen auf "
            "einem Gerät zu speichern und/oder abzurufen.</p><button>Akzeptieren und weiter</button></div>",
            head='<script src="https://cdn.privacy-mgmt.com/unified/wrapperMessagingWithoutDetection.js"></script>',
            lang="de",
        ),
    ),
    Bad(
        "Didomi: French wall",
        (Reason.CONSENT,),
        page(
            "Le Courrier de Vellmar",
            '<div id="didomi-host"><div id="didomi-popup"><p>Avec votre accord, nos partenaires et nous '
            "utilisons des cookies ou technologies similaires pour stocker, consulter et traiter des données "
            "personnelles telles que votre visite sur ce site internet. Vous pouvez retirer votre consentement "
            "ou vous opposer aux traitements basés sur l’intérêt légitime à tout moment en cliquant sur « En "
            "savoir plus ».</p><button>Continuer sans accepter</button><button>Accepter &amp; Fermer</button>"
            "</div></div>",
            head='<script src="https://sdk.privacy-center.org/loader.js"></script>',
            lang="fr",
        ),
    ),
    Bad(
        "Quantcast Choice: nothing but the dialogue",
        (Reason.CONSENT,),
        page(
            HEADLINE,
            '<div class="qc-cmp2-container"><div class="qc-cmp2-summary-info"><p>We value your privacy</p>'
            "<p>We and our partners store or access information on devices, such as cookies and process "
            "personal data, such as unique identifiers and standard information sent by a device for "
            "personalised ads and content, ad and content measurement, and audience insights.</p></div>"
            "<button>MORE OPTIONS</button><button>AGREE</button></div>",
        ),
    ),
    Bad(
        "Google: “Before you continue”",
        (Reason.CONSENT,),
        page(
            "Before you continue",
            "<h1>Before you continue to Vellmar News</h1><p>We use cookies and data to</p><ul><li>Deliver and "
            "maintain our services</li><li>Track outages and protect against spam, fraud, and abuse</li>"
            "<li>Measure audience engagement and site statistics</li></ul><p>If you choose to “Accept all”, we "
            "will also use cookies and data to</p><ul><li>Develop and improve new services</li><li>Deliver and "
            "measure the effectiveness of ads</li></ul><button>Reject all</button><button>Accept all</button>",
        ),
        final_url="https://consent.google.com/m?continue=" + ASKED,
    ),
    Bad(
        "Yahoo/Oath: guce",
        (Reason.CONSENT,),
        page(
            "Vellmar Daily is part of the Courier family of brands",
            "<h1>Vellmar Daily is part of the Courier family of brands</h1><p>The sites and apps that we own "
            "and operate, including Courier and Daily, and our digital advertising service.</p><p>When you use "
            "our sites and apps, we use cookies to: provide our sites and apps to you, authenticate users, "
            "apply security measures, and prevent spam and abuse, and measure your use of our sites and apps.</p>"
            "<p>If you click ‘Accept all’, we and our partners, including 238 who are part of the IAB "
            "Transparency &amp; Consent Framework, will also store and/or access information on a device and "
            "use precise geolocation data and other personal data such as IP address for personalised "
            "advertising and content, advertising and content measurement, and audience research and services "
            "development.</p><button>Accept all</button><button>Reject all</button><a>Manage privacy settings</a>",
        ),
        final_url="https://consent.vellmardaily.example/v2/collectConsent?sessionId=3_cc-session_1",
    ),
    Bad(
        "Washington-Post-like: choose an option",
        (Reason.CONSENT,),
        page(
            "Vellmar Courier: privacy",
            "<h1>Please choose an option to continue</h1><p>We rely on readers like you to uphold a free press."
            "</p><h2>Free</h2><ul><li>Read a limited number of articles each month</li><li>You consent to the "
            "use of cookies and tracking by us and third parties to provide you with personalized ads</li></ul>"
            "<h2>Premium EU Subscription</h2><ul><li>Unlimited access on any device</li><li>No on-site "
            "advertising or third-party ad tracking</li></ul>",
        ),
        final_url="https://www.vellmarcourier.example/gdpr-consent/?next_url=" + ASKED,
    ),
)

PAYWALL = (
    Bad(
        "schema.org: not free, two paragraphs",
        (Reason.PAYWALL,),
        page(
            HEADLINE,
            f"<article><h1>{HEADLINE}</h1>{TEASER}<aside>Subscribe for 1 crown a week</aside></article>",
            head=jsonld(
                '{"@context":"https://schema.org","@type":"NewsArticle","headline":"Harbor strike",'
                '"isAccessibleForFree":false}'
            ),
        ),
    ),
    Bad(
        "schema.org: a part is paywalled and not in the page",
        (Reason.PAYWALL,),
        page(
            HEADLINE,
            f'<article><h1>{HEADLINE}</h1>{TEASER}<div class="paywall"></div></article>',
            head=jsonld(
                '{"@type":"NewsArticle","isAccessibleForFree":"False","hasPart":{"@type":"WebPageElement",'
                '"isAccessibleForFree":"False","cssSelector":".paywall"}}'
            ),
        ),
    ),
    Bad(
        "no schema.org: “Subscribe to continue reading”",
        (Reason.PAYWALL,),
        page(
            HEADLINE,
            f"<article><h1>{HEADLINE}</h1>{TEASER}</article><div class='gate'><h3>Subscribe to continue reading"
            "</h3><p>Already a subscriber? Log in</p></div>",
        ),
    ),
    Bad(
        "a meter that has run out",
        (Reason.PAYWALL,),
        page(
            HEADLINE,
            f"<article><h1>{HEADLINE}</h1><p>{ARTICLE[0]}</p></article><section><h2>You’ve reached your limit of "
            "free articles</h2><p>You have 0 free articles remaining this month. To continue reading, become a "
            "subscriber today.</p><p>Already have an account? Sign in.</p></section>",
        ),
    ),
    Bad(
        "German plus article",
        (Reason.PAYWALL,),
        page(
            "Hafenstreik geht in die dritte Woche",
            "<article><h1>Hafenstreik geht in die dritte Woche</h1><p>Die Kranführer im Hafen von Vellmar haben "
            "auch am Dienstag die Arbeit niedergelegt. Die Verhandlungen sind vorerst gescheitert, und die ersten "
            "Reedereien schicken ihre Schiffe in andere Häfen …</p></article><div><h3>Jetzt weiterlesen mit "
            "Tarntal+</h3><p>Sie sind bereits Abonnent? Hier anmelden</p></div>",
            lang="de",
        ),
        expected_title=None,
    ),
)

BLOCK = (
    Bad(
        "Cloudflare: managed challenge",
        (Reason.BLOCK_PAGE,),
        page(
            "Just a moment...",
            '<div class="main-wrapper"><noscript><div class="h2"><span id="challenge-error-text">Enable '
            "JavaScript and cookies to continue</span></div></noscript></div><script>(function(){window._cf_chl_opt="
            "{cvId:'3',cZone:'vellmarcourier.example',cType:'managed'};})();</script>",
            head='<meta name="robots" content="noindex,nofollow"><meta http-equiv="refresh" content="390">',
        ),
    ),
    Bad(
        "DataDome: enable JS",
        (Reason.BLOCK_PAGE,),
        page(
            "vellmarcourier.example",
            '<p id="cmsg">Please enable JS and disable any ad blocker</p><script data-cfasync="false">var dd={'
            "'rt':'c','cid':'AHrlqAAA','hsh':'2','t':'bv','host':'geo.captcha-delivery.com'}</script>"
            '<script src="https://ct.captcha-delivery.com/c.js"></script>',
        ),
    ),
    Bad(
        "HUMAN: press and hold",
        (Reason.BLOCK_PAGE,),
        page(
            "Access to this page has been denied",
            '<h1>Press &amp; Hold to confirm you are a human (and not a bot).</h1><div id="px-captcha"></div>'
            "<p>Reference ID 5f2c8e10-aaaa-11ee-8a8b-0242ac120002</p>",
        ),
    ),
    Bad(
        "Imperva: incident in a frame",
        (Reason.BLOCK_PAGE,),
        page(
            "",
            '<iframe id="main-iframe" src="/_Incapsula_Resource?SWUDNSAI=31&xinfo=9-1&incident_id=77000" '
            'width="100%" height="100%">Request unsuccessful. Incapsula incident ID: 77000-1234</iframe>',
            head='<meta name="ROBOTS" content="NOINDEX, NOFOLLOW">',
        ),
    ),
    Bad(
        "Akamai: access denied, with 200",
        (Reason.BLOCK_PAGE,),
        page(
            "Access Denied",
            "<h1>Access Denied</h1><p>You don't have permission to access \"http://www.vellmarcourier.example/"
            'politics/" on this server.</p><p>Reference #18.2d3e1160.1557834012.1a2b3c4d</p><p>https://errors.'
            "edgesuite.net/18.2d3e1160.1557834012.1a2b3c4d</p>",
        ),
    ),
    Bad(
        "Bloomberg-like: are you a robot?",
        (Reason.BLOCK_PAGE,),
        page(
            "Vellmar Courier - Are you a robot?",
            "<h1>We've detected unusual activity from your computer network</h1><p>To continue, please click the "
            "box below to let us know you're not a robot.</p><h2>Why did this happen?</h2><p>Please make sure "
            "your browser supports JavaScript and cookies and that you are not blocking them from loading. For "
            "more information you can review our Terms of Service and Cookie Policy.</p><h2>Need Help?</h2><p>For "
            "inquiries related to this message please contact our support team and provide the reference ID "
            "below.</p><p>Block reference ID: 5b1c</p>",
        ),
    ),
    Bad(
        "an outdated browser",
        (Reason.BLOCK_PAGE,),
        page(
            "Unsupported browser",
            "<h1>Your browser is out of date</h1><p>Update your browser to view this website correctly.</p>"
            "<ul><li>Chrome</li><li>Firefox</li><li>Edge</li></ul>",
        ),
    ),
)

WALLS = (*CONSENT, *PAYWALL, *BLOCK)
