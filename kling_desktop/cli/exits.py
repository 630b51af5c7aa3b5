"""The exit codes. They are stable, and by what became of the money."""

from collections.abc import Iterable
from enum import IntEnum


class Exit(IntEnum):
    """The exit codes. They are stable."""

    DONE = 0
    BUG = 1
    NOT_SENT = 2
    REFUSED = 3
    OUTSTANDING = 4
    STORAGE = 5


_PRECEDENCE = (Exit.BUG, Exit.STORAGE, Exit.OUTSTANDING, Exit.REFUSED, Exit.NOT_SENT)


def combined(codes: Iterable[Exit]) -> Exit:
    """The one code of several tasks."""
    found = set(codes)
    return next((code for code in _PRECEDENCE if code in found), Exit.DONE)
