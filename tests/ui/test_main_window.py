"""The window is there before what fills it, and comes back as it was left."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt, QThreadPool
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QWidget

from kling_desktop.domain.media import Edit, FileImage
from kling_desktop.resources import resource
from kling_desktop.ui.compose.compose_panel import ComposePanel
from kling_desktop.ui.compose.crop.crop_editor import CropEditor
from kling_desktop.ui.look import Look
from kling_desktop.ui.main_window import MainWindow
from kling_desktop.ui.theme import LIGHT
from kling_desktop.ui.workplace import Workplace
from tests.fakes.desk import a_shop


class Chair(QWidget):
    """Furniture that remembers one thing."""

    def __init__(self) -> None:
        super().__init__()
        self.found = ""

    def restore(self, state: QSettings) -> None:
        self.found = str(state.value("chair", ""))

    def may_close(self) -> bool:
        return True

    def leave(self, state: QSettings) -> None:
        state.setValue("chair", "by the door")


@pytest.fixture
def look(qapp: QApplication) -> Look:
    made = Look(resource("icons"), "light")
    made.apply()
    return made


def test_the_bare_window_shows_its_surfaces_and_says_when(look: Look, qtbot, tmp_path: Path):
    window = MainWindow(look, tmp_path / "window.ini")
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.painted):
        window.show()
    picture = window.grab().toImage()
    assert picture.pixelColor(10, 400) == LIGHT.panel
    assert picture.pixelColor(700, 400) == LIGHT.canvas
    assert picture.pixelColor(picture.width() - 10, 400) == LIGHT.panel


def test_size_and_furniture_come_back_as_they_were_left(look: Look, qtbot, tmp_path: Path):
    first, chair = MainWindow(look, tmp_path / "window.ini"), Chair()
    qtbot.addWidget(first)
    first.furnish(chair, chair)
    first.resize(760, 570)
    first.show()
    with qtbot.waitSignal(first.closed):
        first.close()
    second, chair = MainWindow(look, tmp_path / "window.ini"), Chair()
    qtbot.addWidget(second)
    second.furnish(chair, chair)
    assert (second.width(), second.height()) == (760, 570)
    assert chair.found == "by the door"


@pytest.fixture
def furnished(look: Look, qtbot, tmp_path: Path):
    shop = a_shop(tmp_path, look)
    window = MainWindow(look, tmp_path / "window.ini")
    workplace = Workplace(shop.desk, window)
    window.furnish(workplace, workplace)
    qtbot.addWidget(window)
    window.show()
    workplace.show_accounts()
    yield window
    window.close()
    shop.index.close()


def test_every_control_that_takes_the_focus_has_a_name(furnished: MainWindow):
    nameless = [
        f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        for widget in furnished.findChildren(QWidget)
        if widget.isVisible()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not _name(widget)
    ]
    assert nameless == []


def _name(widget: QWidget) -> str:
    found = QAccessible.queryAccessibleInterface(widget)
    return found.text(QAccessible.Text.Name) if found else ""


def test_a_picture_is_cropped_over_the_whole_window_and_the_form_keeps_the_rest(
    furnished: MainWindow, qtbot
):
    (workplace,) = furnished.findChildren(Workplace)
    (panel,) = furnished.findChildren(ComposePanel)
    panel.fill_samples([resource("photographs/vase.jpg")])
    slot = panel.grid.slot("subjects[0]")
    qtbot.waitUntil(lambda: slot.can_be_cropped)
    before = panel.draft()
    qtbot.keyClick(slot, Qt.Key.Key_Return)
    (editor,) = furnished.findChildren(CropEditor)
    assert workplace.currentWidget() is editor
    qtbot.waitUntil(lambda: editor.is_loaded)
    qtbot.keyClick(editor.canvas, Qt.Key.Key_R)
    qtbot.keyClick(editor.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(editor.canvas, Qt.Key.Key_M)
    qtbot.keyClick(editor.canvas, Qt.Key.Key_F9)
    assert workplace.currentWidget() is editor
    qtbot.keyClick(editor.canvas, Qt.Key.Key_Return)
    assert workplace.currentWidget() is not editor
    image = panel.draft().image("subjects[0]")
    assert isinstance(image, FileImage)
    assert image.edit == Edit(is_mirrored=True)
    panel.undo()
    assert panel.draft() == before
    QThreadPool.globalInstance().waitForDone()
