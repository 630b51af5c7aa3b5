"""What concerns the whole app, as a message for the bar above the library."""

from collections.abc import Mapping, Sequence

from kling_desktop.domain.errors import Remedy
from kling_desktop.domain.facts import Notice
from kling_desktop.domain.findings import Stray
from kling_desktop.domain.providers import ProviderProfile
from kling_desktop.text import t
from kling_desktop.ui.message_bar import Message, Tone
from kling_desktop.ui.tasks.strays_card import strays_words

DEADLINE, STRAYS = "deadline", "strays"
# Notices of one task: their subject is one of these words and the task's id.
_OF_A_TASK = {"task", "twin"}

_ICONS = {
    Remedy.FIX_KEY: "key",
    Remedy.TOP_UP: "pulse",
    Remedy.WAIT: "offline",
    Remedy.FREE_SPACE: "folder",
    Remedy.FIND_LIBRARY: "folder",
    Remedy.FIX_CLOCK: "warning",
}
_SUBJECT_ICONS = {DEADLINE: "drop", "twin": "warning"}
_FAILURES = {Remedy.FREE_SPACE, Remedy.FIND_LIBRARY, Remedy.REPORT_BUG, Remedy.FIX_KEY}


def message_of(notice: Notice) -> Message | None:
    """The message of a notice, None when its trouble is over."""
    error = notice.error
    if error is None:
        return None
    kind = notice.subject.partition(" ")[0]
    is_failure = error.remedy in _FAILURES
    return Message(
        fact=error.title,
        sentence=error.detail,
        tone=Tone.FAILURE if is_failure else Tone.WARNING,
        icon=_SUBJECT_ICONS.get(kind) or _ICONS.get(error.remedy, "info"),
        action=_action(notice.subject),
        can_close=not is_failure,
    )


def strays_message(
    strays: Sequence[Stray], profiles: Mapping[str, ProviderProfile]
) -> Message | None:
    """The calm word about what stands on an account and in no list here."""
    if not strays:
        return None
    fact = f"{strays_words(strays, profiles)}."
    return Message(fact=fact, icon="home", action=t("Look at them"))


def task_of(subject: str) -> str:
    """The task that a notice is about, "" when it concerns the whole app."""
    kind, _, id = subject.partition(" ")
    return id if kind in _OF_A_TASK else ""


def _action(subject: str) -> str:
    if subject == DEADLINE:
        return t("Download again · free")
    return t("Show the task") if task_of(subject) else ""
