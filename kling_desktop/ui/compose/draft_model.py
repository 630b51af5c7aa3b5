"""The draft that stands in the form, with the steps that led to it."""

from typing import cast

from PySide6.QtCore import Signal

from kling_desktop.domain.drafts import Draft
from kling_desktop.ui.steps import StepsModel


class DraftModel(StepsModel):
    """Owns the one draft. Widgets render `draft` and call `set` with the next one.

    `changed` carries the new draft; `can_undo` and `can_redo` may differ from then on.
    """

    changed = Signal(object)

    @property
    def draft(self) -> Draft:
        """What stands in the form now."""
        return cast(Draft, self._value)

    def set(self, draft: Draft, typing: str = "") -> None:
        """Put `draft` into the form as one step; steps with the same `typing` become one."""
        self._set(draft, typing)

    def _tell(self) -> None:
        self.changed.emit(self.draft)
