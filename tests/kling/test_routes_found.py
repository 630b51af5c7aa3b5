"""What was found out about a gateway's routes outlives the app."""

import json

import pytest

from kling_desktop.domain.answers import Found
from kling_desktop.domain.providers import TaskKind
from kling_desktop.kling.client import KlingClient
from kling_desktop.kling.known_paths import FilePaths
from kling_desktop.kling.profiles import PROFILES
from tests.fakes.raw_server import Line, http, raw_server
from tests.kling.conftest import FAST, KEY

pytestmark = pytest.mark.anyio

RECORD = {"code": 0, "data": {"task_id": "1", "task_status": "submitted"}}


async def only_generations(line: Line) -> None:
    while True:
        seen = await line.request()
        is_there = "/generations/" in seen.target
        body = json.dumps(RECORD).encode() if is_there else b"<html>"
        await line.say(http(200 if is_there else 404, body))


async def ask(url: str, paths: FilePaths, provider: str = "cometapi") -> None:
    client = KlingClient(
        PROFILES[provider], url, KEY, now_ms=lambda: 0, timeouts=FAST, known_paths=paths
    )
    assert isinstance(await client.get(TaskKind.IMAGE, "1"), Found)
    await client.aclose()


async def test_the_path_that_worked_is_tried_first_by_the_next_run(tmp_path):
    file = tmp_path / "data" / "query-paths.json"
    async with raw_server(only_generations) as server:
        await ask(server.url, FilePaths(file))
        await ask(server.url, FilePaths(file))
        kept = json.loads(file.read_text("utf-8"))
        assert kept == {f"cometapi {server.url} image": "/kling/v1/images/generations/{id}"}
    paths = [seen.target.rsplit("/", 2)[1] for seen in server.seen]
    assert paths == ["multi-image2image", "generations", "generations"]


async def test_another_provider_or_address_finds_out_for_itself(tmp_path):
    file = tmp_path / "query-paths.json"
    async with raw_server(only_generations) as first, raw_server(only_generations) as second:
        await ask(first.url, FilePaths(file))
        await ask(first.url, FilePaths(file), "powertokens")
        await ask(second.url, FilePaths(file))
        assert len(first.seen) == 4
        assert len(second.seen) == 2


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 7}', '{"cometapi": "/gone/{id}"}'])
async def test_a_file_that_makes_no_sense_costs_one_question(tmp_path, text):
    file = tmp_path / "query-paths.json"
    file.write_text(text)
    async with raw_server(only_generations) as server:
        await ask(server.url, FilePaths(file))
        assert len(server.seen) == 2


async def test_a_remembered_path_that_the_profile_no_longer_has_is_not_asked(tmp_path):
    file = tmp_path / "query-paths.json"
    async with raw_server(only_generations) as server:
        file.write_text(json.dumps({f"cometapi {server.url} image": "/account/{id}"}))
        await ask(server.url, FilePaths(file))
        assert not any("account" in seen.target for seen in server.seen)


async def test_a_folder_that_cannot_be_written_is_no_trouble(tmp_path):
    (tmp_path / "data").write_text("a file where a folder should be")
    async with raw_server(only_generations) as server:
        paths = FilePaths(tmp_path / "data" / "query-paths.json")
        await ask(server.url, paths)
        await ask(server.url, paths)
        assert len(server.seen) == 3
