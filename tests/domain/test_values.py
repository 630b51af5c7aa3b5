"""Drafts, keys, prices and recipes: nothing typed is lost, nothing secret is shown."""

import copy
import json
import pickle
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kling_desktop.domain.drafts import Draft, draft_of
from kling_desktop.domain.errors import BugError
from kling_desktop.domain.keys import AccessKeyPair, ApiKey, Secret, clean_key, fingerprint
from kling_desktop.domain.media import Crop, Edit, FileImage, Fit, StoredImage, UrlImage
from kling_desktop.domain.money import estimate
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.recipes import from_json, request_sha256, to_json
from kling_desktop.domain.requests import MultiImageToImage, MultiImageToVideo
from kling_desktop.kling.profiles import PROFILES

STORED = StoredImage("a" * 64, "jpg", "b" * 64, "jpg", "vase.jpg", 1600, 1200)
WEB = UrlImage("https://example.org/a.png")

texts = st.text(max_size=60)
edits = st.builds(
    Edit,
    quarter_turns=st.integers(0, 3),
    is_mirrored=st.booleans(),
    crop=st.none() | st.builds(Crop, *[st.integers(0, 9999)] * 4),
    fit=st.sampled_from(Fit),
    enlarges=st.booleans(),
)
stored = st.builds(replace, st.just(STORED), name=st.sampled_from(["a", "mara é.png"]), edit=edits)
pictures = st.just(WEB) | stored
image_requests = st.builds(
    MultiImageToImage,
    model=texts,
    subjects=st.lists(pictures, max_size=4).map(tuple),
    scene=st.none() | pictures,
    style=st.none() | pictures,
    prompt=texts,
    negative_prompt=texts,
    n=st.integers(1, 9),
    aspect_ratio=texts,
    watermark=st.booleans(),
    callback_url=st.none() | texts,
)
video_requests = st.builds(
    MultiImageToVideo,
    model=texts,
    pictures=st.lists(pictures, max_size=4).map(tuple),
    prompt=texts,
    negative_prompt=texts,
    mode=st.sampled_from(["std", "pro"]),
    duration_s=st.sampled_from([5, 10]),
    aspect_ratio=texts,
    watermark=st.booleans(),
    callback_url=st.none() | texts,
)


@given(image_requests | video_requests)
def test_a_recipe_survives_json(request):
    assert from_json(json.loads(json.dumps(to_json(request)))) == request


@given(image_requests)
def test_the_same_request_is_known_again_whatever_its_own_id(request):
    named = replace(request, external_task_id="mine")
    assert request_sha256("kling", named) == request_sha256("kling", request)
    assert request_sha256("cometapi", request) != request_sha256("kling", request)


def test_a_path_of_this_computer_never_enters_a_recipe():
    request = MultiImageToImage(model="m", subjects=(FileImage(Path("/home/me/secret.png")),))
    with pytest.raises(BugError):
        to_json(request)


@given(image_requests | video_requests)
def test_making_again_fills_the_form_with_everything_but_the_id(request):
    can = PROFILES["kling"].capabilities(request.kind)
    assert can is not None
    named = replace(request, external_task_id="mine")
    assert draft_of(named, "kling").request(can) == replace(
        request, callback_url=request.callback_url or None
    )


def test_switching_the_provider_keeps_everything_and_says_what_is_not_sent():
    draft = Draft(
        provider="kling", scene=WEB, negative_prompt="blur", watermark=True, prompt="vase"
    ).with_image("subjects[1]", WEB)
    legacy = PROFILES["cometapi-legacy"].capabilities(TaskKind.IMAGE)
    assert legacy is not None
    moved = replace(draft, provider="cometapi-legacy")
    assert moved.withheld(legacy) == ("negative_prompt", "watermark")
    sent = moved.request(legacy)
    assert (sent.negative_prompt, sent.watermark, sent.prompt) == ("", False, "vase")
    assert replace(moved, provider="kling") == draft


def test_a_video_keeps_scene_and_style_but_does_not_send_them():
    can = PROFILES["sandbox"].capabilities(TaskKind.VIDEO)
    assert can is not None
    draft = Draft(provider="sandbox", kind=TaskKind.VIDEO, scene=WEB, style=WEB)
    assert draft.withheld(can) == ("scene", "style")
    assert [field for field, _ in draft.request(can).images()] == []


def test_each_provider_and_kind_remembers_its_own_model():
    draft = Draft(provider="kling").with_model("kling-v2")
    can = PROFILES["kling"].capabilities(TaskKind.IMAGE)
    assert can is not None
    assert draft.model(can) == "kling-v2"
    assert replace(draft, provider="sandbox").model(can) == can.default_model


@given(
    st.text("abcXYZ019-_", min_size=1, max_size=40).filter(lambda k: not k.startswith("bearer")),
    st.sampled_from(["{}", " {}\r\n", '"{}"', "Bearer {}", "bearer  {}", "\u200b{}\ufeff", "‘{}’"]),
)
def test_a_pasted_key_comes_out_clean(key, wrapping):
    assert clean_key(wrapping.format(key)) == key


def test_a_secret_does_not_show_itself():
    secret = Secret("sk-canary-1234567890")
    pair = AccessKeyPair(secret, secret)
    shown = f"{secret} {secret!r} {pair} {ApiKey(secret)!r} {[secret]}"
    assert "canary" not in shown
    assert "canary" not in secret.ends()
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    assert copy.copy(pair) == pair


def test_an_account_is_told_apart_without_its_key():
    one, other = ApiKey(Secret("key-one")), ApiKey(Secret("key-two"))
    assert fingerprint(one) != fingerprint(other)
    assert "key" not in fingerprint(one)
    renewed = [AccessKeyPair(Secret("ak"), Secret(sk)) for sk in ("old", "new")]
    assert fingerprint(renewed[0]) == fingerprint(renewed[1])


def test_prices_are_official_where_they_are_known_and_unknown_elsewhere():
    four = MultiImageToImage(model="kling-v2-1", subjects=(WEB,), n=4)
    pro = MultiImageToVideo(model="kling-v1-6", pictures=(WEB,), mode="pro", duration_s=10)
    assert estimate(four, PROFILES["kling"]).dollars == Decimal("0.2240")
    assert estimate(four, PROFILES["kling"]).units == 64
    assert estimate(pro, PROFILES["kling"]).dollars == Decimal("0.980")
    assert estimate(four, PROFILES["cometapi"]).dollars is None
    assert estimate(four, PROFILES["sandbox"]).dollars == 0
