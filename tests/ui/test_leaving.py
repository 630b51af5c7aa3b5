"""Leaving: not while something that was paid for stands nowhere, and never with a crash."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from kling_desktop.domain.errors import ErrorRecord
from kling_desktop.domain.facts import UNWRITTEN, Notice
from kling_desktop.resources import resource
from kling_desktop.ui.dialogs.stay_question import StayQuestion
from kling_desktop.ui.look import Look
from kling_desktop.ui.main_window import MainWindow
from kling_desktop.ui.workplace import Workplace
from tests.fakes.bridge import FakeBridge
from tests.fakes.desk import a_shop

LOST = ErrorRecord("Please do not quit now", "Kling accepted task 4711.")


class Room:
    """A real window over a bridge without an engine."""

    def __init__(self, folder: Path) -> None:
        self.shop = a_shop(folder, Look(resource("icons"), "light"))
        assert isinstance(self.shop.desk.bridge, FakeBridge)
        self.bridge = self.shop.desk.bridge
        self.window = MainWindow(self.shop.desk.look, folder / "window.ini")
        place = Workplace(self.shop.desk, self.window)
        self.window.furnish(place, place)

    def tell(self, error: ErrorRecord | None) -> None:
        self.bridge.notice.emit(Notice(UNWRITTEN, error))

    def questions(self) -> list[StayQuestion]:
        return [each for each in self.window.findChildren(StayQuestion) if each.isVisible()]


@pytest.fixture
def room(qtbot, tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    qtbot.addWidget(made.window)
    made.window.show()
    yield made
    made.tell(None)
    made.window.close()
    made.shop.index.close()


def test_a54_quitting_asks_first_while_an_id_stands_nowhere(room: Room):
    room.tell(LOST)
    room.window.close()
    assert room.window.isVisible()
    (question,) = room.questions()
    assert question.accessibleName() == LOST.title
    assert question.accessibleDescription() == LOST.detail
    assert question.stay.isDefault()
    QTest.keyClick(question, Qt.Key.Key_Return)
    assert room.window.isVisible()
    assert room.questions() == []


def test_a54_a_second_try_shows_the_same_question_and_esc_stays(room: Room):
    room.tell(LOST)
    room.window.close()
    room.window.close()
    (question,) = room.questions()
    QTest.keyClick(question, Qt.Key.Key_Escape)
    assert room.window.isVisible()
    room.window.close()
    assert len(room.questions()) == 1


def test_a54_who_quits_all_the_same_does(room: Room, qtbot):
    room.tell(LOST)
    room.window.close()
    (question,) = room.questions()
    with qtbot.waitSignal(room.window.closed):
        question.leave.click()
    assert not room.window.isVisible()


def test_a54_the_question_goes_when_the_id_is_written_and_closing_asks_no_more(room: Room, qtbot):
    room.tell(LOST)
    room.window.close()
    room.tell(None)
    assert room.questions() == []
    assert room.window.isVisible()
    with qtbot.waitSignal(room.window.closed):
        room.window.close()


def test_another_notice_keeps_nobody(room: Room, qtbot):
    room.bridge.notice.emit(Notice("disk", LOST))
    with qtbot.waitSignal(room.window.closed):
        room.window.close()


COPYING = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from kling_desktop.domain.media import FileImage
from kling_desktop.ui.clipboard import leave_clipboard
from kling_desktop.ui.compose.offers import for_the_clipboard
from kling_desktop.ui.library.carry import files_to_carry
app = QApplication([])
file = Path(sys.argv[1])
slot = for_the_clipboard(FileImage(file), file)
app.clipboard().setMimeData(slot if sys.argv[2] == "slot" else files_to_carry([file]))
del slot
leave_clipboard()
mime = app.clipboard().mimeData()
print(mime.text() if sys.argv[2] == "slot" else mime.hasImage())
"""


@pytest.mark.parametrize(("of", "left"), [("slot", "file://{file}"), ("result", "True")])
def test_the_app_ends_well_with_a_picture_of_its_own_in_the_clipboard(
    tmp_path: Path, of: str, left: str
):
    file = tmp_path / "vase.png"
    Image.new("RGB", (40, 30), "navy").save(file)
    run = [sys.executable, "-c", COPYING, str(file), of]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, left.format(file=file))
