"""One side of the frame as a figure that can be typed: its name left, the pixels right."""

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy

from kling_desktop.ui.compose.bare_figure import BareFigure
from kling_desktop.ui.compose.fields import paint_field
from kling_desktop.ui.look import Look
from kling_desktop.ui.theme import Height, Type


class MeasureField(QFrame):
    """`typed` carries the new length in pixels once it is entered or stepped."""

    typed = Signal(int)

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._look = look
        self._label = QLabel(name)
        self._label.setProperty("tone", "second")
        self.figure = _Figure(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(9, 1, 9, 1)
        row.addWidget(self._label)
        row.addWidget(self.figure, 1)
        self.figure.valueChanged.connect(self.typed)
        look.changed.connect(self._dress)
        self._dress()

    def show_length(self, length: int, most: int) -> None:
        """Render a side of the frame."""
        was = self.figure.blockSignals(True)
        self.figure.setRange(1, most)
        self.figure.setValue(length)
        self.figure.blockSignals(was)

    @Slot()
    def _dress(self) -> None:
        self.setFixedHeight(self._look.fit(Height.FIELD))
        self._label.setFont(self._look.font(Type.SMALL))
        self.figure.setFont(self._look.font(Type.BODY))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """One field around both."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_field(painter, QRectF(self.rect()), self._look.theme)


class _Figure(BareFigure):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        # A figure is taken when it is complete: 1 on the way to 1200 would shrink the frame.
        self.setKeyboardTracking(False)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
