"""The shape of the frame among those that may be sent, on a line from tall to wide."""

from math import log

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QBrush, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from kling_desktop.text import t
from kling_desktop.ui.compose.crop.cut import Cut, ratio_words
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import fill, text
from kling_desktop.ui.theme import Type

_BAR_PX, _KNOB_PX, _REFUSED = 24, 18, 1 / 12


class LimitBar(QWidget):
    """Logarithmic: twice as wide and twice as tall lie as far from the middle. Only shown."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._widest = 2.5
        self._shape = 1.0
        self._is_allowed = True
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.changed.connect(self._dress)
        self._dress()

    def show_cut(self, cut: Cut) -> None:
        """Render the shape of what is kept."""
        width, height = cut.size
        self._widest = float(cut.limits.widest)
        self._shape = width / height
        self._is_allowed = cut.is_narrow_enough
        limit = f"{self._widest:g}"
        words = t("Shape from 1:{limit} to {limit}:1, now {ratio}")
        self.setAccessibleName(words.format(limit=limit, ratio=ratio_words(width, height)))
        self.update()

    @Slot()
    def _dress(self) -> None:
        self.setFixedHeight(_BAR_PX + self._look.line_height(Type.SMALL))
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(240, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Allowed in the middle, refused at both ends, the knob where the frame is."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._look.theme
        box = QRectF(0, 0, self.width(), _BAR_PX)
        middle, aside = box.center().y(), box.width() * _REFUSED
        allowed = QRectF(box.left() + aside, middle - 2, box.width() - 2 * aside, 4)
        for left in (box.left(), allowed.right()):
            refused = QRectF(left, middle - 2, aside, 4)
            painter.fillRect(refused, QBrush(theme.danger, Qt.BrushStyle.BDiagPattern))
        fill(painter, allowed, theme.success)
        painter.setPen(QPen(theme.text_1, 1.5))
        for x in (allowed.left(), allowed.right()):
            painter.drawLine(QPointF(x, middle - 6), QPointF(x, middle + 6))
        place = log(self._shape) / log(self._widest)
        x = allowed.center().x() + place * allowed.width() / 2
        x = min(max(x, box.left() + _KNOB_PX / 2), box.right() - _KNOB_PX / 2)
        color = theme.focus if self._is_allowed else theme.danger
        knob = QRectF(x - _KNOB_PX / 2, middle - _KNOB_PX / 2, _KNOB_PX, _KNOB_PX)
        fill(painter, knob, color, _KNOB_PX / 2)
        fill(painter, knob.adjusted(2, 2, -2, -2), theme.control, _KNOB_PX / 2)
        self._paint_words(painter, allowed)

    def _paint_words(self, painter: QPainter, allowed: QRectF) -> None:
        look = self._look
        font, line = look.font(Type.SMALL), look.line_height(Type.SMALL)
        limit = f"{self._widest:g}"
        centre = int(Qt.AlignmentFlag.AlignCenter)
        for x, words in (
            (allowed.left(), f"1:{limit}"),
            (allowed.center().x(), "1:1"),
            (allowed.right(), f"{limit}:1"),
        ):
            half = min(40.0, x, self.width() - x)
            room = QRectF(x - max(half, 24), _BAR_PX, 2 * max(half, 24), line)
            room.moveLeft(min(max(room.left(), 0), self.width() - room.width()))
            text(painter, room, words, font, look.theme.text_2, centre)
