"""Asks before the window goes while something would be lost by it that was paid for."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from kling_desktop.domain.errors import ErrorRecord
from kling_desktop.domain.facts import UNWRITTEN, Notice
from kling_desktop.ui.look import Look

if TYPE_CHECKING:
    from kling_desktop.ui.dialogs.stay_question import StayQuestion


class Leaving(QObject):
    """Follows the notices. While one of them says that quitting loses something, `window` asks.

    A yes closes the window. When the trouble is over meanwhile the question goes by itself.
    """

    def __init__(self, look: Look, window: QWidget) -> None:
        super().__init__(window)
        self._look, self._window = look, window
        self._reason: ErrorRecord | None = None
        self._question: StayQuestion | None = None
        self._is_meant = False

    def follow(self, notice: Notice) -> None:
        """Take in a notice of the engine."""
        if notice.subject != UNWRITTEN:
            return
        self._reason = notice.error
        if self._question is None:
            return
        if notice.error is None:
            self._question.close()
        else:
            self._question.show_reason(notice.error)

    def may_close(self) -> bool:
        """Whether nothing speaks against it; else the question is on the screen."""
        if self._reason is None or self._is_meant:
            return True
        if self._question is None:
            self._question = self._ask(self._reason)
        self._question.raise_()
        self._question.activateWindow()
        return False

    def _ask(self, reason: ErrorRecord) -> "StayQuestion":
        from kling_desktop.ui.dialogs.stay_question import StayQuestion

        question = StayQuestion(self._look, self._window, reason)
        question.accepted.connect(self._on_meant)
        question.finished.connect(self._on_answered)
        question.open()
        return question

    @Slot()
    def _on_answered(self) -> None:
        self._question = None

    @Slot()
    def _on_meant(self) -> None:
        self._is_meant = True
        self._window.close()
