"""What an answer to a create leads to, written down however long that takes (pay-once 6.3, 6.5)."""

import logging
from contextlib import suppress
from dataclasses import dataclass, replace

from kling_desktop.domain.answers import (
    Accepted,
    CreateAnswer,
    Deferred,
    Found,
    LookUp,
    Outgoing,
    Refused,
    RemoteTask,
    SendPhase,
    Unclear,
)
from kling_desktop.domain.errors import ErrorRecord, Remedy, StorageError
from kling_desktop.domain.facts import UNWRITTEN
from kling_desktop.domain.tasks import Receipt, Task, TaskState
from kling_desktop.engine.book import Change
from kling_desktop.engine.context import Context, account_subject
from kling_desktop.engine.control import control, needs_control
from kling_desktop.engine.linking import is_ours, linked
from kling_desktop.engine.policy import EXISTS
from kling_desktop.engine.ports import Provider
from kling_desktop.engine.schedule import LONGEST_DEFERRAL_S, LONGEST_WISH_S, retry_delay_s
from kling_desktop.engine.troubles import TroubleKind
from kling_desktop.text import t

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver a task. `was` is the task as it stood before."""

    was: Task
    provider: Provider
    outgoing: Outgoing
    consents: int

    @property
    def is_certain(self) -> bool:
        """Whether nothing can exist yet: it was never sent, or never with an unclear outcome."""
        return self.was.state is TaskState.FROZEN

    @property
    def may_have_posted(self) -> bool:
        """Whether an earlier attempt may have made it: its answer was lost, or a mere "busy"."""
        return self.was.first_sent_at_ms is not None


async def record(ctx: Context, attempt: Attempt, task: Task, answer: CreateAnswer) -> Task:
    """Commit what `answer` means for the task that was just sent."""
    if isinstance(answer, Deferred) and answer.looks_first:
        answer = await _looked_for(ctx, attempt.provider, task, answer)
    _log.info("task %s: %s", task.id, type(answer).__name__)
    if isinstance(answer, Deferred) and answer.phase is SendPhase.NOTHING_SENT:
        ctx.troubles.report(task, TroubleKind.OFFLINE, answer.error)
    else:
        ctx.troubles.fine(task)
    match answer:
        case Accepted():
            ctx.troubles.calm(account_subject(task))
            return await _accepted(ctx, attempt, task, answer)
        case Refused(pauses_account=True):
            ctx.gate.hold(task.account)
            ctx.troubles.alarm(account_subject(task), answer.error)
        case Deferred() if answer.phase is not SendPhase.NOTHING_SENT:
            ctx.gate.learn(task, is_full=True)
        case _:
            pass
    change = _outcome(ctx, attempt, answer)
    return await _commit(ctx, task, change, _word(answer), answer.raw)


def _word(answer: Refused | Deferred | Unclear) -> str:
    """The outcome as the ledger keeps it; see `policy`."""
    if isinstance(answer, Unclear) and answer.exists:
        return EXISTS
    return type(answer).__name__.lower()


async def _looked_for(
    ctx: Context, provider: Provider, task: Task, answer: Deferred
) -> Accepted | Deferred | Unclear:
    """A gateway that says it is busy may have posted all the same: one look by our id (A35)."""

    async def find() -> LookUp:
        return await provider.find(task.kind, task.external_task_id)

    found = await ctx.lane(task.provider, task.base_url).ask(find)
    if not isinstance(found, Found):
        return answer
    with suppress(StorageError):
        if await is_ours(ctx, task, provider, found.task):
            return Accepted(found.task, answer.raw)
    # Something answers to our id, so sending once more without a thought may cost twice.
    return Unclear(answer.error, answer.phase, raw=answer.raw)


def _outcome(ctx: Context, attempt: Attempt, answer: Refused | Deferred | Unclear) -> Change:
    now_ms = ctx.clock.now_ms()

    def unknown(now: Task) -> Task:
        return replace(now, state=TaskState.UNKNOWN, unclear_since_ms=now_ms, error=answer.error)

    def frozen(now: Task) -> Task:
        wait_s = retry_delay_s(now.attempts, ctx.jitter(), LONGEST_DEFERRAL_S)
        if isinstance(answer, Deferred) and answer.retry_after_s is not None:
            wait_s = min(max(answer.retry_after_s, 1.0), LONGEST_WISH_S)
        # An attempt that certainly made nothing is not the first send: ages count from that.
        may_have_posted = isinstance(answer, Deferred) and answer.looks_first
        first_ms = now.first_sent_at_ms if may_have_posted else attempt.was.first_sent_at_ms
        return replace(
            now,
            state=TaskState.FROZEN,
            first_sent_at_ms=first_ms,
            not_before_ms=now_ms + int(wait_s * 1000),
            error=answer.error,
        )

    def refused(now: Task) -> Task:
        return replace(
            now,
            state=TaskState.REFUSED,
            first_sent_at_ms=None,
            finished_at_ms=now_ms,
            error=answer.error,
        )

    if isinstance(answer, Refused) and attempt.may_have_posted:
        return unknown
    match ctx.policy.outcome(answer, is_certain=attempt.is_certain):
        case TaskState.REFUSED:
            return refused
        case TaskState.FROZEN:
            return frozen
        case _:
            return unknown


async def _accepted(ctx: Context, attempt: Attempt, task: Task, answer: Accepted) -> Task:
    remote = answer.task
    if await _is_anothers(ctx, task, remote):
        _log.error("task %s: the answer names a task that another row has", task.id)
        now_ms = ctx.clock.now_ms()

        def doubted(now: Task) -> Task:
            error = _linked_elsewhere(remote)
            return replace(now, state=TaskState.UNKNOWN, unclear_since_ms=now_ms, error=error)

        return await _commit(ctx, task, doubted, "accepted twice", answer.raw)
    ctx.gate.learn(task, is_full=False)
    task = await _commit(ctx, task, linked(remote), "accepted", answer.raw, remote.task_id)
    may_be_twin = attempt.may_have_posted
    if may_be_twin or needs_control(ctx, task):
        ctx.begin(control(ctx, task, may_be_twin=may_be_twin), "control")
    return task


async def _is_anothers(ctx: Context, task: Task, remote: RemoteTask) -> bool:
    try:
        return await ctx.book.is_linked_elsewhere(task, remote.task_id)
    except StorageError:
        # The id in hand must reach the disk or the journal first.
        return False


def to_draft(now: Task) -> Task:
    """The change for a task that will not be sent: certainly nothing of it exists."""
    return replace(now, state=TaskState.DRAFT, is_watched=False, error=None)


async def _commit(
    ctx: Context, task: Task, change: Change, outcome: str, raw: str, task_id: str | None = None
) -> Task:
    """Write the outcome, however long that takes; a task id goes to the journal meanwhile."""
    failures = 0
    is_safe = task_id is None
    while True:
        try:
            task = await ctx.book.end_attempt(task, change, outcome, raw)
            ctx.troubles.calm(UNWRITTEN)
            return task
        except StorageError as failure:
            failures += 1
            _log.exception("task %s: the outcome cannot be written", task.id)
            ctx.troubles.report(task, TroubleKind.STORAGE, failure.record)
            if task_id and not is_safe:
                is_safe = await _kept(ctx, Receipt(task.id, task_id, ctx.clock.now_ms()))
                _say_if_lost(ctx, task, task_id, is_safe=is_safe)
            await ctx.clock.sleep(retry_delay_s(failures, ctx.jitter()))


def _say_if_lost(ctx: Context, task: Task, task_id: str, *, is_safe: bool) -> None:
    """An id that stands only in memory: quitting now would lose it."""
    if is_safe:
        ctx.troubles.calm(UNWRITTEN)
    else:
        ctx.troubles.alarm(UNWRITTEN, _unwritten(ctx.profile(task).title, task_id))


async def _kept(ctx: Context, receipt: Receipt) -> bool:
    try:
        await ctx.threads.aside(ctx.journal.append, receipt)
    except StorageError:
        # The row stays SENDING, so a later start looks the task up at the provider.
        _log.exception("task %s: no journal either, it is %s there", receipt.id, receipt.task_id)
        return False
    return True


def _linked_elsewhere(remote: RemoteTask) -> ErrorRecord:
    return ErrorRecord(
        t("The answer names another task"),
        t(
            "The provider answered with task {task_id}, which belongs to an earlier request "
            "already. It may have accepted this one too; it is being looked up.",
            task_id=remote.task_id,
        ),
        Remedy.DECIDE,
    )


def _unwritten(provider: str, task_id: str) -> ErrorRecord:
    return ErrorRecord(
        t("Please do not quit now"),
        t(
            "{provider} accepted task {task_id}, and its id can be written nowhere. Make room on "
            "the disk: it is written as soon as that works. If you have to quit, note the id.",
            provider=provider,
            task_id=task_id,
        ),
        Remedy.FREE_SPACE,
    )
