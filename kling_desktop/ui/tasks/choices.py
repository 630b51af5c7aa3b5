"""What the cards of the task list share: choices with their consequences, and the buttons below."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QButtonGroup,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.text import t
from kling_desktop.ui.look import Look
from kling_desktop.ui.theme import Space, Type

INDENT_PX = 24  # under the words of a radio button


class Decision(StrEnum):
    """What a person decides."""

    KEEP_CHECKING = "keep_checking"
    LINK = "link"
    CLOSE = "close"
    SEND_AGAIN = "send_again"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of them, in words, with what comes of it."""

    decision: Decision
    words: str
    consequence: str


class Choices(QWidget):
    """Radio buttons, each over its consequence. The first is on; `chosen` is a person's press."""

    chosen = Signal()

    def __init__(self, look: Look, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._look = look
        self._group = QButtonGroup(self)
        self.radios: dict[Decision, QRadioButton] = {}
        self._notes: dict[Decision, QLabel] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.XS)
        for choice in choices:
            self._add(choice)
        first = choices[0].decision
        self.radios[first].setChecked(True)
        self.setFocusProxy(self.radios[first])
        self._group.buttonClicked.connect(self._on_clicked)

    def _add(self, choice: Choice) -> None:
        radio = QRadioButton(choice.words)
        radio.setFont(self._look.font(Type.STRONG))
        note = QLabel()
        note.setWordWrap(True)
        note.setFont(self._look.font(Type.SMALL))
        # What may cost money is said in the colour of doubt.
        is_dear = choice.decision is Decision.SEND_AGAIN
        note.setProperty("tone", "warning" if is_dear else "second")
        note.setContentsMargins(INDENT_PX, 0, 0, Space.XS)
        note.setBuddy(radio)
        self._group.addButton(radio)
        self.radios[choice.decision], self._notes[choice.decision] = radio, note
        self._column.addWidget(radio)
        self._column.addWidget(note)
        self.say(choice)

    def say(self, choice: Choice) -> None:
        """Give a choice other words."""
        self.radios[choice.decision].setText(choice.words)
        self.radios[choice.decision].setAccessibleDescription(choice.consequence)
        self._notes[choice.decision].setText(choice.consequence)

    def put_below(self, decision: Decision, widget: QWidget) -> None:
        """Let something that belongs to a choice stand under it."""
        place = self._column.indexOf(self._notes[decision])
        self._column.insertWidget(place + 1, widget)

    def value(self) -> Decision:
        """What is chosen now."""
        return next(d for d, radio in self.radios.items() if radio.isChecked())

    def set_value(self, decision: Decision) -> None:
        """Choose without telling anyone."""
        self.radios[decision].setChecked(True)
        self.setFocusProxy(self.radios[decision])

    @Slot(QAbstractButton)
    def _on_clicked(self, _radio: QAbstractButton) -> None:
        self.chosen.emit()


class CardButtons(QWidget):
    """The step that repeats the choice, and the way out. `resized` when they change places."""

    pressed = Signal()
    dismissed = Signal()
    resized = Signal()

    def __init__(self, dismiss_words: str = "") -> None:
        super().__init__()
        self.step = QPushButton()
        self.dismiss = QPushButton(dismiss_words or t("Not now"))
        self.step.setProperty("kind", "primary")
        self.dismiss.setProperty("kind", "link")
        row = self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        row.setContentsMargins(0, Space.S, 0, 0)
        row.addWidget(self.step)
        row.addWidget(self.dismiss)
        row.addStretch(1)
        self.step.clicked.connect(self.pressed)
        self.dismiss.clicked.connect(self.dismissed)

    def say(self, words: str, *, may_cost: bool = False) -> None:
        """Put these words on the step. What may cost money is never filled and inviting."""
        self.step.setText(words)
        self.step.setProperty("kind", "large" if may_cost else "primary")
        self.step.style().unpolish(self.step)
        self.step.style().polish(self.step)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """With large text the buttons stand one below the other."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        wanted = self.step.sizeHint().width() + self.dismiss.sizeHint().width()
        way = QBoxLayout.Direction
        direction = way.LeftToRight if wanted + 3 * Space.S <= self.width() else way.TopToBottom
        if self._row.direction() is not direction:
            self._row.setDirection(direction)
            self.resized.emit()
