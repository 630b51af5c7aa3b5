"""What is really sent to each provider, byte for byte and field for field."""

import base64
import hashlib
import json
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kling_desktop.domain.answers import Outgoing
from kling_desktop.domain.errors import BugError
from kling_desktop.domain.media import FileImage, UrlImage
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.requests import GenerationRequest, MultiImageToImage, MultiImageToVideo
from kling_desktop.kling.body import JsonBody, json_body
from kling_desktop.kling.profiles import PROFILES
from kling_desktop.kling.wire import create_body, list_path, query_path


async def sent_bytes(body: JsonBody) -> bytes:
    return b"".join([piece async for piece in body.stream(lambda _done: None)])


async def sent(provider: str, request: GenerationRequest, files: dict[str, Path]) -> dict[str, Any]:
    route = PROFILES[provider].routes[request.kind]
    body = await sent_bytes(create_body(Outgoing(request, "kd-1", files), route))
    return json.loads(body)


def everything(kept, model: str) -> MultiImageToImage:
    return MultiImageToImage(
        model=model,
        subjects=(kept.picture("cat", b"cat"), UrlImage("https://example.org/dog.png")),
        scene=kept.picture("beach", b"beach"),
        style=UrlImage("https://example.org/style.png"),
        prompt="a cat",
        negative_prompt="rain",
        n=3,
        aspect_ratio="4:3",
        watermark=True,
        callback_url="https://example.org/hook",
    )


FULL = {
    "prompt": "a cat",
    "negative_prompt": "rain",
    "subject_image_list": [
        {"subject_image": "Y2F0"},
        {"subject_image": "https://example.org/dog.png"},
    ],
    "scene_image": "YmVhY2g=",
    "style_image": "https://example.org/style.png",
    "n": 3,
    "aspect_ratio": "4:3",
    "watermark_info": {"enabled": True},
    "callback_url": "https://example.org/hook",
    "external_task_id": "kd-1",
}


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("provider", "model", "undocumented"),
    [
        ("kling", "kling-v2-1", set()),
        ("sandbox", "kling-v2-1", set()),
        ("custom", "kling-v2-1", set()),
        ("cometapi", "kling-v2-1", set()),
        ("cometapi-legacy", "kling-v2", {"negative_prompt", "watermark_info"}),
        ("powertokens", "kling-v2", {"negative_prompt"}),
    ],
)
async def test_an_image_request_with_everything(kept, provider, model, undocumented):
    wanted = {"model_name": model} | FULL
    for field in undocumented:
        del wanted[field]
    assert await sent(provider, everything(kept, model), kept.files) == wanted


@pytest.mark.anyio
async def test_a_bare_image_request_still_says_what_defaults_would_leave_open(kept):
    request = MultiImageToImage(model="kling-v2-1", subjects=(kept.picture("cat", b"cat"),))
    assert await sent("kling", request, kept.files) == {
        "model_name": "kling-v2-1",
        "subject_image_list": [{"subject_image": "Y2F0"}],
        "n": 1,
        "aspect_ratio": "16:9",
        "external_task_id": "kd-1",
    }


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("provider", "has_watermark"),
    [("kling", True), ("sandbox", True), ("custom", True), ("cometapi", False)],
)
async def test_a_video_request_sends_its_seconds_as_text(kept, provider, has_watermark):
    request = MultiImageToVideo(
        model="kling-v1-6",
        pictures=(kept.picture("cat", b"cat"), UrlImage("https://example.org/dog.png")),
        prompt="run",
        negative_prompt="rain",
        mode="pro",
        duration_s=10,
        aspect_ratio="1:1",
        watermark=True,
        callback_url="https://example.org/hook",
    )
    wanted: dict[str, Any] = {
        "model_name": "kling-v1-6",
        "image_list": [{"image": "Y2F0"}, {"image": "https://example.org/dog.png"}],
        "prompt": "run",
        "negative_prompt": "rain",
        "mode": "pro",
        "duration": "10",
        "aspect_ratio": "1:1",
        "watermark_info": {"enabled": True},
        "callback_url": "https://example.org/hook",
        "external_task_id": "kd-1",
    }
    if not has_watermark:
        del wanted["watermark_info"]
    assert await sent(provider, request, kept.files) == wanted


@pytest.mark.anyio
@pytest.mark.parametrize("size", [0, 1, 2, 3, 3 * 2**18 - 1, 3 * 2**18, 3 * 2**18 + 1, 2_000_000])
async def test_length_hash_and_bytes_of_a_body_agree_at_every_size(tmp_path, size):
    data = bytes(i * 7 % 256 for i in range(1000)) * (size // 1000 + 1)
    picture = tmp_path / "picture"
    picture.write_bytes(data[:size])
    body = json_body({"a": 'quote " ☂ \ud800', "list": [picture, True, 7, {}], "b": picture})
    written = await sent_bytes(body)
    assert len(written) == body.length()
    assert hashlib.sha256(written).hexdigest() == body.sha256()
    assert written == await sent_bytes(body)
    read = json.loads(written)
    assert base64.b64decode(read["list"][0], validate=True) == data[:size]
    assert read["a"] == 'quote " ☂ \ud800'
    assert read["list"][1:] == [True, 7, {}]


@pytest.mark.anyio
async def test_equal_requests_give_identical_bytes_whatever_a_prompt_holds(kept):
    request = replace(everything(kept, "kling-v2-1"), prompt='"},{"n":9 \x00 {id} ☂')
    route = PROFILES["kling"].routes[TaskKind.IMAGE]
    first, second = (create_body(Outgoing(request, "kd-1", kept.files), route) for _ in range(2))
    assert await sent_bytes(first) == await sent_bytes(second)
    assert json.loads(await sent_bytes(first))["prompt"] == request.prompt


@pytest.mark.anyio
async def test_six_large_pictures_take_less_memory_than_one_of_them_encoded(tmp_path):
    document: dict[str, Any] = {}
    for number in range(6):
        picture = tmp_path / str(number)
        with picture.open("wb") as file:
            file.truncate(10 * 1024 * 1024)
        document[str(number)] = picture
    body = json_body(document)
    tracemalloc.start()
    try:
        sent = sum([len(piece) async for piece in body.stream(lambda _done: None)])
        body.sha256()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sent == body.length() > 6 * 13 * 1024 * 1024
    assert peak < 13 * 1024 * 1024


def test_a_picture_in_a_persons_own_folder_is_never_sent(tmp_path):
    request = MultiImageToImage(model="kling-v2-1", subjects=(FileImage(tmp_path / "a.png"),))
    with pytest.raises(BugError):
        create_body(Outgoing(request, "kd-1", {}), PROFILES["kling"].routes[TaskKind.IMAGE])


@pytest.mark.parametrize(
    ("id", "path"),
    [
        ("861309198188019719", "/v1/x/861309198188019719"),
        ("kd-1", "/v1/x/kd-1"),
        ("../../account?a=b#c", "/v1/x/..%2F..%2Faccount%3Fa%3Db%23c"),
        ("..", "/v1/x/%2E%2E"),
        ("größe%", "/v1/x/gr%C3%B6%C3%9Fe%25"),
    ],
)
def test_no_id_leaves_its_place_in_a_path(id, path):
    assert query_path("/v1/x/{id}", id) == path


def test_a_list_is_asked_for_in_the_largest_page():
    assert list_path("/v1/x") == "/v1/x?pageNum=1&pageSize=500"
