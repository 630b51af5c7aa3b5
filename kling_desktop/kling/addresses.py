"""Which addresses may be spoken to: base URLs of providers, and hosts of results."""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from kling_desktop.domain.errors import AppError, ErrorRecord, Remedy
from kling_desktop.domain.requests import base_url, is_loopback
from kling_desktop.domain.web_addresses import is_public
from kling_desktop.text import t

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""From host name and port to the addresses in the order of preference. Raises OSError."""


class AddressRefusedError(AppError):
    """An address that must not be fetched from, and `why`. Nothing was asked of it."""

    def __init__(self, record: ErrorRecord, why: str) -> None:
        super().__init__(record)
        self.why = why


def checked_base_url(text: str) -> str:
    """`text` as `https://host:port` without a slash; http for this computer only.

    Raises AppError for anything else.
    """
    checked = base_url(text)
    if checked is None:
        raise AppError(
            ErrorRecord(
                t("This address cannot be used"),
                t(
                    "A base URL is https:// with a host and perhaps a port, nothing after it; "
                    "http:// only for this computer. Nothing was sent."
                ),
                Remedy.FIX_SETTINGS,
            )
        )
    return checked


async def resolve(host: str, port: int) -> Sequence[str]:
    """What the system's resolver says. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """Where results may come from: https at public addresses, and loopback only if allowed.

    The addresses given back are those that were checked; connecting to nothing else leaves no
    room for a name that changes its mind.
    """

    allows_loopback: bool = False
    resolver: Resolver = resolve

    def check_url(self, url: str) -> SplitResult:
        """The parts of `url`. Raises AddressRefusedError for what is wrong on its face."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise _refused(t("It is not an address.")) from None
        is_here = self.allows_loopback and is_loopback(parts.hostname or "")
        if parts.scheme != "https" and not (parts.scheme == "http" and is_here):
            raise _refused(t("It is not a secure https:// address."))
        if not parts.hostname or "@" in parts.netloc or port == 0:
            raise _refused(t("It is not a plain address of a host."))
        return parts

    async def addresses(self, parts: SplitResult) -> Sequence[str]:
        """Where the host of `parts` really is. Raises AddressRefusedError, OSError."""
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = await self.resolver(host, port)
        if not found or not all(self._allows(text) for text in found):
            raise _refused(t("It leads into a private network."))
        return found

    def check_literal(self, parts: SplitResult) -> None:
        """What can be checked where a proxy resolves names. Raises AddressRefusedError."""
        host = parts.hostname or ""
        try:
            ipaddress.ip_address(host)
        except ValueError:
            is_allowed = host != "localhost"
        else:
            is_allowed = self._allows(host)
        if not is_allowed:
            raise _refused(t("It leads into a private network."))

    def _allows(self, text: str) -> bool:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return False
        return is_public(address) or (self.allows_loopback and address.is_loopback)


def _refused(why: str) -> AddressRefusedError:
    detail = t("{why} The result was not fetched from there; it is still at the provider.", why=why)
    return AddressRefusedError(ErrorRecord(t("The result’s address is refused"), detail), why)


def is_local(base: str) -> bool:
    """Whether a base URL is this computer's own."""
    return is_loopback(urlsplit(base).hostname or "")
