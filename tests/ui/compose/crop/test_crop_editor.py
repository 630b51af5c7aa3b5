"""The editor on real pictures, by keys, by pointer and by its panel."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QThreadPool
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from kling_desktop.domain.media import (
    COMMON_LIMITS,
    NO_EDIT,
    Crop,
    Edit,
    FileImage,
    Fit,
    ImageLimits,
    UploadCopy,
)
from kling_desktop.images.prepare import upload_copy
from kling_desktop.resources import resource
from kling_desktop.ui.compose.copies import LocalImage
from kling_desktop.ui.compose.crop.crop_editor import LONGEST_PX, CropEditor
from kling_desktop.ui.compose.crop.task import Cropped, CropTask
from kling_desktop.ui.look import Look

ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
CONTROL, PLAIN = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton
Key = Qt.Key


class Table:
    """The editor with a picture on it, and what came of it."""

    def __init__(self, qtbot, editor: CropEditor) -> None:
        self.qtbot, self.editor = qtbot, editor
        self.applied: list[Cropped] = []
        self.left: list[str] = []
        editor.applied.connect(self.applied.append)
        editor.closed.connect(self.left.append)

    def open(self, file: Path, size: tuple[int, int], edit: Edit = NO_EDIT) -> None:
        task = CropTask(
            place="subjects[2]",
            name="Subject 3",
            image=FileImage(file, edit),
            file=file,
            file_name=file.name,
            width=size[0],
            height=size[1],
            limits=COMMON_LIMITS,
            provider="Kling",
        )
        self.editor.open(task)
        self.qtbot.waitUntil(lambda: self.editor.is_loaded)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        self.qtbot.keyClick(self.editor.canvas, key, modifiers)

    @property
    def edit(self) -> Edit:
        return self.editor.cut.edit

    @property
    def frame(self) -> Crop:
        return self.editor.cut.frame

    def drag(self, start: QPointF, across: int, down: int) -> None:
        canvas = self.editor.canvas
        begin = start.toPoint()
        self.qtbot.mousePress(canvas, LEFT, pos=begin)
        for part in (0.5, 1.0):
            way = QPoint(round(across * part), round(down * part))
            self.qtbot.mouseMove(canvas, begin + way)
        self.qtbot.mouseRelease(canvas, LEFT, pos=begin + QPoint(across, down))


def copy_of(image: LocalImage, limits: ImageLimits) -> UploadCopy:
    assert isinstance(image, FileImage)
    return upload_copy(image.path, image.edit, limits)


@pytest.fixture
def table(qtbot) -> Iterator[Table]:
    look = Look(resource("icons"), "light")
    editor = CropEditor(look, copy_of)
    qtbot.addWidget(editor)
    editor.resize(1200, 800)
    editor.show()
    yield Table(qtbot, editor)
    QThreadPool.globalInstance().waitForDone()


@pytest.fixture
def photo(table: Table, picture: Callable[..., Path]) -> Table:
    """1200 × 800 px, nothing wrong with it."""
    table.open(picture("photo.png", 1200, 800), (1200, 800))
    return table


@pytest.fixture
def banner(table: Table, picture: Callable[..., Path]) -> Table:
    """2600 × 1000 px: too wide."""
    table.open(picture("banner.png", 2600, 1000), (2600, 1000))
    return table


# Keys alone


def test_the_keyboard_alone_can_crop(photo: Table):
    for _ in range(20):
        photo.press(Key.Key_Left, ALT | SHIFT)
    photo.press(Key.Key_Up, ALT)
    photo.press(Key.Key_Right, SHIFT)
    photo.press(Key.Key_Right)
    photo.press(Key.Key_Down)
    photo.press(Key.Key_Return)
    assert [cropped.edit.crop for cropped in photo.applied] == [Crop(11, 1, 1000, 799)]
    assert photo.left == ["subjects[2]"]


def test_control_and_an_arrow_changes_the_size_as_well(photo: Table):
    photo.press(Key.Key_Left, CONTROL)
    assert photo.frame == Crop(0, 0, 1199, 800)


def test_a_frame_is_told_to_those_who_do_not_see_it(photo: Table):
    photo.press(Key.Key_Left, ALT | SHIFT)
    photo.press(Key.Key_Right)
    assert photo.editor.canvas.accessibleDescription() == (
        "1190 × 800 px, 1.49:1, 1 px from the left, 0 px from the top. 1.49:1 fits."
    )


def test_the_figures_choose_a_shape(photo: Table):
    photo.press(Key.Key_3)
    assert (photo.frame.width, photo.frame.height) == (980, 800) or (
        photo.frame.width == photo.frame.height
    )
    assert photo.editor.panel.shapes.cells["1:1"].isChecked()
    photo.press(Key.Key_0)
    assert photo.editor.cut.shape == "9:16"
    photo.press(Key.Key_2)
    assert photo.edit.crop is None


def test_a_shape_that_cannot_be_had_is_not_taken_by_its_key(banner: Table):
    banner.press(Key.Key_2)
    assert banner.editor.cut.shape == "free"
    whole = banner.editor.panel.shapes.cells["whole"]
    assert not whole.isEnabled()
    assert whole.toolTip() == "It is longer than 2.5:1."


def test_r_turns_m_mirrors_and_shift_turns_back(photo: Table):
    photo.press(Key.Key_R)
    photo.press(Key.Key_M)
    assert (photo.edit.quarter_turns, photo.edit.is_mirrored) == (1, True)
    photo.press(Key.Key_M)
    photo.press(Key.Key_R, SHIFT)
    assert photo.edit == NO_EDIT


def test_esc_leaves_everything_as_it_was(photo: Table):
    photo.press(Key.Key_R)
    photo.press(Key.Key_Escape)
    assert (photo.applied, photo.left) == ([], ["subjects[2]"])


def test_undo_and_redo_stay_within_the_editor(photo: Table):
    photo.press(Key.Key_R)
    photo.press(Key.Key_Left, ALT)
    photo.press(Key.Key_Left, ALT)
    photo.press(Key.Key_Z, CONTROL)
    assert photo.edit == Edit(quarter_turns=1)
    photo.press(Key.Key_Z, CONTROL)
    assert photo.edit == NO_EDIT
    photo.press(Key.Key_Z, CONTROL | SHIFT)
    assert photo.edit == Edit(quarter_turns=1)


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Z, Key.Key_1, Key.Key_V])
def test_keys_of_the_form_do_not_reach_it_meanwhile(photo: Table, key: Qt.Key):
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, CONTROL)
    event.ignore()
    QApplication.sendEvent(photo.editor.canvas, event)
    assert event.isAccepted()


def test_space_shows_only_the_cut_while_it_is_held(photo: Table):
    photo.press(Key.Key_Left, ALT | SHIFT)
    canvas = photo.editor.canvas
    framed = canvas.grab().toImage()
    photo.qtbot.keyPress(canvas, Key.Key_Space)
    bare = canvas.grab().toImage()
    photo.qtbot.keyRelease(canvas, Key.Key_Space)
    assert bare != framed
    assert canvas.grab().toImage() == framed


def test_plus_zooms_and_control_0_fits(photo: Table):
    photo.press(Key.Key_Plus)
    assert not photo.editor.canvas.is_fitted
    photo.press(Key.Key_0, CONTROL)
    assert photo.editor.canvas.is_fitted


# Pointer


def test_a_drag_of_a_side_is_one_step(photo: Table):
    box = photo.editor.canvas.frame_box()
    photo.drag(QPointF(box.right(), box.center().y()), -100, 0)
    scale = 1200 / box.width()
    assert abs(photo.frame.width - (1200 - 100 * scale)) <= scale
    assert photo.frame.height == 800
    photo.press(Key.Key_Z, CONTROL)
    assert photo.edit == NO_EDIT


def test_a_side_stops_where_kling_would_refuse(banner: Table):
    box = banner.editor.canvas.frame_box()
    banner.drag(QPointF(box.right(), box.center().y()), -10, 0)
    assert banner.frame == Crop(0, 0, 2500, 1000)
    box = banner.editor.canvas.frame_box()
    banner.drag(QPointF(box.right(), box.center().y()), -2000, 0)
    assert banner.frame.width == 400


def test_no_drag_turns_the_frame_inside_out(photo: Table):
    box = photo.editor.canvas.frame_box()
    photo.drag(QPointF(box.left(), box.top()), 3000, 3000)
    assert photo.frame == Crop(900, 500, 300, 300)


def test_the_frame_is_moved_by_its_middle(photo: Table):
    photo.press(Key.Key_3)
    before = photo.frame
    centre = photo.editor.canvas.frame_box().center()
    photo.drag(centre, -4000, 0)
    assert photo.frame == Crop(0, before.top, before.width, before.height)


def test_the_handle_in_hand_tells_size_and_limit(banner: Table):
    canvas = banner.editor.canvas
    calm = canvas.grab().toImage()
    box = canvas.frame_box()
    place = QPoint(round(box.right()) - 1, round(box.center().y()))
    banner.qtbot.mousePress(canvas, LEFT, pos=place)
    assert canvas.held is not None
    assert canvas.grab().toImage() != calm
    banner.qtbot.mouseRelease(canvas, LEFT, pos=place)
    assert canvas.held is None


def test_what_lies_outside_the_frame_moves_the_picture_when_it_is_zoomed(photo: Table):
    photo.press(Key.Key_3)
    canvas = photo.editor.canvas
    canvas.set_zoom(4.0, canvas.frame_box().topLeft())
    before, edit = canvas.picture_box(), photo.edit
    outside = canvas.frame_box().topLeft() - QPointF(40, -40)
    photo.qtbot.mousePress(canvas, LEFT, pos=outside.toPoint())
    photo.qtbot.mouseMove(canvas, outside.toPoint() + QPoint(30, 0))
    canvas.grab()
    photo.qtbot.mouseRelease(canvas, LEFT)
    assert canvas.picture_box().left() == before.left() + 30
    assert photo.edit == edit


def test_enter_on_a_button_presses_that_button(photo: Table):
    turn = photo.editor.panel.turns["turn-right"]
    turn.setFocus()
    photo.qtbot.keyClick(turn, Key.Key_Return)
    assert photo.edit == Edit(quarter_turns=1)
    assert photo.applied == []


# Panel


def test_apply_says_why_it_cannot_be_sent_like_this(banner: Table):
    panel = banner.editor.panel
    panel.apply.click()
    assert banner.applied == []
    assert panel.note.words() == "Too wide: Kling takes 1:2.5 to 2.5:1. Crop it or fill it up."
    panel.fill.click()
    assert panel.note.words() == ""
    panel.apply.click()
    assert [cropped.edit for cropped in banner.applied] == [Edit(fit=Fit.PAD)]


def test_filling_up_takes_the_chosen_colour(banner: Table):
    panel = banner.editor.panel
    panel.fill.click()
    panel.background.chosen.emit("#000000")
    assert banner.edit == Edit(fit=Fit.PAD, background="#000000")
    assert panel.background.text() == "Black"


def test_what_is_too_small_can_be_enlarged(table: Table, picture):
    table.open(picture("stamp.png", 210, 158), (210, 158))
    panel = table.editor.panel
    panel.apply.click()
    assert panel.note.words().startswith("210 × 158 px: at least 300 px each side.")
    panel.enlarge.click()
    panel.apply.click()
    assert [cropped.edit for cropped in table.applied] == [Edit(enlarges=True)]


def test_typed_figures_and_the_lock(photo: Table):
    panel = photo.editor.panel
    panel.width_field.figure.setValue(600)
    assert photo.frame == Crop(300, 0, 600, 800)
    panel.lock.click()
    panel.height_field.figure.setValue(400)
    assert (photo.frame.width, photo.frame.height) == (300, 400)


def test_reset_is_one_step_that_can_be_undone(photo: Table):
    photo.press(Key.Key_R)
    photo.press(Key.Key_3)
    before = photo.edit
    photo.editor.panel.reset.click()
    assert photo.edit == NO_EDIT
    photo.editor.panel.undo.click()
    assert photo.edit == before


def test_what_will_be_sent_is_made_and_shown(photo: Table):
    photo.press(Key.Key_3)
    facts = photo.editor.panel.facts
    photo.qtbot.waitUntil(lambda: "of 10 MB" in facts._weight.text())
    side = photo.frame.width
    assert facts._size.text() == f"{side} × {side} px"
    assert facts._changes.text() == "Cropped. Your file stays as it is."


# Beginning


def test_it_begins_where_the_last_edit_ended(table: Table, picture):
    edit = Edit(quarter_turns=1, crop=Crop(10, 20, 400, 500))
    table.open(picture("photo.png", 1200, 800), (1200, 800), edit)
    assert table.edit == edit
    assert table.frame == Crop(10, 20, 400, 500)


def test_a_proposed_cut_becomes_a_frame_that_can_be_moved(table: Table, picture):
    file = picture("banner.png", 2600, 1000)
    table.open(file, (2600, 1000), Edit(fit=Fit.CROP))
    table.press(Key.Key_Left)
    table.press(Key.Key_Return)
    assert [cropped.edit for cropped in table.applied] == [Edit(crop=Crop(49, 0, 2500, 1000))]


def test_a_large_picture_is_decoded_small(table: Table, picture):
    table.open(picture("large.png", 4800, 1920), (4800, 1920))
    canvas = table.editor.canvas
    assert canvas._upright.width() == LONGEST_PX
    table.press(Key.Key_Left, ALT)
    assert table.frame == Crop(0, 0, 4799, 1920)


def test_a_picture_that_qt_cannot_read_is_shown_by_its_copy(table: Table, tmp_path: Path):
    from PIL import Image

    file = tmp_path / "photo.jp2"
    Image.new("RGB", (600, 400), "teal").save(file)
    table.open(file, (600, 400))
    assert table.editor.canvas.has_upright


def test_a_file_that_is_gone_is_not_shown_and_not_cropped_by_accident(table: Table, tmp_path):
    table.open(tmp_path / "gone.png", (600, 400))
    canvas = table.editor.canvas
    assert not canvas.has_upright
    table.press(Key.Key_Left, ALT)
    assert table.edit == NO_EDIT
