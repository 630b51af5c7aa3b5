"""What concerns the whole app, as a message for the bar above the library."""

from kling_desktop.domain.errors import Remedy
from kling_desktop.domain.facts import Notice
from kling_desktop.ui.message_bar import Message, Tone

_ICONS = {
    Remedy.FIX_KEY: "key",
    Remedy.TOP_UP: "pulse",
    Remedy.WAIT: "offline",
    Remedy.FREE_SPACE: "folder",
    Remedy.FIND_LIBRARY: "folder",
    Remedy.FIX_CLOCK: "warning",
}
_FAILURES = {Remedy.FREE_SPACE, Remedy.FIND_LIBRARY, Remedy.REPORT_BUG, Remedy.FIX_KEY}


def message_of(notice: Notice) -> Message | None:
    """The message of a notice, None when its trouble is over."""
    error = notice.error
    if error is None:
        return None
    is_failure = error.remedy in _FAILURES
    return Message(
        fact=error.title,
        sentence=error.detail,
        tone=Tone.FAILURE if is_failure else Tone.WARNING,
        icon=_ICONS.get(error.remedy, "info"),
        can_close=not is_failure,
    )
