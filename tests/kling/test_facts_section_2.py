"""facts.md section 2, row by row: the fields of pictures made from pictures. S0 to S4 win."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from kling_desktop.domain.media import FileImage, ImageFacts
from kling_desktop.domain.providers import Evidence, TaskKind
from kling_desktop.domain.requests import MultiImageToImage
from kling_desktop.kling.profiles import PROFILES
from tests.fakes.raw_server import answers, raw_server
from tests.kling.bodies import EXTERNAL_ID, body_of, fields_of, image_all, image_minimal, web

pytestmark = pytest.mark.anyio

RATIOS = {"16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9"}
PROFILE = {id: PROFILES[id] for id in ("kling", "cometapi", "cometapi-legacy", "powertokens")}
CAN = {id: profile.routes[TaskKind.IMAGE].capabilities for id, profile in PROFILE.items()}
FILE = FileImage(Path("a.png"))


def request(id: str, **fields) -> MultiImageToImage:
    least = (web("one"),) * CAN[id].fewest_images
    return MultiImageToImage(**{"model": CAN[id].default_model, "subjects": least} | fields)


async def sent(id: str, **fields):
    return await fields_of(PROFILE[id], request(id, **fields))


def broken(id: str, **fields) -> set[str]:
    return {problem.field for problem in request(id, **fields).problems(id, CAN[id], {})}


async def test_s2_model_name():
    both = {"kling-v2", "kling-v2-1"}
    offered = {id: set(can.models) for id, can in CAN.items()}
    assert offered == {
        "kling": both,
        "cometapi": both,
        "cometapi-legacy": {"kling-v2"},
        "powertokens": {"kling-v2"},
    }
    for id, can in CAN.items():
        assert (await sent(id))["model_name"] == can.default_model
        assert broken(id, model="kling-v9") == {"model"}
        assert ("model" in can.required_fields) is (id == "powertokens")
    for id in ("kling", "cometapi"):
        assert CAN[id].default_model == "kling-v2-1"
        assert CAN[id].model_notes["kling-v2-1"].is_advised
        assert not CAN[id].model_notes["kling-v2"].is_advised


async def test_s2_subject_image_list():
    for id, can in CAN.items():
        least = 2 if id == "cometapi-legacy" else 1
        assert (can.fewest_images, can.most_images) == (least, 4)
        assert "subjects" in can.required_fields
        for count in range(6):
            is_right = least <= count <= 4
            assert (broken(id, subjects=(web("x"),) * count) == set()) is is_right


async def test_s2_item(tmp_path):
    for id, profile in PROFILE.items():
        listed = (await sent(id))["subject_image_list"]
        assert listed[0] == {"subject_image": "https://images.example.org/one.png"}
        route = profile.routes[TaskKind.IMAGE]
        body = await body_of(route, image_minimal(route.capabilities, tmp_path), tmp_path)
        assert b"data:" not in body
        assert b'{"subject_image":"dGhlIGJ5dGVz' in body


async def test_s2_prompt():
    for id, can in CAN.items():
        assert can.prompt_limit == 2500
        assert "prompt" not in can.required_fields
        assert "prompt" not in await sent(id)
        assert (await sent(id, prompt="a" * 2500))["prompt"] == "a" * 2500
        assert broken(id, prompt="a" * 2501) == {"prompt"}


async def test_s2_negative_prompt():
    has = {id: "negative_prompt" in can.optional_fields for id, can in CAN.items()}
    assert has == {"kling": True, "cometapi": True, "cometapi-legacy": False, "powertokens": False}
    for id in CAN:
        assert ("negative_prompt" in await sent(id, negative_prompt="rain")) is has[id]
        assert (broken(id, negative_prompt="rain") == set()) is has[id]
    assert broken("cometapi", negative_prompt="a" * 2501) == {"negative_prompt"}


async def test_s2_scene_image():
    for id in CAN:
        assert (await sent(id, scene=web("s")))["scene_image"] == web("s").url
        assert "scene_image" not in await sent(id)
    # S3's slip of the pen can be had by whoever finds that it counts.
    legacy = PROFILE["cometapi-legacy"]
    route = replace(legacy.routes[TaskKind.IMAGE], field_names={"scene_image": "scence_image"})
    spelled = replace(legacy, routes={TaskKind.IMAGE: route})
    fields = await fields_of(spelled, request("cometapi-legacy", scene=web("s")))
    assert fields["scence_image"] == web("s").url
    assert "scene_image" not in fields


async def test_s2_style_image():
    for id in CAN:
        assert (await sent(id, style=web("s")))["style_image"] == web("s").url
        assert "style_image" not in await sent(id)


async def test_s2_n():
    for id, can in CAN.items():
        assert can.most_results == 9
        assert (await sent(id))["n"] == 1
        assert [n for n in range(12) if not broken(id, n=n)] == list(range(1, 10))
    assert "S0" in CAN["cometapi-legacy"].sources["most_results"]


async def test_s2_aspect_ratio():
    for id, can in CAN.items():
        assert set(can.aspect_ratios) == RATIOS
        assert (await sent(id))["aspect_ratio"] == "16:9"
        assert broken(id, aspect_ratio="5:4") == {"aspect_ratio"}
    assert "S3 gives none" in CAN["cometapi-legacy"].sources["default_aspect_ratio"]


async def test_s2_watermark_info():
    for id in CAN:
        has = id != "cometapi-legacy"
        fields = await sent(id, watermark=True)
        assert fields.get("watermark_info") == ({"enabled": True} if has else None)
        assert "watermark_info" not in await sent(id)
        assert (broken(id, watermark=True) == set()) is has


async def test_s2_callback_url():
    for id in CAN:
        fields = await sent(id, callback_url="https://hooks.example.org/")
        assert fields["callback_url"] == "https://hooks.example.org/"
        assert "callback_url" not in await sent(id)


async def test_s2_external_task_id():
    for id in CAN:
        assert (await sent(id))["external_task_id"] == EXTERNAL_ID
    stated = {id: profile.uniqueness for id, profile in PROFILE.items()}
    assert stated.pop("powertokens") is Evidence.UNKNOWN
    assert set(stated.values()) == {Evidence.DOCUMENTED}
    assert PROFILE["kling"].lookup_by_external_id is Evidence.DOCUMENTED


async def test_s2_image_constraints():
    good = ImageFacts("PNG", 300, 300, 10 * 1024 * 1024)
    for id, can in CAN.items():
        limits = can.limits
        assert (limits.formats, limits.side_px, limits.widest) == (
            ("JPEG", "PNG"),
            300,
            Fraction(5, 2),
        )
        for place in ("subjects", "scene", "style"):
            value = (FILE,) * can.fewest_images if place == "subjects" else FILE
            asked = request(id, **{place: value})
            assert asked.problems(id, can, {FILE: good}) == []
            for wrong in (
                replace(good, width=299),
                replace(good, size_bytes=good.size_bytes + 1),
                replace(good, width=751),
                replace(good, format="WEBP"),
            ):
                assert asked.problems(id, can, {FILE: wrong}) != []


async def test_s2_ten_megabytes_are_counted_in_decoded_bytes():
    assert {can.limits.size_bytes for can in CAN.values()} == {10 * 1024 * 1024}


async def test_s2_fields_of_other_routes_are_never_sent(tmp_path):
    others = {"resolution", "image", "image_reference", "image_fidelity", "human_fidelity"}
    others |= {"element_list", "cfg_scale", "model"}
    for profile in PROFILE.values():
        route = profile.routes[TaskKind.IMAGE]
        body = await body_of(route, image_all(route.capabilities, tmp_path), tmp_path)
        assert not any(f'"{name}":'.encode() in body for name in others)


async def test_s2_content_type(client_of, outgoing):
    async with raw_server(answers(200, {"code": 0})) as server:
        client = client_of(server.url)
        await client.create(outgoing, lambda _done, _total: None)
        await client.aclose()
        assert server.seen[0].headers["content-type"] == "application/json"


async def test_s2_retired_models_are_hearsay_with_a_date_and_a_source():
    for can in CAN.values():
        note = can.model_notes["kling-v2"]
        assert note.retired_on == date(2026, 9, 15)
        assert "third part" in note.source
        assert "kling-v2" in can.models
