"""A shelf beside real slots: pictures kept in a real library, a bridge that keeps the shelf."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QThreadPool
from PySide6.QtWidgets import QApplication

from kling_desktop.domain.media import FileImage, StoredImage
from kling_desktop.domain.shelf import PictureSet, Shelf, ShelfPicture
from kling_desktop.inputs import LibraryInputs
from kling_desktop.library.files import LibraryFolder
from kling_desktop.resources import resource
from kling_desktop.ui.compose.compose_panel import ComposePanel
from kling_desktop.ui.look import Look
from kling_desktop.ui.shelf.drawer import ShelfDrawer
from tests.fakes.bridge import FakeBridge
from tests.fakes.desk import a_shop


class Bay:
    """The drawer with what a person does to it and sees of it."""

    def __init__(self, folder: Path) -> None:
        look = Look(resource("icons"), "light")
        shop = a_shop(folder, look)
        self.library = LibraryFolder(shop.desk.library)
        self.folder = folder
        self.mara = self.keep("mara.png", "gold")
        self.studio = self.keep("grey.png", "grey")
        self.vase = self.keep("vase.png", "navy")
        shelf = Shelf(
            (
                ShelfPicture(self.mara, "Mara", ("person", "coat"), 30),
                ShelfPicture(self.studio, "Studio backdrop", ("place",), 20),
                ShelfPicture(self.vase, added_at_ms=10),
            ),
            (PictureSet("s1", "In the studio", (self.mara, None, None, None), self.studio),),
        )
        self.desk = replace(
            shop.desk,
            shelf=lambda: shelf,
            input_path=self.library.original_path,
            look_at=LibraryInputs(self.library).judge,
        )
        assert isinstance(self.desk.bridge, FakeBridge)
        self.bridge: FakeBridge = self.desk.bridge
        self.bridge.shelf = shelf
        self.panel = ComposePanel(self.desk)
        self.filler = self.panel.grid.filler
        self.drawer = ShelfDrawer(self.desk, self.filler)

    def keep(self, name: str, colour: str) -> StoredImage:
        path = self.folder / name
        Image.new("RGB", (400, 300), colour).save(path)
        stored = LibraryInputs(self.library).shelve(FileImage(path))
        assert isinstance(stored, StoredImage)
        return stored

    def settle(self) -> None:
        for _step in ("gathered", "looked at"):
            QThreadPool.globalInstance().waitForDone()
            QApplication.processEvents()

    def pictures(self) -> list[str]:
        return [picture.title for picture in self.drawer.view.picture_rows.items()]

    def sets(self) -> list[str]:
        return [each.name for each in self.drawer.view.set_rows.items()]


@pytest.fixture
def bay(qtbot, tmp_path: Path) -> Bay:
    made = Bay(tmp_path)
    for widget in (made.panel, made.drawer):
        qtbot.addWidget(widget)
    made.panel.resize(352, 900)
    made.panel.show()
    made.drawer.resize(440, 900)
    made.drawer.show()
    return made
