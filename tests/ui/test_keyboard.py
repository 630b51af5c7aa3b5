"""The window by keyboard alone: Tab goes around, and the focus is never left somewhere unseen."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from kling_desktop.domain.tasks import TaskState
from kling_desktop.resources import resource
from kling_desktop.ui.compose.footer import GenerateButton
from kling_desktop.ui.compose.image_slot import ImageSlot
from kling_desktop.ui.library.gallery_view import GalleryView
from kling_desktop.ui.look import Look
from kling_desktop.ui.main_window import MainWindow
from kling_desktop.ui.tasks.queue_view import QueueView
from kling_desktop.ui.workplace import Workplace
from tests.fakes.desk import a_shop
from tests.ui.tasks.lives import NOW_MS, living


@pytest.fixture
def window(qapp, qtbot, tmp_path: Path):
    look = Look(resource("icons"), "light")
    look.apply()
    look.has_motion = False
    shop = a_shop(tmp_path, look)
    for number in range(3):
        shop.result(number, NOW_MS - number)
    window = MainWindow(look, tmp_path / "window.ini")
    workplace = Workplace(shop.desk, window)
    window.furnish(workplace, workplace)
    workplace._queue.set_tasks([living(state) for state in TaskState])
    qtbot.addWidget(window)
    window.resize(1440, 900)
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    yield window
    window.close()
    shop.index.close()


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(focused(), key, modifier)


def test_tab_goes_from_the_form_over_the_library_to_the_tasks_and_around(window):
    first = window.findChild(ImageSlot)
    first.setFocus(Qt.FocusReason.TabFocusReason)
    seen: list[QWidget] = []
    for _ in range(60):
        press(Qt.Key.Key_Tab)
        if focused() is first:
            break
        seen.append(focused())
    else:
        pytest.fail("Tab does not come around")
    kinds = [type(widget) for widget in seen]
    assert kinds.index(GenerateButton) < kinds.index(GalleryView) < kinds.index(QueueView)


def test_tab_enters_a_group_at_the_choice_that_is_on(window):
    ratios = [w for w in window.findChildren(QWidget) if "Aspect ratio " in w.accessibleName()]
    reached = {w.isChecked() for w in ratios if w.focusPolicy() & Qt.FocusPolicy.TabFocus}
    assert reached == {True}


def test_the_keyboard_goes_along_when_the_tasks_open_over_the_library(window):
    window.resize(1024, 720)
    window.findChild(GalleryView).setFocus()
    press(Qt.Key.Key_F8)
    assert isinstance(focused(), QueueView)
    press(Qt.Key.Key_Escape)
    assert isinstance(focused(), GalleryView)
    assert focused().isVisible()


def test_a_closed_card_gives_the_keyboard_back_to_its_list(window):
    view = window.findChild(QueueView)
    task = next(t for t in view.model().shown() if t.state is TaskState.NEEDS_DECISION)
    view.setFocus()
    view.setCurrentIndex(view.model().index_of(task.id))
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Return)
    assert view.isAncestorOf(focused())
    press(Qt.Key.Key_Escape)
    assert focused() is view
    assert view.open_id == ""
