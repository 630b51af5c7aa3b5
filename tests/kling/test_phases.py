"""How far a create got decides what may be done next: real sockets, real faults."""

import asyncio
import contextlib
import gzip
import json
import socket
from dataclasses import replace

import pytest

from kling_desktop.domain.answers import (
    Accepted,
    Deferred,
    Found,
    NoAnswer,
    Outgoing,
    Refused,
    SendPhase,
    Unclear,
)
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.requests import MultiImageToImage
from tests.fakes.raw_server import Line, Script, answers, http, raw_server, says
from tests.kling.conftest import FAST

pytestmark = pytest.mark.anyio

CREATED = {"code": 0, "message": "SUCCEED", "data": {"task_id": "77", "task_status": "submitted"}}
CREATED_BYTES = json.dumps(CREATED).encode()


def nothing(_done: int, _total: int) -> None:
    pass


async def create(client_of, outgoing: Outgoing, *scripts: Script, timeouts=FAST):
    """The outcome, and how many times the server was spoken to."""
    async with raw_server(*scripts) as server:
        client = client_of(server.url, timeouts=timeouts)
        try:
            return await client.create(outgoing, nothing), server
        finally:
            await client.aclose()


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


async def close_at_once(line: Line) -> None:
    await line.reader.readuntil(b"\r\n")


async def reset_in_the_body(line: Line) -> None:
    await line.reader.readuntil(b"\r\n\r\n")
    await line.reader.readexactly(1000)
    line.reset()


async def never_read(line: Line) -> None:
    await asyncio.sleep(60)


async def hang(line: Line) -> None:
    await line.request()
    await asyncio.sleep(60)


async def close_after_request(line: Line) -> None:
    await line.request()


async def reset_after_request(line: Line) -> None:
    await line.request()
    line.reset()


async def half_a_header(line: Line) -> None:
    await line.request()
    await line.say(b"HTTP/1.1 200 OK\r\nContent-Le")


async def garbage(line: Line) -> None:
    await line.request()
    await line.say(b"\x00\x01\x02 what is this\r\n\r\n")


async def endless_headers(line: Line) -> None:
    await line.request()
    with contextlib.suppress(ConnectionError):
        await line.say(b"HTTP/1.1 200 OK\r\n", b"X-More: and more\r\n" * 20_000)


async def cut_before_the_id(line: Line) -> None:
    await line.request()
    await line.say(http(200, CREATED_BYTES)[: -len(CREATED_BYTES) + 20])


async def a_byte_at_a_time(line: Line) -> None:
    await line.request()
    await line.say(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:
        await line.say(b" ")
        await asyncio.sleep(0.1)


@pytest.mark.parametrize(
    ("script", "phase"),
    [
        (close_at_once, None),
        (reset_after_request, SendPhase.BODY_COMPLETE),
        (close_after_request, SendPhase.BODY_COMPLETE),
        (hang, SendPhase.BODY_COMPLETE),
        (half_a_header, SendPhase.BODY_COMPLETE),
        (garbage, SendPhase.BODY_COMPLETE),
        (endless_headers, SendPhase.BODY_COMPLETE),
        (cut_before_the_id, SendPhase.ANSWER_STARTED),
    ],
)
async def test_after_the_first_byte_nothing_is_certain(client_of, outgoing, script, phase):
    outcome, server = await create(client_of, outgoing, script)
    assert isinstance(outcome, Unclear)
    assert phase in (outcome.phase, None)
    assert not outcome.exists
    assert server.connections == 1


@pytest.fixture
def large(kept) -> Outgoing:
    picture = kept.picture("large", bytes(20_000_000))
    return Outgoing(MultiImageToImage(model="kling-v2-1", subjects=(picture,)), "kd-2", kept.files)


@pytest.mark.parametrize("script", [reset_in_the_body, never_read])
async def test_a_body_that_did_not_leave_whole_is_in_doubt_all_the_same(client_of, large, script):
    outcome, server = await create(client_of, large, script)
    assert isinstance(outcome, Unclear)
    assert outcome.phase is SendPhase.HEADERS_STARTED
    assert server.connections == 1


async def test_a_slow_drip_ends_at_the_total_deadline(client_of, outgoing):
    short = replace(FAST, create_total_s=0.5)
    outcome, _ = await create(client_of, outgoing, a_byte_at_a_time, timeouts=short)
    assert isinstance(outcome, Unclear)
    assert outcome.phase is SendPhase.ANSWER_STARTED


async def test_an_early_413_is_read_where_the_system_lets_it_through(client_of, large):
    async def too_large(line: Line) -> None:
        await line.reader.readuntil(b"\r\n\r\n")
        await line.say(http(413, b'{"code":1200,"message":"too large"}'))

    outcome, server = await create(client_of, large, too_large)
    assert isinstance(outcome, (Refused, Unclear))
    assert server.connections == 1


async def test_a_refused_connection_sent_nothing(client_of, outgoing):
    client = client_of(f"http://127.0.0.1:{closed_port()}")
    outcome = await client.create(outgoing, nothing)
    assert isinstance(outcome, Deferred)
    assert outcome.phase is SendPhase.NOTHING_SENT
    looked = await client.get(TaskKind.IMAGE, "1")
    assert isinstance(looked, NoAnswer)
    assert looked.offline
    await client.aclose()


async def test_a_handshake_that_hangs_sent_nothing(client_of, outgoing):
    async with raw_server(never_read) as server:
        url = server.url.replace("http:", "https:")
        client = client_of(url, timeouts=replace(FAST, connect_s=0.3))
        outcome = await client.create(outgoing, nothing)
        await client.aclose()
    assert isinstance(outcome, Deferred)
    assert outcome.phase is SendPhase.NOTHING_SENT


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_create_is_never_redirected(client_of, outgoing, status):
    async with raw_server(answers(200, CREATED)) as elsewhere:
        moved = answers(status, CREATED, Location=f"{elsewhere.url}/v1/x")
        outcome, _ = await create(client_of, outgoing, moved)
        assert isinstance(outcome, Refused)
        assert outcome.pauses_account
        assert elsewhere.connections == 0


async def test_each_create_has_a_connection_of_its_own(client_of, outgoing):
    async with raw_server(answers(200, CREATED)) as server:
        client = client_of(server.url)
        for _ in range(3):
            assert isinstance(await client.create(outgoing, nothing), Accepted)
        await client.aclose()
        assert server.connections == 3
        first, *others = [seen.body for seen in server.seen]
        assert others == [first, first]


async def test_a_cut_answer_that_shows_the_id_is_accepted(client_of, outgoing):
    async def cut_after_the_id(line: Line) -> None:
        await line.request()
        await line.say(http(200, CREATED_BYTES)[:-5])

    outcome, _ = await create(client_of, outgoing, cut_after_the_id)
    assert isinstance(outcome, Accepted)
    assert outcome.task.task_id == "77"


async def test_an_answer_packed_unasked_is_unpacked_within_the_cap(client_of, outgoing):
    packed = says(http(200, gzip.compress(CREATED_BYTES), Content_Encoding="gzip"))
    outcome, _ = await create(client_of, outgoing, packed)
    assert isinstance(outcome, Accepted)
    bomb = gzip.compress(b'{"code":0,"x":"' + bytes(20_000_000))
    outcome, _ = await create(client_of, outgoing, says(http(200, bomb, Content_Encoding="gzip")))
    assert isinstance(outcome, Unclear)


async def test_an_endless_answer_stops_at_the_cap(client_of, outgoing):
    async def endless(line: Line) -> None:
        await line.request()
        await line.say(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(40):
            await line.say(b" " * 1_000_000)

    outcome, _ = await create(client_of, outgoing, endless)
    assert isinstance(outcome, Unclear)
    assert len(outcome.raw) < 5000


async def test_a_slow_question_ends_and_leaves_others_alone(client_of):
    found = answers(200, CREATED)
    async with raw_server(a_byte_at_a_time, found) as server:
        client = client_of(server.url)
        slow, quick = await asyncio.gather(
            client.get(TaskKind.IMAGE, "76"), client.get(TaskKind.IMAGE, "77")
        )
        await client.aclose()
    assert isinstance(slow, NoAnswer)
    assert not slow.offline
    assert isinstance(quick, Found)
