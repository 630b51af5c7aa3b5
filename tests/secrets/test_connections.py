"""Where a key may travel, in which shape, and what the environment may do to the way."""

import json
import logging
import ssl
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kling_desktop.domain.answers import Outgoing
from kling_desktop.domain.errors import KeyUnavailableError
from kling_desktop.domain.keys import ApiKey, Secret, clean_key
from kling_desktop.domain.media import UrlImage
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.requests import MultiImageToImage, base_url
from kling_desktop.domain.tasks import new_external_task_id
from kling_desktop.kling import proxies, transport
from kling_desktop.kling.auth import authorization
from kling_desktop.kling.client import KlingClient
from kling_desktop.kling.profiles import PROFILES
from kling_desktop.surroundings import weakened_protection
from tests.fakes.raw_server import answers, http, raw_server, says

CANARY = "sk-canary-0123456789"
OUTGOING = Outgoing(
    MultiImageToImage(model="kling-v2-1", subjects=(UrlImage("https://example.com/a.png"),)),
    "kd-one",
    {},
)


def nothing(_done: int, _total: int) -> None:
    pass


@pytest.mark.parametrize(
    "pasted",
    [
        f"  {CANARY}\n",
        f"Bearer {CANARY}",
        f'"bearer  {CANARY}"',
        f"“{CANARY}”\r\n",
        f"\u200b{CANARY[:4]}\u200b{CANARY[4:]}\ufeff",
        f"\u00a0'{CANARY}'\t",
    ],
)
def test_f08_a_pasted_key_is_freed_of_what_came_along(pasted: str) -> None:
    assert clean_key(pasted) == CANARY


@given(st.text(max_size=60))
def test_f08_no_key_breaks_out_of_its_header(text: str) -> None:
    for key in (text, clean_key(text)):
        try:
            header = authorization(ApiKey(Secret(key)), 1_800_000_000)
        except KeyUnavailableError:
            continue
        assert header == f"Bearer {key}"
        assert header.isascii()
        assert header.isprintable()


def test_f08_a_key_shows_its_ends_at_most() -> None:
    assert (Secret(CANARY).ends(), Secret("short").ends()) == ("sk-c••••••••789", "••••••••")
    assert CANARY not in f"{Secret(CANARY)!r} {Secret(CANARY)} {ApiKey(Secret(CANARY))!r}"


@pytest.mark.anyio
async def test_f10_addresses_and_prompts_stay_out_of_every_log(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    async with raw_server(says(http(200, b"\x89PNG"))) as server:
        client = KlingClient(PROFILES["kling"], server.url, ApiKey(Secret(CANARY)), now_ms=int)
        await client.download(f"{server.url}/r/a.png?Signature=signed", tmp_path / "a", nothing)
        await client.get(TaskKind.IMAGE, "asked-for")
        await client.aclose()
    assert server.seen
    for word in ("signed", "asked-for", CANARY):
        assert word not in caplog.text


@pytest.mark.anyio
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_f11_a_redirect_takes_neither_key_nor_body_along(status: int, tmp_path: Path) -> None:
    async with raw_server(answers(200, {})) as elsewhere:
        location = f"{elsewhere.url}/stolen"
        async with raw_server(says(http(status, b"", Location=location))) as server:
            client = KlingClient(PROFILES["kling"], server.url, ApiKey(Secret(CANARY)), now_ms=int)
            await client.create(OUTGOING, nothing)
            await client.get(TaskKind.IMAGE, "1")
            await client.page(TaskKind.IMAGE, 1, 500)
            asked = len(elsewhere.seen)
            await client.download(f"{server.url}/result", tmp_path / "result.part", nothing)
            await client.aclose()
    assert asked == 0, "an answer of the provider never leads elsewhere"
    assert [seen for seen in elsewhere.seen if seen.body] == []
    assert not any(CANARY in json.dumps(seen.headers) for seen in elsewhere.seen)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("http://api-singapore.klingai.com", None),
        ("ftp://api.cometapi.com", None),
        ("https://user:pass@api.cometapi.com", None),
        ("https://api.cometapi.com@evil.example", None),
        ("https://api.cometapi.com/v1", None),
        ("https://api.cometapi.com?x", None),
        ("https://api.cometapi.com\\@evil.example", None),
        ("https://аpi.cometapi.com", None),
        ("http://127.0.0.1.evil.example", None),
        ("http://localhost.evil.example", None),
        ("https://API.CometAPI.com/", "https://api.cometapi.com"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_f12_only_an_exact_and_safe_address_is_one(typed: str, meant: str | None) -> None:
    assert base_url(typed) == meant


def test_f14_a_key_log_is_warned_of_and_never_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "keys.log"
    monkeypatch.setenv("SSLKEYLOGFILE", str(log))
    assert transport.tls().keylog_filename is None
    assert ssl.create_default_context().keylog_filename == str(log), "Python itself follows it"
    told = weakened_protection({"SSLKEYLOGFILE": str(log)})
    assert told is not None
    assert "SSLKEYLOGFILE" in told.detail
    assert str(log) not in told.detail


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_f14_other_certificates_are_warned_of(name: str) -> None:
    told = weakened_protection({name: "/elsewhere"})
    assert told is not None
    assert name in told.detail
    assert weakened_protection({name: "", "HOME": "/home/a"}) is None


def test_f14_one_decides_and_two_decide() -> None:
    one = weakened_protection({"SSL_CERT_FILE": "/a"})
    two = weakened_protection({"SSL_CERT_FILE": "/a", "SSL_CERT_DIR": "/b"})
    assert one is not None
    assert "SSL_CERT_FILE decides" in one.detail
    assert two is not None
    assert "SSL_CERT_FILE and SSL_CERT_DIR decide which" in two.detail


def test_f14_a_proxy_is_used_and_shown_without_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("https_proxy", "http://user:canary@proxy.example:3128")
    address = "https://api.cometapi.com"
    assert proxies.checked_proxy(address) == "http://user:canary@proxy.example:3128"
    assert proxies.proxy_in_use(address) == "http://proxy.example:3128"
    assert proxies.proxy_in_use("http://127.0.0.1:1") is None


def test_f22_our_id_is_chance_alone() -> None:
    ids = {new_external_task_id() for _ in range(200)}
    assert len(ids) == 200
    assert {id[:3] for id in ids} == {"kd-"}
    assert {len(id) for id in ids} == {len(new_external_task_id())}
    assert all(set(id[3:]) <= set("0123456789abcdef") for id in ids)
