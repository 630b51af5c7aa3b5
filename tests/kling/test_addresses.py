"""Results come from the open internet over https, and from nowhere else."""

import asyncio
from ipaddress import ip_address
from urllib.parse import urlsplit

import pytest

from kling_desktop.domain.web_addresses import is_public
from kling_desktop.kling.addresses import AddressPolicy, AddressRefusedError


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fc00::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:c0a8:101::1",
    ],
)
def test_c06_what_is_not_the_open_internet(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_what_is(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.example.org/a",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "ftp://example.org/a",
        "javascript:alert(1)",
        "//host/share",
        "\\\\host\\share",
        "https://user:word@example.org/a",
        "https:///a",
        "https://example.org:port/a",
        "https://example.org:0/a",
        "https://[::1/a",
        "",
    ],
)
@pytest.mark.parametrize("allows_loopback", [True, False])
def test_c05_what_is_wrong_on_its_face(url, allows_loopback):
    with pytest.raises(AddressRefusedError):
        AddressPolicy(allows_loopback).check_url(url)


def test_plain_http_is_for_this_computer_and_only_if_allowed():
    AddressPolicy(allows_loopback=True).check_url("http://127.0.0.1:8000/a")
    with pytest.raises(AddressRefusedError):
        AddressPolicy().check_url("http://127.0.0.1:8000/a")


def addresses(policy: AddressPolicy, url: str) -> list[str]:
    return list(asyncio.run(policy.addresses(urlsplit(url))))


def policy_for(*found: str, allows_loopback: bool = False) -> AddressPolicy:
    async def resolver(_host: str, _port: int) -> list[str]:
        return list(found)

    return AddressPolicy(allows_loopback, resolver)


@pytest.mark.parametrize(
    "found",
    [["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:192.168.0.1"], ["fe80::1%eth0"], [], ["?"]],
)
def test_c06_a_name_that_leads_inside_is_refused_whole(found):
    with pytest.raises(AddressRefusedError):
        addresses(policy_for(*found), "https://cdn.example.org/a")


def test_a_name_that_leads_outside_gives_the_addresses_that_were_checked():
    policy = policy_for("8.8.8.8", "2606:4700:4700::1111")
    assert addresses(policy, "https://x.example/a") == ["8.8.8.8", "2606:4700:4700::1111"]


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "[::1]", "localhost"])
def test_other_spellings_of_this_computer_are_seen_through(host):
    with pytest.raises((AddressRefusedError, OSError)):
        addresses(AddressPolicy(), f"https://{host}/a")


@pytest.mark.parametrize("host", ["10.0.0.1", "localhost", "[::1]"])
def test_a_proxy_is_not_asked_for_an_inner_address(host):
    with pytest.raises(AddressRefusedError):
        AddressPolicy().check_literal(urlsplit(f"https://{host}/a"))
