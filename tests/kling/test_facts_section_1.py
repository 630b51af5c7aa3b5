"""facts.md section 1, row by row: where each provider is spoken to. S0 to S4 win over it."""

import json

import pytest

from kling_desktop.domain.answers import Found, NotFound
from kling_desktop.domain.keys import ApiKey, Secret
from kling_desktop.domain.providers import Evidence, TaskKind
from kling_desktop.kling.auth import authorization
from kling_desktop.kling.profiles import PROFILES
from kling_desktop.kling.provider_file import load_profiles
from tests.fakes.raw_server import answers, raw_server
from tests.kling.conftest import PAIR

IMAGE, VIDEO = TaskKind.IMAGE, TaskKind.VIDEO
KLING, COMET, LEGACY, POWER = (
    PROFILES[id] for id in ("kling", "cometapi", "cometapi-legacy", "powertokens")
)
GATEWAYS = (COMET, LEGACY, POWER)


def test_s1_base():
    assert KLING.base_url == "https://api-singapore.klingai.com"
    assert {region.id: region.base_url for region in KLING.regions} == {
        "singapore": "https://api-singapore.klingai.com",
        "beijing": "https://api-beijing.klingai.com",
        "older": "https://api.klingai.com",
    }
    assert COMET.base_url == LEGACY.base_url == "https://api.cometapi.com"
    assert POWER.base_url == "https://api.powertokens.ai"
    assert all(profile.sources["base_url"] for profile in (KLING, *GATEWAYS))
    assert all(region.source for region in KLING.regions)


def test_s1_prefix():
    for profile in (KLING, *GATEWAYS):
        prefix = "/v1/" if profile is KLING else "/kling/v1/"
        for route in profile.routes.values():
            paths = (route.create_path, route.query_path, *route.query_alternates)
            assert all(path.startswith(prefix) for path in paths)


def test_s1_image_create():
    assert KLING.routes[IMAGE].create_path == "/v1/images/multi-image2image"
    assert COMET.routes[IMAGE].create_path == "/kling/v1/images/multi-image2image"
    assert LEGACY.routes[IMAGE].create_path == "/kling/v1/images/generations"
    assert POWER.routes[IMAGE].create_path == "/kling/v1/images/multi-image2image"


def test_s1_image_get():
    assert KLING.routes[IMAGE].query_path == "/v1/images/multi-image2image/{id}"
    assert KLING.routes[IMAGE].query_alternates == ()
    known = "/kling/v1/images/multi-image2image/{id}"
    other = "/kling/v1/images/generations/{id}"
    for profile, first, second in (
        (COMET, known, other),
        (LEGACY, other, known),
        (POWER, known, other),
    ):
        route = profile.routes[IMAGE]
        assert (route.query_path, route.query_alternates) == (first, (second,))
        assert route.sources["query_path"]
        assert "inferred" in route.sources["query_alternates"]
    assert "inferred" in COMET.routes[IMAGE].sources["query_path"]
    assert "inferred" in POWER.routes[IMAGE].sources["query_path"]


@pytest.mark.anyio
async def test_s1_image_list(client_of):
    assert KLING.routes[IMAGE].list_path == "/v1/images/multi-image2image"
    assert [profile.routes[IMAGE].list_path for profile in GATEWAYS] == [None] * 3
    async with raw_server(answers(200, {"code": 0, "data": []})) as server:
        client = client_of(server.url)
        assert list(await client.page(IMAGE, 2, 30)) == []
        await client.aclose()
        assert server.seen[0].target == "/v1/images/multi-image2image?pageNum=2&pageSize=30"


def test_s1_video_create():
    assert KLING.routes[VIDEO].create_path == "/v1/videos/multi-image2video"
    assert COMET.routes[VIDEO].create_path == "/kling/v1/videos/multi-image2video"
    assert VIDEO not in LEGACY.routes
    assert VIDEO not in POWER.routes


def test_s1_video_get():
    assert KLING.routes[VIDEO].query_path == "/v1/videos/multi-image2video/{id}"
    assert COMET.routes[VIDEO].query_path == "/kling/v1/videos/multi-image2video/{id}"


def test_s1_video_list():
    assert KLING.routes[VIDEO].list_path == "/v1/videos/multi-image2video"
    assert COMET.routes[VIDEO].list_path is None


def test_s1_auth():
    key = ApiKey(Secret("sk-one"))
    assert authorization(key, 0) == "Bearer sk-one"
    assert authorization(PAIR, 0).startswith("Bearer ey")
    assert {kind.value for kind in KLING.key_variables} == {"api_key", "access_key"}
    for profile in GATEWAYS:
        assert {kind.value for kind in profile.key_variables} == {"api_key"}
    # One account at CometAPI, whichever route.
    assert COMET.key_entry == LEGACY.key_entry
    assert COMET.key_variables == LEGACY.key_variables


@pytest.mark.anyio
async def test_s1_look_up_by_external_id(client_of):
    assert KLING.lookup_by_external_id is Evidence.DOCUMENTED
    assert [profile.lookup_by_external_id for profile in GATEWAYS] == [Evidence.UNKNOWN] * 3
    record = {"task_id": "1", "task_status": "submitted", "task_info": {"external_task_id": "kd-1"}}
    async with raw_server(answers(200, {"code": 0, "data": record})) as server:
        client = client_of(server.url)
        assert isinstance(await client.find(IMAGE, "kd-1"), Found)
        await client.aclose()
        assert server.seen[0].target == "/v1/images/multi-image2image/kd-1"
    refusal = {"code": 1201, "message": "Task not found by id / external id"}
    async with raw_server(answers(400, refusal)) as server:
        client = client_of(server.url)
        assert isinstance(await client.find(IMAGE, "kd-1"), NotFound)
        await client.aclose()


def test_s1_every_route_can_be_overridden(tmp_path):
    file = tmp_path / "providers.toml"
    for profile in (KLING, *GATEWAYS, PROFILES["custom"]):
        for kind in profile.routes:
            wanted = {
                "create_path": "/a/create",
                "query_path": "/a/{id}",
                "query_alternates": ["/b/{id}"],
                "list_path": "/a",
            }
            lines = [f"{key} = {json.dumps(value)}" for key, value in wanted.items()]
            file.write_text("\n".join([f"[{profile.id}.{kind.value}]", *lines]))
            loaded = load_profiles(file)
            assert not loaded.broken
            route = loaded.profiles[profile.id].routes[kind]
            assert route.create_path == "/a/create"
            assert (route.query_path, route.query_alternates) == ("/a/{id}", ("/b/{id}",))
            assert route.list_path == "/a"
            assert route.sources["query_path"] == "providers.toml"
