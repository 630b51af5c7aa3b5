"""The cut on the table, with the steps that led to it."""

from PySide6.QtCore import QObject, Signal

from kling_desktop.ui.compose.crop.cut import Cut
from kling_desktop.ui.steps import Steps


class CutModel(QObject):
    """Owns one `Cut`. Widgets render it and call `set` with the next one; `changed` follows.

    Everything done in one go, by a drag or by a row of strokes on one key, is one step.
    """

    changed = Signal()

    def __init__(self, cut: Cut, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps = Steps(cut)

    @property
    def cut(self) -> Cut:
        """What stands there now."""
        return self._steps.value

    @property
    def can_undo(self) -> bool:
        """Whether there is an earlier one."""
        return self._steps.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether a step was undone."""
        return self._steps.can_redo

    def begin(self, cut: Cut) -> None:
        """Start anew with this picture."""
        self._steps = Steps(cut)
        self.changed.emit()

    def set(self, cut: Cut, going: str = "") -> None:
        """The next cut; those that follow with the same `going` are one step with it."""
        self._tell(is_news=self._steps.set(cut, going))

    def end(self) -> None:
        """What was going on is over; the next change is a step of its own."""
        self._steps.end()

    def undo(self) -> None:
        """Back one step, if there is one."""
        self._tell(is_news=self._steps.undo())

    def redo(self) -> None:
        """Take back an undo, if there was one."""
        self._tell(is_news=self._steps.redo())

    def _tell(self, *, is_news: bool) -> None:
        if is_news:
            self.changed.emit()
