"""The main job without a mouse: every key goes to whatever has the keyboard, as a person's does."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, Qt, QThreadPool, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget

from kling_desktop.domain.media import Crop, Edit, FileImage
from kling_desktop.domain.requests import MultiImageToImage
from kling_desktop.domain.shelf import PictureSet, Shelf
from kling_desktop.resources import resource
from kling_desktop.ui.look import Look
from kling_desktop.ui.main_window import MainWindow
from kling_desktop.ui.shelf.lists import SetList
from kling_desktop.ui.workplace import Workplace
from tests.fakes.bridge import FakeBridge
from tests.fakes.desk import a_shop

CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
PLAIN, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
NAMES = ("vase", "coat", "lamp", "pear", "dunes", "ink")


class Person:
    """A window, and someone with a keyboard."""

    def __init__(self, folder: Path) -> None:
        look = Look(resource("icons"), "light")
        look.apply()
        look.has_motion = False
        self.folder = folder
        self.shop = a_shop(folder, look)
        self.files = {name: FileImage(self._picture(name)) for name in NAMES}
        one_set = PictureSet("s1", "All", (self.files["vase"], None, None, None))
        desk = replace(
            self.shop.desk,
            shelf=lambda: Shelf(sets=(one_set,)),
        )
        assert isinstance(desk.bridge, FakeBridge)
        self.bridge: FakeBridge = desk.bridge
        self.window = MainWindow(look, folder / "window.ini")
        self.place = Workplace(desk, self.window)
        self.window.furnish(self.place, self.place)

    def _picture(self, name: str) -> Path:
        path = self.folder / f"{name}.png"
        Image.new("RGB", (400, 300 + NAMES.index(name)), "teal").save(path)
        return path

    def copy(self, name: str) -> None:
        """In a file manager, by its own keys."""
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(self.files[name].path))])
        QGuiApplication.clipboard().setMimeData(mime)

    @property
    def focus(self) -> QWidget:
        widget = QApplication.focusWidget()
        assert widget is not None
        return widget

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = PLAIN) -> None:
        QTest.keyClick(self.focus, key, modifier)

    def tab_to(self, kind: type[QWidget]) -> None:
        for _ in range(60):
            if isinstance(self.focus, kind):
                return
            self.press(Qt.Key.Key_Tab)
        pytest.fail(f"Tab does not reach a {kind.__name__}")

    def settle(self) -> None:
        for _step in ("gathered", "looked at"):
            QThreadPool.globalInstance().waitForDone()
            QApplication.processEvents()

    def leave_out_the_edge(self) -> None:
        """In the editor: a square, one step to the side of its middle, and accepted."""
        self.press(Qt.Key.Key_3)
        self.settle()
        self.press(Qt.Key.Key_Right, SHIFT)
        self.press(Qt.Key.Key_Return)


@pytest.fixture
def person(qapp, qtbot, tmp_path: Path):
    made = Person(tmp_path)
    qtbot.addWidget(made.window)
    made.window.resize(1440, 900)
    made.window.show()
    with qtbot.waitActive(made.window):
        made.window.activateWindow()
    yield made
    made.window.close()
    made.shop.index.close()


def test_six_slots_filled_one_cropped_two_swapped_a_prompt_written_and_sent(person: Person):
    person.place._compose.focus_slot(1)
    for number, name in enumerate(NAMES):
        person.copy(name)
        person.press(Qt.Key(Qt.Key.Key_1 + number), CONTROL)
        person.press(Qt.Key.Key_V, CONTROL)
    person.settle()
    person.press(Qt.Key.Key_3, CONTROL)
    person.press(Qt.Key.Key_Return)
    person.settle()
    person.leave_out_the_edge()
    person.settle()
    person.press(Qt.Key.Key_1, CONTROL)
    person.press(Qt.Key.Key_Right, ALT)
    person.tab_to(QPlainTextEdit)
    QTest.keyClicks(person.focus, "all of them on one table")
    person.press(Qt.Key.Key_Return, CONTROL)
    (asked,) = person.bridge.submissions
    request = asked.request
    assert isinstance(request, MultiImageToImage)
    # 400 × 302 pixels: the square in the middle begins at 49.
    lamp = replace(person.files["lamp"], edit=Edit(crop=Crop(59, 0, 302, 302)))
    files = person.files | {"lamp": lamp}
    assert request.subjects == (files["coat"], files["vase"], lamp, files["pear"])
    assert (request.scene, request.style) == (files["dunes"], files["ink"])
    assert request.prompt == "all of them on one table"
    assert {file for file, _ in asked.previewed} == set(files.values())


def test_the_form_is_filled_from_a_set_and_the_shelf_put_away(person: Person):
    person.place._compose.focus_slot(1)
    person.press(Qt.Key.Key_F9)
    person.tab_to(SetList)
    person.press(Qt.Key.Key_Return)
    assert person.place._compose.draft().subjects[0] == person.files["vase"]
    person.press(Qt.Key.Key_Escape)
    assert person.focus is person.place._compose.grid.slot("subjects[0]")
    person.press(Qt.Key.Key_Z, CONTROL)
    assert person.place._compose.draft().places() == ()
