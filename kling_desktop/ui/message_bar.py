"""The message bar: the one thing a column has to say, between its header and its content."""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton

from kling_desktop.text import t
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import fill
from kling_desktop.ui.theme import Height, Radius, Space, Theme, Type

_NARROW_PX = 400
_TALL_PX = 52


class Tone(StrEnum):
    """The kinds of message bar."""

    FAILURE = "failure"
    WARNING = "warning"
    NEWS = "news"
    SANDBOX = "sandbox"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Message:
    """What a bar says: a bold fact, one sentence, and the words of its one button if any."""

    fact: str
    sentence: str = ""
    tone: Tone = Tone.NEWS
    icon: str = "info"
    action: str = ""
    can_close: bool = True


_FILL = {
    Tone.FAILURE: ("danger_fill", "danger"),
    Tone.WARNING: ("warning_fill", "warning"),
    Tone.NEWS: ("pressed", "text_2"),
    Tone.SANDBOX: ("sandbox_fill", "sandbox"),
    Tone.GOOD: ("success_fill", "success"),
}


class MessageBar(QFrame):
    """In the column it concerns. At most one message; hidden while there is none.

    Fact and sentence share a line. Under 400 px, and wherever they do not fit, the sentence stands
    below the fact and wraps: nothing is cut, it may speak of money.
    """

    pressed = Signal()
    closed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._message: Message | None = None
        self._icon = QLabel()
        self._fact, self._sentence = QLabel(), QLabel()
        self._words = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._action = QPushButton()
        self._action.setProperty("kind", "link")
        self._close = QToolButton()
        self._close.setAccessibleName(t("Close this message"))
        self._build()
        self._action.clicked.connect(self.pressed)
        self._close.clicked.connect(self._on_closed)
        look.changed.connect(self._dress)
        self.hide()

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, 0, Space.S, 0)
        row.setSpacing(Space.S)
        row.addWidget(self._icon)
        self._words.setSpacing(Space.S)
        self._words.addWidget(self._fact)
        self._words.addWidget(self._sentence, 1)
        for label in (self._fact, self._sentence):
            label.setTextFormat(Qt.TextFormat.PlainText)
            # As wide as the bar gives, never the other way round.
            label.setMinimumWidth(1)
        row.addLayout(self._words, 1)
        row.addWidget(self._action)
        row.addWidget(self._close)

    def message(self) -> Message | None:
        """What is shown."""
        return self._message

    def show_message(self, message: Message | None) -> None:
        """Say this, or nothing more."""
        self._message = message
        self.setVisible(message is not None)
        if message is None:
            return
        self._fact.setText(message.fact)
        self._sentence.setText(message.sentence)
        self._sentence.setVisible(bool(message.sentence))
        self._action.setText(message.action)
        self._action.setVisible(bool(message.action))
        self._close.setVisible(message.can_close)
        self.setAccessibleName(f"{message.fact} {message.sentence}".strip())
        self._dress()

    def take_keyboard(self) -> None:
        """Let Enter press the button of the message."""
        self._action.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def _on_closed(self) -> None:
        self.show_message(None)
        self.closed.emit()

    @Slot()
    def _dress(self) -> None:
        look, message = self._look, self._message
        if message is None:
            return
        color = getattr(look.theme, _FILL[message.tone][1])
        self._icon.setPixmap(look.pixmap(message.icon, color, 20, self.devicePixelRatioF()))
        self._close.setIcon(look.icon("x", look.theme.text_2, 16))
        self._fact.setFont(look.font(Type.STRONG))
        self._sentence.setFont(look.font(Type.BODY))
        self._fit()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Beside each other, or below each other."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _fit(self) -> None:
        look = self._look
        room = self._room()
        fact, sentence = self._fact.fontMetrics(), self._sentence.fontMetrics()
        fact_px = fact.horizontalAdvance(self._fact.text()) + 2
        sentence_px = sentence.horizontalAdvance(self._sentence.text()) + 2
        is_tight = self.width() < _NARROW_PX or fact_px + Space.S + sentence_px > room
        is_stacked = is_tight and bool(self._sentence.text())
        way = QBoxLayout.Direction
        self._words.setDirection(way.TopToBottom if is_stacked else way.LeftToRight)
        self._words.setSpacing(0 if is_stacked else Space.S)
        for label in (self._fact, self._sentence):
            label.setWordWrap(is_tight)
        height, above = look.fit(Height.FIELD), 0
        if is_tight:
            shown = [self._fact, self._sentence] if is_stacked else [self._fact]
            lines = sum(label.heightForWidth(max(1, room)) for label in shown)
            height = max(look.fit(_TALL_PX) if is_stacked else height, lines + 2 * Space.S)
            above = (height - lines) // 2
        self._words.setContentsMargins(0, above, 0, above)
        self.setFixedHeight(height)

    def _room(self) -> int:
        """What is left for words between icon and buttons."""
        beside = [self._icon.sizeHint().width()]
        beside += [b.sizeHint().width() for b in (self._action, self._close) if not b.isHidden()]
        return self.width() - Space.M - Space.S - sum(beside) - Space.S * len(beside)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The fill says the kind; icon and words say it too."""
        if self._message is None:
            return
        theme: Theme = self._look.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = getattr(theme, _FILL[self._message.tone][0])
        fill(painter, QRectF(self.rect()), color, Radius.ROW)
