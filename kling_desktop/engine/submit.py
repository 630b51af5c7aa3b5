"""FROZEN to an outcome: the only place that sends a create, in the order of pay-once 6.3."""

import asyncio
import logging
from dataclasses import replace

from kling_desktop.domain.answers import (
    CreateAnswer,
    Deferred,
    Found,
    LookUp,
    NoAnswer,
    SendPhase,
    Unclear,
)
from kling_desktop.domain.errors import AppError, ErrorRecord, Remedy, StorageError
from kling_desktop.domain.tasks import Task, TaskState
from kling_desktop.engine.book import OvertakenError
from kling_desktop.engine.context import Context
from kling_desktop.engine.freeze import outgoing
from kling_desktop.engine.outcome import Attempt, record, to_draft
from kling_desktop.engine.ports import Provider
from kling_desktop.engine.schedule import LONGEST_WISH_S
from kling_desktop.engine.strays import was_sent
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
    if task.id in ctx.held or task.first_sent_at_ms is not None:
        await _look_before(ctx, task)
    return await send(ctx, ctx.book.row(task))


async def _look_before(ctx: Context, task: Task) -> None:
    """What an older copy of the ledger calls not sent may exist: ask for it once, and say so."""

    async def find(provider: Provider) -> LookUp:
        return await provider.find(task.kind, task.external_task_id)

    answer = await ctx.ask(task, find)
    if isinstance(answer, NoAnswer) and (answer.was_not_asked or answer.is_down):
        raise AppError(answer.error)
    ctx.held.discard(task.id)
    if isinstance(answer, Found):
        await was_sent(ctx, task)
        raise OvertakenError


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


async def _prepare(ctx: Context, task: Task, consents: int) -> Attempt:
    await ctx.book.check()
    await ctx.threads.aside(ctx.media.check)
    await _until_answering(ctx, task)
    provider = await ctx.open(task)
    parcel = await outgoing(ctx, task)
    body_sha256 = await ctx.threads.aside(provider.body_sha256, parcel)
    if not ctx.policy.is_as_frozen(task, body_sha256):
        raise StorageError(_changed())
    if not ctx.gate.is_open_for(task):
        raise OvertakenError
    return Attempt(task, provider, parcel, consents)


async def _until_answering(ctx: Context, task: Task) -> None:
    """Send nothing to a provider that has not answered for a while: ask it something free first."""
    lane = ctx.lane(task.provider, task.base_url)

    async def find(provider: Provider) -> LookUp:
        return await provider.find(task.kind, task.external_task_id)

    while lane.pace.is_broken:
        await ctx.open(task)  # without a key nobody waits here
        answer = await ctx.ask(task, find)
        now = ctx.book.row(task)
        if now.state is not task.state:
            raise OvertakenError
        if isinstance(answer, NoAnswer):
            await ctx.note(now, answer.error)
    await lane.turn()


async def _deliver(ctx: Context, attempt: Attempt) -> Task:
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

    async def write_down() -> Task:
        task = await ctx.book.begin_attempt(attempt.was, sending)
        _log.info("task %s: attempt %d", task.id, task.attempts)
        return task

    task, answer = await ctx.policy.attempt(write_down, lambda: _create(ctx, attempt))
    ctx.lane(task.provider, task.base_url).learn(answer)
    return await record(ctx, attempt, task, answer)


async def _create(ctx: Context, attempt: Attempt) -> CreateAnswer:
    try:
        progress = ctx.progress(attempt.was, is_upload=True)
        return await attempt.provider.create(attempt.outgoing, progress)
    except StorageError as gone:
        return Deferred(gone.record, SendPhase.NOTHING_SENT)
    except Exception:
        # Only a mistake of ours comes here, and it proves nothing about the provider.
        _log.exception("task %s: create broke", attempt.was.id)
        return Unclear(_our_mistake(), SendPhase.ANSWER_STARTED)


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
