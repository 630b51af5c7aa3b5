"""UNKNOWN and NEEDS_DECISION: find out whether the task exists (pay-once 6.6)."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kling_desktop.domain.answers import Found, LookUp, NoAnswer, NotFound, RemoteTask
from kling_desktop.domain.errors import AppError, ErrorRecord, Remedy
from kling_desktop.domain.facts import Notice
from kling_desktop.domain.findings import Candidate, Trait
from kling_desktop.domain.providers import Evidence
from kling_desktop.domain.tasks import Task, TaskState, is_minted
from kling_desktop.engine.context import Context
from kling_desktop.engine.control import doubt_lookup
from kling_desktop.engine.linking import candidates, is_older, is_ours, linked, may_link
from kling_desktop.engine.ports import Provider
from kling_desktop.engine.schedule import KEY_RETRY_S, lookup_delay_s
from kling_desktop.engine.strays import take_twin
from kling_desktop.engine.submit import send
from kling_desktop.text import t

_log = logging.getLogger(__name__)
# So many unclear tasks of one route are looked for in its list instead of one by one.
_MANY = 3


@dataclass(frozen=True, slots=True)
class _Finding:
    """What one round of looking brought: our task, or at least whether anybody answered.

    `others` are further tasks with our id. `is_taken` when an older task has the person's own id.
    `candidates` are tasks that may be it. `is_looked_up` when the answer came from a question for
    our id, and not from a list alone.
    """

    answer: LookUp
    remote: RemoteTask | None = None
    others: tuple[RemoteTask, ...] = ()
    is_taken: bool = False
    candidates: tuple[Candidate, ...] = ()
    is_looked_up: bool = True


async def reconcile(ctx: Context, task: Task) -> Task:
    """Look until found, sent again with leave, or decided by a person.

    The time until a person is asked counts from the start of this stage, never from the sending:
    an app that was asleep has not looked (A58). Without network or key it does not run at all.
    """
    looked, began_s = 0, ctx.clock.monotonic_s()
    while True:
        waited_s = ctx.clock.monotonic_s() - began_s
        if task.id in ctx.consents:
            await ctx.gate.enter(task)
            ctx.gate.leave(task)
        # What a person decides by, and what may cost twice, is asked for by its id.
        is_due = task.state is TaskState.UNKNOWN and waited_s >= ctx.decide_after_s
        finding = await _look(ctx, task, closely=is_due or task.id in ctx.consents)
        if finding.remote is not None:
            return await _link(ctx, task, finding.remote, finding.others)
        if task.id in ctx.consents and _is_answered(finding.answer):
            # Only after this last look, since it may cost twice.
            ctx.consents.discard(task.id)
            return await send(ctx, task, consents=1)
        outcomes = await ctx.book.outcomes(task)
        if finding.is_taken and ctx.policy.was_taken(outcomes):
            return await _refuse(ctx, task)
        if _may_resend(ctx, task, finding, outcomes, waited_s):
            _log.info("task %s: proven not to exist, sent again with the same id", task.id)
            return await send(ctx, task)
        looked += 1
        if _was_not_asked(finding.answer):
            looked, began_s = 1, ctx.clock.monotonic_s()
        elif waited_s >= ctx.decide_after_s:
            task = await _ask_person(ctx, task, finding)
        age_s = (ctx.clock.now_ms() - (task.unclear_since_ms or task.updated_at_ms)) / 1000
        is_locked = isinstance(finding.answer, NoAnswer) and finding.answer.pauses_account
        await ctx.wait(task, KEY_RETRY_S if is_locked else lookup_delay_s(looked, age_s))
        now = ctx.book.row(task)
        if now.state is not task.state:
            return now
        task = now


async def _link(ctx: Context, task: Task, remote: RemoteTask, others: Sequence[RemoteTask]) -> Task:
    task = await ctx.book.write(task, linked(remote))
    for other in others:
        if not await ctx.book.is_linked_elsewhere(task, other.task_id):
            ctx.walk((await take_twin(ctx, task, other)).id)
    return task


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


async def _look(ctx: Context, task: Task, *, closely: bool) -> _Finding:
    """By our id, and in the list; in the list alone where many ask and it is as good."""
    is_by_list = not closely and _is_list_enough(ctx, task)
    answer: LookUp = NotFound(_not_listed())
    if not is_by_list:
        answer = await _find(ctx, task)
        if _was_not_asked(answer):
            return _Finding(answer)
    try:
        provider = await ctx.open(task)
    except AppError as failure:
        return _Finding(NoAnswer(failure.record, pauses_account=True))
    named: list[RemoteTask] = []
    if isinstance(answer, Found):
        named.append(answer.task)
    scan = await ctx.sweeps.scan(provider, task.route)
    if is_by_list and not scan.is_whole:
        answer, is_by_list = await _find(ctx, task), False
        named += [answer.task] if isinstance(answer, Found) else []
    listed = scan.tasks.values()
    named += [each for each in listed if each.external_task_id == task.external_task_id]
    # Where our id stands beside a record, no other record is the task.
    by_id = [each for each in named if each.external_task_id == task.external_task_id]
    named = by_id or named
    ours = {each.task_id: each for each in named if await is_ours(ctx, task, provider, each)}
    if ours:
        first, *others = ours.values()
        # A list may have ids of its own: two are made only where it shows both.
        return _Finding(answer, first, tuple(others) if first.task_id in scan.tasks else ())
    await _doubt_answer(ctx, task, answer)
    return _Finding(
        answer,
        is_taken=any(is_older(task, provider, each) for each in by_id),
        candidates=await candidates(ctx, task, provider, listed),
        is_looked_up=not is_by_list,
    )


async def _find(ctx: Context, task: Task) -> LookUp:
    async def find(provider: Provider) -> LookUp:
        return await provider.find(task.kind, task.external_task_id)

    return await ctx.ask(task, find)


def _is_list_enough(ctx: Context, task: Task) -> bool:
    """Whether one reading of the list may stand for a question for each of many (H03)."""
    shown = (ctx.evidence(task, Trait.LIST), ctx.evidence(task, Trait.ECHO))
    return (
        all(evidence is Evidence.PROVEN for evidence in shown)
        and ctx.evidence(task, Trait.UNIQUENESS) is not Evidence.PROVEN
        and len(ctx.sweeps.unclear(task.route)) >= _MANY
    )


async def _doubt_answer(ctx: Context, task: Task, answer: LookUp) -> None:
    """An answer about a task that cannot be ours shows that the lookup ignores ids."""
    if not is_minted(task.external_task_id):
        return
    names_another = isinstance(answer, NoAnswer) and answer.names_another
    if names_another or isinstance(answer, Found):
        _log.warning("task %s: the lookup named a task that is not ours", task.id)
        await doubt_lookup(ctx, task)


def _is_answered(answer: LookUp) -> bool:
    return not (isinstance(answer, NoAnswer) and (answer.was_not_asked or answer.is_down))


def _was_not_asked(answer: LookUp) -> bool:
    return isinstance(answer, NoAnswer) and answer.was_not_asked


def _may_resend(
    ctx: Context, task: Task, finding: _Finding, outcomes: Sequence[str], waited_s: float
) -> bool:
    profile = ctx.known.overlaid(task.route, ctx.profile(task))
    is_absent = isinstance(finding.answer, NotFound) and finding.is_looked_up
    is_settled = waited_s >= profile.settle_s
    return (
        is_absent
        and is_settled
        and ctx.policy.may_resend(task, profile, outcomes, ctx.clock.now_ms())
    )


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


async def _ask_person(ctx: Context, task: Task, finding: _Finding) -> Task:
    found = finding.candidates
    if task.state is TaskState.NEEDS_DECISION and task.candidates == found:
        return task
    lookup = ctx.evidence(task, Trait.LOOKUP)
    if not isinstance(finding.answer, NotFound) and lookup is Evidence.PROVEN:
        lookup = Evidence.UNKNOWN  # nobody said no
    error = _needs_decision(ctx.profile(task).title, lookup, found)

    def undecided(now: Task) -> Task:
        return replace(now, state=TaskState.NEEDS_DECISION, error=error, candidates=found)

    return await ctx.book.write(task, undecided)


def _needs_decision(title: str, lookup: Evidence, found: tuple[Candidate, ...]) -> ErrorRecord:
    if found:
        seen = t("Tasks that may be it stand there: compare them with your task list.")
    elif lookup is Evidence.PROVEN:
        seen = t("Asking for ids is known to work there, so it was probably not made.")
    elif lookup is Evidence.DISPROVEN:
        seen = t("Asking for ids is known not to work there, so this says nothing.")
    else:
        seen = t("Whether asking for ids works there is not known.")
    return ErrorRecord(
        t("It may or may not exist"),
        t(
            "The answer to the request was lost, and {provider} does not name the task when "
            "asked for its id. {seen} It may have been accepted and charged. Look at your tasks "
            "there, then link it, close it, or send it again, which may be charged twice.",
            provider=title,
            seen=seen,
        ),
        Remedy.DECIDE,
    )


def _not_listed() -> ErrorRecord:
    return ErrorRecord(t("The provider does not list this task"), "", Remedy.WAIT)


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
