"""Questions that a drop raises, asked one after the other in place: below the slots."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.ui.look import Look, announce
from kling_desktop.ui.paint import fill
from kling_desktop.ui.theme import Radius, Space, Type


@dataclass(frozen=True, slots=True)
class Question:
    """A fact, a sentence, and the answers: each a value with its words, the safe one first."""

    fact: str
    sentence: str
    answers: Sequence[tuple[str, str]]
    answered: Callable[[str], None]


class Questions(QObject):
    """Those that wait for an answer. `changed` when another one is the first."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: list[Question] = []

    @property
    def first(self) -> Question | None:
        """The one to be asked now."""
        return self._waiting[0] if self._waiting else None

    def ask(self, question: Question) -> None:
        """Ask this after all others."""
        self._waiting.append(question)
        if len(self._waiting) == 1:
            self.changed.emit()

    def answer(self, value: str) -> None:
        """The person's word on the first one."""
        question = self._waiting.pop(0)
        question.answered(value)
        self.changed.emit()


class QuestionCard(QWidget):
    """Shows the first question; hidden while there is none. An offer, not a demand."""

    def __init__(self, look: Look, questions: Questions, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._questions = questions
        self._fact, self._sentence = QLabel(), QLabel()
        self._sentence.setProperty("tone", "second")
        self._buttons: list[QAbstractButton] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(Space.M, Space.M, Space.M, Space.M)
        self._column.setSpacing(Space.S)
        for label in (self._fact, self._sentence):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            self._column.addWidget(label)
        look.changed.connect(self._dress)
        self._dress()
        self.hide()

    def show_first(self) -> None:
        """Ask what is to be asked now, or nothing."""
        question = self._questions.first
        for button in self._buttons:
            self._column.removeWidget(button)
            button.deleteLater()
        self._buttons = []
        self.setVisible(question is not None)
        if question is None:
            return
        self._fact.setText(question.fact)
        self._sentence.setText(question.sentence)
        self.setAccessibleName(f"{question.fact} {question.sentence}")
        for value, words in question.answers:
            self._add_button(value, words)
        announce(self, f"{question.fact} {question.sentence}")

    def _add_button(self, value: str, words: str) -> None:
        button = QPushButton(words, self)
        button.setProperty("value", value)
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.clicked.connect(self._on_clicked)
        self._buttons.append(button)
        self._column.addWidget(button)
        button.show()

    def buttons(self) -> Sequence[QAbstractButton]:
        """The answers as they are shown."""
        return tuple(self._buttons)

    @Slot()
    def _on_clicked(self) -> None:
        button = self.sender()
        assert isinstance(button, QAbstractButton)
        self._questions.answer(str(button.property("value")))

    def minimumSizeHint(self) -> QSize:
        """Never wider than the column."""
        return QSize(0, super().minimumSizeHint().height())

    @Slot()
    def _dress(self) -> None:
        self._fact.setFont(self._look.font(Type.STRONG))
        self._sentence.setFont(self._look.font(Type.SMALL))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A quiet ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill(painter, QRectF(self.rect()), self._look.theme.pressed, Radius.CARD)
