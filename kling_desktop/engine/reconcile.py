"""UNKNOWN and NEEDS_DECISION: find out whether the task exists (pay-once 6.6)."""

import logging
from dataclasses import dataclass, replace

from kling_desktop.domain.answers import Found, LookUp, NoAnswer, NotFound, RemoteTask
from kling_desktop.domain.errors import AppError, ErrorRecord, Remedy
from kling_desktop.domain.facts import Notice
from kling_desktop.domain.tasks import EXTERNAL_ID_PREFIX, Task, TaskState
from kling_desktop.engine.context import Context
from kling_desktop.engine.ports import Provider
from kling_desktop.engine.schedule import CLOCK_SKEW_MS, lookup_delay_s, may_resend
from kling_desktop.engine.submit import linked, send
from kling_desktop.text import t

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Finding:
    """What one round of looking brought: our task, or at least whether anybody answered."""

    remote: RemoteTask | None
    answer: LookUp


async def reconcile(ctx: Context, task: Task) -> Task:
    """Look until found, sent again with leave, or decided by a person.

    The time until a person is asked counts from the start of this stage, never from the sending:
    an app that was asleep has not looked (A58). Without network or key it does not run at all.
    """
    looked, began_s = 0, ctx.clock.monotonic_s()
    while True:
        if task.id in ctx.consents:
            ctx.consents.discard(task.id)
            return await send(ctx, task, consents=1)
        finding = await _look(ctx, task)
        if finding.remote is not None:
            return await _link(ctx, task, finding.remote)
        profile = ctx.providers.profile(task.provider)
        if isinstance(finding.answer, NotFound) and may_resend(task, profile, ctx.clock.now_ms()):
            _log.info("task %s: proven not to exist, sent again with the same id", task.id)
            return await send(ctx, task)
        looked += 1
        if isinstance(finding.answer, NoAnswer) and finding.answer.was_not_asked:
            looked, began_s = 1, ctx.clock.monotonic_s()
        elif ctx.clock.monotonic_s() - began_s >= ctx.decide_after_s:
            task = await _ask_person(ctx, task)
        age_s = (ctx.clock.now_ms() - (task.unclear_since_ms or task.updated_at_ms)) / 1000
        await ctx.wait(task, lookup_delay_s(looked, age_s))
        now = ctx.book.row(task)
        if now.state is not task.state:
            return now
        task = now


async def link_by_hand(ctx: Context, task: Task, task_id: str) -> Task | None:
    """Tie the row to a task id that a person found at the provider, once a GET confirms it."""

    async def get(provider: Provider) -> LookUp:
        return await provider.get(task.kind, task_id)

    answer = await ctx.ask(task, get)
    if not isinstance(answer, Found):
        error = answer.error
    elif await _may_link(ctx, task, answer.task):
        return await ctx.book.write(task, linked(answer.task))
    else:
        error = _belongs_to_another(task_id)
    ctx.emit(Notice(f"task {task.id}", error))
    return None


async def _may_link(ctx: Context, task: Task, remote: RemoteTask) -> bool:
    if await ctx.book.is_linked_elsewhere(task, remote):
        return False
    return not remote.external_task_id or remote.external_task_id == task.external_task_id


async def _look(ctx: Context, task: Task) -> _Finding:
    async def find(provider: Provider) -> LookUp:
        return await provider.find(task.kind, task.external_task_id)

    answer = await ctx.ask(task, find)
    if isinstance(answer, Found):
        if await _is_ours(ctx, task, answer.task):
            return _Finding(answer.task, answer)
        _log.warning("task %s: the lookup named a task that is not ours", task.id)
    if isinstance(answer, NoAnswer) and answer.was_not_asked:
        return _Finding(None, answer)
    try:
        provider = await ctx.open(task)
    except AppError as failure:
        return _Finding(None, NoAnswer(failure.record))
    for remote in await provider.newest(task.kind):
        is_named = remote.external_task_id == task.external_task_id
        if is_named and not await ctx.book.is_linked_elsewhere(task, remote):
            return _Finding(remote, answer)
    return _Finding(None, answer)


async def _is_ours(ctx: Context, task: Task, remote: RemoteTask) -> bool:
    """Whether a lookup's hit can be trusted: echoed id, or else unlinked and in the window."""
    if not await _may_link(ctx, task, remote):
        return False
    if remote.external_task_id:
        return True
    if remote.created_at_ms is None or task.first_sent_at_ms is None:
        return False
    earliest_ms = task.first_sent_at_ms - CLOCK_SKEW_MS
    return earliest_ms <= remote.created_at_ms <= ctx.clock.now_ms() + CLOCK_SKEW_MS


async def _link(ctx: Context, task: Task, remote: RemoteTask) -> Task:
    if _is_collision(ctx, task, remote):
        _log.warning("task %s: the person's own id belongs to an older task", task.id)
        now_ms = ctx.clock.now_ms()
        error = _id_was_taken(task.external_task_id)

        def refused(now: Task) -> Task:
            return replace(now, state=TaskState.REFUSED, finished_at_ms=now_ms, error=error)

        # NEEDS_DECISION leads to REFUSED only through UNKNOWN.
        if task.state is TaskState.NEEDS_DECISION:
            task = await keep_looking(ctx, task)
        return await ctx.book.write(task, refused)
    return await ctx.book.write(task, linked(remote))


def _is_collision(ctx: Context, task: Task, remote: RemoteTask) -> bool:
    """Whether our only attempt met a task that had the person's own id before."""
    is_own_id = not task.external_task_id.startswith(EXTERNAL_ID_PREFIX)
    if not is_own_id or task.id not in ctx.existed_before or task.attempts != 1:
        return False
    made_ms, sent_ms = remote.created_at_ms, task.first_sent_at_ms
    return made_ms is not None and sent_ms is not None and made_ms < sent_ms


async def keep_looking(ctx: Context, task: Task) -> Task:
    """Back from NEEDS_DECISION to UNKNOWN: the ladder starts afresh."""
    now_ms = ctx.clock.now_ms()
    return await ctx.book.write(
        task, lambda now: replace(now, state=TaskState.UNKNOWN, unclear_since_ms=now_ms)
    )


async def _ask_person(ctx: Context, task: Task) -> Task:
    if task.state is TaskState.NEEDS_DECISION:
        return task
    title = ctx.providers.profile(task.provider).title

    def undecided(now: Task) -> Task:
        return replace(now, state=TaskState.NEEDS_DECISION, error=_needs_decision(title))

    return await ctx.book.write(task, undecided)


def _needs_decision(title: str) -> ErrorRecord:
    return ErrorRecord(
        t("It may or may not exist"),
        t(
            "The answer to the request was lost, and {provider} does not name the task when "
            "asked for its id. It may have been accepted and charged. Look at your tasks there, "
            "then link it, close it, or send it again, which may be charged twice.",
            provider=title,
        ),
        Remedy.DECIDE,
    )


def _id_was_taken(external_task_id: str) -> ErrorRecord:
    return ErrorRecord(
        t("The external task id was used before"),
        t(
            "The provider refused it: an older task already has the id “{id}”. No task was made "
            "by this request. Choose another id.",
            id=external_task_id,
        ),
        Remedy.EDIT_REQUEST,
    )


def _belongs_to_another(task_id: str) -> ErrorRecord:
    return ErrorRecord(
        t("Not linked"),
        t("Task {task_id} belongs to another request. Nothing was changed.", task_id=task_id),
        Remedy.DECIDE,
    )
