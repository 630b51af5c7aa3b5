"""Two round buttons over a large picture: the result before, the next one."""

from PySide6.QtCore import QEvent, QObject, QRectF, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from kling_desktop.text import t
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import fill

_DISC_PX, _INSET_PX = 40, 12


class StageArrows(QObject):
    """Keeps both at the middle of the edges of `stage`. `pressed` carries -1 or 1."""

    pressed = Signal(int)

    def __init__(self, look: Look, stage: QWidget) -> None:
        super().__init__(stage)
        self._stage = stage
        self._before = _Arrow(look, "chevron-left", t("Result before"), stage)
        self._next = _Arrow(look, "chevron-right", t("Next result"), stage)
        self._before.clicked.connect(self._on_before)
        self._next.clicked.connect(self._on_next)
        stage.installEventFilter(self)

    def set_possible(self, before: bool, after: bool) -> None:
        """Which of the two lead anywhere; the other is hidden."""
        self._before.setVisible(before)
        self._next.setVisible(after)

    def raise_(self) -> None:
        """Stay above whatever page the stage shows."""
        self._before.raise_()
        self._next.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the stage's size."""
        if watched is self._stage and event.type() is QEvent.Type.Resize:
            top = (self._stage.height() - _DISC_PX) // 2
            right = self._stage.width() - _DISC_PX - _INSET_PX
            is_mirrored = self._stage.isRightToLeft()
            self._before.move(right if is_mirrored else _INSET_PX, top)
            self._next.move(_INSET_PX if is_mirrored else right, top)
        return False

    @Slot()
    def _on_before(self) -> None:
        self.pressed.emit(-1)

    @Slot()
    def _on_next(self) -> None:
        self.pressed.emit(1)


class _Arrow(QAbstractButton):
    def __init__(self, look: Look, icon: str, words: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._look, self._icon_name = look, icon
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.setFixedSize(_DISC_PX, _DISC_PX)
        look.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A disc with a chevron."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, box = self._look.theme, QRectF(self.rect())
        ground = theme.pressed if self.isDown() or self.underMouse() else theme.raised
        fill(painter, box, ground, box.height() / 2)
        self._look.paint_icon(painter, self._icon_name, box, theme.text_1)
