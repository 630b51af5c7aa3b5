"""What the person calls the pictures on the shelf, for the form."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from kling_desktop.domain.errors import AppError
from kling_desktop.domain.facts import ShelfChanged
from kling_desktop.domain.shelf import Shelf
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.latest import Latest


class ShelfNames(QObject):
    """`changed` when they are known, or others. The shelf is read once, off the GUI thread."""

    changed = Signal()

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._read = partial(_read, desk.shelf)
        self._shelf = Shelf()
        self._reading = Latest(self)
        self._reading.done.connect(self._show)
        desk.bridge.shelf_changed.connect(self._on_shelf_changed)

    def want(self) -> None:
        """Read the shelf, if nobody has yet."""
        self._reading.ask("shelf", self._read)

    def name(self, sha256: str) -> str:
        """The name of the picture with that content, "" where it has none or is not known yet."""
        found = self._shelf.picture(sha256) if sha256 else None
        return found.name if found is not None and not found.is_hidden else ""

    @Slot(object)
    def _on_shelf_changed(self, fact: ShelfChanged) -> None:
        self._reading.forget()  # what is being read is older
        self._show(fact.shelf)

    @Slot(object)
    def _show(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self.changed.emit()


def _read(shelf: Callable[[], Shelf]) -> Shelf:
    """Without names where it cannot be read: the shelf itself says so when it is opened."""
    try:
        return shelf()
    except AppError:
        return Shelf()
