"""Which proxy stands between us and an address: asked once here, so what is shown is what is used.

The environment's variables count, then the system's settings where a system has some.
"""

import urllib.request
from collections.abc import Callable
from urllib.parse import SplitResult, urlsplit

from kling_desktop.domain.errors import AppError, ErrorRecord, Remedy
from kling_desktop.domain.requests import is_loopback
from kling_desktop.text import t

ProxyOf = Callable[[SplitResult], str | None]
"""The proxy that an address is reached through, None for directly."""

_SCHEMES = ("http", "https", "socks5", "socks5h")


def system_proxy(parts: SplitResult) -> str | None:
    """The proxy for an address, with its scheme; None where there is none, and for ourselves."""
    host = parts.hostname or ""
    if is_loopback(host) or urllib.request.proxy_bypass(host):
        return None
    proxies = urllib.request.getproxies()
    found = proxies.get(parts.scheme) or proxies.get("all")
    if not found:
        return None
    return found if "://" in found else f"http://{found}"


def checked_proxy(base_url: str, proxy_of: ProxyOf = system_proxy) -> str | None:
    """The proxy for a base URL. Raises AppError for one that cannot be used."""
    proxy = proxy_of(urlsplit(base_url))
    if proxy is not None and urlsplit(proxy).scheme not in _SCHEMES:
        shown = shown_proxy(proxy)
        raise AppError(
            ErrorRecord(
                t("The proxy cannot be used"),
                t("The system names {proxy}. Nothing was sent.", proxy=shown),
                Remedy.FIX_SETTINGS,
            )
        )
    return proxy


def shown_proxy(proxy: str) -> str:
    """Scheme, host and port of a proxy: its user and password are secrets."""
    scheme, _, rest = proxy.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


def proxy_in_use(base_url: str) -> str | None:
    """What diagnostics show: the proxy on the way to a base URL, None for a direct way."""
    proxy = system_proxy(urlsplit(base_url))
    return None if proxy is None else shown_proxy(proxy)
