"""Frozen facts that the engine reports. One class a kind; the window maps each to a signal."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from kling_desktop.domain.errors import ErrorRecord
from kling_desktop.domain.findings import Stray
from kling_desktop.domain.media import Asset
from kling_desktop.domain.problems import Problem
from kling_desktop.domain.shelf import Shelf
from kling_desktop.domain.tasks import Task


@dataclass(frozen=True, slots=True)
class TasksLoaded:
    """Every task of the ledger, once, when the engine has started."""

    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class TaskChanged:
    """A task's row was written."""

    task: Task


@dataclass(frozen=True, slots=True)
class TaskRejected:
    """A submission never became a task: refused here, before anything was sent.

    `twin` is the task that asked for the same a moment ago, when that is the reason: ask, then
    submit again with `twin_is_meant`. `is_storage` when it could not be kept on disk.
    """

    id: str
    problems: tuple[Problem, ...]
    error: ErrorRecord
    twin: str | None = None
    is_storage: bool = False


@dataclass(frozen=True, slots=True)
class AssetAdded:
    """A result is safe in the library and in the index."""

    asset: Asset


@dataclass(frozen=True, slots=True)
class Progressed:
    """Bytes on their way, at most ten times a second per task. `total_bytes` 0 when unknown."""

    id: str
    is_upload: bool
    done_bytes: int
    total_bytes: int


class EngineState(StrEnum):
    """What the engine as a whole is doing."""

    RUNNING = "running"
    PAUSED = "paused"
    OFFLINE = "offline"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class EngineStateChanged:
    """The engine was paused, resumed, lost or found the network, or stopped."""

    state: EngineState


# What a Notice is filed under while an id can be written nowhere: the app is not to be quit.
UNWRITTEN = "unwritten"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that concerns the whole app. `subject` says what, so that a newer one replaces it.

    An `error` of None means that the trouble named by `subject` is over.
    """

    subject: str
    error: ErrorRecord | None


@dataclass(frozen=True, slots=True)
class StraysFound:
    """All tasks with an id of ours that stand on an account and in no row, as of now."""

    strays: tuple[Stray, ...]


class KeyPlace(StrEnum):
    """Where a provider's key comes from."""

    NONE = "none"
    KEYRING = "keyring"
    SESSION = "session"
    ENVIRONMENT = "environment"


class KeyCheck(StrEnum):
    """What a harmless question with the key has shown."""

    UNTESTED = "untested"
    WORKS = "works"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class AccountChanged:
    """The state of one provider's key. `ends` shows first and last characters of a kept key.

    `base_url` is the address it is about, None while a server of one's own has none.
    `error` says why the keyring did not do what was asked, or why the provider refused the key.
    `checked_at_ms` is the time of the last test, `told` what was asked in it and what came.
    """

    provider: str
    place: KeyPlace
    ends: str = ""
    error: ErrorRecord | None = None
    check: KeyCheck = KeyCheck.UNTESTED
    checked_at_ms: int | None = None
    base_url: str | None = None
    told: str = ""


@dataclass(frozen=True, slots=True)
class ShelfChanged:
    """The reference shelf as it now stands in the library folder."""

    shelf: Shelf


@dataclass(frozen=True, slots=True)
class PictureBrought:
    """A picture from the web that was asked for: its file here, or why there is none."""

    url: str
    file: Path | None = None
    error: ErrorRecord | None = None


@dataclass(frozen=True, slots=True)
class WindowWanted:
    """The app was started once more: the window that is there comes to the front."""


@dataclass(frozen=True, slots=True)
class WindowElsewhere:
    """Another process shows this home in its window, which came to the front: this one ends."""


Fact = (
    TasksLoaded
    | TaskChanged
    | TaskRejected
    | AssetAdded
    | Progressed
    | EngineStateChanged
    | Notice
    | StraysFound
    | AccountChanged
    | ShelfChanged
    | PictureBrought
    | WindowWanted
    | WindowElsewhere
)
