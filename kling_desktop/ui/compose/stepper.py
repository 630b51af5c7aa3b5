"""How many pictures: minus, a figure that can be typed, plus."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolButton

from kling_desktop.text import t
from kling_desktop.ui.compose.bare_figure import BareFigure
from kling_desktop.ui.compose.fields import paint_field
from kling_desktop.ui.look import Look
from kling_desktop.ui.theme import Height, Type


class Stepper(QFrame):
    """`chosen` carries the new number, 1 to the most that is allowed."""

    chosen = Signal(int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.field = _Figure()
        self._less = _button(t("One picture less"))
        self._more = _button(t("One picture more"))
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(0)
        for part in (self._less, self.field, self._more):
            row.addWidget(part)
        self._less.clicked.connect(self.field.stepDown)
        self._more.clicked.connect(self.field.stepUp)
        self.field.valueChanged.connect(self.chosen)
        look.changed.connect(self._dress)
        self._dress()

    def show_number(self, number: int, most: int) -> None:
        """Render the draft's number."""
        was = self.field.blockSignals(True)
        self.field.setRange(1, max(1, most))
        self.field.setValue(number)
        self.field.blockSignals(was)
        self._less.setEnabled(self.field.value() > 1)
        self._more.setEnabled(self.field.value() < self.field.maximum())
        self._less.setToolTip("" if self._less.isEnabled() else t("One is the fewest."))
        most_words = t("{most} is the most.", most=most)
        self._more.setToolTip("" if self._more.isEnabled() else most_words)

    def minimumSizeHint(self) -> QSize:
        """92 by 36, more for larger text."""
        figure = self.fontMetrics().horizontalAdvance("00")
        return QSize(max(92, 2 * 28 + figure + 12), self._look.fit(Height.FIELD))

    def sizeHint(self) -> QSize:
        """As small as it gets."""
        return self.minimumSizeHint()

    @Slot()
    def _dress(self) -> None:
        look = self._look
        self.field.setFont(look.font(Type.STRONG))
        self._less.setIcon(look.icon("minus", look.theme.text_1, 16))
        self._more.setIcon(look.icon("plus", look.theme.text_1, 16))
        self.setFixedHeight(look.fit(Height.FIELD))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """One field around all three."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_field(painter, QRectF(self.rect()), self._look.theme)


class _Figure(BareFigure):
    def __init__(self) -> None:
        super().__init__(t("Number of pictures"))
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)

    def stepBy(self, steps: int) -> None:
        """A stepped figure stands there plain, not selected."""
        super().stepBy(steps)
        self.lineEdit().deselect()


def _button(name: str) -> QToolButton:
    button = QToolButton()
    button.setAccessibleName(name)
    button.setAutoRepeat(True)
    # The figure itself answers to the arrow keys; a second and third stop would only be in the way.
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.setFixedWidth(28)
    return button
