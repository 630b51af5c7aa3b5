"""What the tasks column says while there is nothing: the journey line, explained."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from kling_desktop.text import t
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import text
from kling_desktop.ui.paragraph import Paragraph
from kling_desktop.ui.tasks.task_paint import paint_journey
from kling_desktop.ui.tasks.task_words import Journey, step_names
from kling_desktop.ui.theme import Space, Type

_SAMPLE = Journey(2, share=0.6)


class EmptyQueue(QWidget):
    """Nothing on the way."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.PANEL, 0, Space.PANEL, Space.PANEL)
        column.setSpacing(Space.XS)
        column.addStretch(1)
        self._heading = self._words(t("Nothing on the way"), Type.STRONG, "")
        column.addWidget(self._heading)
        column.addWidget(self._words(t("Each task shows here how far it is:"), Type.BODY, "second"))
        column.addSpacing(Space.S)
        column.addWidget(_NamedJourney(look))
        column.addSpacing(Space.M)
        close = t(
            "You may close the window at any time. What was sent goes on, and comes home at the "
            "next start."
        )
        column.addWidget(self._words(close, Type.BODY, "second"))
        column.addStretch(4)

    def _words(self, words: str, token: Type, tone: str) -> Paragraph:
        label = Paragraph(words, tone)
        label.setFont(self._look.font(token))
        return label


class _NamedJourney(QWidget):
    """The line with the names of its steps under it."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(", ".join(step_names()))
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """A line and a line of words."""
        return QSize(200, 10 + QFontMetrics(self._look.font(Type.SMALL)).height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Four segments, each with its name."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._look.theme
        paint_journey(painter, QRectF(0, 0, self.width(), 4), _SAMPLE, theme)
        cell = (self.width() + 3) / 4
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        for number, name in enumerate(step_names()):
            box = QRectF(number * cell, 10, cell - 3, self.height() - 10)
            color = theme.accent_text if number == _SAMPLE.step else theme.text_2
            text(painter, box, name, self._look.font(Type.SMALL), color, flags)
