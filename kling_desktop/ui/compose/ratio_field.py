"""The shape of the result, chosen from shapes drawn true."""

from collections.abc import Collection, Sequence
from fractions import Fraction

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QRadioButton, QSizePolicy

from kling_desktop.text import t
from kling_desktop.ui.compose.fields import paint_field
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import edge, fill, text
from kling_desktop.ui.theme import Height, Radius, Type
from kling_desktop.ui.widgets import tab_to_chosen

_SHAPE_PX = 18
_CELL_PX = 22
_GAP_PX = 5


class RatioField(QFrame):
    """A group of radio buttons in one field: Tab enters at the chosen one, arrows move.

    `chosen` carries the ratio as the providers write it ("4:3").
    """

    chosen = Signal(str)

    def __init__(self, look: Look, ratios: Collection[str]) -> None:
        super().__init__()
        self._look = look
        self._tone = ""
        self.setAccessibleName(t("Aspect ratio"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._cells = {ratio: _Cell(ratio, look) for ratio in sorted(ratios, key=_wide_first)}
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(0)
        for cell in self._cells.values():
            row.addWidget(cell)
            cell.toggled.connect(self._on_toggled)
        look.changed.connect(self._dress)
        self._dress()

    def show_ratio(self, ratio: str, offered: Sequence[str], reason: str) -> None:
        """Render the draft's ratio; those not `offered` are off for `reason`. Empty offers all."""
        for value, cell in self._cells.items():
            is_offered = not offered or value in offered
            cell.setEnabled(is_offered)
            cell.setToolTip(value if is_offered else reason)
            cell.setAccessibleDescription("" if is_offered else reason)
        chosen = self._cells.get(ratio)
        if chosen is not None and not chosen.isChecked():
            was = self.blockSignals(True)
            chosen.setChecked(True)
            self.blockSignals(was)
        self._dress()

    def set_tone(self, tone: str) -> None:
        """The colour of the edge: "danger", "warning" or ""."""
        self._tone = tone
        self.update()

    def cell(self, ratio: str) -> QRadioButton:
        """The button of one ratio."""
        return self._cells[ratio]

    @Slot(bool)
    def _on_toggled(self, is_on: bool) -> None:
        if is_on:
            self.chosen.emit(next(v for v, cell in self._cells.items() if cell.isChecked()))
        self._dress()

    @Slot()
    def _dress(self) -> None:
        height = self._look.fit(Height.FIELD)
        self.setFixedHeight(height)
        for cell in self._cells.values():
            cell.settle(height - 2)
        tab_to_chosen(list(self._cells.values()))
        self.update()

    def minimumSizeHint(self) -> QSize:
        """What its cells need."""
        width = sum(cell.minimumWidth() for cell in self._cells.values()) + 2
        return QSize(width, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """One field around the cells."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_field(painter, QRectF(self.rect()), self._look.theme, self._tone)


class _Cell(QRadioButton):
    """One shape. A radio button by nature, so that keys and screen readers know it."""

    def __init__(self, ratio: str, look: Look) -> None:
        super().__init__()
        self._ratio = ratio
        self._look = look
        self.setAccessibleName(t("Aspect ratio {ratio}", ratio=ratio))
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def settle(self, height: int) -> None:
        """The chosen cell is wide enough for its figures."""
        figures = QFontMetrics(self._look.font(Type.SMALL_STRONG)).horizontalAdvance(self._ratio)
        is_on = self.isChecked()
        self.setFixedHeight(height)
        self.setMinimumWidth(_GAP_PX + _SHAPE_PX + 4 + figures + _GAP_PX if is_on else _CELL_PX)
        self.setMaximumWidth(self.minimumWidth() if is_on else 64)

    def sizeHint(self) -> QSize:
        """As small as it may be."""
        return QSize(self.minimumWidth(), self.height())

    def hitButton(self, pos: object) -> bool:
        """All of the cell can be clicked."""
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """The shape, filled with its figures when chosen."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, box = self._look.theme, QRectF(self.rect())
        if not self.isEnabled():
            painter.setOpacity(0.4)
        middle = box.center()
        if self.isChecked():
            fill(painter, box, theme.selection, Radius.TAG)
            middle.setX(box.left() + _GAP_PX + _SHAPE_PX / 2)
        elif self.underMouse() and self.isEnabled():
            fill(painter, box, theme.hover, Radius.TAG)
        width, height = _shape(self._ratio)
        shape = QRectF(round(middle.x() - width / 2), round(middle.y() - height / 2), width, height)
        if self.isChecked():
            fill(painter, shape, theme.accent_text, 2)
            words = box.adjusted(_GAP_PX + _SHAPE_PX + 4, 0, 0, 0)
            text(painter, words, self._ratio, self._look.font(Type.SMALL_STRONG), theme.accent_text)
        else:
            edge(painter, shape, theme.text_2, 2, 1.5)


def _fraction(ratio: str) -> Fraction:
    width, _, height = ratio.partition(":")
    return Fraction(int(width), int(height))


def _wide_first(ratio: str) -> Fraction:
    return -_fraction(ratio)


def _shape(ratio: str) -> tuple[int, int]:
    """Width and height within the square of a cell, on whole pixels."""
    shape = float(_fraction(ratio))
    if shape >= 1:
        return _SHAPE_PX, max(7, round(_SHAPE_PX / shape))
    return max(7, round(_SHAPE_PX * shape)), _SHAPE_PX
