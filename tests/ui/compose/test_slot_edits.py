"""Green, amber and red in the slots, the ways out of red, and what is sent."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from kling_desktop.domain.media import (
    COMMON_LIMITS,
    NO_EDIT,
    Crop,
    Edit,
    FileImage,
    Fit,
    ImageFacts,
    ImageFault,
    Mend,
)
from kling_desktop.ui.compose.crop.sent_window import SentWindow
from kling_desktop.ui.compose.crop.slot_crop import SlotCrop
from kling_desktop.ui.compose.crop.task import Cropped, CropTask
from kling_desktop.ui.compose.fixes import fixes, helps
from kling_desktop.ui.compose.verdict import SlotState, Verdict
from tests.ui.compose.conftest import Bench

PLACE = "subjects[0]"


def put(bench: Bench, file: Path, edit: Edit = NO_EDIT) -> None:
    bench.form.grid.filler.put(PLACE, [FileImage(file, edit)])
    bench.settle()


def said(bench: Bench) -> Verdict:
    return bench.slot(PLACE).view.verdict


def edit(bench: Bench) -> Edit:
    image = bench.panel.draft().image(PLACE)
    assert isinstance(image, FileImage)
    return image.edit


def menu_words(bench: Bench) -> list[str]:
    menu = bench.slot(PLACE).menu()
    words = [action.text() for action in menu.actions() if not action.isSeparator()]
    menu.deleteLater()
    return words


# Verdicts


def test_red_names_the_rule_with_its_figures(bench: Bench, picture):
    put(bench, picture("small.png", 290, 800))
    assert said(bench).state is SlotState.REFUSED
    assert said(bench).rule == "290 × 800 px: at least 300 px each side"


@pytest.mark.parametrize(
    ("size", "words", "rule"),
    [
        ((900, 300), "Too wide", "3:1: at most 2.5:1"),
        ((300, 1000), "Too tall", "3:10: at most 1:2.5"),
    ],
)
def test_red_says_in_which_way_a_shape_is_wrong(bench: Bench, picture, size, words, rule):
    put(bench, picture("long.png", *size))
    assert (said(bench).words, said(bench).rule) == (words, rule)


def test_amber_says_what_is_done_to_the_copy(bench: Bench, tmp_path: Path):
    file = tmp_path / "photo.webp"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (600, 400), "teal").save(file, exif=exif)
    put(bench, file)
    verdict = said(bench)
    assert (verdict.state, verdict.words) == (SlotState.CHANGED, "Converted")
    assert verdict.sentence.startswith("Converted from WEBP, turned")
    assert bench.slot(PLACE).toolTip() == verdict.sentence
    assert (verdict.figure, verdict.sent_figure[-4:]) == ("400 × 600", "JPEG")


def test_an_edit_is_amber_and_its_preview_is_the_copy(bench: Bench, picture):
    put(bench, picture("photo.png", 1200, 800), Edit(crop=Crop(0, 0, 400, 800)))
    verdict = said(bench)
    assert (verdict.state, verdict.words, verdict.figure) == (
        SlotState.CHANGED,
        "Cropped",
        "400 × 800",
    )
    preview = bench.slot(PLACE).view.preview
    assert preview is not None
    assert preview.height() == 2 * preview.width()


def test_an_edited_picture_keeps_its_look_until_the_new_one_is_there(bench: Bench, picture):
    put(bench, picture("photo.png", 1200, 800))
    draft = bench.panel.draft()
    image = draft.image(PLACE)
    assert isinstance(image, FileImage)
    turned = replace(image, edit=Edit(quarter_turns=1))
    bench.panel.recall(draft.with_image(PLACE, turned))
    assert said(bench).state is SlotState.CHECKING
    assert bench.slot(PLACE).view.preview is not None
    bench.settle()
    assert said(bench).state is SlotState.CHANGED


# Ways out


def test_a_wide_picture_is_cropped_by_one_click_and_one_undo_brings_it_back(
    bench: Bench, picture, qtbot
):
    put(bench, picture("banner.png", 2600, 1000))
    slot = bench.slot(PLACE)
    assert slot.fix_button.isVisible()
    assert slot.fix_button.accessibleName() == "Subject 1: Crop to fit"
    qtbot.mouseClick(slot.fix_button, Qt.MouseButton.LeftButton)
    bench.settle()
    assert edit(bench) == Edit(fit=Fit.CROP)
    assert (said(bench).words, said(bench).figure) == ("Cropped", "2500 × 1000")
    assert not slot.fix_button.isVisible()
    bench.panel.actions_by_name()["undo"].trigger()
    bench.settle()
    assert edit(bench) == NO_EDIT
    assert said(bench).state is SlotState.REFUSED


def test_the_keyboard_stays_with_the_picture_when_the_button_goes(bench: Bench, picture, qtbot):
    put(bench, picture("banner.png", 2600, 1000))
    bench.panel.window().activateWindow()
    button = bench.slot(PLACE).fix_button
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    bench.settle()
    assert bench.slot(PLACE).hasFocus()


def test_the_menu_has_every_way_out(bench: Bench, picture):
    put(bench, picture("banner.png", 2600, 1000))
    assert menu_words(bench) == [
        "Replace…",
        "Crop and turn…",
        "Crop to fit",
        "Fill to fit",
        "What is sent…",
        "Paste here",
        "Copy",
        "Use in every task",
        "Show in folder",
        "Put on the shelf",
        "Take out",
    ]
    menu = bench.slot(PLACE).menu()
    next(action for action in menu.actions() if action.text() == "Fill to fit").trigger()
    menu.deleteLater()
    bench.settle()
    assert (said(bench).words, said(bench).figure) == ("Filled up", "2600 × 1040")


def test_a_small_picture_is_enlarged(bench: Bench, picture):
    put(bench, picture("stamp.png", 210, 158))
    bench.slot(PLACE).fix_button.click()
    bench.settle()
    assert (said(bench).words, said(bench).figure) == ("Enlarged", "398 × 300")


def test_a_picture_both_small_and_long_is_mended_in_one_go(bench: Bench, picture):
    put(bench, picture("strip.png", 900, 200))
    bench.slot(PLACE).fix_button.click()
    bench.settle()
    assert said(bench).state is SlotState.CHANGED
    assert bench.submissions == []


def test_what_no_edit_can_mend_offers_none(bench: Bench, tmp_path: Path):
    liar = tmp_path / "vase.png"
    liar.write_text("no picture at all")
    put(bench, liar)
    assert bench.slot(PLACE).fix_button.isHidden()
    assert "Crop and turn…" not in menu_words(bench)
    gone = ImageFacts(fault=ImageFault.MISSING)
    assert fixes(FileImage(liar), gone, COMMON_LIMITS) == ()


def test_only_what_helps_is_offered():
    facts = ImageFacts("PNG", 9000, 1, original_width=9000, original_height=1)
    found = fixes(FileImage(Path("line.png")), facts, COMMON_LIMITS)
    assert all(helps(fix.edit, facts, COMMON_LIMITS) for fix in found)
    assert [fix.edit.fit for fix in found] == [Fit.CROP, Fit.PAD]


# The editor and the copy


def asked(bench: Bench) -> list[CropTask]:
    tasks: list[CropTask] = []
    bench.panel.grid.edits.crop_wanted.connect(tasks.append)
    return tasks


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_C])
def test_enter_on_a_filled_slot_opens_the_editor(ready: Bench, qtbot, key: Qt.Key):
    tasks = asked(ready)
    qtbot.keyClick(ready.slot(PLACE), key)
    (task,) = tasks
    assert (task.place, task.name, task.file_name) == (PLACE, "Subject 1", "vase.png")
    assert (task.width, task.height) == (400, 300)


def test_a_double_click_opens_it_too(ready: Bench, qtbot):
    tasks = asked(ready)
    qtbot.mouseDClick(ready.slot(PLACE), Qt.MouseButton.LeftButton)
    assert [task.place for task in tasks] == [PLACE]


def test_the_size_of_the_task_is_that_of_the_file_not_of_the_copy(bench: Bench, picture):
    put(bench, picture("photo.png", 1200, 800), Edit(crop=Crop(0, 0, 400, 800)))
    tasks = asked(bench)
    bench.panel.grid.edits.crop(PLACE)
    assert [(task.width, task.height) for task in tasks] == [(1200, 800)]


def test_what_was_applied_is_one_step_of_the_form(ready: Bench):
    tasks = asked(ready)
    ready.panel.grid.edits.crop(PLACE)
    wanted = Edit(quarter_turns=1)
    ready.panel.grid.edits.apply(Cropped(PLACE, tasks[0].image, wanted))
    assert edit(ready) == wanted
    ready.panel.actions_by_name()["undo"].trigger()
    assert edit(ready) == NO_EDIT


def test_an_edit_never_goes_to_another_picture(ready: Bench, picture):
    other = FileImage(picture("other.png"))
    ready.panel.grid.edits.apply(Cropped(PLACE, other, Edit(quarter_turns=1)))
    assert edit(ready) == NO_EDIT


# In the slot itself


def trimming(bench: Bench) -> SlotCrop:
    bench.slot(PLACE)._crop_button.click()
    bench.settle()
    (found,) = bench.panel.findChildren(SlotCrop)
    assert found.isVisible()
    return found


def test_the_button_on_the_slot_cuts_in_its_place(ready: Bench, qtbot):
    found = trimming(ready)
    qtbot.keyClick(found.canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    found.done.click()
    assert not found.isVisible()
    assert edit(ready) == Edit(crop=Crop(0, 0, 399, 300))
    ready.panel.actions_by_name()["undo"].trigger()
    assert edit(ready) == NO_EDIT


def test_a_long_picture_begins_with_the_widest_frame(bench: Bench, picture, qtbot):
    put(bench, picture("banner.png", 2600, 1000))
    found = trimming(bench)
    qtbot.keyClick(found.canvas, Qt.Key.Key_Return)
    bench.settle()
    assert edit(bench) == Edit(crop=Crop(50, 0, 2500, 1000))
    assert said(bench).state is SlotState.CHANGED


def test_esc_leaves_the_slot_as_it_was(bench: Bench, picture, qtbot):
    put(bench, picture("banner.png", 2600, 1000))
    found = trimming(bench)
    assert not bench.slot(PLACE).fix_button.isVisible()
    qtbot.keyClick(found.canvas, Qt.Key.Key_Escape)
    assert not found.isVisible()
    assert edit(bench) == NO_EDIT
    assert bench.slot(PLACE).fix_button.isVisible()


def test_the_large_editor_goes_on_where_the_slot_was_left(ready: Bench, qtbot):
    tasks = asked(ready)
    found = trimming(ready)
    qtbot.keyClick(found.canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    found.enlarge.click()
    assert [task.start for task in tasks] == [Edit(crop=Crop(0, 0, 399, 300))]
    assert edit(ready) == NO_EDIT
    assert not found.isVisible()


def test_a_picture_that_is_taken_out_is_not_cut_any_further(ready: Bench):
    found = trimming(ready)
    ready.form.grid.filler.take_out(PLACE)
    assert not found.isVisible()


def test_the_wheel_changes_the_size_of_the_frame(bench: Bench, picture):
    put(bench, picture("large.png", 1200, 900))
    found = trimming(bench)
    middle = QPointF(found.canvas.rect().center())
    wheel = QWheelEvent(
        middle,
        found.canvas.mapToGlobal(middle),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(found.canvas, wheel)
    found.apply()
    assert edit(bench) == Edit(crop=Crop(24, 18, 1152, 864))


def sent_window(bench: Bench) -> SentWindow:
    bench.panel.grid.edits.show_sent(PLACE)
    bench.settle()
    (window,) = bench.panel.window().findChildren(SentWindow)
    return window


def test_what_is_sent_is_shown_with_its_changes(bench: Bench, picture):
    put(bench, picture("banner.png", 2600, 1000), Edit(fit=Fit.CROP))
    window = sent_window(bench)
    assert window.facts._size.text() == "2500 × 1000 px"
    assert window.facts._changes.text() == "Cropped. Your file stays as it is."
    assert window._fill_row.isHidden()
    window.close()


def test_the_colour_behind_transparent_parts_is_chosen_there(bench: Bench, tmp_path: Path):
    file = tmp_path / "glass.webp"
    Image.new("RGBA", (600, 400), (0, 0, 0, 0)).save(file, lossless=True)
    put(bench, file)
    window = sent_window(bench)
    assert not window._fill_row.isHidden()
    window.background.chosen.emit("#000000")
    bench.settle()
    assert edit(bench).background == "#000000"
    preview = bench.slot(PLACE).view.preview
    assert preview is not None
    assert preview.toImage().pixelColor(5, 5).lightness() < 5
    window.close()
    QApplication.processEvents()


def test_a_file_that_goes_as_it_is_says_so(ready: Bench):
    window = sent_window(ready)
    assert window.facts._changes.text() == "Goes as it is. Your file stays as it is."
    window.close()


def test_mends_have_words_of_their_own():
    from kling_desktop.ui.compose.verdict import changes

    lines = {changes(ImageFacts("JPEG", 600, 400, mends=(mend,))) for mend in Mend}
    assert len(lines) == len(Mend)
