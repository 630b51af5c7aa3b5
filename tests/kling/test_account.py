"""Questions about an account: what it has left, whether its key works, whose region it is."""

import json
from decimal import Decimal

import pytest
from hypothesis import given

from kling_desktop.domain.answers import Costs, NoAnswer, Pack
from kling_desktop.domain.errors import Remedy
from kling_desktop.domain.facts import KeyCheck
from kling_desktop.domain.providers import TaskKind
from kling_desktop.kling.account import region_hint
from kling_desktop.kling.profiles import PROFILES
from kling_desktop.kling.wire import read_packs
from tests.fakes.raw_server import Line, answers, http, raw_server, says
from tests.kling.conftest import PAIR
from tests.kling.test_answers import values

pytestmark = pytest.mark.anyio

NOW_MS = 1_800_000_000_000
MONTH_MS = 30 * 24 * 3600 * 1000


def costs_of(*packs: dict, code: int = 0) -> dict:
    inner = {"code": code, "msg": "words", "resource_pack_subscribe_infos": list(packs)}
    return {"code": 0, "message": "SUCCEED", "request_id": "r", "data": inner}


IMAGES = {
    "resource_pack_name": "Trial-Image-1000Units-9Con",
    "resource_pack_id": "1",
    "resource_pack_type": "decreasing_total",
    "total_quantity": 1000.0,
    "remaining_quantity": 812.5,
    "invalid_time": 1_900_000_000_000,
    "status": "online",
}
OLD = IMAGES | {"resource_pack_name": "Old", "status": "expired"}
UNKNOWN_KEY = {"code": 1002, "message": "Authorization invalid"}


async def test_costs_are_asked_for_the_last_thirty_days(client_of):
    async with raw_server(answers(200, costs_of(IMAGES, OLD))) as server:
        client = client_of(server.url, now_ms=lambda: NOW_MS)
        costs = await client.costs()
        await client.aclose()
    target = f"/account/costs?start_time={NOW_MS - MONTH_MS}&end_time={NOW_MS}"
    assert (server.seen[0].method, server.seen[0].target) == ("GET", target)
    assert isinstance(costs, Costs)
    trial = "Trial-Image-1000Units-9Con"
    units = (Decimal(1000), Decimal("812.5"))
    assert costs.packs[0] == Pack(trial, "online", *units, 1_900_000_000_000)
    assert [pack.status for pack in costs.packs] == ["online", "expired"]


async def test_an_account_without_packs_has_no_list_of_them(client_of):
    bare = {"code": 0, "message": "SUCCEED", "data": {"code": 0, "msg": "success"}}
    async with raw_server(answers(200, bare)) as server:
        client = client_of(server.url)
        assert await client.costs() == Costs(())
        await client.aclose()


@pytest.mark.parametrize(
    ("status", "document", "pauses"),
    [
        (200, costs_of(code=1102), True),
        (401, UNKNOWN_KEY, True),
        (500, {"code": 5000, "message": "internal"}, False),
        (200, {"hello": 1}, False),
        (404, {"code": 1203, "message": "gone"}, False),
    ],
)
async def test_costs_that_are_not_told(client_of, status, document, pauses):
    async with raw_server(answers(status, document)) as server:
        client = client_of(server.url)
        costs = await client.costs()
        await client.aclose()
    assert isinstance(costs, NoAnswer)
    assert costs.pauses_account is pauses
    assert "the task" not in costs.error.detail


async def test_a_provider_that_tells_nobody_is_not_asked(client_of):
    async with raw_server(answers(200, costs_of())) as server:
        client = client_of(server.url, provider="cometapi")
        assert isinstance(await client.costs(), NoAnswer)
        await client.aclose()
        assert server.seen == []


@given(values)
def test_no_shape_of_costs_breaks_reading(value):
    for document in (value, {"code": 0, "data": value}, {"data": {"code": value}}):
        _, packs = read_packs(json.dumps(document).encode())
        for pack in packs:
            assert pack.total is None or pack.total >= 0


async def test_a_key_is_tested_by_what_the_account_has_left(client_of):
    async with raw_server(answers(200, costs_of(IMAGES, OLD))) as server:
        client = client_of(server.url)
        tested = await client.test_key()
        await client.aclose()
        host = server.url.removeprefix("http://")
    assert (tested.check, tested.error) == (KeyCheck.WORKS, None)
    assert f"Asked {host} what the account has left: free." in tested.words
    assert "1 pack is active (Trial-Image-1000Units-9Con: 812.5 of 1000 units left)" in tested.words
    assert "up to 12 hours old" in tested.words
    assert [seen.method for seen in server.seen] == ["GET"]


async def test_a_key_is_tested_by_a_task_that_does_not_exist(client_of):
    nothing = {"code": "task_not_exist", "message": "task_not_exist"}
    async with raw_server(answers(400, nothing)) as server:
        client = client_of(server.url, provider="cometapi")
        tested = await client.test_key()
        await client.aclose()
    assert tested.check is KeyCheck.WORKS
    assert "for a task that does not exist: free." in tested.words
    assert {seen.method for seen in server.seen} == {"GET"}
    assert not any("costs" in seen.target for seen in server.seen)


async def test_a_server_without_costs_is_asked_for_a_task_instead(client_of):
    async def server_of_ones_own(line: Line) -> None:
        while True:
            seen = await line.request()
            if "costs" in seen.target:
                await line.say(http(404, b"<html>no such page</html>"))
            else:
                body = json.dumps({"code": 1201, "message": "Task not found"}).encode()
                await line.say(http(400, body))

    async with raw_server(server_of_ones_own) as server:
        client = client_of(server.url, provider="custom")
        tested = await client.test_key()
        await client.aclose()
    assert tested.check is KeyCheck.WORKS
    assert "a task that does not exist" in tested.words


@pytest.mark.parametrize("provider", ["kling", "cometapi"])
@pytest.mark.parametrize(
    ("script", "check", "remedy", "words"),
    [
        (answers(401, UNKNOWN_KEY), KeyCheck.REFUSED, Remedy.FIX_KEY, "It refused."),
        (
            answers(429, {"code": 1102, "message": "Account balance not enough"}),
            KeyCheck.WORKS,
            Remedy.TOP_UP,
            "there is no credit",
        ),
        (says(http(502, b"<html>")), KeyCheck.NO_ANSWER, Remedy.WAIT, "shows nothing"),
        (says(http(302, b"", Location="/login")), KeyCheck.NO_ANSWER, Remedy.WAIT, "shows nothing"),
    ],
)
async def test_what_a_test_shows_is_said_and_no_more(
    client_of, provider, script, check, remedy, words
):
    async with raw_server(script) as server:
        client = client_of(server.url, provider=provider)
        tested = await client.test_key()
        await client.aclose()
    assert tested.check is check
    assert words in tested.words
    assert tested.error is not None
    assert tested.error.remedy is remedy


async def test_a_key_cannot_be_tested_where_nobody_listens(client_of):
    client = client_of("http://127.0.0.1:9")
    tested = await client.test_key()
    await client.aclose()
    assert tested.check is KeyCheck.NO_ANSWER
    assert tested.error is not None


async def test_a_clock_that_is_off_is_measured_in_the_test(client_of):
    wrong = answers(401, {"code": 1003, "message": "nbf"}, Date="Fri, 15 Jan 2027 08:00:00 GMT")
    async with raw_server(wrong) as server:
        client = client_of(server.url, PAIR, now_ms=lambda: NOW_MS + 40_000)
        tested = await client.test_key()
        await client.aclose()
        assert len(server.seen) == 2
    assert tested.check is KeyCheck.REFUSED
    assert tested.error is not None
    assert tested.error.remedy is Remedy.FIX_CLOCK
    assert "40 seconds ahead of the provider’s" in tested.error.detail


def test_a_key_of_another_region_is_thought_of_where_there_are_regions():
    hint = region_hint(PROFILES["kling"], "https://api-beijing.klingai.com")
    assert "this was api-beijing.klingai.com" in hint
    assert "(api-singapore.klingai.com, api.klingai.com)" in hint
    assert region_hint(PROFILES["kling"], "https://gateway.example") == ""
    assert region_hint(PROFILES["cometapi"], "https://api.cometapi.com") == ""


async def test_a_page_of_a_list_that_fails_says_so(client_of):
    async with raw_server(answers(401, UNKNOWN_KEY)) as server:
        client = client_of(server.url)
        page = await client.page(TaskKind.IMAGE, 1)
        await client.aclose()
    assert isinstance(page, NoAnswer)
    assert page.pauses_account


@pytest.mark.parametrize(
    ("number", "size", "query"),
    [
        (1, 500, "pageNum=1&pageSize=500"),
        (3, 10, "pageNum=3&pageSize=10"),
        (0, 0, "pageNum=1&pageSize=1"),
        (5000, 501, "pageNum=1000&pageSize=500"),
    ],
)
async def test_pages_stay_within_what_is_documented(client_of, number, size, query):
    async with raw_server(answers(200, {"code": 0, "data": []})) as server:
        client = client_of(server.url)
        assert list(await client.page(TaskKind.IMAGE, number, size)) == []
        await client.aclose()
        assert server.seen[0].target.endswith("?" + query)
