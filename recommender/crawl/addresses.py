"""Which addresses are on the public internet, and which names can't be.

The lists are IANA's special-purpose registries (IPv4, IPv6; 2024-10) and RFC 5771's multicast, written out:
`ipaddress` knows them only as of its Python's age.
"""

from __future__ import annotations

import ipaddress
import socket

_NOT_PUBLIC = [
    *map(
        ipaddress.IPv4Network, ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16")
    ),
    *map(ipaddress.IPv4Network, ("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24")),
    *map(ipaddress.IPv4Network, ("192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24")),
    *map(ipaddress.IPv4Network, ("224.0.0.0/4", "240.0.0.0/4")),
]
_UNICAST = ipaddress.IPv6Network("2000::/3")  # all that was ever given to networks (RFC 4291, IANA)
_NOT_PUBLIC_6 = tuple(
    map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20"))
)  # Teredo, benchmarks, documentation
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
# Names that no public server has (RFC 6761, 6762, 8375; ICANN's decision of 2024 on .internal).
_LOCAL_NAMES = ("localhost", "local", "internal", "home.arpa")


def is_public(text: str) -> bool:
    """Whether an IP address is one host of the public internet, also where IPv6 wraps an IPv4 one.

    >>> is_public("::ffff:10.0.0.1")
    False
    """
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC)
    wrapped = address.ipv4_mapped or address.sixtofour
    if address in _NAT64:
        wrapped = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if wrapped is not None:
        return is_public(str(wrapped))
    return address in _UNICAST and not any(address in network for network in _NOT_PUBLIC_6)


def is_private_name(host: str) -> bool:
    """Whether a host is private by its name alone: a literal in any spelling, `localhost`, a name without a dot.

    For hosts that a proxy looks up; a name that merely resolves to a private address can't be told here.

    >>> [is_private_name(host) for host in ("2130706433", "0x7f.1", "[::1]", "wiki", "example.org")]
    [True, True, True, True, False]
    """
    address = literal(host)
    if address is not None:
        return not is_public(address)
    name = host.rstrip(".").lower()
    return "." not in name or any(name == local or name.endswith(f".{local}") for local in _LOCAL_NAMES)


def literal(host: str) -> str | None:
    """The address that a host is, without its zone; None where it is a name.

    127.1, 0177.0.0.1 and 2130706433 are what C libraries take for addresses, and with them resolvers and
    proxies.
    """
    text = host.strip("[]").partition("%")[0].rstrip(".")
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(text))
    except (OSError, UnicodeError, ValueError):
        return None
