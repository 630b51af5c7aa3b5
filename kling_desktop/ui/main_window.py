"""The main window before it is furnished: there at once, in the colours and sizes of the last time.

Imports little, so that a person sees the window while everything else is still loading.
"""

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QByteArray, QRect, QSettings, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from kling_desktop.ui.look import Look

_COMPOSE_PX, _TASKS_PX = 352, 336


class Furniture(Protocol):
    """What fills the window, as far as the window is concerned."""

    def restore(self, state: QSettings) -> None:
        """Take the widths and sizes of an earlier run."""
        ...

    def may_close(self) -> bool:
        """Whether the window may go now; False where it asks first and closes it later."""
        ...

    def leave(self, state: QSettings) -> None:
        """Remember them; the window is closing."""
        ...


class MainWindow(QMainWindow):
    """Shows its three surfaces until `furnish` is called with what belongs there.

    `painted` is emitted once, when the first picture of the window stands: whatever takes time
    is begun then. `closed` is emitted once, when the window goes: the engine is stopped then.
    `state` is the file in which Qt keeps geometry and widths.
    """

    painted = Signal()
    closed = Signal()

    def __init__(self, look: Look, state: Path) -> None:
        super().__init__()
        self._look, self._file = look, state
        self._furniture: Furniture | None = None
        self._is_painted = False
        self._is_closed = False
        self.setWindowTitle("Kling Desktop")
        self.setMinimumSize(720, 560)
        geometry = self._state().value("geometry")
        if not (isinstance(geometry, QByteArray) and self.restoreGeometry(geometry)):
            self.resize(1440, 900)

    def furnish(self, widget: QWidget, furniture: Furniture) -> None:
        """Put `widget` into the window; `furniture`, often the same, keeps its own state."""
        self.setCentralWidget(widget)
        self._furniture = furniture
        furniture.restore(self._state())

    def _state(self) -> QSettings:
        return QSettings(str(self._file), QSettings.Format.IniFormat)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The surfaces of the columns, and word of the first picture once it stands."""
        painter = QPainter(self)
        theme, box = self._look.theme, self.rect()
        if self._furniture is None:
            painter.fillRect(box, theme.canvas)
            painter.fillRect(QRect(0, 0, _COMPOSE_PX, box.height()), theme.panel)
            side = QRect(box.width() - _TASKS_PX, 0, _TASKS_PX, box.height())
            painter.fillRect(side, theme.panel)
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self.painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout, and let the engine finish what must not be broken off."""
        if not self._is_closed and self._furniture is not None and not self._furniture.may_close():
            event.ignore()
            return
        super().closeEvent(event)
        if self._is_closed:
            return
        self._is_closed = True
        self._file.parent.mkdir(parents=True, exist_ok=True)
        state = self._state()
        state.setValue("geometry", self.saveGeometry())
        if self._furniture is not None:
            self._furniture.leave(state)
        state.sync()
        self.closed.emit()
