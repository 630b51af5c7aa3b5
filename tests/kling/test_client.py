"""One account at one address: signing, asking, remembering, keeping the key to itself."""

import hashlib
import json
import logging
from email.utils import formatdate
from typing import Any

import jwt
import pytest

from kling_desktop.domain.answers import Accepted, Found, NoAnswer, NotFound, Outgoing, Refused
from kling_desktop.domain.errors import AppError, KeyUnavailableError, Remedy, StorageError
from kling_desktop.domain.keys import ApiKey, Secret
from kling_desktop.domain.providers import TaskKind
from kling_desktop.kling.auth import authorization
from tests.fakes.raw_server import Line, answers, http, raw_server, says
from tests.kling.conftest import KEY, PAIR

pytestmark = pytest.mark.anyio

NOW_S = 1_800_000_000


def nothing(_done: int, _total: int) -> None:
    pass


def record(task_id: str, external_task_id: str | None = None) -> dict[str, Any]:
    info = {} if external_task_id is None else {"external_task_id": external_task_id}
    return {
        "code": 0,
        "message": "SUCCEED",
        "data": {"task_id": task_id, "task_status": "submitted", "task_info": info},
    }


NOT_FOUND = {"code": 1201, "message": "Task not found by id"}


def claims(header: str) -> dict[str, Any]:
    token = header.removeprefix("Bearer ")
    return jwt.decode(
        token,
        PAIR.secret_key.reveal(),
        algorithms=["HS256"],
        options={"verify_exp": False, "verify_nbf": False},
    )


async def test_a_pair_signs_what_the_documents_ask_for():
    header = authorization(PAIR, NOW_S)
    assert jwt.get_unverified_header(header.removeprefix("Bearer "))["alg"] == "HS256"
    assert claims(header) == {
        "iss": PAIR.access_key.reveal(),
        "exp": NOW_S + 1800,
        "nbf": NOW_S - 5,
    }


async def test_a_plain_key_goes_as_it_is():
    assert authorization(KEY, NOW_S) == "Bearer api-key-kling-canary-0123456789"


@pytest.mark.parametrize("text", ["", "schlüssel", "two\nlines"])
async def test_a_key_that_no_header_can_carry_is_refused_at_once(client_of, text):
    with pytest.raises(KeyUnavailableError):
        client_of("http://127.0.0.1:1", ApiKey(Secret(text)))


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.org",
        "ftp://127.0.0.1",
        "https://user:word@example.org",
        "https://example.org/v1",
        "https://example.org?x=1",
        "https://example.org:port",
        "https://",
        "example.org",
        "",
    ],
)
async def test_keys_and_pictures_never_go_to_an_unsafe_address(client_of, url):
    with pytest.raises(AppError) as caught:
        client_of(url)
    assert caught.value.record.remedy is Remedy.FIX_SETTINGS


@pytest.mark.parametrize(("code", "ahead_s"), [(1003, 7200), (1004, -7200)])
async def test_a_wrong_clock_is_put_right_by_the_providers_own(client_of, outgoing, code, ahead_s):
    date = formatdate(NOW_S, usegmt=True)
    wrong = answers(401, {"code": code, "message": "time"}, Date=date)
    async with raw_server(wrong, answers(200, record("1"))) as server:
        client = client_of(server.url, PAIR, now_ms=lambda: (NOW_S + ahead_s) * 1000)
        assert isinstance(await client.create(outgoing, nothing), Accepted)
        assert isinstance(await client.get(TaskKind.IMAGE, "1"), Found)
        await client.aclose()
        signed = [claims(seen.headers["authorization"])["exp"] - 1800 for seen in server.seen]
    assert signed == [NOW_S + ahead_s, NOW_S, NOW_S]
    assert server.seen[0].body == server.seen[1].body


async def test_a_clock_that_cannot_be_put_right_is_said(client_of, outgoing):
    wrong = answers(
        401, {"code": 1004, "message": "expired"}, Date=formatdate(NOW_S + 7200, usegmt=True)
    )
    async with raw_server(wrong) as server:
        client = client_of(server.url, PAIR, now_ms=lambda: NOW_S * 1000)
        outcome = await client.create(outgoing, nothing)
        await client.aclose()
        assert len(server.seen) == 2
    assert isinstance(outcome, Refused)
    assert outcome.pauses_account
    assert outcome.error.remedy is Remedy.FIX_CLOCK
    assert "120 minutes behind" in outcome.error.detail


async def test_a_plain_key_is_not_sent_twice_for_a_clock(client_of, outgoing):
    async with raw_server(answers(401, {"code": 1004, "message": "expired"})) as server:
        client = client_of(server.url)
        assert isinstance(await client.create(outgoing, nothing), Refused)
        await client.aclose()
        assert len(server.seen) == 1


async def test_a_create_says_who_it_is_and_how_long(client_of, outgoing):
    told: list[tuple[int, int]] = []
    async with raw_server(answers(200, record("1"))) as server:
        client = client_of(server.url)
        sha256 = client.body_sha256(outgoing)
        await client.create(outgoing, lambda done, total: told.append((done, total)))
        await client.aclose()
        seen = server.seen[0]
    assert (seen.method, seen.target) == ("POST", "/v1/images/multi-image2image")
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["content-length"] == str(len(seen.body))
    assert seen.headers["authorization"] == "Bearer api-key-kling-canary-0123456789"
    assert seen.headers["user-agent"].startswith("kling-desktop/")
    assert seen.headers["accept-encoding"] == "identity"
    assert "transfer-encoding" not in seen.headers
    assert hashlib.sha256(seen.body).hexdigest() == sha256
    assert told[-1] == (len(seen.body), len(seen.body))


async def test_a_picture_that_is_gone_stops_everything_before_sending(client_of, outgoing):
    for path in outgoing.files.values():
        path.unlink()
    async with raw_server(answers(200, record("1"))) as server:
        client = client_of(server.url)
        with pytest.raises(StorageError):
            await client.create(outgoing, nothing)
        with pytest.raises(StorageError):
            client.body_sha256(outgoing)
        await client.aclose()
        assert server.connections == 0


async def test_an_answer_about_another_task_is_put_aside(client_of):
    async with raw_server(answers(200, record("2", "kd-other"))) as server:
        client = client_of(server.url)
        assert isinstance(await client.get(TaskKind.IMAGE, "1"), NoAnswer)
        assert isinstance(await client.find(TaskKind.IMAGE, "kd-1"), NoAnswer)
        assert isinstance(await client.find(TaskKind.IMAGE, "kd-other"), Found)
        await client.aclose()


async def test_a_find_without_an_echo_is_left_to_the_asker(client_of):
    async with raw_server(answers(200, record("2"))) as server:
        client = client_of(server.url)
        found = await client.find(TaskKind.IMAGE, "kd/1")
        await client.aclose()
    assert isinstance(found, Found)
    assert found.task.external_task_id is None
    assert server.seen[0].target == "/v1/images/multi-image2image/kd%2F1"


async def test_the_path_that_knows_a_task_is_found_and_remembered(client_of):
    async def gateway(line: Line) -> None:
        while True:
            seen = await line.request()
            if "/generations/" in seen.target:
                await line.say(http(200, json.dumps(record("1")).encode()))
            else:
                await line.say(http(404, b"<html>no such page</html>"))

    async with raw_server(gateway) as server:
        client = client_of(server.url, provider="cometapi")
        assert isinstance(await client.get(TaskKind.IMAGE, "1"), Found)
        assert isinstance(await client.get(TaskKind.IMAGE, "1"), Found)
        await client.aclose()
    paths = [seen.target.rsplit("/", 2)[1] for seen in server.seen]
    assert paths == ["multi-image2image", "generations", "generations"]


async def test_not_found_has_the_word_when_another_path_shows_a_page(client_of):
    async def gateway(line: Line) -> None:
        while True:
            seen = await line.request()
            if "/generations/" in seen.target:
                await line.say(http(404, b"<html>no such page</html>"))
            else:
                await line.say(http(400, json.dumps(NOT_FOUND).encode()))

    async with raw_server(gateway) as server:
        client = client_of(server.url, provider="cometapi")
        assert isinstance(await client.find(TaskKind.IMAGE, "kd-1"), NotFound)
        await client.aclose()
        assert len(server.seen) == 2


async def test_a_refused_key_is_not_tried_at_other_paths(client_of):
    async with raw_server(answers(401, {"code": 1002, "message": "key"})) as server:
        client = client_of(server.url, provider="cometapi")
        outcome = await client.get(TaskKind.IMAGE, "1")
        await client.aclose()
        assert len(server.seen) == 1
    assert isinstance(outcome, NoAnswer)
    assert outcome.pauses_account


async def test_the_newest_page_of_a_list(client_of):
    page = {"code": 0, "data": [record("1", "kd-1")["data"], record("2", "kd-2")["data"]]}
    async with raw_server(answers(200, page)) as server:
        client = client_of(server.url)
        newest = await client.page(TaskKind.VIDEO, 1, 500)
        await client.aclose()
        assert server.seen[0].target == "/v1/videos/multi-image2video?pageNum=1&pageSize=500"
        gateway = client_of(server.url, provider="cometapi")
        assert await gateway.page(TaskKind.IMAGE, 1, 500) == ()
        await gateway.aclose()
        assert len(server.seen) == 1
    assert not isinstance(newest, NoAnswer)
    assert [task.external_task_id for task in newest] == ["kd-1", "kd-2"]


async def test_a_list_that_fails_is_no_empty_list(client_of):
    async with raw_server(says(http(502, b"<html>"))) as server:
        client = client_of(server.url)
        page = await client.page(TaskKind.IMAGE, 1, 500)
        assert isinstance(page, NoAnswer)
        assert page.is_down
        await client.aclose()


async def test_a_key_stays_out_of_logs_and_of_what_is_kept(
    client_of, outgoing: Outgoing, caplog: pytest.LogCaptureFixture
):
    canary = KEY.key.reveal()
    caplog.set_level(logging.DEBUG)

    async def echo(line: Line) -> None:
        seen = await line.request()
        said = {"code": 1002, "message": f"bad {seen.headers['authorization']}"}
        await line.say(http(401, json.dumps(said).encode()))

    async with raw_server(echo) as server:
        client = client_of(server.url)
        outcome = await client.create(outgoing, nothing)
        looked = await client.get(TaskKind.IMAGE, "signed-and-secret")
        await client.aclose()
    assert canary not in caplog.text
    assert "signed-and-secret" not in caplog.text
    assert canary not in repr(outcome) + repr(looked) + repr(vars(client))
