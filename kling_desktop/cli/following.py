"""Waiting for tasks as a command does: until they rest, are stuck, or patience ends."""

import asyncio
from collections.abc import Collection

from kling_desktop.cli.exits import Exit
from kling_desktop.cli.output import Voice, state_words
from kling_desktop.cli.worker import Worker
from kling_desktop.domain.facts import (
    AccountChanged,
    AssetAdded,
    EngineStateChanged,
    Fact,
    Notice,
    PictureBrought,
    Progressed,
    ShelfChanged,
    StraysFound,
    TaskChanged,
    TaskRejected,
    TasksLoaded,
    WindowElsewhere,
    WindowWanted,
)
from kling_desktop.domain.tasks import SETTLED, Task, TaskState
from kling_desktop.engine.troubles import Trouble, TroubleKind
from kling_desktop.text import tn

DECIDE_AFTER_S = 30.0
_OFFLINE_LIMIT_S = 60.0
_UNKNOWN_THERE_LIMIT_S = 120.0
_LOOK_INTERVAL_S = 0.5


_LOST = frozenset(
    {TaskState.REFUSED, TaskState.REMOTE_FAILED, TaskState.EXPIRED, TaskState.DONE_PARTIAL}
)


class Following:
    """Hears the engine's facts, says the changes to people, and knows when to stop waiting.

    `tells_strays` is whether people hear that some were found: unless they ask about them anyway.
    `is_cut_off` says that the waiting ended only because whoever did the work has gone.
    """

    def __init__(self, voice: Voice, *, tells_strays: bool = True) -> None:
        self._tells_strays = tells_strays
        self.rows: dict[str, Task] = {}
        self.rejected: dict[str, TaskRejected] = {}
        self.is_interrupted = False
        self.is_cut_off = False
        self._voice = voice
        self._ids: Collection[str] = ()
        self._news = asyncio.Event()
        self._notices: dict[str, Notice] = {}
        self._troubles: dict[str, Trouble] = {}
        self._ends_when_accepted = False
        self._is_over = False
        self._end_s: float | None = None

    def hear(self, fact: Fact) -> None:
        """Take in a fact; the engine's `emit`."""
        match fact:
            case TasksLoaded():
                self.rows = {task.id: task for task in fact.tasks}
            case TaskChanged():
                self._say_change(fact.task)
                self.rows[fact.task.id] = fact.task
            case TaskRejected():
                self.rejected[fact.id] = fact
            case Notice(error=None):
                pass
            case Notice():
                self._say_notice(fact)
            case StraysFound():
                self._say_strays(fact)
            case AssetAdded() | Progressed() | EngineStateChanged() | AccountChanged():
                return
            case WindowWanted() | WindowElsewhere() | ShelfChanged() | PictureBrought():
                return
        self._news.set()

    def begin(self) -> None:
        """Whoever does the work is there. Time limits go on from before."""
        self._is_over = self.is_cut_off = False

    def give_up(self) -> None:
        """Wait no longer: whoever did the work has gone."""
        self._is_over = True
        self._news.set()

    async def rest(
        self,
        worker: Worker,
        ids: Collection[str],
        *,
        timeout_s: float | None = None,
        ends_when_accepted: bool = False,
    ) -> None:
        """Wait until every task of `ids` needs no more waiting. Ctrl+C ends it early."""
        self._ids = ids
        self._ends_when_accepted = ends_when_accepted
        loop = asyncio.get_running_loop()
        if self._end_s is None:
            self._end_s = float("inf") if timeout_s is None else loop.time() + timeout_s
        end_s = self._end_s
        try:
            await worker.commands_done()
            while self._waits(worker) and loop.time() < end_s:
                await self._wait(min(_LOOK_INTERVAL_S, max(0.0, end_s - loop.time())))
        except asyncio.CancelledError:
            self.is_interrupted = True
        is_done = self.is_interrupted or loop.time() >= end_s
        self.is_cut_off = not is_done and not self._all_rest(worker)
        for id in ids:
            trouble = worker.trouble(id)
            if trouble is not None:
                self._troubles[id] = trouble

    def code(self, id: str) -> Exit:
        """How the waiting for one task ended."""
        if id in self.rejected:
            return Exit.STORAGE if self.rejected[id].is_storage else Exit.NOT_SENT
        task, trouble = self.rows.get(id), self._troubles.get(id)
        if task is None:
            return Exit.OUTSTANDING if self.is_interrupted else Exit.BUG
        if task.state in _LOST:
            return Exit.REFUSED
        if task.state in SETTLED or task.is_watched or self._is_accepted_enough(task):
            return Exit.DONE
        kinds = {TroubleKind.STORAGE: Exit.STORAGE, TroubleKind.BUG: Exit.BUG}
        return kinds.get(trouble.kind, Exit.OUTSTANDING) if trouble else Exit.OUTSTANDING

    def _waits(self, worker: Worker) -> bool:
        return not self._is_over and not self._all_rest(worker)

    def _all_rest(self, worker: Worker) -> bool:
        return all(self._is_at_rest(worker, id) for id in self._ids)

    def _is_at_rest(self, worker: Worker, id: str) -> bool:
        task = self.rows.get(id)
        if id in self.rejected:
            return True
        if task is None:
            return False
        if task.state in SETTLED or task.state is TaskState.NEEDS_DECISION or task.is_watched:
            return True
        trouble = worker.trouble(id)
        return self._is_accepted_enough(task) or (trouble is not None and _is_stuck(trouble))

    def _is_accepted_enough(self, task: Task) -> bool:
        return self._ends_when_accepted and task.task_id is not None

    async def _wait(self, seconds: float) -> None:
        self._news.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            pass

    def _say_change(self, task: Task) -> None:
        before = self.rows.get(task.id)
        is_news = before is None or before.state is not task.state
        if is_news and not self._voice.is_json and (not self._ids or task.id in self._ids):
            self._voice.tell(f"{task.id[:8]}  {state_words(task.state)}")

    def _say_strays(self, fact: StraysFound) -> None:
        if fact.strays and self._tells_strays:
            words = tn(
                "{count} task on your account is in no list here. See “kling-desktop found”.",
                "{count} tasks on your account are in no list here. See “kling-desktop found”.",
                len(fact.strays),
            )
            self._voice.tell(words)

    def _say_notice(self, notice: Notice) -> None:
        assert notice.error is not None
        known = self._notices.get(notice.subject)
        if known is None or known.error != notice.error:
            self._voice.error(notice.error)
        self._notices[notice.subject] = notice


def _is_stuck(trouble: Trouble) -> bool:
    lasting_s = asyncio.get_running_loop().time() - trouble.since_s
    match trouble.kind:
        case TroubleKind.OFFLINE:
            return lasting_s >= _OFFLINE_LIMIT_S
        case TroubleKind.UNKNOWN_THERE | TroubleKind.RESULT:
            return lasting_s >= _UNKNOWN_THERE_LIMIT_S
        case TroubleKind.KEY | TroubleKind.STORAGE | TroubleKind.BUG:
            return True
