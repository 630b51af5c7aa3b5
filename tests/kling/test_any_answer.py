"""Whatever a server sends, over a real socket: no call raises, and nothing is bought by it."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kling_desktop.domain.answers import (
    Accepted,
    Costs,
    Deferred,
    Found,
    KeyTest,
    NoAnswer,
    NotFound,
    Outgoing,
    Refused,
    RemoteTask,
    Unclear,
)
from kling_desktop.domain.media import UrlImage
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.requests import MultiImageToImage
from kling_desktop.kling.client import KlingClient
from kling_desktop.kling.profiles import PROFILES
from tests.fakes.raw_server import Line, Script, http, raw_server, says
from tests.kling.conftest import FAST, PAIR
from tests.kling.test_answers import ids_in, names, values

OUTGOING = Outgoing(
    MultiImageToImage(model="kling-v2-1", subjects=(UrlImage("https://example.org/a.png"),)),
    "kd-one",
    dict[str, Path](),
)
STATUSES = st.sampled_from([200, 201, 204, 301, 400, 401, 404, 429, 500, 503, 599, 999])
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Date": st.sampled_from(["Wed, 21 Oct 2026 07:28:00 GMT", "never", "0"]),
        "Retry_After": st.sampled_from(["1", "-1", "soon", "9" * 40]),
        "Content_Encoding": st.sampled_from(["gzip", "br", "identity"]),
        "Location": st.just("https://elsewhere.example/"),
    },
)
CODES = st.sampled_from([0, "0", "success", 1002, 1003, "1004", 1201, 1303, 5000, None, "no"])
ENVELOPES = st.builds(lambda code, data: {"code": code, "data": data}, CODES, values)
DOCUMENTS = ENVELOPES | values | st.dictionaries(names, values, max_size=4)


async def ask_everything(script: Script, document: Any) -> None:
    async with raw_server(script) as server:
        for provider in ("kling", "cometapi"):
            client = KlingClient(
                PROFILES[provider], server.url, PAIR, now_ms=_now_ms, timeouts=FAST
            )
            created = await client.create(OUTGOING, lambda _done, _total: None)
            assert isinstance(created, (Accepted, Refused, Deferred, Unclear))
            if isinstance(created, Accepted):
                known = [str(found).strip() for found in ids_in(document)]
                assert created.task.task_id in known
            for looked in (
                await client.get(TaskKind.IMAGE, "1"),
                await client.find(TaskKind.VIDEO, "kd-one"),
            ):
                assert isinstance(looked, (Found, NotFound, NoAnswer))
            page = await client.page(TaskKind.IMAGE, 1)
            assert isinstance(page, NoAnswer) or all(isinstance(t, RemoteTask) for t in page)
            assert isinstance(await client.costs(), (Costs, NoAnswer))
            assert isinstance(await client.test_key(), KeyTest)
            await client.aclose()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


@settings(max_examples=25, deadline=None)
@given(DOCUMENTS, STATUSES, HEADERS)
def test_any_json(document, status, headers):
    body = json.dumps(document).encode()
    asyncio.run(ask_everything(says(http(status, body, **headers)), document))


@settings(max_examples=15, deadline=None)
@given(st.binary(max_size=200), STATUSES, HEADERS)
def test_any_bytes(body, status, headers):
    asyncio.run(ask_everything(says(http(status, body, **headers)), None))


@settings(max_examples=15, deadline=None)
@given(st.binary(max_size=200))
def test_what_is_not_even_http(whole):
    async def say_and_leave(line: Line) -> None:
        await line.request()
        await line.say(whole)

    asyncio.run(ask_everything(say_and_leave, None))
