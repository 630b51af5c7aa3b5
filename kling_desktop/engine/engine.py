"""The engine: commands in, facts out. It owns every running task of one home."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from kling_desktop.domain.commands import Submission
from kling_desktop.domain.errors import AppError, ErrorRecord, StorageError
from kling_desktop.domain.facts import EngineState, Notice, TaskRejected
from kling_desktop.domain.findings import Stray, StrayAnswer
from kling_desktop.domain.tasks import SETTLED, TaskState
from kling_desktop.engine.book import OvertakenError
from kling_desktop.engine.context import Context, Ports
from kling_desktop.engine.freeze import RejectedError, freeze, twin_record
from kling_desktop.engine.orders import Orders
from kling_desktop.engine.policy import PAY_ONCE, Policy
from kling_desktop.engine.ports import Emit
from kling_desktop.engine.recovery import recover
from kling_desktop.engine.strays import NOT_SENT
from kling_desktop.engine.troubles import Trouble, TroubleKind
from kling_desktop.engine.walks import Walks, bug_record
from kling_desktop.engine.watch import watch_accounts, watch_deadlines

_log = logging.getLogger(__name__)
DELIVERY_LIMIT_S = 10.0
DECIDE_AFTER_S = 120.0


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
        self._walks = Walks(self._ctx)
        self._orders = Orders(self._ctx)
        self._ctx.walk = self._walks.begin
        self._jobs: set[asyncio.Task[None]] = set()

    async def start(self, *, resumes: bool = True, holds_unsent: ErrorRecord | None = None) -> None:
        """Recover what an earlier run left, tell all tasks, and go on with everything outstanding.

        `resumes` False leaves the others alone: only what is commanded from here on is followed,
        and that although the queue was paused.
        `holds_unsent` says why what was not sent yet waits until a person sends it; then accounts
        are looked through for what this ledger does not know.
        Every step may be repeated after a crash in its middle. Raises StorageError.
        """
        ctx = self._ctx
        await recover(ctx)
        if resumes:
            ctx.gate.is_paused = await ctx.threads.in_order(ctx.notebook.is_paused)
        ctx.troubles.report_state()
        if holds_unsent is not None:
            ctx.held |= {row.id for row in ctx.book.rows.values() if row.state in NOT_SENT}
        if not resumes:
            return
        for task in list(ctx.book.rows.values()):
            ctx.gate.note(task)
            if holds_unsent is not None and task.state is TaskState.FROZEN:
                ctx.troubles.report(task, TroubleKind.STORAGE, holds_unsent)
            elif task.state not in SETTLED:
                self._walks.begin(task.id)
        ctx.begin(watch_deadlines(ctx), "deadlines")
        ctx.begin(watch_accounts(ctx, is_review=holds_unsent is not None), "accounts")

    async def stop(self) -> None:
        """Stop at once, except for creates on the wire: they get ten seconds for their outcome.

        What has none by then stays SENDING on disk, and the next start looks it up.
        """
        await self._ended(self._jobs)
        for job in list(self._jobs):
            job.cancel()
        await asyncio.gather(*self._jobs, return_exceptions=True)
        await self._walks.stop()
        await self._let_deliveries_end()
        await self._ctx.end_asides()
        self._ctx.troubles.tell_state(EngineState.STOPPED)

    def submit(self, submission: Submission) -> None:
        """Buy once. Becomes TaskChanged, or TaskRejected when nothing was sent."""
        self._job(lambda: self._submit(submission))

    def stop_following(self, id: str) -> None:
        """Leave a task to itself: before sending it becomes a draft, later it goes on quietly."""
        self._job(lambda: self._orders.stop_following(id))

    def look_again(self, id: str) -> None:
        """Look now; with a decision due, look closely again before asking the person again."""
        self._job(lambda: self._orders.look_again(id))

    def download_again(self, id: str) -> None:
        """Fetch what is not here yet, now. Free."""
        self._job(lambda: self._orders.download_again(id))

    def send_again(self, id: str) -> None:
        """Send the same again with the same id: after a refusal, or knowing that it may cost twice.

        The consent is recorded with the task.
        """
        self._job(lambda: self._orders.send_again(id))

    def link(self, id: str, task_id: str) -> None:
        """Tie an unclear task to the provider's task that a person found, once a GET confirms."""
        self._job(lambda: self._orders.link(id, task_id))

    def close(self, id: str) -> None:
        """The person says that it was probably not created. Looking goes on quietly."""
        self._job(lambda: self._orders.stop_following(id))

    def answer_stray(self, stray: Stray, answer: StrayAnswer) -> None:
        """Bring in what was found on an account, as a task of its own, or leave it there."""
        self._job(lambda: self._orders.answer_stray(stray, answer))

    def pause(self) -> None:
        """Send nothing more, also after a restart. What was sent is still followed."""
        self._ctx.gate.is_paused = True
        self._ctx.troubles.report_state()
        self._job(lambda: self._remember_pause(is_paused=True))

    def resume(self) -> None:
        """Send again, also for accounts that had been refused."""
        self._ctx.gate.is_paused = False
        self._ctx.gate.release()
        self._ctx.troubles.report_state()
        self._ctx.wake_all()
        self._job(lambda: self._remember_pause(is_paused=False))

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
        return self._ctx.troubles.of(id)

    async def _remember_pause(self, *, is_paused: bool) -> None:
        work = partial(self._ctx.notebook.remember_pause, is_paused=is_paused)
        await self._ctx.threads.in_order(work)

    async def _let_deliveries_end(self) -> None:
        ctx = self._ctx
        await self._ended(ctx.deliveries)
        left = list(ctx.deliveries)
        for delivery in left:
            delivery.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _ended(self, doing: set[asyncio.Task[Any]]) -> None:
        limit = asyncio.create_task(self._ctx.clock.sleep(DELIVERY_LIMIT_S))
        while doing and not limit.done():
            await asyncio.wait([limit, *doing], return_when=asyncio.FIRST_COMPLETED)
        limit.cancel()

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
        self._walks.begin(submission.id)
