"""FROZEN to an outcome: the only place that sends a create, in the order of pay-once 6.3."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, replace

from kling_desktop.domain.answers import (
    Accepted,
    CreateAnswer,
    Deferred,
    Found,
    Outgoing,
    Refused,
    RemoteTask,
    SendPhase,
    Unclear,
)
from kling_desktop.domain.errors import BugError, ErrorRecord, Remedy, StorageError
from kling_desktop.domain.tasks import Receipt, Task, TaskState
from kling_desktop.engine.book import Change, OvertakenError
from kling_desktop.engine.context import Context, TroubleKind, account_subject
from kling_desktop.engine.freeze import outgoing
from kling_desktop.engine.linking import is_ours
from kling_desktop.engine.policy import EXISTS
from kling_desktop.engine.ports import Provider
from kling_desktop.engine.schedule import LONGEST_DEFERRAL_S, LONGEST_WISH_S, retry_delay_s
from kling_desktop.text import t

_log = logging.getLogger(__name__)


async def submit(ctx: Context, task: Task) -> Task:
    """Wait for the time and the gate, then send once."""
    while task.state is TaskState.FROZEN and (delay_ms := _delay_ms(ctx, task)) > 0:
        await ctx.wait(task, delay_ms / 1000)
        task = ctx.book.row(task)
    if task.state is not TaskState.FROZEN:
        return task
    if task.is_watched:
        # Left to itself while an attempt was on the wire, which then made nothing.
        return await ctx.book.write(task, to_draft)
    return await send(ctx, task)


async def send(ctx: Context, task: Task, *, consents: int = 0) -> Task:
    """One attempt, from FROZEN or, where that was allowed, from an unclear state.

    Raises StorageError or KeyUnavailableError before anything is sent. Once SENDING is being
    written the attempt goes on to its outcome, whatever happens to the caller.
    """
    await ctx.gate.enter(task)
    try:
        attempt = await _prepare(ctx, ctx.book.row(task), consents)
        delivery = asyncio.create_task(_deliver(ctx, attempt), name=f"deliver {task.id}")
        ctx.deliveries.add(delivery)
        delivery.add_done_callback(ctx.delivered)
        return await asyncio.shield(delivery)
    finally:
        ctx.gate.leave(task)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """`was` is the task as it stood before; from FROZEN it is certain that nothing exists yet."""

    was: Task
    provider: Provider
    outgoing: Outgoing
    consents: int

    @property
    def is_certain(self) -> bool:
        return self.was.state is TaskState.FROZEN


async def _prepare(ctx: Context, task: Task, consents: int) -> _Attempt:
    await ctx.book.check()
    await ctx.threads.aside(ctx.media.check)
    provider = await ctx.open(task)
    parcel = await outgoing(ctx, task)
    body_sha256 = await ctx.threads.aside(provider.body_sha256, parcel)
    if not ctx.policy.is_as_frozen(task, body_sha256):
        raise StorageError(_changed())
    return _Attempt(task, provider, parcel, consents)


async def _deliver(ctx: Context, attempt: _Attempt) -> Task:
    sent_at_ms = ctx.clock.now_ms()

    def sending(now: Task) -> Task:
        if now.is_watched:
            # Closed while it waited for the gate: a consent given before is taken back.
            raise OvertakenError
        return replace(
            now,
            state=TaskState.SENDING,
            account=attempt.provider.account,
            consents=now.consents + attempt.consents,
            first_sent_at_ms=now.first_sent_at_ms or sent_at_ms,
            not_before_ms=None,
            error=None,
        )

    async def record() -> Task:
        task = await ctx.book.begin_attempt(attempt.was, sending)
        _log.info("task %s: attempt %d", task.id, task.attempts)
        return task

    task, answer = await ctx.policy.attempt(record, lambda: _create(ctx, attempt))
    return await _record(ctx, attempt, task, answer)


async def _create(ctx: Context, attempt: _Attempt) -> CreateAnswer:
    try:
        progress = ctx.progress(attempt.was, is_upload=True)
        return await attempt.provider.create(attempt.outgoing, progress)
    except StorageError as gone:
        return Deferred(gone.record, SendPhase.NOTHING_SENT)
    except Exception:
        # Only a mistake of ours comes here, and it proves nothing about the provider.
        _log.exception("task %s: create broke", attempt.was.id)
        return Unclear(_our_mistake(), SendPhase.ANSWER_STARTED)


async def _record(ctx: Context, attempt: _Attempt, task: Task, answer: CreateAnswer) -> Task:
    if isinstance(answer, Deferred) and answer.looks_first:
        answer = await _looked_for(ctx, attempt.provider, task, answer)
    _log.info("task %s: %s", task.id, type(answer).__name__)
    if isinstance(answer, Deferred) and answer.phase is SendPhase.NOTHING_SENT:
        ctx.trouble(task, TroubleKind.OFFLINE, answer.error)
    else:
        ctx.fine(task)
    match answer:
        case Accepted():
            ctx.calm(account_subject(task))
            return await _accepted(ctx, task, answer)
        case Refused(pauses_account=True):
            ctx.gate.hold(task.account)
            ctx.alarm(account_subject(task), answer.error)
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
    found = await provider.find(task.kind, task.external_task_id)
    if not isinstance(found, Found):
        return answer
    with suppress(StorageError):
        if await is_ours(ctx, task, provider, found.task):
            return Accepted(found.task, answer.raw)
    # Something answers to our id, so sending once more without a thought may cost twice.
    return Unclear(answer.error, answer.phase, raw=answer.raw)


def _outcome(ctx: Context, attempt: _Attempt, answer: Refused | Deferred | Unclear) -> Change:
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
        return replace(now, state=TaskState.REFUSED, finished_at_ms=now_ms, error=answer.error)

    match ctx.policy.outcome(answer, is_certain=attempt.is_certain):
        case TaskState.REFUSED:
            return refused
        case TaskState.FROZEN:
            return frozen
        case _:
            return unknown


async def _accepted(ctx: Context, task: Task, answer: Accepted) -> Task:
    remote = answer.task
    if await _is_anothers(ctx, task, remote):
        _log.error("task %s: the answer names a task that another row has", task.id)
        now_ms = ctx.clock.now_ms()

        def doubted(now: Task) -> Task:
            error = _linked_elsewhere(remote)
            return replace(now, state=TaskState.UNKNOWN, unclear_since_ms=now_ms, error=error)

        return await _commit(ctx, task, doubted, "accepted twice", answer.raw)
    ctx.gate.learn(task, is_full=False)
    return await _commit(ctx, task, linked(remote), "accepted", answer.raw, remote.task_id)


async def _is_anothers(ctx: Context, task: Task, remote: RemoteTask) -> bool:
    try:
        return await ctx.book.is_linked_elsewhere(task, remote.task_id)
    except StorageError:
        # The id in hand must reach the disk or the journal first.
        return False


def to_draft(now: Task) -> Task:
    """The change for a task that will not be sent: certainly nothing of it exists."""
    return replace(now, state=TaskState.DRAFT, is_watched=False, error=None)


def linked_to(task_id: str) -> Change:
    """The change that ties a row to the provider's task id."""

    def change(now: Task) -> Task:
        return replace(
            now, state=TaskState.ACCEPTED, task_id=task_id, unclear_since_ms=None, error=None
        )

    return change


def linked(remote: RemoteTask) -> Change:
    """The change that ties a row to the provider's record."""

    def change(now: Task) -> Task:
        return replace(
            linked_to(remote.task_id)(now),
            remote_created_at_ms=remote.created_at_ms,
            remote_status=remote.status,
        )

    return change


async def _commit(
    ctx: Context, task: Task, change: Change, outcome: str, raw: str, task_id: str | None = None
) -> Task:
    """Write the outcome, however long that takes; a task id goes to the journal meanwhile."""
    failures = 0
    is_safe = task_id is None
    while True:
        try:
            return await ctx.book.end_attempt(task, change, outcome, raw)
        except StorageError as failure:
            failures += 1
            _log.exception("task %s: the outcome cannot be written", task.id)
            ctx.trouble(task, TroubleKind.STORAGE, failure.record)
            if task_id and not is_safe:
                is_safe = await _kept(ctx, Receipt(task.id, task_id, ctx.clock.now_ms()))
            await ctx.clock.sleep(retry_delay_s(failures, ctx.jitter()))


async def _kept(ctx: Context, receipt: Receipt) -> bool:
    try:
        await ctx.threads.aside(ctx.journal.append, receipt)
    except StorageError:
        # The row stays SENDING, so a later start looks the task up at the provider.
        _log.exception("task %s: no journal either, it is %s there", receipt.id, receipt.task_id)
        return False
    return True


def _delay_ms(ctx: Context, task: Task) -> int:
    delay_ms = (task.not_before_ms or 0) - ctx.clock.now_ms()
    # Nobody ever has to wait longer: then the clock was set back since.
    return delay_ms if delay_ms <= LONGEST_WISH_S * 1000 else 0


def _changed() -> ErrorRecord:
    return ErrorRecord(
        t("Not sent: the stored request has changed"),
        t(
            "What would be sent is no longer what was stored when you pressed Generate. "
            "Nothing was sent. Make it again from its settings."
        ),
        Remedy.EDIT_REQUEST,
    )


def _our_mistake() -> ErrorRecord:
    return ErrorRecord(
        t("A mistake in this app"),
        t(
            "Sending stopped inside the app. The provider may have accepted it; it is being "
            "looked up."
        ),
        Remedy.REPORT_BUG,
    )


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


def bug_record(problem: Exception) -> ErrorRecord:
    """What to say when a stage breaks."""
    kind = "" if isinstance(problem, BugError) else type(problem).__name__
    return ErrorRecord(
        t("A mistake in this app"),
        t("This task waits until the next start. {kind}", kind=kind).strip(),
        Remedy.REPORT_BUG,
    )
