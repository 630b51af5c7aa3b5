import pytest

from kling_desktop.domain.web_addresses import is_inside, why_not_passed_on


@pytest.mark.parametrize(
    "url",
    [
        "https://images.example.org/vase.png",
        "http://example.org/vase.png?sig=1#top",
        "https://8.8.8.8/vase.png",
        "https://[2606:4700::1111]/vase.png",
    ],
)
def test_what_a_provider_can_fetch_may_be_passed_on(url: str) -> None:
    assert why_not_passed_on(url) == ""


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "127.0.0.1",
        "[::1]",
        "10.0.0.8",
        "192.168.1.20",
        "169.254.169.254",
        "[fd00::1]",
        "[::ffff:10.0.0.8]",
        "nas",
        "nas.local",
        "printer.lan.",
        "box.home.arpa",
        "127.1",
        "0x7f000001",
        "2130706433",
        "0.0.0.0",
    ],
)
def test_e12_hosts_of_ones_own_network_are_refused_in_words(host: str) -> None:
    assert is_inside(host.strip("[]"))
    assert "no provider reaches it" in why_not_passed_on(f"https://{host}/vase.png")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://example.org/vase.png", "Not a web address"),
        ("javascript:alert(1)", "Not a web address"),
        ("https:///vase.png", "Not a web address"),
        ("https://example.org/" + "a" * 9000, "Not a web address"),
        ("https://me:secret@example.org/vase.png", "An address with a password in it"),
    ],
)
def test_e12_what_is_no_plain_web_address_is_refused(url: str, words: str) -> None:
    assert why_not_passed_on(url) == words
