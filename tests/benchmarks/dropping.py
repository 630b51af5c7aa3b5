"""Files dropped on the slots of the app's own window, and how long its person waits."""

import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QMimeData, QObject, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from kling_desktop.resources import resource
from kling_desktop.ui.compose.compose_panel import ComposePanel
from kling_desktop.ui.compose.image_slot import ImageSlot
from kling_desktop.ui.compose.slot_filler import PLACES
from kling_desktop.ui.compose.slot_grid import SlotGrid
from kling_desktop.ui.compose.verdict import SlotState
from kling_desktop.ui.look import Look
from kling_desktop.ui.main_window import MainWindow
from kling_desktop.ui.workplace import Workplace
from tests.fakes.desk import a_shop

GAP_MS = 5
_COPY, _LEFT = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
_PLAIN = Qt.KeyboardModifier.NoModifier
_WAITING = (SlotState.EMPTY, SlotState.CHECKING)


@contextmanager
def app_window(home: Path) -> Generator[ComposePanel]:
    """The form in its window; pictures are judged as in the app, and nobody answers."""
    _application = QApplication.instance() or QApplication([])
    home.mkdir()
    look = Look(resource("icons"), "light")
    look.apply()
    shop = a_shop(home, look)
    window = MainWindow(look, home / "window.ini")
    place = Workplace(shop.desk, window)
    window.furnish(place, place)
    window.resize(1440, 900)
    window.show()
    QApplication.processEvents()
    (compose,) = place.findChildren(ComposePanel)
    yield compose
    window.close()
    shop.index.close()


class Dropping(QObject):
    """Files by the place that they are dropped on; done when each slot has painted its verdict."""

    def __init__(self, grid: SlotGrid, drops: Mapping[str, Sequence[Path]]) -> None:
        super().__init__()
        self._grid, self._drops = grid, drops
        self._count = sum(map(len, drops.values()))
        self._slots: dict[QObject, ImageSlot] = {}
        self._named_s: dict[QObject, float] = {}
        self._judged_s: dict[QObject, float] = {}
        self._loop = QEventLoop()
        self._timer = QTimer(self, interval=GAP_MS)
        self._timer.timeout.connect(self._on_beat)
        self._begun_s = self._beat_s = time.perf_counter()
        self._stall_ms = 0.0
        for place in PLACES:
            slot = grid.slot(place)
            self._slots[slot.caption] = slot
            slot.caption.installEventFilter(self)

    def run(self) -> str:
        """Drop, wait, and say what was felt."""
        self._timer.start()
        self._begun_s = self._beat_s = time.perf_counter()
        for place, paths in self._drops.items():
            _drop(self._grid.slot(place), paths)
        self._loop.exec()
        self._timer.stop()
        for caption in self._slots:
            caption.removeEventFilter(self)
        named, judged = max(self._named_s.values()), max(self._judged_s.values())
        return (
            f"all in their slots after {named * 1000:.0f} ms, first verdict painted after "
            f"{min(self._judged_s.values()) * 1000:.0f} ms, last after {judged * 1000:.0f} ms; "
            f"longest stall of the GUI thread {self._stall_ms:.0f} ms"
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A caption paints what its slot says now."""
        if event.type() is QEvent.Type.Paint and watched in self._slots:
            state = self._slots[watched].view.verdict.state
            now_s = time.perf_counter() - self._begun_s
            if state is not SlotState.EMPTY:
                self._named_s.setdefault(watched, now_s)
            if state not in _WAITING:
                self._judged_s.setdefault(watched, now_s)
            if len(self._judged_s) == self._count:
                QTimer.singleShot(0, self._loop.quit)
        return False

    def _on_beat(self) -> None:
        now_s = time.perf_counter()
        self._stall_ms = max(self._stall_ms, (now_s - self._beat_s) * 1000 - GAP_MS)
        self._beat_s = now_s


def _drop(slot: ImageSlot, paths: Sequence[Path]) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    QApplication.sendEvent(slot, QDragEnterEvent(QPoint(9, 9), _COPY, mime, _LEFT, _PLAIN))
    QApplication.sendEvent(slot, QDropEvent(QPointF(9, 9), _COPY, mime, _LEFT, _PLAIN))
