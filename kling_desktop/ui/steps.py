"""A value that people change step by step: undo is going back among its steps."""

from PySide6.QtCore import QObject

_MOST = 200


class StepsModel(QObject):
    """Holds frozen values; steps with the same `going` (typing in one field, one drag) become one.

    A subclass gives the value a name and a type, and tells its change in `_tell`.
    """

    def __init__(self, value: object, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._values = [value]
        self._place = 0
        self._going = ""

    @property
    def can_undo(self) -> bool:
        """Whether there is an earlier one."""
        return self._place > 0

    @property
    def can_redo(self) -> bool:
        """Whether a step was undone."""
        return self._place < len(self._values) - 1

    def end(self) -> None:
        """What was going on is over; the next change is a step of its own."""
        self._going = ""

    def undo(self) -> None:
        """Back one step, if there is one."""
        self._go(self._place - 1)

    def redo(self) -> None:
        """Take back an undo, if there was one."""
        self._go(self._place + 1)

    @property
    def _value(self) -> object:
        return self._values[self._place]

    def _begin(self, value: object) -> None:
        self._values, self._place, self._going = [value], 0, ""
        self._tell()

    def _set(self, value: object, going: str) -> None:
        if value == self._value:
            return
        del self._values[self._place + 1 :]
        if going and going == self._going and self.can_undo:
            self._values[self._place] = value
        else:
            self._values.append(value)
            del self._values[:-_MOST]
            self._place = len(self._values) - 1
        self._going = going
        self._tell()

    def _go(self, place: int) -> None:
        if 0 <= place < len(self._values):
            self._place, self._going = place, ""
            self._tell()

    def _tell(self) -> None:
        """The value is another one."""
        raise NotImplementedError
