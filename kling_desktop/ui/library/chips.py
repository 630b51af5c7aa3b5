"""Filter chips: one of them is on. Left and Right move, Space and click choose."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QEnterEvent, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import edge, fill, text
from kling_desktop.ui.theme import Height, Space, Type


class Chips(QWidget):
    """`chosen` carries the value of the chip that a person switched on."""

    chosen = Signal(str)

    def __init__(self, look: Look, name: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._chips: dict[str, _Chip] = {}
        self.setAccessibleName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.S)
        for value, words in choices:
            chip = _Chip(look, words)
            self._chips[value] = chip
            self._group.addButton(chip)
            row.addWidget(chip)
        row.addStretch(1)
        next(iter(self._chips.values())).setChecked(True)
        self._group.buttonToggled.connect(self._on_toggled)

    def value(self) -> str:
        """The chip that is on."""
        return next(value for value, chip in self._chips.items() if chip.isChecked())

    def set_value(self, value: str) -> None:
        """Switch a chip on."""
        self._chips[value].setChecked(True)

    @Slot(QAbstractButton, bool)
    def _on_toggled(self, _button: QAbstractButton, is_on: bool) -> None:
        if is_on:
            self.chosen.emit(self.value())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The group moves by arrow keys itself."""
        event.ignore()


class _Chip(QAbstractButton):
    def __init__(self, look: Look, words: str) -> None:
        super().__init__()
        self._look = look
        self._is_hovered = False
        self.setText(words)
        self.setAccessibleName(words)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """28 high, or more with larger text."""
        metrics = QFontMetricsF(self._look.font(Type.SMALL_MEDIUM))
        width = round(metrics.horizontalAdvance(self.text())) + 24
        return QSize(width, self._look.fit(Height.BUTTON, Type.SMALL_MEDIUM))

    def enterEvent(self, event: QEnterEvent) -> None:
        """Hovered."""
        self._is_hovered = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Not hovered."""
        self._is_hovered = False
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """An outlined pill; the one that is on is filled."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, box = self._look.theme, QRectF(self.rect())
        radius = box.height() / 2
        is_on = self.isChecked()
        if is_on:
            fill(painter, box, theme.selection, radius)
        elif self._is_hovered or self.isDown():
            fill(painter, box, theme.pressed if self.isDown() else theme.hover, radius)
        edge(painter, box, theme.accent_text if is_on else theme.line_control, radius)
        color = theme.accent_text if is_on else theme.text_2
        font = self._look.font(Type.SMALL_MEDIUM)
        text(painter, box, self.text(), font, color, int(Qt.AlignmentFlag.AlignCenter))
