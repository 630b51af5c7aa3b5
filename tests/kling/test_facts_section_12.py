"""facts.md section 12: each disagreement among the documents, and that the app lives with it."""

import json
from typing import Any

import httpx
import pytest

from kling_desktop.domain.answers import Accepted, CreateAnswer, Found, RemoteState
from kling_desktop.domain.media import COMMON_LIMITS, MediaKind
from kling_desktop.domain.providers import Evidence, TaskKind
from kling_desktop.domain.requests import MultiImageToImage, MultiImageToVideo
from kling_desktop.kling.errors import create_answer
from kling_desktop.kling.profiles import PROFILES
from kling_desktop.kling.transport import Reply
from kling_desktop.kling.wire import Answer, read_answer
from tests.fakes.raw_server import answers, raw_server
from tests.kling.bodies import EXTERNAL_ID, fields_of, web

pytestmark = pytest.mark.anyio

IMAGE, VIDEO = TaskKind.IMAGE, TaskKind.VIDEO
S1, S0, S3, S4 = (
    PROFILES[id].routes[IMAGE].capabilities
    for id in ("kling", "cometapi", "cometapi-legacy", "powertokens")
)
S2 = PROFILES["cometapi"].routes[VIDEO].capabilities
IMAGE_ROUTES = (S0, S1, S3, S4)
DATA = {"task_id": "861309198188019719", "task_status": "submitted"}


def read(document: Any) -> Answer:
    return read_answer(json.dumps(document).encode(), MediaKind.IMAGE)


def created(status: int, document: Any) -> CreateAnswer:
    body = json.dumps(document).encode()
    reply = Reply(status, httpx.Headers(), body)
    return create_answer("Kling", reply, read(document), raw="", clock_off_s=0)


async def sent(provider: str, **fields: Any) -> dict[str, Any]:
    can = PROFILES[provider].routes[IMAGE].capabilities
    usual = {"model": can.default_model, "subjects": (web("1"), web("2"))}
    return await fields_of(PROFILES[provider], MultiImageToImage(**usual | fields))


async def test_s12_01_fewest_pictures():
    assert [can.fewest_images for can in IMAGE_ROUTES] == [1, 1, 2, 1]
    assert (S2.fewest_images, S2.most_images) == (1, 4)


async def test_s12_02_models():
    assert set(S0.models) == set(S1.models) == {"kling-v2", "kling-v2-1"}
    assert S3.models == S4.models == ("kling-v2",)
    assert (await sent("kling"))["model_name"] == (await sent("cometapi"))["model_name"]
    assert (await sent("kling"))["model_name"] == "kling-v2-1"


async def test_s12_03_model_name_required():
    assert ["model" in can.required_fields for can in (*IMAGE_ROUTES, S2)] == [
        False, False, False, True, False,
    ]  # fmt: skip
    for provider, profile in PROFILES.items():
        for kind, route in profile.routes.items():
            if kind is IMAGE:
                assert (await sent(provider))["model_name"] == route.capabilities.default_model


async def test_s12_04_negative_prompt():
    offered = ["negative_prompt" in can.optional_fields for can in (*IMAGE_ROUTES, S2)]
    assert offered == [True, True, False, False, True]
    assert "sample" in S1.sources["optional_fields"]


async def test_s12_05_scene_field_name():
    for provider in ("kling", "cometapi", "cometapi-legacy", "powertokens"):
        fields = await sent(provider, scene=web("s"))
        assert "scene_image" in fields
        assert "scence_image" not in fields


async def test_s12_06_watermark_info():
    offered = ["watermark" in can.optional_fields for can in (*IMAGE_ROUTES, S2)]
    assert offered == [True, True, False, True, False]
    assert (await sent("powertokens", watermark=True))["watermark_info"] == {"enabled": True}


async def test_s12_07_n_and_an_index_from_0_to_9():
    assert {can.most_results for can in IMAGE_ROUTES} == {9}
    images = [{"index": index, "url": f"https://x/{index}"} for index in (9, 0, 4)]
    task = read({"code": 0, "data": DATA | {"task_result": {"images": images}}}).task
    assert task is not None
    assert [output.index for output in task.outputs] == [0, 4, 9]


async def test_s12_08_aspect_ratio():
    assert len({frozenset(can.aspect_ratios) for can in IMAGE_ROUTES}) == 1
    assert len(S0.aspect_ratios) == 8
    assert S2.aspect_ratios == ("16:9", "9:16", "1:1")
    assert (await sent("cometapi-legacy"))["aspect_ratio"] == "16:9"


async def test_s12_09_prompt():
    assert {can.prompt_limit for can in IMAGE_ROUTES} == {2500}
    assert not any("prompt" in can.required_fields for can in (*IMAGE_ROUTES, S2))
    assert "prompt" in PROFILES["kling"].routes[VIDEO].capabilities.required_fields


async def test_s12_10_route():
    create = {id: PROFILES[id].routes[IMAGE].create_path for id in PROFILES}
    assert create["cometapi-legacy"] == "/kling/v1/images/generations"
    assert create["cometapi"] == create["powertokens"] == "/kling/v1/images/multi-image2image"
    assert create["kling"] == "/v1/images/multi-image2image"


async def test_s12_11_code_type_and_errors_with_status_200():
    for code in (0, "0", "success", "Success"):
        assert isinstance(created(200, {"code": code, "message": "", "data": DATA}), Accepted)
    for code in (1301, "1301", "invalid_request"):
        assert not isinstance(created(200, {"code": code, "message": "no", "data": {}}), Accepted)


async def test_s12_12_request_id():
    with_id = {"code": 0, "message": "SUCCEED", "request_id": "r", "data": DATA}
    without = {"code": 0, "message": "SUCCEED", "data": DATA}
    assert read(with_id) == read(without)
    assert read(without).task is not None


async def test_s12_13_task_info():
    for info, external in (
        ({"task_info": {"external_task_id": EXTERNAL_ID}}, EXTERNAL_ID),
        ({"task_info": {"external_task_id": None}}, None),
        ({"task_info": {}}, None),
        ({}, None),
    ):
        task = read({"code": 0, "data": DATA | info}).task
        assert task is not None
        assert task.external_task_id == external
        assert task.task_id == "861309198188019719"


async def test_s12_14_content_type_is_always_sent(client_of, outgoing):
    async with raw_server(answers(200, {"code": 0, "data": DATA})) as server:
        for provider in ("kling", "cometapi"):
            client = client_of(server.url, provider=provider)
            await client.create(outgoing, lambda _done, _total: None)
            await client.aclose()
        types = [seen.headers["content-type"] for seen in server.seen]
    assert types == ["application/json"] * 2


async def test_s12_15_query(client_of):
    async with raw_server(answers(200, {"code": 0, "data": DATA})) as server:
        for provider in ("kling", "cometapi", "cometapi-legacy", "powertokens"):
            client = client_of(server.url, provider=provider)
            assert isinstance(await client.get(IMAGE, DATA["task_id"]), Found)
            assert isinstance(await client.find(IMAGE, "kd-1"), Found)
            await client.aclose()
    lists = {id: PROFILES[id].routes[IMAGE].list_path for id in PROFILES}
    assert {id for id, path in lists.items() if path} == {"sandbox", "kling", "custom"}


async def test_s12_16_example_gaps_are_closed():
    for provider in ("kling", "cometapi", "cometapi-legacy", "powertokens"):
        assert {"model_name", "subject_image_list", "n", "aspect_ratio"} <= set(
            await sent(provider)
        )
    # A generator's placeholder in S3 and S4 is no code: nothing is concluded from it.
    assert read({"code": 123, "data": DATA | {"task_status": "<string>"}}).task is not None


async def test_s12_17_image_limits():
    assert {can.limits for can in (*IMAGE_ROUTES, S2)} == {COMMON_LIMITS}
    video = MultiImageToVideo(model="kling-v1-6", pictures=(web("1"),))
    assert (await fields_of(PROFILES["cometapi"], video))["image_list"] == [{"image": web("1").url}]


async def test_s12_18_external_task_id():
    known = {id: (p.uniqueness, p.lookup_by_external_id) for id, p in PROFILES.items()}
    stated, unknown = Evidence.DOCUMENTED, Evidence.UNKNOWN
    assert known["kling"] == (stated, stated)
    assert known["cometapi"] == known["cometapi-legacy"] == (stated, unknown)
    assert known["powertokens"] == known["custom"] == (unknown, unknown)


async def test_s12_an_unknown_status_is_followed():
    task = read({"code": 0, "data": DATA | {"task_status": "resting"}}).task
    assert task is not None
    assert task.state is RemoteState.RUNNING
