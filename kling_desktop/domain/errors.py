"""What went wrong, in words for a person, and the one step that helps."""

from dataclasses import dataclass
from enum import StrEnum


class Remedy(StrEnum):
    """The step that helps. Buttons and hints are decided from this, never from a sentence."""

    NONE = "none"
    FIX_KEY = "fix_key"
    TOP_UP = "top_up"
    EDIT_REQUEST = "edit_request"
    FIX_SETTINGS = "fix_settings"
    FIX_CLOCK = "fix_clock"
    RETRY = "retry"
    WAIT = "wait"
    DECIDE = "decide"
    FREE_SPACE = "free_space"
    FIND_LIBRARY = "find_library"
    CLOSE_OTHER = "close_other"
    REPORT_BUG = "report_bug"


@dataclass(frozen=True, slots=True)
class ErrorRecord:
    """An error as a value: kept with a task, printed by the command line, shown in a row.

    `code` is the provider's service code as text where one was given.
    """

    title: str
    detail: str
    remedy: Remedy = Remedy.NONE
    code: str | None = None


class AppError(Exception):
    """The surroundings failed: provider, network, disk, key, input. Never a mistake of ours."""

    def __init__(self, record: ErrorRecord) -> None:
        super().__init__(f"{record.title}: {record.detail}")
        self.record = record


class StorageError(AppError):
    """The ledger, the library folder or the disk cannot be relied on. Nothing was sent."""


class HomeInUseError(StorageError):
    """Another process owns this home; `record.detail` names it."""


class RescuedError(StorageError):
    """A result is whole and on this computer, but its library is not there to take it in."""


class KeyUnavailableError(AppError):
    """No usable key for a provider. Nothing was sent."""


class BugError(Exception):
    """We have a mistake: an illegal transition, a broken promise between our own parts."""
