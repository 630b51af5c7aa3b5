"""One asyncio task walks each outstanding task from stage to stage, to its end."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from types import MappingProxyType

from kling_desktop.domain.errors import (
    AppError,
    BugError,
    ErrorRecord,
    KeyUnavailableError,
    Remedy,
    StorageError,
)
from kling_desktop.domain.facts import Notice
from kling_desktop.domain.tasks import Task, TaskState
from kling_desktop.engine.book import OvertakenError
from kling_desktop.engine.context import Context
from kling_desktop.engine.fetch import fetch
from kling_desktop.engine.follow import follow
from kling_desktop.engine.reconcile import reconcile
from kling_desktop.engine.schedule import KEY_RETRY_S, retry_delay_s
from kling_desktop.engine.submit import submit
from kling_desktop.engine.troubles import TroubleKind
from kling_desktop.text import t

_log = logging.getLogger(__name__)
_S = TaskState
_RETRY_S = 60.0

Stage = Callable[[Context, Task], Awaitable[Task]]

STAGES: Mapping[TaskState, Stage] = MappingProxyType(
    {
        _S.FROZEN: submit,
        _S.UNKNOWN: reconcile,
        _S.NEEDS_DECISION: reconcile,
        _S.ACCEPTED: follow,
        _S.RUNNING: follow,
        _S.MISSING: follow,
        _S.REMOTE_OK: fetch,
        _S.FETCHING: fetch,
        _S.FETCH_PAUSED: fetch,
    }
)


class Walks:
    """The walks of one engine."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._walks: dict[str, asyncio.Task[None]] = {}
        self._is_stopping = False

    def begin(self, id: str) -> None:
        """Walk on with a row; one that walks already looks again now."""
        running = self._walks.get(id)
        if self._is_stopping or (running is not None and not running.done()):
            self._ctx.wake(id)
            return
        self._walks[id] = asyncio.create_task(self._to_end(id), name=f"walk {id}")

    async def stop(self) -> None:
        """End every walk where it stands; nothing begins any more."""
        self._is_stopping = True
        walks = list(self._walks.values())
        for walk in walks:
            walk.cancel()
        await asyncio.gather(*walks, return_exceptions=True)

    async def _to_end(self, id: str) -> None:
        ctx = self._ctx
        failures = 0
        while (stage := STAGES.get((task := ctx.book.rows[id]).state)) is not None:
            try:
                await stage(ctx, task)
                failures = 0
            except OvertakenError:
                continue
            except AppError as problem:
                failures += 1
                await self._hold_up(task, problem, failures)
            except Exception as problem:
                _log.exception("task %s: a stage broke", id)
                error = bug_record(problem)
                ctx.troubles.report(task, TroubleKind.BUG, error)
                ctx.emit(Notice(f"task {id}", error))
                return

    async def _hold_up(self, task: Task, problem: AppError, failures: int) -> None:
        """Nothing was lost: say why it waits, wait, and let the stage begin again."""
        _log.warning("task %s: %s", task.id, problem)
        kind = _kind(problem)
        self._ctx.troubles.report(task, kind, problem.record)
        if kind is not TroubleKind.STORAGE and task.state is TaskState.FROZEN:
            with suppress(OvertakenError, StorageError):
                await self._ctx.note(self._ctx.book.row(task), problem.record)
        longest_s = KEY_RETRY_S if kind is TroubleKind.KEY else _RETRY_S
        await self._ctx.wait(task, retry_delay_s(failures, self._ctx.jitter(), longest_s))


def _kind(problem: AppError) -> TroubleKind:
    match problem:
        case StorageError():
            return TroubleKind.STORAGE
        case KeyUnavailableError():
            return TroubleKind.KEY
        case _:
            return TroubleKind.OFFLINE


def bug_record(problem: Exception) -> ErrorRecord:
    """What to say when a stage breaks."""
    kind = "" if isinstance(problem, BugError) else type(problem).__name__
    return ErrorRecord(
        t("A mistake in this app"),
        t("This task waits until the next start. {kind}", kind=kind).strip(),
        Remedy.REPORT_BUG,
    )
