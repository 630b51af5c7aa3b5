"""The form as a value: pins, several prompts, and the way into a file and back."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kling_desktop.domain.draft_json import draft_from_json, draft_to_json
from kling_desktop.domain.drafts import Draft, draft_of
from kling_desktop.domain.media import Crop, Edit, FileImage, StoredImage, UrlImage
from kling_desktop.domain.presets import (
    free_name,
    preset_from_json,
    preset_of,
    preset_to_json,
)
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.requests import MultiImageToImage
from kling_desktop.kling.profiles import PROFILES

VASE = FileImage(Path("/pictures/vase.png"))
COAT = FileImage(Path("/pictures/coat.png"), Edit(1, True, Crop(1, 2, 300, 400)))
KEPT = StoredImage("a" * 64, "jpg", "b" * 64, "png", "dunes.jpg", 400, 300)
LINK = UrlImage("https://images.example.org/a.png")
EMPTY = Draft(provider="sandbox")
FULL = Draft(
    provider="kling",
    kind=TaskKind.VIDEO,
    subjects=(VASE, None, KEPT, COAT),
    scene=LINK,
    style=None,
    prompt="{red|blue} “vase”\n🏺",
    negative_prompt="blur",
    models=(("kling", TaskKind.VIDEO, "kling-v1-6"),),
    n=4,
    aspect_ratio="3:4",
    video_aspect_ratio="1:1",
    mode="pro",
    duration_s=10,
    watermark=True,
    callback_url="https://example.org",
    external_task_id="mine-1",
    pinned=frozenset({"subjects[0]", "scene"}),
)
CAN = PROFILES["kling"].routes[TaskKind.IMAGE].capabilities


def test_clearing_leaves_choices_and_pinned_pictures():
    cleared = FULL.cleared()
    assert cleared.subjects == (VASE, None, None, None)
    assert (cleared.scene, cleared.style, cleared.prompt) == (LINK, None, "")
    assert (cleared.mode, cleared.models, cleared.pinned) == ("pro", FULL.models, FULL.pinned)


def test_only_a_picture_can_be_pinned_and_a_pin_goes_with_it():
    draft = replace(EMPTY, subjects=(VASE, None, None, None))
    assert draft.with_pin("subjects[1]", is_pinned=True).pinned == frozenset()
    pinned = draft.with_pin("subjects[0]", is_pinned=True)
    assert pinned.with_image("subjects[0]", COAT).pinned == {"subjects[0]"}
    assert pinned.with_image("subjects[0]", None).pinned == frozenset()
    assert pinned.with_pin("subjects[0]", is_pinned=False) == draft
    swapped = pinned.swapped("subjects[0]", "style")
    assert (swapped.image("style"), swapped.pinned) == (VASE, {"style"})
    assert swapped.swapped("style", "subjects[0]") == pinned


def test_another_task_comes_in_around_what_is_pinned():
    recalled = replace(EMPTY, subjects=(COAT, KEPT, None, None)).with_pinned_of(FULL)
    assert recalled.subjects == (VASE, KEPT, None, None)
    assert (recalled.scene, recalled.pinned) == (LINK, FULL.pinned)


def test_each_prompt_is_a_request_and_the_longest_is_judged():
    draft = replace(EMPTY, subjects=(VASE, None, None, None), prompt="{red|light blue} vase")
    assert [r.prompt for r in draft.requests(CAN)] == ["red vase", "light blue vase"]
    assert draft.request(CAN).prompt == "light blue vase"


def test_blanks_alone_are_no_prompt():
    assert replace(EMPTY, prompt=" \n\t").request(CAN).prompt == ""
    assert replace(EMPTY, prompt=" vase ").request(CAN).prompt == " vase "


@given(st.text())
def test_a_recalled_prompt_is_sent_as_it_was(prompt: str):
    request = MultiImageToImage(model="kling-v2-1", subjects=(VASE,), prompt=prompt)
    again = draft_of(request, "kling").requests(CAN)
    assert [r.prompt for r in again] == [prompt if prompt.strip() else ""]


IMAGES = st.sampled_from([None, VASE, COAT, KEPT, LINK])
PLACES = ("subjects[0]", "subjects[3]", "scene", "style")


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    draft = Draft(
        provider=draw(st.text()),
        kind=draw(st.sampled_from(TaskKind)),
        subjects=tuple(draw(st.tuples(IMAGES, IMAGES, IMAGES, IMAGES))),
        scene=draw(IMAGES),
        style=draw(IMAGES),
        prompt=draw(st.text(st.characters())),
        models=tuple(draw(st.lists(st.tuples(st.text(), st.sampled_from(TaskKind), st.text())))),
        n=draw(st.integers()),
        watermark=draw(st.booleans()),
    )
    for place in draw(st.sets(st.sampled_from(PLACES))):
        draft = draft.with_pin(place, is_pinned=True)
    return draft


@given(drafts())
def test_every_draft_survives_json(draft: Draft):
    written = json.dumps(draft_to_json(draft), ensure_ascii=False)
    bytes_on_disk = written.encode("utf-8", "backslashreplace")
    assert draft_from_json(json.loads(bytes_on_disk), Draft(provider="other", n=9)) == draft


@given(drafts(), drafts())
def test_what_is_pinned_is_never_touched_by_another_task(present: Draft, other: Draft):
    filled = other.with_pinned_of(present)
    for place in present.pinned:
        assert filled.image(place) == present.image(place)
        assert present.cleared().image(place) == present.image(place)
    assert filled.pinned == present.cleared().pinned == present.pinned


@pytest.mark.parametrize("draft", [EMPTY, FULL])
def test_a_draft_survives_json(draft: Draft):
    written = json.loads(json.dumps(draft_to_json(draft)))
    assert draft_from_json(written, Draft(provider="other", n=9)) == draft


@pytest.mark.parametrize(
    "odd",
    [
        {"n": "4", "prompt": 5, "watermark": 1},
        {"kind": "sculpture", "models": [["kling", "sculpture", "m"], 3], "pinned": "scene"},
        {"subjects": "vase", "scene": 4, "style": {"path": 3}},
        {"subjects": [{"path": "/a", "edit": 3}, [], None], "pinned": ["subjects[0]", 3, []]},
        {"a newer key": {"of": "another version"}},
    ],
)
def test_what_is_not_understood_stays_as_it_was(odd: dict):
    at_hand = replace(EMPTY, n=2, prompt="vase")
    assert draft_from_json(odd, at_hand) == at_hand


def test_a_preset_with_pictures_fills_the_whole_form():
    preset = preset_of(FULL, "Desert", with_pictures=True)
    again = preset_from_json(json.loads(json.dumps(preset_to_json(preset))))
    assert again is not None
    assert again.has_pictures
    expected = replace(FULL, external_task_id="", pinned=frozenset())
    assert again.over(replace(EMPTY, external_task_id="x")) == expected


def test_a_preset_without_pictures_leaves_those_in_the_form():
    preset = preset_of(FULL, "Desert", with_pictures=False)
    filled = preset.over(replace(EMPTY, subjects=(KEPT, None, None, None)))
    assert not preset.has_pictures
    assert (filled.subjects, filled.scene) == ((KEPT, None, None, None), None)
    assert (filled.prompt, filled.mode) == (FULL.prompt, "pro")


def test_a_preset_goes_around_what_is_pinned():
    preset = preset_of(replace(EMPTY, subjects=(KEPT, COAT, None, None)), "Two", with_pictures=True)
    filled = preset.over(FULL)
    assert filled.subjects == (VASE, COAT, None, None)
    assert filled.scene == LINK


@pytest.mark.parametrize("odd", [None, [], {}, {"name": " ", "form": {}}, {"name": "a"}])
def test_what_is_no_preset_is_none(odd: object):
    assert preset_from_json(odd) is None


def test_names_of_presets_never_collide():
    assert free_name("Desert", ["Desert", "Desert 2"]) == "Desert 3"
    assert free_name("Sea", ["Desert"]) == "Sea"
