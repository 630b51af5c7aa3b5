"""Work off the GUI thread of which only the newest answer counts."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class _Answer:
    number: int
    result: object


class _Courier(QObject):
    """Carries answers to the GUI thread and the number of the newest question to the others.

    It outlives whoever asked.
    """

    arrived = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.newest = 0


class _Running(QRunnable):
    def __init__(self, number: int, work: Work, courier: _Courier) -> None:
        super().__init__()
        self._number, self._work, self._courier = number, work, courier

    def run(self) -> None:
        """Work, unless nobody waits for it any more."""
        if self._number == self._courier.newest:
            self._courier.arrived.emit(_Answer(self._number, self._work()))


class Latest(QObject):
    """`done` carries the result of what was asked for last. The work may not raise."""

    done = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._key: Hashable = None
        self._courier = _Courier()
        self._courier.arrived.connect(self._on_arrived)

    def ask(self, key: Hashable, work: Work) -> None:
        """Do this; what has not begun is dropped. The same `key` again asks for nothing new."""
        if key == self._key:
            return
        self._key = key
        self._courier.newest += 1
        # Not a pool of its own: to be deleted it would wait, and hold up the work it waits for.
        running = _Running(self._courier.newest, work, self._courier)
        QThreadPool.globalInstance().start(running)

    def forget(self) -> None:
        """No answer is wanted any more."""
        self._key = None
        self._courier.newest += 1

    @Slot(object)
    def _on_arrived(self, answer: _Answer) -> None:
        if answer.number == self._courier.newest:
            self.done.emit(answer.result)
