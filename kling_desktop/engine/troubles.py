"""What keeps tasks waiting just now, and what the engine as a whole is doing. Memory only."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from kling_desktop.domain.errors import ErrorRecord
from kling_desktop.domain.facts import EngineState, EngineStateChanged, Notice
from kling_desktop.domain.tasks import Task
from kling_desktop.engine.ports import Clock, Emit

_STORAGE = "storage"


class TroubleKind(StrEnum):
    """Why a task does not get on just now."""

    OFFLINE = "offline"
    KEY = "key"
    STORAGE = "storage"
    UNKNOWN_THERE = "unknown_there"
    RESULT = "result"
    BUG = "bug"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What keeps a task waiting, and since when on the monotonic clock. Kept in memory only."""

    kind: TroubleKind
    since_s: float
    error: ErrorRecord


class Troubles:
    """Remembers trouble by task, and tells what concerns the whole app once."""

    def __init__(self, clock: Clock, emit: Emit, is_paused: Callable[[], bool]) -> None:
        self._clock = clock
        self._emit = emit
        self._is_paused = is_paused
        self._by_task: dict[str, Trouble] = {}
        self._alarms: dict[str, ErrorRecord] = {}
        self._state: EngineState | None = None

    def of(self, id: str) -> Trouble | None:
        """Why a task waits, if something keeps it."""
        return self._by_task.get(id)

    def report(self, task: Task, kind: TroubleKind, error: ErrorRecord) -> None:
        """Remember why `task` waits; the time counts from the first report of the same kind."""
        known = self._by_task.get(task.id)
        since_s = known.since_s if known and known.kind is kind else self._clock.monotonic_s()
        self._by_task[task.id] = Trouble(kind, since_s, error)
        if kind is TroubleKind.STORAGE:
            self.alarm(_STORAGE, error)
        self.report_state()

    def fine(self, task: Task) -> None:
        """The task gets on."""
        self._by_task.pop(task.id, None)
        if not any(each.kind is TroubleKind.STORAGE for each in self._by_task.values()):
            self.calm(_STORAGE)
        self.report_state()

    def forget(self, task: Task, kind: TroubleKind) -> None:
        """Trouble of this kind is over."""
        known = self._by_task.get(task.id)
        if known and known.kind is kind:
            self.fine(task)

    def alarm(self, subject: str, error: ErrorRecord) -> None:
        """Tell trouble that concerns the whole app, once."""
        if self._alarms.get(subject) != error:
            self._alarms[subject] = error
            self._emit(Notice(subject, error))

    def calm(self, subject: str) -> None:
        """Tell that such trouble is over, if there was any."""
        if self._alarms.pop(subject, None) is not None:
            self._emit(Notice(subject, None))

    def report_state(self) -> None:
        """Tell what the engine as a whole is doing, if that changed."""
        is_offline = any(each.kind is TroubleKind.OFFLINE for each in self._by_task.values())
        state = EngineState.OFFLINE if is_offline else EngineState.RUNNING
        self.tell_state(EngineState.PAUSED if self._is_paused() else state)

    def tell_state(self, state: EngineState) -> None:
        """Tell `state`, if it is news."""
        if state is not self._state:
            self._state = state
            self._emit(EngineStateChanged(state))
