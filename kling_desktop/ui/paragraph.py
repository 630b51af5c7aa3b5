"""Running text in the line height of the plan, which Qt's label does not know."""

import math

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFontInfo, QPainter, QPaintEvent, QPalette, QTextLayout, QTextOption
from PySide6.QtWidgets import QApplication, QLabel

# 13 px of text stand on lines of 20 px, smaller text of 12 px on lines of 16 px.
_LINE, _SMALL_LINE = 20 / 13, 16 / 12
_WIDEST_PX = 512


class Paragraph(QLabel):
    """Plain text that wraps, its lines as far apart as the plan has them.

    A label by nature: screen readers, buddies, tones and fonts work as for any other.
    """

    def __init__(self, words: str = "", tone: str = "") -> None:
        super().__init__(words)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        if tone:
            self.setProperty("tone", tone)

    def heightForWidth(self, width: int) -> int:
        """What the lines need."""
        return self._lay_out(width)[1]

    def sizeHint(self) -> QSize:
        """One line, unless it is wider than a column of text should be."""
        width = min(_WIDEST_PX, self.fontMetrics().horizontalAdvance(self.text()) + 2)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """May be as narrow as its longest word."""
        words = self.text().split() or [""]
        widest = max(self.fontMetrics().horizontalAdvance(word) for word in words)
        return QSize(widest + 2, self._line_height())

    def _line_height(self) -> int:
        size_px = self.fontInfo().pixelSize()
        is_small = size_px < QFontInfo(QApplication.font()).pixelSize()
        line_px = round(size_px * (_SMALL_LINE if is_small else _LINE))
        return max(self.fontMetrics().height(), line_px)

    def _lay_out(self, width: int) -> tuple[QTextLayout, int]:
        layout = QTextLayout(self.text(), self.font())
        option = QTextOption(self.alignment() & Qt.AlignmentFlag.AlignHorizontal_Mask)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setTextDirection(self.layoutDirection())
        layout.setTextOption(option)
        step, top = self._line_height(), 0
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(1, width))
            line.setPosition(QPointF(0, top + math.floor((step - line.height()) / 2)))
            top += step
        layout.endLayout()
        return layout, top

    def paintEvent(self, event: QPaintEvent) -> None:
        """The lines, in the middle of the room unless the alignment says otherwise."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        layout, height = self._lay_out(self.width())
        is_centred = bool(self.alignment() & Qt.AlignmentFlag.AlignVCenter)
        top = max(0, (self.height() - height) // 2) if is_centred else 0
        layout.draw(painter, QPointF(0, top))
