"""The engine: commands in, facts out. One asyncio task walks each outstanding task to its end."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType

from kling_desktop.domain.commands import Submission
from kling_desktop.domain.errors import (
    AppError,
    ErrorRecord,
    KeyUnavailableError,
    Remedy,
    StorageError,
)
from kling_desktop.domain.facts import EngineState, Notice, TaskRejected
from kling_desktop.domain.tasks import SETTLED, UNCLEAR, OutputState, Receipt, Task, TaskState
from kling_desktop.engine.book import OvertakenError
from kling_desktop.engine.context import Context, Ports, Trouble, TroubleKind
from kling_desktop.engine.fetch import fetch
from kling_desktop.engine.follow import follow
from kling_desktop.engine.freeze import RejectedError, freeze, twin_record
from kling_desktop.engine.policy import PAY_ONCE, Policy
from kling_desktop.engine.ports import Emit
from kling_desktop.engine.reconcile import keep_looking, link_by_hand, reconcile
from kling_desktop.engine.schedule import KEY_RETRY_S, retry_delay_s
from kling_desktop.engine.submit import bug_record, linked_to, submit, to_draft
from kling_desktop.text import t

_log = logging.getLogger(__name__)
_S = TaskState
DELIVERY_LIMIT_S = 10.0
DECIDE_AFTER_S = 120.0
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


class Engine:
    """Owns every running task. All methods are called on the loop's thread.

    `emit` receives the facts of `domain/facts.py`, rows only after they are on disk.
    `policy` decides about money; there is one, and tests hand in broken ones.
    `decide_after_s` is how long an unclear outcome is looked up before a person is asked.
    """

    def __init__(
        self,
        ports: Ports,
        emit: Emit,
        *,
        policy: Policy = PAY_ONCE,
        decide_after_s: float = DECIDE_AFTER_S,
    ) -> None:
        self._ctx = Context(ports, emit, policy, decide_after_s=decide_after_s)
        self._walks: dict[str, asyncio.Task[None]] = {}
        self._jobs: set[asyncio.Task[None]] = set()
        self._is_stopping = False

    async def start(self, *, resumes: bool = True, holds_unsent: ErrorRecord | None = None) -> None:
        """Recover what an earlier run left, tell all tasks, and go on with everything outstanding.

        `resumes` False leaves the others alone: only what is commanded from here on is followed.
        `holds_unsent` says why what was not sent yet waits until a person sends it.
        Every step may be repeated after a crash in its middle. Raises StorageError.
        """
        ctx = self._ctx
        await ctx.book.load()
        for task in list(ctx.book.rows.values()):
            if resumes:
                ctx.gate.note(task)
            if task.state is TaskState.SENDING:
                await self._doubt(task)
        await self._replay_journal()
        ctx.report_state()
        if resumes:
            for task in [task for task in ctx.book.rows.values() if task.state not in SETTLED]:
                if holds_unsent is not None and task.state is TaskState.FROZEN:
                    ctx.trouble(task, TroubleKind.STORAGE, holds_unsent)
                else:
                    self._walk(task.id)

    async def stop(self) -> None:
        """Stop at once, except for creates on the wire: they get ten seconds for their outcome.

        What has none by then stays SENDING on disk, and the next start looks it up.
        """
        self._is_stopping = True
        walks = [*self._walks.values(), *self._jobs]
        for walk in walks:
            walk.cancel()
        await asyncio.gather(*walks, return_exceptions=True)
        await self._let_deliveries_end()
        self._ctx.tell_state(EngineState.STOPPED)

    def submit(self, submission: Submission) -> None:
        """Buy once. Becomes TaskChanged, or TaskRejected when nothing was sent."""
        self._job(lambda: self._submit(submission))

    def stop_following(self, id: str) -> None:
        """Leave a task to itself: before sending it becomes a draft, later it goes on quietly."""
        self._job(lambda: self._stop_following(id))

    def look_again(self, id: str) -> None:
        """Look now; with a decision due, look closely again before asking the person again."""
        self._job(lambda: self._look_again(id))

    def download_again(self, id: str) -> None:
        """Fetch what is not here yet, now. Free."""
        self._job(lambda: self._download_again(id))

    def send_again(self, id: str) -> None:
        """Send the same again with the same id: after a refusal, or knowing that it may cost twice.

        The consent is recorded with the task.
        """
        self._job(lambda: self._send_again(id))

    def link(self, id: str, task_id: str) -> None:
        """Tie an unclear task to the provider's task that a person found, once a GET confirms."""
        self._job(lambda: self._link(id, task_id))

    def close(self, id: str) -> None:
        """The person says that it was probably not created. Looking goes on quietly."""
        self._job(lambda: self._stop_following(id))

    def pause(self) -> None:
        """Send nothing more. What was sent is still followed and brought home."""
        self._ctx.gate.is_paused = True
        self._ctx.report_state()

    def resume(self) -> None:
        """Send again, also for accounts that had been refused."""
        self._ctx.gate.is_paused = False
        self._ctx.gate.release()
        self._ctx.report_state()
        self._ctx.wake_all()

    def account_changed(self) -> None:
        """A key was saved or removed: whatever waits for one tries again."""
        self._ctx.gate.release()
        self._ctx.wake_all()

    async def commands_done(self) -> None:
        """Return when every command given so far has taken effect."""
        while self._jobs:
            await asyncio.wait(list(self._jobs))

    def knows(self, id: str) -> bool:
        """Whether there is a task with this id."""
        return id in self._ctx.book.rows

    def trouble(self, id: str) -> Trouble | None:
        """Why a task does not get on just now, if something keeps it."""
        return self._ctx.troubles.get(id)

    # Recovery

    async def _doubt(self, task: Task) -> None:
        """SENDING at start: a byte may have left, so the outcome is unknown."""
        now_ms = self._ctx.clock.now_ms()

        def unknown(now: Task) -> Task:
            error = _interrupted()
            return replace(now, state=TaskState.UNKNOWN, unclear_since_ms=now_ms, error=error)

        await self._ctx.book.end_attempt(task, unknown, "interrupted")

    async def _replay_journal(self) -> None:
        journal = self._ctx.journal
        receipts = await self._ctx.threads.aside(journal.read)
        for receipt in receipts:
            await self._replay(receipt)
        if receipts:
            await self._ctx.threads.aside(journal.clear)

    async def _replay(self, receipt: Receipt) -> None:
        book = self._ctx.book
        task = book.rows.get(receipt.id)
        if task is None or task.state not in UNCLEAR or task.task_id is not None:
            return
        if await book.is_linked_elsewhere(task, receipt.task_id):
            _log.error("task %s: the journal names a task that another row has", task.id)
            return
        _log.info("task %s: linked from the journal", task.id)
        await book.write(task, linked_to(receipt.task_id))

    # Walking

    def _walk(self, id: str) -> None:
        running = self._walks.get(id)
        if self._is_stopping or (running is not None and not running.done()):
            self._ctx.wake(id)
            return
        self._walks[id] = asyncio.create_task(self._walk_to_end(id), name=f"walk {id}")

    async def _walk_to_end(self, id: str) -> None:
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
                ctx.trouble(task, TroubleKind.BUG, error)
                ctx.emit(Notice(f"task {id}", error))
                return

    async def _hold_up(self, task: Task, problem: AppError, failures: int) -> None:
        """Nothing was lost: say why it waits, wait, and let the stage begin again."""
        _log.warning("task %s: %s", task.id, problem)
        kind = _kind(problem)
        self._ctx.trouble(task, kind, problem.record)
        if kind is not TroubleKind.STORAGE and task.state is TaskState.FROZEN:
            with suppress(OvertakenError, StorageError):
                await self._ctx.note(self._ctx.book.row(task), problem.record)
        longest_s = KEY_RETRY_S if kind is TroubleKind.KEY else _RETRY_S
        await self._ctx.wait(task, retry_delay_s(failures, self._ctx.jitter(), longest_s))

    async def _let_deliveries_end(self) -> None:
        ctx = self._ctx
        if ctx.deliveries:
            limit = asyncio.create_task(ctx.clock.sleep(DELIVERY_LIMIT_S))
            while ctx.deliveries and not limit.done():
                await asyncio.wait([limit, *ctx.deliveries], return_when=asyncio.FIRST_COMPLETED)
            limit.cancel()
        left = list(ctx.deliveries)
        for delivery in left:
            delivery.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    # Commands

    def _job(self, work: Callable[[], Awaitable[None]]) -> None:
        job = asyncio.create_task(self._guard(work), name="command")
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)

    async def _guard(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except AppError as problem:
            self._ctx.emit(Notice("command", problem.record))
        except OvertakenError:
            _log.info("a command came too late: the task had moved on")
        except Exception as problem:
            _log.exception("a command broke")
            self._ctx.emit(Notice("command", bug_record(problem)))

    async def _submit(self, submission: Submission) -> None:
        ctx = self._ctx
        try:
            frozen = await freeze(ctx, submission)
        except RejectedError as no:
            ctx.emit(TaskRejected(submission.id, no.problems, no.error, twin=no.twin))
            return
        except AppError as problem:
            is_storage = isinstance(problem, StorageError)
            ctx.emit(TaskRejected(submission.id, (), problem.record, is_storage=is_storage))
            return
        if frozen.twin is not None:
            ctx.emit(Notice(f"twin {submission.id}", twin_record(ctx, frozen.twin)))
        # Asking for more is a person's word that the account is in order.
        ctx.gate.release(frozen.task.account)
        self._walk(submission.id)

    async def _stop_following(self, id: str) -> None:
        task = self._row(id)
        if task is None:
            return
        if task.state is TaskState.FROZEN:
            # Nothing was sent, or it was certainly refused: it never happened.
            await self._ctx.book.write(task, to_draft)
            self._ctx.wake(id)
        elif task.state not in SETTLED:
            await self._watch(id)

    async def _watch(self, id: str) -> None:
        task = self._row(id)
        if task is not None:
            await self._ctx.book.write(task, lambda now: replace(now, is_watched=True))

    async def _look_again(self, id: str) -> None:
        task = self._row(id)
        if task is None:
            return
        if task.is_watched:
            task = await self._ctx.book.write(task, lambda now: replace(now, is_watched=False))
        if task.state is TaskState.NEEDS_DECISION:
            await keep_looking(self._ctx, task)
        elif task.state is TaskState.FROZEN:
            await self._ctx.book.write(task, _to_frozen)
        self._walk(id)

    async def _download_again(self, id: str) -> None:
        task = self._row(id)
        if task is not None and task.state is TaskState.DONE_PARTIAL:
            await self._ctx.book.write(task, _to_fetching)
        self._walk(id)

    async def _send_again(self, id: str) -> None:
        task = self._row(id)
        if task is None:
            return
        if task.state in (TaskState.REFUSED, TaskState.FROZEN):
            await self._ctx.book.write(task, _to_frozen)
            self._ctx.gate.release(task.account)
        elif task.state is TaskState.NEEDS_DECISION:
            await keep_looking(self._ctx, task)
            self._ctx.consents.add(id)
        else:
            self._ctx.emit(Notice(f"task {id}", _not_now()))
            return
        self._walk(id)

    async def _link(self, id: str, task_id: str) -> None:
        task = self._row(id)
        if task is None or task.state not in (TaskState.UNKNOWN, TaskState.NEEDS_DECISION):
            self._ctx.emit(Notice(f"task {id}", _not_now()))
        else:
            await link_by_hand(self._ctx, task, task_id)
            self._walk(id)  # or the ladder goes on without it

    def _row(self, id: str) -> Task | None:
        task = self._ctx.book.rows.get(id)
        if task is None:
            self._ctx.emit(Notice(f"task {id}", _no_such_task(id)))
        return task


def _kind(problem: AppError) -> TroubleKind:
    match problem:
        case StorageError():
            return TroubleKind.STORAGE
        case KeyUnavailableError():
            return TroubleKind.KEY
        case _:
            return TroubleKind.OFFLINE


def _to_fetching(now: Task) -> Task:
    """Results that were given up are tried again."""
    outputs = (
        replace(output, state=OutputState.LISTED) if output.state is OutputState.EXPIRED else output
        for output in now.outputs
    )
    return replace(now, state=TaskState.FETCHING, outputs=tuple(outputs))


def _to_frozen(now: Task) -> Task:
    return replace(now, state=TaskState.FROZEN, not_before_ms=None, finished_at_ms=None, error=None)


def _interrupted() -> ErrorRecord:
    return ErrorRecord(
        t("Interrupted while sending"),
        t("It may have been accepted before the app ended. It is being looked up."),
        Remedy.WAIT,
    )


def _not_now() -> ErrorRecord:
    return ErrorRecord(
        t("Not possible now"),
        t("The task is in another state by now. Nothing was changed."),
        Remedy.NONE,
    )


def _no_such_task(id: str) -> ErrorRecord:
    return ErrorRecord(t("No such task"), t("There is no task {id}.", id=id), Remedy.NONE)
