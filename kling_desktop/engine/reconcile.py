"""UNKNOWN and NEEDS_DECISION: find out whether the task exists (pay-once 6.6)."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kling_desktop.domain.answers import Found, LookUp, NoAnswer, NotFound, RemoteTask
from kling_desktop.domain.errors import AppError, ErrorRecord, Remedy
from kling_desktop.domain.facts import Notice
from kling_desktop.domain.tasks import Task, TaskState
from kling_desktop.engine.context import Context
from kling_desktop.engine.linking import is_older, is_ours, may_link
from kling_desktop.engine.ports import Provider
from kling_desktop.engine.schedule import KEY_RETRY_S, lookup_delay_s
from kling_desktop.engine.submit import linked, send
from kling_desktop.text import t

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Finding:
    """What one round of looking brought: our task, or at least whether anybody answered.

    `is_taken` when an older task has the person's own id.
    """

    remote: RemoteTask | None
    answer: LookUp
    is_taken: bool = False


async def reconcile(ctx: Context, task: Task) -> Task:
    """Look until found, sent again with leave, or decided by a person.

    The time until a person is asked counts from the start of this stage, never from the sending:
    an app that was asleep has not looked (A58). Without network or key it does not run at all.
    """
    looked, began_s = 0, ctx.clock.monotonic_s()
    while True:
        finding = await _look(ctx, task)
        if finding.remote is not None:
            return await ctx.book.write(task, linked(finding.remote))
        if task.id in ctx.consents and not _was_not_asked(finding.answer):
            # Only after this last look, since it may cost twice.
            ctx.consents.discard(task.id)
            return await send(ctx, task, consents=1)
        outcomes = await ctx.book.outcomes(task)
        if finding.is_taken and ctx.policy.was_taken(outcomes):
            return await _refuse(ctx, task)
        if isinstance(finding.answer, NotFound) and _may_resend(ctx, task, outcomes):
            _log.info("task %s: proven not to exist, sent again with the same id", task.id)
            return await send(ctx, task)
        looked += 1
        if _was_not_asked(finding.answer):
            looked, began_s = 1, ctx.clock.monotonic_s()
        elif ctx.clock.monotonic_s() - began_s >= ctx.decide_after_s:
            task = await _ask_person(ctx, task)
        age_s = (ctx.clock.now_ms() - (task.unclear_since_ms or task.updated_at_ms)) / 1000
        is_locked = isinstance(finding.answer, NoAnswer) and finding.answer.pauses_account
        await ctx.wait(task, KEY_RETRY_S if is_locked else lookup_delay_s(looked, age_s))
        now = ctx.book.row(task)
        if now.state is not task.state:
            return now
        task = now


async def link_by_hand(ctx: Context, task: Task, task_id: str) -> None:
    """Tie the row to a task id that a person found at the provider, once a GET confirms it."""

    async def get(provider: Provider) -> LookUp:
        return await provider.get(task.kind, task_id)

    answer = await ctx.ask(task, get)
    if not isinstance(answer, Found):
        error = answer.error
    elif await may_link(ctx, task, await ctx.open(task), answer.task):
        await ctx.book.write(task, linked(answer.task))
        return
    else:
        error = _belongs_to_another(task_id)
    ctx.emit(Notice(f"task {task.id}", error))


async def _look(ctx: Context, task: Task) -> _Finding:
    async def find(provider: Provider) -> LookUp:
        return await provider.find(task.kind, task.external_task_id)

    answer = await ctx.ask(task, find)
    if _was_not_asked(answer):
        return _Finding(None, answer)
    try:
        provider = await ctx.open(task)
    except AppError as failure:
        return _Finding(None, NoAnswer(failure.record))
    if isinstance(answer, Found):
        if await is_ours(ctx, task, provider, answer.task):
            return _Finding(answer.task, answer)
        _log.warning("task %s: the lookup named a task that is not ours", task.id)
    newest = await provider.newest(task.kind)
    named = [remote for remote in newest if remote.external_task_id == task.external_task_id]
    for remote in named:
        if await is_ours(ctx, task, provider, remote):
            return _Finding(remote, answer)
    if isinstance(answer, Found) and answer.task.external_task_id == task.external_task_id:
        named.append(answer.task)
    return _Finding(None, answer, any(is_older(task, provider, remote) for remote in named))


def _was_not_asked(answer: LookUp) -> bool:
    return isinstance(answer, NoAnswer) and answer.was_not_asked


def _may_resend(ctx: Context, task: Task, outcomes: Sequence[str]) -> bool:
    profile = ctx.providers.profile(task.provider)
    return ctx.policy.may_resend(task, profile, outcomes, ctx.clock.now_ms())


async def _refuse(ctx: Context, task: Task) -> Task:
    _log.warning("task %s: the person's own id belongs to an older task", task.id)
    now_ms = ctx.clock.now_ms()
    error = _id_was_taken(task.external_task_id)

    def refused(now: Task) -> Task:
        return replace(now, state=TaskState.REFUSED, finished_at_ms=now_ms, error=error)

    # NEEDS_DECISION leads to REFUSED only through UNKNOWN.
    if task.state is TaskState.NEEDS_DECISION:
        task = await keep_looking(ctx, task)
    return await ctx.book.write(task, refused)


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
