"""A compose panel on real pictures, judged by the real inspection, with a bridge that keeps."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QThreadPool, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication

from kling_desktop.domain.commands import Submission
from kling_desktop.domain.media import FileImage
from kling_desktop.images.inspect import inspect
from kling_desktop.images.prepare import upload_copy
from kling_desktop.kling.profiles import PROFILES
from kling_desktop.resources import resource
from kling_desktop.ui.compose.compose_panel import ComposePanel
from kling_desktop.ui.compose.form import Form
from kling_desktop.ui.compose.image_slot import ImageSlot
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.look import Look
from tests.fakes.bridge import FakeBridge


class Bench:
    """The panel with what a person does to it and sees of it."""

    def __init__(self, panel: ComposePanel, bridge: FakeBridge) -> None:
        self.panel = panel
        self.bridge = bridge
        (self.form,) = panel.findChildren(Form)
        self.accounts_asked = 0
        panel.submission_ready.connect(bridge.submit)
        panel.accounts_wanted.connect(self._on_accounts_wanted)

    def _on_accounts_wanted(self) -> None:
        self.accounts_asked += 1

    @property
    def submissions(self) -> list[Submission]:
        return self.bridge.submissions

    def slot(self, place: str) -> ImageSlot:
        (found,) = self.panel.findChildren(ImageSlot, place)
        return found

    def says(self) -> str:
        """The sentence above the button."""
        return self.panel._footer.line.text()

    def settle(self) -> None:
        """Let the looks at the pictures finish and arrive."""
        QThreadPool.globalInstance().waitForDone()
        QApplication.processEvents()

    def drag(self, place: str, mime: QMimeData) -> bool:
        """Hold something over a slot; whether it may be dropped there."""
        slot = self.slot(place)
        enter = QDragEnterEvent(
            QPoint(20, 20),
            Qt.DropAction.CopyAction,
            mime,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(slot, enter)
        return slot._is_acceptable

    def leave(self, place: str) -> None:
        QApplication.sendEvent(self.slot(place), QDragLeaveEvent())

    def drop(self, place: str, mime: QMimeData) -> None:
        self.drag(place, mime)
        event = QDropEvent(
            QPointF(20, 20),
            Qt.DropAction.CopyAction,
            mime,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(self.slot(place), event)
        self.settle()


def files(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


@pytest.fixture
def picture(tmp_path: Path) -> Callable[..., Path]:
    """Writes a picture of a given size."""

    def write(name: str, width: int = 400, height: int = 300) -> Path:
        image = QImage(width, height, QImage.Format.Format_RGB32)
        image.fill(len(name) * 1000)
        path = tmp_path / name
        assert image.save(str(path))
        return path

    return write


@pytest.fixture
def bench(qtbot, tmp_path: Path) -> Bench:
    look = Look(resource("icons"), "light")
    bridge = FakeBridge()
    desk = SimpleNamespace(
        bridge=bridge,
        look=look,
        profiles=PROFILES,
        look_at=lambda image: inspect(image.path, image.edit),
        copy_of=lambda image, limits: upload_copy(image.path, image.edit, limits),
        input_path=lambda image: image,
        scratch=tmp_path / "pasted",
        default_provider="sandbox",
    )
    panel = ComposePanel(cast(Desk, desk))
    qtbot.addWidget(panel)
    panel.resize(352, 900)
    panel.show()
    return Bench(panel, bridge)


@pytest.fixture
def ready(bench: Bench, picture: Callable[..., Path]) -> Bench:
    """A form that may be bought."""
    bench.form.grid.filler.put("subjects[0]", [FileImage(picture("vase.png"))])
    bench.settle()
    return bench
