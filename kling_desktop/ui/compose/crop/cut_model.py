"""The cut on the table, with the steps that led to it."""

from typing import cast

from PySide6.QtCore import Signal

from kling_desktop.ui.compose.crop.cut import Cut
from kling_desktop.ui.steps import StepsModel


class CutModel(StepsModel):
    """Owns one `Cut`. Widgets render it and call `set` with the next one; `changed` follows.

    Everything done in one go, by a drag or by a row of strokes on one key, is one step.
    """

    changed = Signal()

    @property
    def cut(self) -> Cut:
        """What stands there now."""
        return cast(Cut, self._value)

    def begin(self, cut: Cut) -> None:
        """Start anew with this picture."""
        self._begin(cut)

    def set(self, cut: Cut, going: str = "") -> None:
        """The next cut; those that follow with the same `going` are one step with it."""
        self._set(cut, going)

    def _tell(self) -> None:
        self.changed.emit()
