"""Who does the work of a command: the engine here, or the process that owns the home."""

from typing import Protocol

from kling_desktop.cli.exits import Exit
from kling_desktop.domain.commands import Submission
from kling_desktop.domain.errors import ErrorRecord, Remedy
from kling_desktop.domain.findings import Stray, StrayAnswer
from kling_desktop.engine.troubles import Trouble
from kling_desktop.handover.guest import Farewell
from kling_desktop.text import t


class Worker(Protocol):
    """The commands of `engine.Engine` that a command line gives, by name and meaning."""

    def submit(self, submission: Submission) -> None:
        """Buy once."""
        ...

    def look_again(self, id: str) -> None:
        """Look now."""
        ...

    def link(self, id: str, task_id: str) -> None:
        """Tie a task to what a person found."""
        ...

    def close(self, id: str) -> None:
        """It was probably not created."""
        ...

    def send_again(self, id: str) -> None:
        """Send the same again."""
        ...

    def answer_stray(self, stray: Stray, answer: StrayAnswer) -> None:
        """Bring in what was found on an account, or leave it there."""
        ...

    def resume(self) -> None:
        """Send again after a pause."""
        ...

    async def commands_done(self) -> None:
        """Return when every command given so far has taken effect."""
        ...

    def trouble(self, id: str) -> Trouble | None:
        """Why a task does not get on just now."""
        ...


def unheard(farewell: Farewell) -> tuple[ErrorRecord, Exit]:
    """What may be said of a request that was handed over and never written down, as far as seen."""
    if farewell is not Farewell.SILENT:
        title = t("The request was not taken on")
        words = t(
            "The process that had this home open ended before it wrote the request down. "
            "Nothing was sent."
        )
        return ErrorRecord(title, words, Remedy.RETRY), Exit.STORAGE
    words = t("It may still do it: “tasks” shows whether it has. Ask again only if it has not.")
    return ErrorRecord(_silent(), words, Remedy.WAIT), Exit.OUTSTANDING


def left_behind(farewell: Farewell) -> str:
    """What is said when tasks are still under way."""
    if farewell is not Farewell.SILENT:
        return t("The process that had this home open has ended. “resume” goes on.")
    return t("{what}. “tasks” shows how it goes on.", what=_silent())


def _silent() -> str:
    return t("The process that has this home open does not answer any more")
