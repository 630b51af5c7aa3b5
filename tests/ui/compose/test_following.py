"""The form follows the provider: what it does not offer is off, says why, and loses nothing."""

from dataclasses import replace

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from kling_desktop.domain.drafts import Draft
from kling_desktop.domain.media import FileImage
from kling_desktop.domain.providers import Capabilities, Route, TaskKind
from kling_desktop.kling.profiles import PROFILES
from tests.ui.compose.conftest import Bench, files
from tests.ui.compose.test_compose_panel import set_draft

LITTLE = Capabilities(
    models=("kling-v2",),
    default_model="kling-v2",
    optional_fields=frozenset(),
    aspect_ratios=("1:1",),
    default_aspect_ratio="1:1",
    most_results=2,
    prompt_limit=100,
    modes=("std",),
    durations_s=(5,),
)


@pytest.fixture
def little(ready: Bench) -> Bench:
    """A form at a provider that offers next to nothing."""
    route = Route("/create", "/query/{id}", LITTLE)
    routes = {TaskKind.IMAGE: route, TaskKind.VIDEO: route}
    profile = replace(PROFILES["powertokens"], id="little", title="Little", routes=routes)
    ready.panel._desk.profiles = {**PROFILES, "little": profile}  # type: ignore[misc]
    return ready


def reasons(widgets: dict[str, QWidget]) -> dict[str, tuple[bool, str, str]]:
    return {
        name: (widget.isEnabled(), widget.toolTip(), widget.accessibleDescription())
        for name, widget in widgets.items()
    }


def test_everything_that_is_not_offered_is_off_and_says_why(little: Bench):
    set_draft(little, provider="little")
    form = little.form
    form.more.unfold()
    shown = reasons(
        {
            "negative prompt": form.prompts._add,
            "watermark": form.more.watermark,
            "callback": form.more.fields["callback_url"],
            "own id": form.more.fields["external_task_id"],
            "ratio": form.ratio.cell("16:9"),
        }
    )
    for name, (is_on, why, described) in shown.items():
        assert not is_on, name
        assert why.startswith("Little does not"), name
        assert described == why, name
    assert form.ratio.cell("1:1").isEnabled()
    assert [form.model_picker.itemText(n) for n in range(form.model_picker.count())] == ["kling-v2"]
    assert form.number._more.toolTip() == ""
    set_draft(little, n=2)
    assert form.number._more.toolTip() == "2 is the most."


def test_of_a_video_length_and_mode_follow_too(little: Bench):
    set_draft(little, provider="little", kind=TaskKind.VIDEO)
    for segments, off, on in ((little.form.duration, "10", "5"), (little.form.mode, "pro", "std")):
        assert segments.button(on).isEnabled()
        assert not segments.button(off).isEnabled()
        assert segments.button(off).toolTip() == "Little does not offer this."
        assert segments.button(off).accessibleDescription() == "Little does not offer this."


def test_an_empty_slot_that_is_not_offered_is_off_and_a_full_one_kept(little: Bench, picture):
    set_draft(little, provider="little", style=FileImage(picture("ink.png")))
    scene, style = little.slot("scene"), little.slot("style")
    assert not scene.isEnabled()
    assert scene.toolTip() == scene.accessibleDescription() == "Little does not take this: Scene."
    assert scene.view.verdict.words == "Not offered"
    assert style.isEnabled()
    assert style.view.verdict.title == "Kept, not sent"
    set_draft(little, provider="kling")
    assert scene.isEnabled()
    assert (scene.toolTip(), scene.view.verdict.words) == ("", "Optional")


def test_a_provider_that_takes_few_pictures_closes_the_other_slots(little: Bench, picture):
    few = replace(LITTLE, most_images=2)
    route = Route("/create", "/query/{id}", few)
    profiles = little.panel._desk.profiles
    little.panel._desk.profiles = {  # type: ignore[misc]
        **profiles,
        "little": replace(profiles["little"], routes={TaskKind.IMAGE: route}),
    }
    set_draft(little, provider="little")
    assert little.slot("subjects[3]").isEnabled()
    little.drop("subjects[3]", files(picture("coat.png")))
    assert [little.slot(f"subjects[{n}]").isEnabled() for n in range(4)] == [
        True,
        False,
        False,
        True,
    ]
    assert little.slot("subjects[1]").toolTip() == "Little takes at most 2 pictures."


def test_switching_says_all_that_will_not_be_sent(little: Bench, picture):
    image = FileImage(picture("dunes.png"))
    set_draft(
        little,
        scene=image,
        style=image,
        negative_prompt="blur",
        watermark=True,
        callback_url="https://example.org",
        external_task_id="mine-1",
        aspect_ratio="1:1",
    )
    before = little.panel.draft()
    little.form.provider.picked.emit("little")
    form = little.form
    said = {
        "scene": little.slot("scene").view.verdict.title,
        "style": little.slot("style").view.verdict.title,
        "negative": form.prompts.negative_note.words(),
        **{name: form.more.notes[name].words() for name in form.more.notes},
    }
    assert all(words.startswith("Kept, not sent") for words in said.values()), said
    assert form.more.head.accessibleDescription().endswith("not all is sent")
    assert little.panel.draft() == replace(before, provider="little")
    little.panel.generate()
    request = little.submissions[-1].request
    assert (request.negative_prompt, request.watermark, request.callback_url) == ("", False, None)
    assert request.external_task_id is None
    assert [place for place, _image in request.images()] == ["subjects[0]"]


def test_what_is_out_of_reach_is_a_problem_beside_its_field(little: Bench):
    set_draft(little, provider="little", n=9, aspect_ratio="21:9", prompt="a" * 101)
    little.panel.generate()
    assert little.submissions == []
    places = [problem.place for problem in little.panel._judge().problems]
    assert places == ["prompt", "aspect_ratio", "n"]
    assert little.form.prompts.prompt.counter() == "1 too many"


def test_what_was_chosen_elsewhere_is_said_where_it_is_not_offered(little: Bench):
    set_draft(little, provider="little", kind=TaskKind.VIDEO, duration_s=10, mode="pro")
    set_draft(little, video_aspect_ratio="1:1")
    little.panel.generate()
    assert little.submissions == []
    assert "10" in little.says()


# Undo over the whole form


def type_into(bench: Bench, name: str) -> None:
    bench.form.more.unfold()
    QTest.keyClicks(bench.form.more.fields[name], "x")


STEPS = {
    "kind": lambda b: b.panel._kind.button("video").click(),
    "provider": lambda b: b.form.provider.picked.emit("kling"),
    "model": lambda b: b.form.model_picker.picked.emit("kling-v2"),
    "prompt": lambda b: QTest.keyClicks(b.form.prompts.prompt.edit, "x"),
    "negative_prompt": lambda b: QTest.keyClicks(b.form.prompts.negative.edit, "x"),
    "n": lambda b: b.form.number.field.stepUp(),
    "aspect_ratio": lambda b: b.form.ratio.cell("1:1").click(),
    "watermark": lambda b: b.form.more.watermark.setChecked(True),
    "callback_url": lambda b: type_into(b, "callback_url"),
    "external_task_id": lambda b: type_into(b, "external_task_id"),
    "clear": lambda b: b.panel.clear(),
    "take out": lambda b: b.form.grid.filler.take_out("subjects[0]"),
}
OF_A_VIDEO = {
    "video_aspect_ratio": lambda b: b.form.video_ratio.cell("1:1").click(),
    "duration_s": lambda b: b.form.duration.button("10").click(),
    "mode": lambda b: b.form.mode.button("pro").click(),
}


@pytest.mark.parametrize("step", [*STEPS, *OF_A_VIDEO])
def test_every_control_takes_part_in_undo(ready: Bench, step: str):
    if step in OF_A_VIDEO:
        set_draft(ready, kind=TaskKind.VIDEO)
    before = ready.panel.draft()
    (STEPS | OF_A_VIDEO)[step](ready)
    after: Draft = ready.panel.draft()
    assert after != before
    ready.panel.undo()
    assert ready.panel.draft() == before
    ready.panel.redo()
    assert ready.panel.draft() == after


def test_undo_shows_the_earlier_form_in_every_control(ready: Bench):
    for step in STEPS.values():
        step(ready)
    while ready.panel._model.can_undo:
        ready.panel.undo()
    QApplication.processEvents()
    form = ready.form
    assert form.prompts.prompt.text() == form.prompts.negative.text() == ""
    assert form.number.field.value() == 1
    assert form.ratio.cell("16:9").isChecked()
    assert not form.more.watermark.isChecked()
    assert form.more.fields["callback_url"].text() == ""
    assert ready.panel._kind.value() == "image"
    assert ready.panel.draft() == Draft(provider="sandbox")
