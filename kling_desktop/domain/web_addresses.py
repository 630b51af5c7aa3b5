"""Addresses of pictures on the web: which ones a provider could fetch, and why not the others."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from kling_desktop.domain.requests import is_web_address
from kling_desktop.text import t

_NAT64 = ip_network("64:ff9b::/96")
# Names that only a network of one's own answers to (RFC 6761, 6762, 8375 and common habit).
_INSIDE = (".local", ".localhost", ".internal", ".intranet", ".lan", ".home.arpa", ".home", ".corp")
_LONGEST = 8192


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether `address` is one of the open internet, also when it hides an IPv4 address."""
    if isinstance(address, IPv6Address):
        hidden = address.ipv4_mapped or address.sixtofour
        if hidden is None and address in _NAT64:
            hidden = IPv4Address(int(address) & 0xFFFF_FFFF)
        if hidden is not None:
            return is_public(hidden)
        if address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def is_inside(host: str) -> bool:
    """Whether a host can only be of this computer or of a network of one's own.

    Judged by its name alone; nobody is asked where it is.
    """
    host = host.rstrip(".").lower()
    try:
        return not is_public(ip_address(host))
    except ValueError:
        # Browsers take 127.1 and 0x7f000001 for addresses; no public host has such a name.
        last = host.rpartition(".")[2]
        is_number = last.isdigit() or last.startswith("0x")
        return "." not in host or is_number or host.endswith(_INSIDE)


def why_not_passed_on(url: str) -> str:
    """Why a provider could not, or should not, fetch a picture from `url`; "" when it can."""
    if len(url) > _LONGEST or not is_web_address(url):
        return t("Not a web address")
    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None:
        return t("An address with a password in it")
    if is_inside(parts.hostname or ""):
        return t("An address inside your own network: no provider reaches it")
    return ""
