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
    """Carries answers to the GUI thread; outlives whoever asked."""

    arrived = Signal(object)


class _Running(QRunnable):
    def __init__(self, number: int, work: Work, courier: _Courier) -> None:
        super().__init__()
        self._number, self._work, self._courier = number, work, courier

    def run(self) -> None:
        self._courier.arrived.emit(_Answer(self._number, self._work()))


class Latest(QObject):
    """Runs one piece of work at a time. `done` carries the result of what was asked for last.

    The work may not raise.
    """

    done = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self._key: Hashable = None
        self._courier = _Courier()
        self._courier.arrived.connect(self._on_arrived)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)

    def ask(self, key: Hashable, work: Work) -> None:
        """Do this next; what waits is forgotten. The same `key` again asks for nothing new."""
        if key == self._key:
            return
        self._key = key
        self._number += 1
        self._pool.clear()
        self._pool.start(_Running(self._number, work, self._courier))

    def forget(self) -> None:
        """No answer is wanted any more."""
        self._key = None
        self._number += 1
        self._pool.clear()

    @Slot(object)
    def _on_arrived(self, answer: _Answer) -> None:
        if answer.number == self._number:
            self.done.emit(answer.result)
