"""Bringing a result home through everything that can go wrong on the way."""

import asyncio
import gzip
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from kling_desktop.domain.answers import Downloaded, DownloadFailed
from kling_desktop.domain.errors import StorageError
from kling_desktop.kling.addresses import AddressPolicy
from kling_desktop.kling.download import DownloadLimits, Downloads
from kling_desktop.kling.transport import tls
from tests.fakes.raw_server import Line, Script, http, raw_server, says
from tests.kling.conftest import KEY
from tests.kling.test_containers import FTYP, MP4, WHOLE, box

pytestmark = pytest.mark.anyio

PNG = WHOLE["png"]
VIDEO = FTYP + box(b"moov", bytes(200)) + box(b"mdat", bytes(range(256)) * 12_000)
ETAG = '"version-1"'
LIMITS = DownloadLimits(connect_s=2, read_s=0.5, total_s=5)


def nothing(_done: int, _total: int) -> None:
    pass


def downloads(limits: DownloadLimits = LIMITS, policy: AddressPolicy | None = None) -> Downloads:
    return Downloads(
        policy or AddressPolicy(allows_loopback=True),
        limits,
        tls(),
        proxy_of=lambda _parts: None,
    )


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "new folder" / "result.part"


async def fetch(part: Path, *scripts: Script, limits: DownloadLimits = LIMITS):
    async with raw_server(*scripts) as server:
        return await downloads(limits).fetch(f"{server.url}/a?sig=x", part, nothing), server


def ranged(data: bytes, etag: str = ETAG, **lies: str) -> Script:
    """A good server: honours Range and If-Range."""

    async def script(line: Line) -> None:
        seen = await line.request()
        wanted = seen.headers.get("range")
        if wanted is None or seen.headers.get("if-range") != etag:
            await line.say(http(200, data, ETag=etag))
            return
        start = int(wanted.removeprefix("bytes=").rstrip("-"))
        if start >= len(data):
            await line.say(http(416, Content_Range=f"bytes */{len(data)}"))
            return
        span = f"bytes {start}-{len(data) - 1}/{len(data)}"
        await line.say(http(206, data[start:], **({"ETag": etag, "Content_Range": span} | lies)))

    return script


def cut(data: bytes, at: int, etag: str = ETAG) -> Script:
    """Announces everything, sends `at` bytes, goes away."""

    async def script(line: Line) -> None:
        await line.request()
        head = len(http(200, data, ETag=etag)) - len(data)
        await line.say(http(200, data, ETag=etag)[: head + at])

    return script


def assert_whole(answer, part: Path, data: bytes, extension: str) -> None:
    assert answer == Downloaded(extension, len(data), hashlib.sha256(data).hexdigest())
    assert part.read_bytes() == data
    assert [path.name for path in part.parent.iterdir()] == [part.name]


@pytest.mark.parametrize("extension", WHOLE)
async def test_a_result_arrives(part, extension):
    wrong_type = says(http(200, WHOLE[extension], Content_Type="text/html"))
    answer, server = await fetch(part, wrong_type)
    assert_whole(answer, part, WHOLE[extension], extension)
    assert "authorization" not in server.seen[0].headers
    assert "cookie" not in server.seen[0].headers
    assert server.seen[0].headers["accept-encoding"] == "identity"


async def test_progress_ends_at_the_whole(part):
    told: list[tuple[int, int]] = []
    async with raw_server(ranged(VIDEO)) as server:
        await downloads().fetch(server.url, part, lambda done, total: told.append((done, total)))
    assert told[-1] == (len(VIDEO), len(VIDEO))


async def test_c08_a_broken_download_goes_on_where_it_stopped(part):
    first, _ = await fetch(part, cut(VIDEO, 1_500_000))
    assert isinstance(first, DownloadFailed)
    assert not first.url_is_dead
    there = part.stat().st_size
    assert there > 1_000_000
    answer, server = await fetch(part, ranged(VIDEO))
    assert_whole(answer, part, VIDEO, "mp4")
    assert server.seen[0].headers["range"] == f"bytes={there}-"
    assert server.seen[0].headers["if-range"] == ETAG


async def test_bytes_behind_the_last_sync_are_not_trusted(part):
    await fetch(part, cut(VIDEO, 1_500_000))
    with part.open("ab") as file:
        file.write(b"written, but never known to be on the disk")
    answer, _ = await fetch(part, ranged(VIDEO))
    assert_whole(answer, part, VIDEO, "mp4")


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(says(http(200, VIDEO, ETag=ETAG)), id="range ignored"),
        pytest.param(ranged(VIDEO, etag='"version-2"'), id="another version"),
        pytest.param(ranged(VIDEO, Content_Range="bytes 5-9/10"), id="wrong place"),
        pytest.param(ranged(VIDEO, Content_Range="bytes x"), id="no place"),
        pytest.param(ranged(VIDEO, ETag='"version-2"'), id="version changes under way"),
    ],
)
async def test_c10_c11_what_does_not_fit_is_begun_anew_and_never_appended(part, second):
    await fetch(part, cut(VIDEO, 1_500_000))
    answer, _ = await fetch(part, second)
    assert_whole(answer, part, VIDEO, "mp4")


async def test_c12_a_complete_part_needs_only_its_confirmation(part):
    await fetch(part, cut(VIDEO, 1_500_000))
    part.write_bytes(VIDEO)
    record = part.with_name(part.name + ".json")
    fields = json.loads(record.read_text()) | {"synced_bytes": len(VIDEO)}
    record.write_text(json.dumps(fields))
    answer, server = await fetch(part, ranged(VIDEO))
    assert_whole(answer, part, VIDEO, "mp4")
    assert len(server.seen) == 1


async def test_the_record_of_an_earlier_version_dies_with_its_bytes(part):
    await fetch(part, cut(VIDEO, 1_500_000))
    await fetch(part, cut(VIDEO, 1_800_000, etag=""))
    answer, server = await fetch(part, ranged(VIDEO))
    assert "range" not in server.seen[0].headers
    assert_whole(answer, part, VIDEO, "mp4")


@pytest.mark.parametrize("record", ["", "[]", "{}", '{"synced_bytes": "9", "etag": 1}', "\ud7ff"])
async def test_a_damaged_record_means_from_the_start(part, record):
    part.parent.mkdir()
    part.write_bytes(b"old")
    part.with_name(part.name + ".json").write_text(record, encoding="utf-8")
    answer, server = await fetch(part, ranged(VIDEO))
    assert_whole(answer, part, VIDEO, "mp4")
    assert "range" not in server.seen[0].headers


async def test_no_address_of_a_result_is_left_beside_it(part):
    await fetch(part, cut(VIDEO, 1_500_000))
    beside = part.with_name(part.name + ".json").read_text()
    assert "sig" not in beside
    assert "127.0.0.1" not in beside


@pytest.mark.parametrize("weak", ["", 'W/"version-1"'])
async def test_without_a_strong_validator_nothing_is_resumed(part, weak):
    await fetch(part, cut(VIDEO, 1_500_000, etag=weak))
    answer, server = await fetch(part, ranged(VIDEO))
    assert_whole(answer, part, VIDEO, "mp4")
    assert "range" not in server.seen[0].headers


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_c01_a_dead_address_is_told_apart(part, status):
    answer, _ = await fetch(part, says(http(status, b"<html>")))
    assert isinstance(answer, DownloadFailed)
    assert answer.url_is_dead


@pytest.mark.parametrize("status", [204, 304, 400, 416, 429, 500, 503])
async def test_other_troubles_may_pass(part, status):
    answer, _ = await fetch(part, says(http(status, b"")))
    assert isinstance(answer, DownloadFailed)
    assert not answer.url_is_dead
    assert not answer.offline


@pytest.mark.parametrize("extension", WHOLE)
async def test_c09_a_short_body_without_a_length_is_noticed(part, extension):
    whole = b"HTTP/1.1 200 OK\r\n\r\n" + WHOLE[extension][:-9]

    async def closes(line: Line) -> None:
        await line.request()
        await line.say(whole)

    answer, _ = await fetch(part, closes)
    assert isinstance(answer, DownloadFailed)
    assert not part.exists()


@pytest.mark.parametrize("body", [b"", b"<html>login</html>", b'{"code":1}' * 30, b"MZ" * 100])
async def test_c13_what_is_no_result_is_not_kept(part, body):
    answer, _ = await fetch(part, says(http(200, body, Content_Type="image/png")))
    assert isinstance(answer, DownloadFailed)
    assert not part.exists()


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "deflate"])
async def test_c15_a_packed_body_is_refused(part, encoding):
    packed = http(200, gzip.compress(PNG), Content_Encoding=encoding)
    answer, _ = await fetch(part, says(packed))
    assert isinstance(answer, DownloadFailed)


@pytest.mark.parametrize("has_length", [True, False])
async def test_c14_a_flood_stops_at_the_cap_of_its_kind(part, has_length):
    flood = PNG + bytes(3_000_000)
    head = f"Content-Length: {len(flood)}\r\n" if has_length else ""

    async def floods(line: Line) -> None:
        await line.request()
        await line.say(f"HTTP/1.1 200 OK\r\n{head}\r\n".encode(), flood)

    small = replace(LIMITS, image_bytes=1_500_000)
    answer, _ = await fetch(part, floods, limits=small)
    assert isinstance(answer, DownloadFailed)
    assert "larger" in answer.error.detail
    assert not part.exists()


async def test_c16_a_byte_now_and_then_is_given_up(part):
    async def drips(line: Line) -> None:
        await line.request()
        await line.say(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            await line.say(b"\x89")
            await asyncio.sleep(0.05)

    slow = replace(LIMITS, slow_after_s=0.3)
    answer, _ = await fetch(part, drips, limits=slow)
    assert isinstance(answer, DownloadFailed)


async def test_c03_redirects_are_followed_without_anything_of_ours(part):
    async with raw_server(says(http(200, PNG))) as cdn:
        moved = says(http(302, Location=f"{cdn.url}/b", Set_Cookie="a=b"))
        answer, _ = await fetch(part, moved)
        assert_whole(answer, part, PNG, "png")
        assert set(cdn.seen[0].headers) == {"host", "user-agent", "accept", "accept-encoding"}


async def test_a_relative_redirect_stays_at_its_host(part):
    async def script(line: Line) -> None:
        seen = await line.request()
        moved = http(307, Location="../b")
        await line.say(http(200, PNG) if seen.target == "/b" else moved)

    answer, server = await fetch(part, script)
    assert_whole(answer, part, PNG, "png")
    assert server.seen[1].headers["host"] == f"127.0.0.1:{server.port}"


@pytest.mark.parametrize(
    "location",
    [
        "http://10.0.0.1/a",
        "https://169.254.169.254/latest/meta-data",
        "http://example.org/a",
        "file:///etc/passwd",
        "https://[broken/a",
        "",
    ],
)
async def test_c04_a_redirect_out_of_bounds_is_refused(part, location):
    answer, server = await fetch(part, says(http(302, Location=location)))
    assert isinstance(answer, DownloadFailed)
    assert not part.exists()
    assert server.connections <= LIMITS.redirects + 1


async def test_c07_a_loop_ends(part):
    answer, server = await fetch(part, says(http(302, Location="/a")))
    assert isinstance(answer, DownloadFailed)
    assert server.connections == LIMITS.redirects + 1


async def test_c06_this_computer_is_out_of_bounds_for_a_provider_on_the_internet(part):
    async def resolver(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    async with raw_server(says(http(200, PNG))) as server:
        for url in (server.url, f"https://cdn.example.org:{server.port}/a"):
            fetching = downloads(policy=AddressPolicy(resolver=resolver))
            answer = await fetching.fetch(url, part, nothing)
            assert isinstance(answer, DownloadFailed)
        assert server.connections == 0


async def test_c06_the_checked_address_is_the_one_connected_to_under_the_name_asked_for(part):
    asked: list[str] = []

    async def resolver(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    policy = AddressPolicy(allows_loopback=True, resolver=resolver)
    async with raw_server(says(http(200, PNG))) as server:
        answer = await downloads(policy=policy).fetch(
            f"http://localhost:{server.port}/a", part, nothing
        )
        assert isinstance(answer, Downloaded)
        assert server.seen[0].headers["host"] == f"localhost:{server.port}"
    assert asked == ["localhost"]


async def test_the_next_address_is_tried_when_one_is_down(part):
    async def resolver(_host: str, _port: int) -> list[str]:
        return ["127.0.0.2", "127.0.0.1"]

    policy = AddressPolicy(allows_loopback=True, resolver=resolver)
    async with raw_server(says(http(200, PNG))) as server:
        answer = await downloads(policy=policy).fetch(
            f"http://localhost:{server.port}/a", part, nothing
        )
    assert isinstance(answer, Downloaded)


async def test_offline_is_said(part):
    async with raw_server(says(b"")) as server:
        url = server.url
    answer = await downloads().fetch(url, part, nothing)
    assert isinstance(answer, DownloadFailed)
    assert answer.offline


async def test_a_name_nobody_knows_is_offline_too(part):
    answer = await downloads().fetch("https://cdn.example.invalid/a", part, nothing)
    assert isinstance(answer, DownloadFailed)
    assert answer.offline


async def test_our_own_disk_is_not_the_providers_fault(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(StorageError):
        await fetch(blocked / "result.part", says(http(200, PNG)))


async def test_a_client_shows_its_key_to_no_server_of_results(client_of, part):
    async with raw_server(says(http(200, MP4))) as cdn:
        client = client_of(cdn.url)
        answer = await client.download(f"{cdn.url}/a", part, nothing)
        await client.aclose()
        assert isinstance(answer, Downloaded)
        assert KEY.key.reveal() not in repr(cdn.seen)
