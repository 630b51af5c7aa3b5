"""The real window on a real screen: `python -m tests.ui.screen.app_window FOLDER`.

Prints JSON lines: where the slots are, what they say to a drag, and what stands in them.
"""

import json
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from kling_desktop.domain.media import FileImage
from kling_desktop.resources import resource
from kling_desktop.ui.compose.slot_filler import PLACES
from kling_desktop.ui.look import Look
from kling_desktop.ui.main_window import MainWindow
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
        say(slots=slots, beside=[beside.x(), beside.y()], prompt=[prompt.x(), prompt.y()])

    @Slot()
    def _on_moved(self) -> None:
        draft = self._grid.filler.draft
        images = {name: draft.image(name) for name in PLACES}
        say(draft={n: i.path.name for n, i in images.items() if isinstance(i, FileImage)})

    @Slot()
    def _on_shown_changed(self) -> None:
        answers = self._grid.filler.answers
        say(held={name: answer.words for name, answer in answers.items()})


def main(folder: Path) -> None:
    app = QApplication(sys.argv[:1])
    look = Look(resource("icons"), "light")
    look.apply()
    window = MainWindow(look, folder / "window.ini")
    place = Workplace(a_shop(folder, look).desk, window)
    window.furnish(place, place)
    reporter = Reporter(window, place)
    assert reporter.parent() is window
    window.setGeometry(0, 0, 1180, 860)
    window.show()
    app.exec()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
