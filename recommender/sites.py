"""Which site a piece is of: the host of an address, the name of an outlet. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit


def host_of(text: str) -> str:
    """The host of an address or of a bare host, without `www.` and port; "" where there is none.

    >>> host_of("https://www.Quay.example:8443/a"), host_of("quay.example")
    ('quay.example', 'quay.example')
    """
    try:
        host = urlsplit(text if "://" in text else f"//{text}").hostname or ""
    except ValueError:
        return ""
    return host.rstrip(".").removeprefix("www.")


def lies_on(host: str, site: str) -> bool:
    """Is a host this one, or a subdomain of it? Both as `host_of` gives them; no host lies on none.

    >>> lies_on("opinion.quay.example", "quay.example"), lies_on("notquay.example", "quay.example")
    (True, False)
    """
    return bool(site) and f".{host}".endswith(f".{site}")


def name_of(text: str) -> str:
    """An outlet's name as names are compared: case and blanks don't matter."""
    return " ".join(text.casefold().split())
