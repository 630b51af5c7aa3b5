"""A value with the steps that led to it: undo is going back among them. No Qt."""

from typing import Generic, TypeVar

_MOST = 200

Value = TypeVar("Value")


class Steps(Generic[Value]):
    """Steps with the same `going` (typing in one field, one drag) become one."""

    def __init__(self, value: Value) -> None:
        self._values = [value]
        self._place = 0
        self._going = ""

    @property
    def value(self) -> Value:
        """What stands there now."""
        return self._values[self._place]

    @property
    def can_undo(self) -> bool:
        """Whether there is an earlier one."""
        return self._place > 0

    @property
    def can_redo(self) -> bool:
        """Whether a step was undone."""
        return self._place < len(self._values) - 1

    def set(self, value: Value, going: str = "") -> bool:
        """Go on to `value`; False when it stands there already."""
        if value == self.value:
            return False
        del self._values[self._place + 1 :]
        if going and going == self._going and self.can_undo:
            self._values[self._place] = value
        else:
            self._values.append(value)
            del self._values[:-_MOST]
            self._place = len(self._values) - 1
        self._going = going
        return True

    def end(self) -> None:
        """What was going on is over; the next change is a step of its own."""
        self._going = ""

    def undo(self) -> bool:
        """Back one step; False when there is none."""
        return self._go(self._place - 1)

    def redo(self) -> bool:
        """Take back an undo; False when there was none."""
        return self._go(self._place + 1)

    def _go(self, place: int) -> bool:
        if not 0 <= place < len(self._values):
            return False
        self._place, self._going = place, ""
        return True
