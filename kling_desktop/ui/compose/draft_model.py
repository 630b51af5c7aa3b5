"""The draft that stands in the form, with the steps that led to it."""

from PySide6.QtCore import QObject, Signal

from kling_desktop.domain.drafts import Draft

_MOST_STEPS = 200


class DraftModel(QObject):
    """Owns the one draft. Widgets render `draft` and call `set` with the next one.

    `changed` carries the new draft. `steps_changed` says that `can_undo` or `can_redo` may differ.
    """

    changed = Signal(object)
    steps_changed = Signal()

    def __init__(self, draft: Draft, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps: list[Draft] = [draft]
        self._place = 0
        self._typing = ""

    @property
    def draft(self) -> Draft:
        """What stands in the form now."""
        return self._steps[self._place]

    @property
    def can_undo(self) -> bool:
        """Whether there is an earlier draft."""
        return self._place > 0

    @property
    def can_redo(self) -> bool:
        """Whether a step was undone."""
        return self._place < len(self._steps) - 1

    def set(self, draft: Draft, typing: str = "") -> None:
        """Put `draft` into the form as one step; steps with the same `typing` become one."""
        if draft == self.draft:
            return
        merges = bool(typing) and typing == self._typing and self.can_undo
        del self._steps[self._place + 1 :]
        if merges:
            self._steps[self._place] = draft
        else:
            self._steps.append(draft)
            del self._steps[:-_MOST_STEPS]
            self._place = len(self._steps) - 1
        self._typing = typing
        self._tell()

    def end_typing(self) -> None:
        """What is typed next is a step of its own."""
        self._typing = ""

    def undo(self) -> None:
        """Go back one step, if there is one."""
        self._go(self._place - 1)

    def redo(self) -> None:
        """Take back an undo, if there was one."""
        self._go(self._place + 1)

    def _go(self, place: int) -> None:
        if 0 <= place < len(self._steps):
            self._place = place
            self._typing = ""
            self._tell()

    def _tell(self) -> None:
        self.changed.emit(self.draft)
        self.steps_changed.emit()
