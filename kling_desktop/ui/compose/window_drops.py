"""What is dropped on the window beside the slots goes into the next free ones."""

from typing import cast

from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from kling_desktop.ui.compose.slot_filler import SlotFiller


class WindowDrops(QObject):
    """Watches `window`. What a panel of the app carries about is taken in `column` alone.

    The text fields leave files and pictures to it (`words_edit.py`).
    """

    def __init__(self, window: QWidget, column: QWidget, filler: SlotFiller) -> None:
        super().__init__(window)
        self._window, self._column, self._filler = window, column, filler
        self._is_acceptable = False
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Drags over the window itself, and past the text fields."""
        kind = event.type()
        if kind is QEvent.Type.DragLeave:
            if watched is self._window:
                self._filler.let_go()
            return False
        if kind not in (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop):
            return False
        if not isinstance(event, QDropEvent):  # entering and moving are kinds of dropping
            return False
        self._answer(kind, event)
        return True

    def _answer(self, kind: QEvent.Type, event: QDropEvent) -> None:
        if kind is QEvent.Type.DragEnter:
            self._is_acceptable = self._may_come(event) and self._filler.hold("", event.mimeData())
            # Taken on in any case: else Qt would not tell when it moves or leaves.
            event.acceptProposedAction()
        elif not self._is_acceptable:
            event.ignore()
        else:
            event.acceptProposedAction()
            if kind is QEvent.Type.Drop:
                self._filler.let_go()
                self._filler.drop("", event.mimeData())

    def _may_come(self, event: QDropEvent) -> bool:
        source = cast(QObject | None, event.source())  # Qt's stubs forget the other programs
        if source is None:
            return True
        at: QPoint = self._column.mapFrom(self._window, event.position().toPoint())
        return self._column.isVisible() and self._column.rect().contains(at)
