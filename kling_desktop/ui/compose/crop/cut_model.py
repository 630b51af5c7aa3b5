"""The cut on the table, with the steps that led to it."""

from PySide6.QtCore import QObject, Signal

from kling_desktop.ui.compose.crop.cut import Cut

_MOST_STEPS = 200


class CutModel(QObject):
    """Owns one `Cut`. Widgets render it and call `set` with the next one; `changed` follows.

    Everything done in one go, by a drag or by a row of strokes on one key, is one step.
    """

    changed = Signal()

    def __init__(self, cut: Cut, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps = [cut]
        self._place = 0
        self._going = ""

    @property
    def cut(self) -> Cut:
        """What stands there now."""
        return self._steps[self._place]

    @property
    def can_undo(self) -> bool:
        """Whether there is an earlier one."""
        return self._place > 0

    @property
    def can_redo(self) -> bool:
        """Whether a step was undone."""
        return self._place < len(self._steps) - 1

    def begin(self, cut: Cut) -> None:
        """Start anew with this picture."""
        self._steps, self._place, self._going = [cut], 0, ""
        self.changed.emit()

    def set(self, cut: Cut, going: str = "") -> None:
        """The next cut; those that follow with the same `going` are one step with it."""
        if cut == self.cut:
            return
        is_same_step = bool(going) and going == self._going
        self._going = going
        if is_same_step:
            self._steps[self._place] = cut
        else:
            self._steps[self._place + 1 :] = [cut]
            del self._steps[:-_MOST_STEPS]
            self._place = len(self._steps) - 1
        self.changed.emit()

    def end(self) -> None:
        """What was going on is over; the next change is a step of its own."""
        self._going = ""

    def undo(self) -> None:
        """Back one step, if there is one."""
        self._go(self._place - 1)

    def redo(self) -> None:
        """Take back an undo, if there was one."""
        self._go(self._place + 1)

    def _go(self, place: int) -> None:
        if 0 <= place < len(self._steps):
            self._place, self._going = place, ""
            self.changed.emit()
