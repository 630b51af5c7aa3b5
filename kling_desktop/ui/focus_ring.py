"""The one focus ring of a window: it follows the keyboard, and the mouse never sees it."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, Slot
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QMenuBar, QWidget

from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import edge
from kling_desktop.ui.theme import Radius

_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
_ROOM_PX = 4
# Set on the bare part of a composed field, so that the ring goes around the whole of it.
RING_ON_PARENT = "ringOnParent"


class FocusRing(QWidget):
    """An overlay over `window`. Drawn when focus came by Tab, Backtab or a shortcut.

    Item views are left out: they ring their own current item.
    """

    def __init__(self, window: QWidget, look: Look) -> None:
        super().__init__(window)
        self._look = look
        self._target: QWidget | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus_changed)
        app.installEventFilter(self)
        look.changed.connect(self.update)
        self._is_by_keyboard = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Learn the reason of a focus, and follow the focused widget about."""
        if event.type() is QEvent.Type.FocusIn and isinstance(event, QFocusEvent):
            self._is_by_keyboard = event.reason() in _BY_KEYBOARD
        elif (
            self._carries_target(watched)
            and event.type()
            in (
                QEvent.Type.Move,
                QEvent.Type.Resize,
                QEvent.Type.Hide,
                QEvent.Type.Show,
            )
        ) or (event.type() in (QEvent.Type.Scroll, QEvent.Type.Wheel) and self._target):
            self._follow()
        return False

    def _carries_target(self, watched: QObject) -> bool:
        target = self._target
        if target is None or not isinstance(watched, QWidget):
            return False
        return watched is target or watched.isAncestorOf(target)

    @Slot(QWidget, QWidget)
    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        window = self.parentWidget()
        is_ours = new is not None and window is not None and window.isAncestorOf(new)
        wants_ring = is_ours and not isinstance(new, QAbstractItemView | QMenuBar)
        self._target = new if wants_ring and self._is_by_keyboard else None
        self._follow()

    def _follow(self) -> None:
        target, window = self._target, self.parentWidget()
        if target is None or window is None or not target.isVisible():
            self.hide()
            return
        whole = target.parentWidget() if target.property(RING_ON_PARENT) else None
        frame = whole or target
        box = QRect(frame.mapTo(window, QPoint(0, 0)), frame.size())
        self.setGeometry(box.adjusted(-_ROOM_PX, -_ROOM_PX, _ROOM_PX, _ROOM_PX))
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A ring of 2 px with a gap of 2 px."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge(painter, QRectF(self.rect()), self._look.theme.focus, Radius.FIELD + 3, 2)
