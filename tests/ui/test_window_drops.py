"""Drops on the window: beside the slots, on a text field, and from the app's own library."""

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt, QThreadPool, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from kling_desktop.domain.media import FileImage
from kling_desktop.resources import resource
from kling_desktop.ui.look import Look
from kling_desktop.ui.main_window import MainWindow
from kling_desktop.ui.workplace import Workplace
from tests.fakes.desk import a_shop

_COPY, _LEFT = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
_PLAIN = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def place(qtbot, tmp_path: Path):
    shop = a_shop(tmp_path, Look(resource("icons"), "light"))
    window = MainWindow(shop.desk.look, tmp_path / "window.ini")
    qtbot.addWidget(window)
    made = Workplace(shop.desk, window)
    window.furnish(made, made)
    window.resize(1440, 900)
    window.show()
    yield made
    window.close()
    shop.index.close()


@pytest.fixture
def vase(tmp_path: Path) -> QMimeData:
    Image.new("RGB", (400, 300), "navy").save(tmp_path / "vase.png")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "vase.png"))])
    return mime


def drop(target: QObject, mime: QMimeData) -> None:
    QApplication.sendEvent(target, QDragEnterEvent(QPoint(5, 5), _COPY, mime, _LEFT, _PLAIN))
    QApplication.sendEvent(target, QDropEvent(QPointF(5, 5), _COPY, mime, _LEFT, _PLAIN))
    QThreadPool.globalInstance().waitForDone()
    QApplication.processEvents()


def test_a_drop_beside_the_slots_fills_the_next_free_ones(place, vase, tmp_path: Path):
    drop(place._window, vase)
    drop(place._window, vase)
    image = FileImage(tmp_path / "vase.png")
    assert place._compose.draft().subjects == (image, image, None, None)
    assert place._compose.grid.filler.answers == {}


def test_a_picture_let_go_over_the_prompt_is_no_text(place, vase):
    field = place._compose.findChildren(QPlainTextEdit)[0]
    drop(field.viewport(), vase)
    assert field.toPlainText() == ""
    assert place._compose.draft().places() == ("subjects[0]",)


def test_words_let_go_over_the_prompt_are(place):
    field = place._compose.findChildren(QPlainTextEdit)[0]
    mime = QMimeData()
    mime.setText("late light")
    drop(field.viewport(), mime)
    assert field.toPlainText() == "late light"
    assert place._compose.draft().places() == ()


def test_with_every_slot_full_a_drop_changes_nothing(place, vase):
    for _ in range(4):
        drop(place._window, vase)
    before = place._compose.draft()
    drop(place._window, vase)
    assert place._compose.draft() == before
