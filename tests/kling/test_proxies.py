"""F14: a proxy is used as the system says, and what is shown is what is used."""

import pytest

from kling_desktop.domain.answers import Deferred, NoAnswer, SendPhase
from kling_desktop.domain.errors import AppError, Remedy
from kling_desktop.domain.providers import TaskKind
from kling_desktop.kling.client import KlingClient
from kling_desktop.kling.profiles import PROFILES
from kling_desktop.kling.proxies import (
    checked_proxy,
    proxy_in_use,
    shown_proxy,
    system_proxy,
    urlsplit,
)
from tests.fakes.raw_server import Line, raw_server
from tests.kling.conftest import FAST, KEY

VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch):
    """The process's own variables are what a proxy is read from; there is no port to fake."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)

    def say(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return say


@pytest.mark.parametrize(
    ("variables", "shown"),
    [
        ({}, None),
        ({"https_proxy": "http://proxy.example:3128"}, "http://proxy.example:3128"),
        ({"HTTPS_PROXY": "proxy.example:3128"}, "http://proxy.example:3128"),
        ({"https_proxy": "http://me:secret@proxy.example:1"}, "http://proxy.example:1"),
        ({"all_proxy": "socks5://proxy.example:1080"}, "socks5://proxy.example:1080"),
        ({"http_proxy": "http://proxy.example:1"}, None),
        ({"https_proxy": "http://p.example", "no_proxy": "cometapi.com"}, None),
        ({"https_proxy": "http://p.example", "no_proxy": "*"}, None),
    ],
)
def test_f14_the_proxy_in_use_is_shown_without_its_password(environment, variables, shown):
    environment(**variables)
    assert proxy_in_use("https://api.cometapi.com") == shown


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_no_proxy_stands_between_us_and_this_computer(environment, host):
    environment(http_proxy="http://proxy.example:1", all_proxy="http://proxy.example:1")
    assert system_proxy(urlsplit(f"http://{host}:8080")) is None


def test_a_proxy_that_nobody_can_speak_to_stops_everything_before_sending():
    with pytest.raises(AppError) as caught:
        checked_proxy("https://api.cometapi.com", lambda _parts: "ftp://me:secret@proxy.example")
    assert caught.value.record.remedy is Remedy.FIX_SETTINGS
    assert "secret" not in caught.value.record.detail
    assert shown_proxy("http://a:b@c@proxy:1") == "http://proxy:1"


async def refuse(line: Line) -> None:
    await line.request()
    await line.say(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")


async def hang_up(line: Line) -> None:
    await line.request()


async def let_through_to_nobody(line: Line) -> None:
    await line.request()
    await line.say(b"HTTP/1.1 200 Connection established\r\n\r\n")


@pytest.mark.anyio
@pytest.mark.parametrize("script", [refuse, hang_up, let_through_to_nobody])
async def test_a_proxy_that_does_not_help_means_that_nothing_of_ours_was_sent(outgoing, script):
    async with raw_server(script) as proxy:
        client = KlingClient(
            PROFILES["cometapi"],
            "https://api.cometapi.com",
            KEY,
            now_ms=lambda: 0,
            timeouts=FAST,
            proxy_of=lambda _parts: proxy.url,
        )
        created = await client.create(outgoing, lambda _done, _total: None)
        looked = await client.get(TaskKind.IMAGE, "1")
        await client.aclose()
    assert isinstance(created, Deferred)
    assert created.phase is SendPhase.NOTHING_SENT
    assert f"through the proxy {proxy.url}" in created.error.detail
    assert isinstance(looked, NoAnswer)
    assert [(seen.method, seen.target) for seen in proxy.seen] == [
        ("CONNECT", "api.cometapi.com:443")
    ] * len(proxy.seen)
    assert proxy.seen
    assert not any("authorization" in seen.headers for seen in proxy.seen)
