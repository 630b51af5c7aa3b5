"""Small widgets that several views share: segments, a message bar, a label that shortens."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import fill
from kling_desktop.ui.theme import Height, Radius


@dataclass(frozen=True, slots=True)
class Choice:
    """One segment: the value it stands for, its words, and an icon of the set if any."""

    value: str
    words: str
    icon: str = ""


class Segments(QFrame):
    """A few choices side by side, one of them on. Arrow keys move within; Tab leaves.

    `chosen` carries the value of the segment that a person switched on.
    """

    chosen = Signal(str)

    def __init__(
        self, look: Look, name: str, choices: Sequence[Choice], height: int = Height.TOOL
    ) -> None:
        super().__init__()
        self._look = look
        self._choices = {choice.value: choice for choice in choices}
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QPushButton] = {}
        self._height = height
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(0)
        for choice in choices:
            button = QPushButton(choice.words)
            button.setCheckable(True)
            button.setProperty("kind", "segment")
            button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding)
            button.setAccessibleName(f"{name}: {choice.words}")
            self._group.addButton(button)
            self._buttons[choice.value] = button
            row.addWidget(button, 1)
        self._group.buttonClicked.connect(self._on_clicked)
        look.changed.connect(self._dress)
        self._dress()

    def value(self) -> str:
        """The choice that is on, "" when none is."""
        return next((value for value, b in self._buttons.items() if b.isChecked()), "")

    def values(self) -> tuple[str, ...]:
        """Every choice, in order."""
        return tuple(self._choices)

    def set_value(self, value: str) -> None:
        """Switch a choice on without telling anyone."""
        if value in self._buttons:
            self._buttons[value].setChecked(True)
            self._dress()

    def set_offered(self, value: str, reason: str) -> None:
        """Disable a choice with its `reason`, or offer it again when the reason is empty."""
        button = self._buttons[value]
        button.setEnabled(not reason)
        button.setToolTip(reason)
        button.setAccessibleDescription(reason)

    def button(self, value: str) -> QPushButton:
        """The button of one choice."""
        return self._buttons[value]

    @Slot(QAbstractButton)
    def _on_clicked(self, button: QAbstractButton) -> None:
        self._dress()
        self.chosen.emit(next(v for v, b in self._buttons.items() if b is button))

    @Slot()
    def _dress(self) -> None:
        theme = self._look.theme
        self.setFixedHeight(self._look.fit(self._height))
        for value, button in self._buttons.items():
            color = theme.text_1 if button.isChecked() else theme.text_2
            if icon := self._choices[value].icon:
                button.setIcon(self._look.icon(icon, color, 16))
                button.setIconSize(QSize(16, 16))
        tab_to_chosen(list(self._buttons.values()))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The trough in which the segments lie."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill(painter, QRectF(self.rect()), self._look.theme.trough, Radius.ROW)


def tab_to_chosen(buttons: Sequence[QAbstractButton]) -> None:
    """Let Tab enter a group at the button that is on; Qt does so only after the first visit."""
    is_any_on = any(button.isChecked() for button in buttons)
    for button in buttons:
        reached = button.isChecked() or not is_any_on
        policy = Qt.FocusPolicy.StrongFocus if reached else Qt.FocusPolicy.ClickFocus
        button.setFocusPolicy(policy)


class ElidedLabel(QLabel):
    """One line that is shortened where it does not fit; the whole stands in the tooltip."""

    def __init__(
        self, words: str = "", mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight
    ) -> None:
        super().__init__()
        self._words = words
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.set_words(words)

    def words(self) -> str:
        """The whole text."""
        return self._words

    def set_words(self, words: str) -> None:
        """Show `words`, as much of them as fits."""
        self._words = words
        self.setAccessibleName(words)
        self._shorten()

    def sizeHint(self) -> QSize:
        """As wide as the whole text would be."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._words) + 2, metrics.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten anew."""
        super().resizeEvent(event)
        self._shorten()

    def changeEvent(self, event: QEvent) -> None:
        """A new font needs another shortening."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._shorten()

    def _shorten(self) -> None:
        shown = self.fontMetrics().elidedText(self._words, self._mode, self.width())
        super().setText(shown)
        self.setToolTip(self._words if shown != self._words else "")


def line(look: Look, parent: QWidget | None = None) -> QFrame:
    """A separator of one pixel, between footer and content only."""
    rule = _Line(look)
    rule.setParent(parent)
    return rule


class _Line(QFrame):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setFixedHeight(1)
        look.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._look.theme.line)
