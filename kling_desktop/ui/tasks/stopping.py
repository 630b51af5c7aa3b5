"""Asks before a task is left to itself: in the column, with what it means for the money."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kling_desktop.domain.tasks import SETTLED, Task, TaskState
from kling_desktop.text import t
from kling_desktop.ui.look import Look, announce
from kling_desktop.ui.message_bar import Message, MessageBar, Tone
from kling_desktop.ui.theme import Space

_QUOTED = 40


class StopQuestion(QWidget):
    """`meant` carries the id of a task that is really to be left, `answered` follows any answer.

    With `asks_first` off every stop is meant. Takes no room while nothing is asked.
    """

    meant = Signal(str)
    answered = Signal()

    def __init__(self, look: Look, *, asks_first: bool) -> None:
        super().__init__()
        self.asks_first = asks_first
        self._id: str | None = None
        self.bar = MessageBar(look)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.S, 0, Space.S, 0)
        column.addWidget(self.bar)
        self.bar.pressed.connect(self._on_meant)
        self.bar.closed.connect(self._on_left)

    def ask(self, task: Task, provider: str) -> None:
        """Ask about `task`, whose provider is called `provider`."""
        if not self.asks_first:
            self.meant.emit(task.id)
            return
        self._id = task.id
        self.bar.show_message(_question(task, provider))
        announce(self, self.bar.accessibleName())
        self.bar.take_keyboard()

    def follow(self, task: Task) -> None:
        """A task has changed: of one that ended there is nothing left to ask."""
        if task.id == self._id and task.state in SETTLED:
            self._id = None
            self.bar.show_message(None)

    @Slot()
    def _on_meant(self) -> None:
        id, self._id = self._id, None
        self.bar.show_message(None)
        self.answered.emit()
        if id is not None:
            self.meant.emit(id)

    @Slot()
    def _on_left(self) -> None:
        self._id = None
        self.answered.emit()


def _question(task: Task, provider: str) -> Message:
    if task.state is TaskState.FROZEN:
        sentence = t("Nothing was sent yet. It will not be.")
    else:
        sentence = t("{provider} goes on and may charge. Results come home.", provider=provider)
    words = " ".join(task.request.prompt.split())
    short = words if len(words) <= _QUOTED else f"{words[:_QUOTED]}…"
    fact = t("Stop following “{prompt}”?", prompt=short) if short else t("Stop following it?")
    return Message(fact, sentence, Tone.WARNING, "stop", t("Stop"))
