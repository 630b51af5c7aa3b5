"""The real window on a real screen: `python -m tests.ui.screen.app_window FOLDER`.

Prints JSON lines: where the slots are, what they say to a drag, and what stands in them.
"""

import json
import sys
from dataclasses import replace
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QObject, QPoint, Qt, Slot
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from kling_desktop.domain.media import FileImage, ImageSource, StoredImage, UrlImage
from kling_desktop.domain.shelf import Shelf, ShelfPicture
from kling_desktop.inputs import LibraryInputs
from kling_desktop.library.files import LibraryFolder
from kling_desktop.resources import resource
from kling_desktop.ui.compose.slot_filler import PLACES
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.look import Look
from kling_desktop.ui.main_window import MainWindow
from kling_desktop.ui.shelf.lists import PictureList
from kling_desktop.ui.workplace import Workplace
from tests.fakes.desk import a_shop


def say(**values: object) -> None:
    print(json.dumps(values), flush=True)


class Reporter(QObject):
    """Tells what happens to the slots."""

    def __init__(self, window: MainWindow, place: Workplace) -> None:
        super().__init__(window)
        self._window = window
        self._grid = place._compose.grid
        window.painted.connect(self._on_painted)
        # Connected after the window's own: by then the drawer is open.
        self._grid.shelf_wanted.connect(self._on_shelf_wanted, Qt.ConnectionType.QueuedConnection)
        self._grid.filler.moved.connect(self._on_moved)
        self._grid.filler.shown_changed.connect(self._on_shown_changed)

    @Slot()
    def _on_painted(self) -> None:
        slots = {}
        for name in PLACES:
            slot = self._grid.slot(name)
            middle = slot.mapToGlobal(QPoint(slot.width() // 2, slot.height() // 2))
            slots[name] = [middle.x(), middle.y()]
        beside = self._window.mapToGlobal(QPoint(self._window.width() // 2, 300))
        (field, *_) = [edit.viewport() for edit in self._window.findChildren(QPlainTextEdit)]
        prompt = field.mapToGlobal(QPoint(field.width() // 2, 8))
        button = self._grid._shelf
        shelf = button.mapToGlobal(QPoint(button.width() // 2, button.height() // 2))
        say(
            slots=slots,
            shelf_button=[shelf.x(), shelf.y()],
            beside=[beside.x(), beside.y()],
            prompt=[prompt.x(), prompt.y()],
        )

    @Slot()
    def _on_shelf_wanted(self) -> None:
        (tiles,) = self._window.findChildren(PictureList)
        middle = tiles.viewport().mapToGlobal(tiles.visualRect(tiles.model().index(0, 0)).center())
        say(shelf=[middle.x(), middle.y()])

    @Slot()
    def _on_moved(self) -> None:
        draft = self._grid.filler.draft
        images = {name: draft.image(name) for name in PLACES}
        names = {name: _name(image) for name, image in images.items() if image is not None}
        say(draft=names)

    @Slot()
    def _on_shown_changed(self) -> None:
        answers = self._grid.filler.answers
        say(held={name: answer.words for name, answer in answers.items()})


def _name(image: ImageSource) -> str:
    match image:
        case FileImage(path):
            return path.name
        case UrlImage(url):
            return url
        case _:
            return image.name


def _desk(folder: Path, look: Look) -> Desk:
    """With one picture on the shelf."""
    desk = a_shop(folder, look).desk
    library = LibraryFolder(desk.library)
    path = folder / "mara.png"
    Image.new("RGB", (400, 300), "gold").save(path)
    mara = LibraryInputs(library).shelve(FileImage(path))
    assert isinstance(mara, StoredImage)
    shelf = Shelf((ShelfPicture(mara, "Mara"),))
    return replace(desk, shelf=lambda: shelf, input_path=library.original_path)


def main(folder: Path) -> None:
    app = QApplication(sys.argv[:1])
    look = Look(resource("icons"), "light")
    look.apply()
    window = MainWindow(look, folder / "window.ini")
    place = Workplace(_desk(folder, look), window)
    window.furnish(place, place)
    reporter = Reporter(window, place)
    assert reporter.parent() is window
    window.setGeometry(0, 0, 1180, 860)
    window.show()
    app.exec()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
