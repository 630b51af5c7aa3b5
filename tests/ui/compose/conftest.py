"""A compose panel on real pictures, judged by the real inspection, with a bridge that keeps."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from zlib import crc32

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QThreadPool, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication

from kling_desktop.domain.commands import Submission
from kling_desktop.domain.errors import AppError, ErrorRecord
from kling_desktop.domain.media import FileImage, ImageFacts, ImageLimits, StoredImage, UploadCopy
from kling_desktop.domain.shelf import Shelf
from kling_desktop.images.inspect import inspect
from kling_desktop.images.prepare import upload_copy
from kling_desktop.kling.profiles import PROFILES
from kling_desktop.library.index import Gallery
from kling_desktop.resources import resource
from kling_desktop.settings import WebPictures
from kling_desktop.ui.compose.cabinet import HistoryCard
from kling_desktop.ui.compose.compose_panel import ComposePanel
from kling_desktop.ui.compose.form import Form
from kling_desktop.ui.compose.image_slot import ImageSlot
from kling_desktop.ui.compose.pictures import Judge
from kling_desktop.ui.compose.presets_card import PresetsCard
from kling_desktop.ui.compose.templates_card import TemplatesCard
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.look import Look
from tests.fakes.bridge import FakeBridge
from tests.fakes.desk import a_drawer


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
    def presets(self) -> PresetsCard:
        """The card of presets, once it was opened."""
        card = self.panel._cabinet._presets_card
        assert card is not None
        return card

    @property
    def templates(self) -> TemplatesCard:
        card = self.panel._cabinet._templates_card
        assert card is not None
        return card

    @property
    def history(self) -> HistoryCard:
        card = self.panel._cabinet._history_card
        assert card is not None
        return card

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
        for _step in ("gathered", "looked at"):
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
        image.fill(crc32(name.encode()))
        path = tmp_path / name
        assert image.save(str(path))
        return path

    return write


def look_at(
    image: FileImage | StoredImage, limits: ImageLimits, is_wanted: Callable[[], bool]
) -> ImageFacts:
    """Files are really judged; of what is kept already nothing stands on this bench."""
    if isinstance(image, FileImage):
        return inspect(image.path, image.edit, limits, is_wanted)
    return ImageFacts("PNG", image.width, image.height, 1000)


def copy_of(image: FileImage | StoredImage, limits: ImageLimits) -> UploadCopy:
    if isinstance(image, FileImage):
        return upload_copy(image.path, image.edit, limits)
    raise AppError(ErrorRecord("Not here", ""))


@pytest.fixture
def make_bench(qtbot) -> Callable[..., Bench]:
    """Opens a panel whose own files are in a folder."""

    def make(folder: Path, look_at: Judge = look_at, shelf: Callable[[], Shelf] = Shelf) -> Bench:
        look = Look(resource("icons"), "light")
        bridge = FakeBridge()
        desk = SimpleNamespace(
            bridge=bridge,
            look=look,
            profiles=PROFILES,
            look_at=look_at,
            copy_of=copy_of,
            shelf=shelf,
            input_path=lambda image: image,
            scratch=folder / "pasted",
            default_provider="sandbox",
            gallery=Gallery(folder / "index.sqlite"),
            drawer=a_drawer(folder),
            asks_before_twins=True,
            web_pictures=WebPictures.ASK,
        )
        panel = ComposePanel(cast(Desk, desk))
        qtbot.addWidget(panel)
        panel.resize(352, 900)
        panel.show()
        return Bench(panel, bridge)

    return make


@pytest.fixture
def bench(make_bench: Callable[[Path], Bench], tmp_path: Path) -> Bench:
    return make_bench(tmp_path)


@pytest.fixture
def ready(bench: Bench, picture: Callable[..., Path]) -> Bench:
    """A form that may be bought."""
    bench.form.grid.filler.put("subjects[0]", [FileImage(picture("vase.png"))])
    bench.settle()
    return bench
