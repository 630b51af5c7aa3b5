"""facts.md section 3, row by row: the fields of videos made from pictures. S2 wins."""

import json
from datetime import date

import httpx
import pytest

from kling_desktop.domain.answers import Refused
from kling_desktop.domain.errors import Remedy
from kling_desktop.domain.media import COMMON_LIMITS, MediaKind
from kling_desktop.domain.providers import TaskKind, Weight
from kling_desktop.domain.requests import MultiImageToVideo, slots
from kling_desktop.kling.errors import create_answer
from kling_desktop.kling.profiles import PROFILES
from kling_desktop.kling.transport import Reply
from kling_desktop.kling.wire import read_answer
from tests.kling.bodies import EXTERNAL_ID, fields_of, web

pytestmark = pytest.mark.anyio

PROFILE = {id: PROFILES[id] for id in ("kling", "cometapi")}
CAN = {id: profile.routes[TaskKind.VIDEO].capabilities for id, profile in PROFILE.items()}


def request(**fields) -> MultiImageToVideo:
    usual = {"model": "kling-v1-6", "pictures": (web("one"),), "prompt": "it turns"}
    return MultiImageToVideo(**usual | fields)


async def sent(id: str, **fields):
    return await fields_of(PROFILE[id], request(**fields))


def broken(id: str, **fields) -> set[str]:
    return {problem.field for problem in request(**fields).problems(id, CAN[id], {})}


async def test_s3_model_name():
    for id, can in CAN.items():
        assert can.models == ("kling-v1-6",)
        assert (await sent(id))["model_name"] == "kling-v1-6"
        assert broken(id, model="kling-v2-1") == {"model"}


async def test_s3_image_list():
    for id, can in CAN.items():
        assert "images" in can.required_fields
        assert [n for n in range(6) if not broken(id, pictures=(web("x"),) * n)] == [1, 2, 3, 4]
    assert "its summary says 2" in CAN["cometapi"].sources["fewest_images"]


async def test_s3_item():
    for id in CAN:
        assert (await sent(id))["image_list"] == [{"image": web("one").url}]


async def test_s3_prompt():
    assert broken("cometapi", prompt="") == set()
    assert broken("kling", prompt="") == broken("kling", prompt=" \n") == {"prompt"}
    assert "prompt" not in await sent("cometapi", prompt="")
    for id in CAN:
        assert broken(id, prompt="a" * 2501) == {"prompt"}
    assert "S2 gives none" in CAN["cometapi"].sources["prompt_limit"]


async def test_s3_negative_prompt():
    for id in CAN:
        assert (await sent(id, negative_prompt="blur"))["negative_prompt"] == "blur"
        assert "negative_prompt" not in await sent(id)
        assert broken(id, negative_prompt="a" * 2501) == {"negative_prompt"}


async def test_s3_mode():
    for id, can in CAN.items():
        assert can.modes == ("std", "pro")
        assert (await sent(id))["mode"] == "std"
        assert (await sent(id, mode="pro"))["mode"] == "pro"
        assert broken(id, mode="4k") == {"mode"}


async def test_s3_duration_is_text_on_the_wire():
    for id, can in CAN.items():
        assert can.durations_s == (5, 10)
        assert (await sent(id))["duration"] == "5"
        assert (await sent(id, duration_s=10))["duration"] == "10"
        assert broken(id, duration_s=7) == {"duration_s"}


async def test_s3_aspect_ratio():
    for id, can in CAN.items():
        assert set(can.aspect_ratios) == {"16:9", "9:16", "1:1"}
        assert (await sent(id))["aspect_ratio"] == "16:9"
        assert broken(id, aspect_ratio="4:3") == {"aspect_ratio"}
    assert "S2 gives none" in CAN["cometapi"].sources["default_aspect_ratio"]


async def test_s3_watermark_info():
    assert (await sent("kling", watermark=True))["watermark_info"] == {"enabled": True}
    assert "watermark_info" not in await sent("cometapi", watermark=True)
    assert broken("cometapi", watermark=True) == {"watermark"}


async def test_s3_callback_url():
    for id in CAN:
        fields = await sent(id, callback_url="https://hooks.example.org/")
        assert fields["callback_url"] == "https://hooks.example.org/"


async def test_s3_external_task_id():
    for id in CAN:
        assert (await sent(id))["external_task_id"] == EXTERNAL_ID


async def test_s3_forbidden():
    for id in CAN:
        everything = await sent(
            id, negative_prompt="x", watermark=True, callback_url="https://x.example.org"
        )
        assert not {"static_mask", "dynamic_masks", "cfg_scale", "n"} & set(everything)


async def test_s3_image_limits_are_the_official_ones_where_none_are_given():
    assert {can.limits for can in CAN.values()} == {COMMON_LIMITS}
    assert "S2 gives no figures" in CAN["cometapi"].sources["limits"]


async def test_s3_a_task_takes_one_slot():
    for can in CAN.values():
        assert can.weight is Weight.TASK
        assert slots(request(), can) == 1


async def test_s3_retirement_is_told_and_a_refusal_for_it_is_plain():
    for can in CAN.values():
        assert can.model_notes["kling-v1-6"].retired_on == date(2026, 9, 15)
    said = "kling-v1-6 has been discontinued and is no longer available"
    for code in (1203, 1201, "1200"):
        body = json.dumps({"code": code, "message": said}).encode()
        outcome = create_answer(
            "Kling",
            Reply(404, httpx.Headers(), body),
            read_answer(body, MediaKind.VIDEO),
            raw="",
            clock_off_s=0,
        )
        assert isinstance(outcome, Refused)
        assert outcome.error.title == "This model is no longer offered"
        assert outcome.error.remedy is Remedy.EDIT_REQUEST
        assert not outcome.pauses_account
