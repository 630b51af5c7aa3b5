"""Whole forms under names, and pictures that are used in every task."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from kling_desktop.domain.drafts import draft_of
from kling_desktop.domain.media import FileImage
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.requests import MultiImageToImage
from kling_desktop.domain.shelf import PictureSet
from kling_desktop.ui.compose.presets_card import PresetsCard
from tests.ui.compose.conftest import Bench, files
from tests.ui.compose.test_compose_panel import set_draft


def keep(bench: Bench, name: str, *, with_pictures: bool = True) -> PresetsCard:
    bench.panel.actions_by_name()["save preset"].trigger()
    card = bench.presets
    card.name.setText(name)
    card.with_pictures.setChecked(with_pictures)
    QTest.keyClick(card.name, Qt.Key.Key_Return)
    card.hide()
    return card


def names(bench: Bench) -> list[str]:
    return [preset.name for preset in bench.panel._cabinet._presets.items]


def test_a_kept_form_comes_back_as_one_step(ready: Bench):
    set_draft(ready, provider="kling", prompt="Vase", n=3, watermark=True)
    kept = ready.panel.draft()
    keep(ready, "Desert")
    set_draft(ready, provider="sandbox", kind=TaskKind.VIDEO, prompt="other", subjects=(None,) * 4)
    before = ready.panel.draft()
    ready.panel.actions_by_name()["presets"].trigger()
    card = ready.presets
    QTest.keyClick(card.picks.list, Qt.Key.Key_Return)
    assert not card.isVisible()
    assert ready.panel.draft() == kept
    ready.panel.undo()
    assert ready.panel.draft() == before


def test_a_preset_without_pictures_leaves_those_in_the_form(ready: Bench, picture):
    set_draft(ready, prompt="Vase")
    keep(ready, "Words", with_pictures=False)
    coat = FileImage(picture("coat.png"))
    set_draft(ready, prompt="", subjects=(coat, None, None, None))
    ready.panel._on_preset_chosen(ready.panel._cabinet._presets.items[0])
    assert ready.panel.draft().prompt == "Vase"
    assert ready.panel.draft().image("subjects[0]") == coat


def test_presets_are_found_renamed_and_deleted_with_undo(ready: Bench, tmp_path: Path):
    for name in ("Desert", "Sea", "Sea"):
        card = keep(ready, name)
    assert names(ready) == ["Sea 2", "Sea", "Desert"]
    ready.panel.show_presets()
    QTest.keyClicks(card.picks.search, "des")
    QTest.keyClick(card.picks.search, Qt.Key.Key_F2)
    card.name.setText("Dunes")
    QTest.keyClick(card.name, Qt.Key.Key_Return)
    assert names(ready) == ["Sea 2", "Sea", "Dunes"]
    QTest.keyClick(card.picks.search, Qt.Key.Key_Down)
    QTest.keyClick(card.picks.list, Qt.Key.Key_Delete)
    assert names(ready) == ["Sea 2", "Dunes"]
    assert card.undo_line.words() == "“Sea” is deleted."
    card.undo_line.button.click()
    assert names(ready) == ["Sea 2", "Sea", "Dunes"]
    ready.panel.finish()
    kept = json.loads((tmp_path / "presets.json").read_text("utf-8"))
    assert [preset["name"] for preset in kept["presets"]] == ["Sea 2", "Sea", "Dunes"]


def test_presets_are_there_after_a_restart_with_what_others_wrote(tmp_path: Path, make_bench):
    theirs = {"name": "Desert", "form": {"prompt": "Vase", "seed": 3}, "colour": "red"}
    odd = {"from": "another version"}
    written = {"presets": [theirs, odd], "more": 1}
    (tmp_path / "presets.json").write_text(json.dumps(written))
    bench = make_bench(tmp_path)
    keep(bench, "Sea")
    bench.panel.finish()
    kept = json.loads((tmp_path / "presets.json").read_text("utf-8"))
    assert kept["presets"][1:] == [theirs, odd]
    assert kept["more"] == 1


def test_a_preset_of_a_provider_that_is_gone_stays_at_the_present_one(tmp_path: Path, make_bench):
    form = {"provider": "another", "prompt": "Vase"}
    (tmp_path / "presets.json").write_text(json.dumps({"presets": [{"name": "A", "form": form}]}))
    bench = make_bench(tmp_path)
    bench.panel._on_preset_chosen(bench.panel._cabinet._presets.items[0])
    assert (bench.panel.draft().provider, bench.panel.draft().prompt) == ("sandbox", "Vase")


def test_a_name_is_needed(ready: Bench):
    keep(ready, "  ")
    assert names(ready) == []


def test_the_commands_have_keys(ready: Bench):
    actions = ready.panel.actions_by_name()
    keys = [actions[name].shortcut().toString() for name in ("presets", "save preset")]
    assert keys == ["Ctrl+B", "Ctrl+Shift+B"]
    assert [actions[name].shortcut().toString() for name in ("history", "templates")] == [
        "Ctrl+H",
        "Ctrl+T",
    ]


# Used in every task


@pytest.fixture
def pinned(ready: Bench, picture, qtbot) -> Bench:
    ready.drop("subjects[2]", files(picture("coat.png")))
    with qtbot.waitActive(ready.panel):
        ready.panel.activateWindow()
    ready.slot("subjects[2]").setFocus()
    ready.panel.actions_by_name()["pin"].trigger()
    return ready


def test_clearing_the_form_leaves_what_is_used_in_every_task(pinned: Bench):
    coat = pinned.panel.draft().image("subjects[2]")
    set_draft(pinned, prompt="Vase", negative_prompt="blur")
    pinned.panel.actions_by_name()["clear"].trigger()
    draft = pinned.panel.draft()
    assert draft.subjects == (None, None, coat, None)
    assert (draft.prompt, draft.negative_prompt) == ("", "")


def test_recalling_a_task_leaves_it_too(pinned: Bench, picture):
    coat = pinned.panel.draft().image("subjects[2]")
    others = tuple(FileImage(picture(f"{n}.png")) for n in range(3))
    request = MultiImageToImage(model="kling-v2-1", subjects=others, prompt="x")
    pinned.panel.recall(draft_of(request, "kling"))
    assert pinned.panel.draft().subjects == (others[0], others[1], coat, None)
    pinned.panel.actions_by_name()["clear"].trigger()
    assert pinned.panel.draft().image("subjects[2]") == coat


def test_a_pin_is_a_step_that_can_be_undone_and_survives_a_restart(
    pinned: Bench, tmp_path: Path, make_bench
):
    assert pinned.panel.draft().pinned == {"subjects[2]"}
    pinned.panel.undo()
    assert pinned.panel.draft().pinned == frozenset()
    pinned.panel.redo()
    pinned.panel.finish()
    assert make_bench(tmp_path).panel.draft().pinned == {"subjects[2]"}


def test_the_command_shows_whether_the_slot_in_focus_is_pinned(pinned: Bench):
    action = pinned.panel.actions_by_name()["pin"]
    pinned.slot("subjects[2]").setFocus()
    assert action.isChecked()
    pinned.slot("subjects[0]").setFocus()
    assert not action.isChecked()
    action.trigger()
    assert pinned.panel.draft().pinned == {"subjects[0]", "subjects[2]"}
    pinned.slot("subjects[3]").setFocus()
    assert not action.isEnabled()


def test_the_draft_of_a_preset_is_not_pinned(pinned: Bench):
    keep(pinned, "Two")
    set_draft(pinned, subjects=(None,) * 4)
    pinned.panel._model.set(replace(pinned.panel.draft(), pinned=frozenset()).cleared())
    pinned.panel._on_preset_chosen(pinned.panel._cabinet._presets.items[0])
    assert pinned.panel.draft().pinned == frozenset()
    assert pinned.panel.draft().image("subjects[2]") is not None


def test_a_pin_goes_along_when_its_picture_changes_places(pinned: Bench):
    slot = pinned.slot("subjects[2]")
    QTest.keyClick(slot, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert pinned.panel.draft().pinned == {"subjects[3]"}


def test_a_set_from_the_shelf_leaves_what_is_used_in_every_task(pinned: Bench, picture):
    coat = pinned.panel.draft().image("subjects[2]")
    others = tuple(FileImage(picture(f"{n}.png")) for n in range(3))
    pinned.panel.grid.filler.fill(PictureSet("s", "Three", (*others, None)))
    assert pinned.panel.draft().subjects == (others[0], others[1], coat, None)


def test_the_menu_of_a_slot_pins_and_says_so(ready: Bench):
    def entry():
        menu = ready.slot("subjects[0]").menu()
        return next(a for a in menu.actions() if a.text() == "Use in every task")

    assert not entry().isChecked()
    entry().trigger()
    assert ready.panel.draft().pinned == {"subjects[0]"}
    assert entry().isChecked()
    assert ready.slot("subjects[0]").accessibleDescription().endswith("Used in every task.")
    entry().trigger()
    assert ready.panel.draft().pinned == frozenset()
