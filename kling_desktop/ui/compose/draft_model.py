"""The draft that stands in the form, with the steps that led to it."""

from PySide6.QtCore import QObject, Signal

from kling_desktop.domain.drafts import Draft
from kling_desktop.ui.steps import Steps


class DraftModel(QObject):
    """Owns the one draft. Widgets render `draft` and call `set` with the next one.

    `changed` carries the new draft. `steps_changed` says that `can_undo` or `can_redo` may differ.
    """

    changed = Signal(object)
    steps_changed = Signal()

    def __init__(self, draft: Draft, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps = Steps(draft)

    @property
    def draft(self) -> Draft:
        """What stands in the form now."""
        return self._steps.value

    @property
    def can_undo(self) -> bool:
        """Whether there is an earlier draft."""
        return self._steps.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether a step was undone."""
        return self._steps.can_redo

    def set(self, draft: Draft, typing: str = "") -> None:
        """Put `draft` into the form as one step; steps with the same `typing` become one."""
        self._tell(is_news=self._steps.set(draft, typing))

    def end_typing(self) -> None:
        """What is typed next is a step of its own."""
        self._steps.end()

    def undo(self) -> None:
        """Go back one step, if there is one."""
        self._tell(is_news=self._steps.undo())

    def redo(self) -> None:
        """Take back an undo, if there was one."""
        self._tell(is_news=self._steps.redo())

    def _tell(self, *, is_news: bool) -> None:
        if is_news:
            self.changed.emit(self.draft)
            self.steps_changed.emit()
