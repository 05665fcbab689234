"""Which addresses messages may go to: those of the public net, looked at before each connection."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from blog_core.errors import BlogError

MAX_URL_CHARS = 1_024
_NAT64 = ip_network("64:ff9b::/96")
_LOW_PORTS = frozenset({80, 443})
"""Of the ports that programs of the system listen on, those of the web."""


class AddressRefused(BlogError):
    """Messages must not go to this address."""

    status = 422

    def __init__(self, host: str, reason: str) -> None:
        super().__init__(
            f"No message is sent to {host!r}: {reason}. Choose a public http or https address; for "
            f"one of your own network set `allow_private = true` in [webhooks]."
        )


def parsed(url: str, *, allow_private: bool) -> SplitResult:
    """The parts of an address that a message may be sent to by its looks.

    Raises `AddressRefused`. A host's name is looked up only when something is sent.
    """
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        raise AddressRefused(url[:80], "it is no address") from None
    if parts.scheme not in {"http", "https"} or not host or len(url) > MAX_URL_CHARS:
        raise AddressRefused(url[:80], "it is no http or https address")
    if parts.username or parts.password or any(ord(c) <= 32 or ord(c) == 127 for c in url):
        raise AddressRefused(host, "it carries a password or blanks")
    if not url.isascii():
        raise AddressRefused(host, "it is not written in ASCII (punycode, percent signs)")
    if port is not None and port < 1024 and port not in _LOW_PORTS and not allow_private:
        raise AddressRefused(host, f"port {port} is not a web server's")
    literal = _literal(host)
    if literal is not None and not allow_private:
        check_public(host, literal)
    return parts


def addresses_of(host: str, port: int, *, allow_private: bool) -> list[str]:
    """The IP addresses of a host, each of them checked. Connect to one of these, by number.

    One private address among them refuses them all. Raises `AddressRefused`, or `OSError` when
    the name is not found.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    numbers = list(dict.fromkeys(str(item[4][0]) for item in found))
    for number in numbers:
        if not allow_private:
            check_public(host, ip_address(number.partition("%")[0]))
    return numbers


def check_public(host: str, address: IPv4Address | IPv6Address) -> None:
    """Raise `AddressRefused` for an address that is not everybody's, however it is wrapped."""
    for inner in (address, *_wrapped(address)):
        if not inner.is_global or inner.is_multicast:
            raise AddressRefused(host, f"{inner} is an address of a private or special network")


def _wrapped(address: IPv4Address | IPv6Address) -> list[IPv4Address]:
    """The IPv4 addresses that an IPv6 address stands for."""
    if isinstance(address, IPv4Address):
        return []
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [inner for inner in found if inner is not None]


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None
