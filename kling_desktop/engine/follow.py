"""ACCEPTED, RUNNING, MISSING: ask until the provider says how it ended. Asking costs nothing."""

from dataclasses import replace

from kling_desktop.domain.answers import (
    Found,
    NoAnswer,
    NotFound,
    RemoteOutput,
    RemoteState,
    RemoteTask,
)
from kling_desktop.domain.errors import ErrorRecord, Remedy
from kling_desktop.domain.money import Cost, CostBasis
from kling_desktop.domain.tasks import FOLLOWED, Output, OutputState, Task, TaskState
from kling_desktop.engine.context import Context
from kling_desktop.engine.schedule import (
    DAY_MS,
    KEY_RETRY_S,
    MISSES,
    MISSING_AFTER_MS,
    is_past_keeping,
    poll_delay_s,
    retry_delay_s,
)
from kling_desktop.text import t

_LATE_MS = 10 * 60 * 1000
_NEW_S = 10.0


async def follow(ctx: Context, task: Task) -> Task:
    """Ask in the rhythm of such tasks. No failed question and no unknown word ever ends a task."""
    with ctx.rounds.following(task):
        failures = misses = 0
        # What was sent in an earlier run, or found after a doubt, may be done long since.
        delay_s = _next_s(ctx, task) if _age_s(ctx, task) < _NEW_S else ctx.jitter()
        while task.state in FOLLOWED:
            await ctx.wait(task, delay_s)
            task = ctx.book.row(task)
            if task.state not in FOLLOWED:
                break
            answer = await ctx.rounds.record(task)
            match answer:
                case Found(remote):
                    failures = misses = 0
                    task = await _take_in(ctx, task, remote)
                    delay_s = _next_s(ctx, task)
                case NotFound():
                    misses += 1
                    task = await _missed(ctx, task, misses)
                    delay_s = _next_s(ctx, task)
                case NoAnswer():
                    failures += 1
                    task = await ctx.note(task, answer.error)
                    delay_s = answer.retry_after_s or retry_delay_s(failures, ctx.jitter())
                    if answer.pauses_account:
                        delay_s = KEY_RETRY_S
    return task


def _next_s(ctx: Context, task: Task) -> float:
    expected = ctx.known.expected(task, ctx.profile(task))
    return poll_delay_s(_age_s(ctx, task), expected, ctx.jitter())


def listed(task: Task, remote: RemoteTask) -> tuple[Output, ...]:
    """The task's results with fresh URLs; what is saved already stays as it is.

    Every distinct index counts, also when there are more or fewer than were asked for.
    """
    known = {output.index: output for output in task.outputs}
    for fresh in remote.outputs:
        known[fresh.index] = _fresh(known.get(fresh.index), fresh)
    return tuple(known[index] for index in sorted(known))


def _fresh(old: Output | None, fresh: RemoteOutput) -> Output:
    if old is None:
        return Output(fresh.index, fresh.media, fresh.url, fresh.watermark_url)
    state = old.state if old.state is OutputState.SAVED else OutputState.LISTED
    return replace(old, url=fresh.url, watermark_url=fresh.watermark_url, state=state)


def reported(task: Task, remote: RemoteTask) -> Cost:
    """The provider's own deduction where it names one, else what was known."""
    return Cost(remote.units, CostBasis.REPORTED) if remote.units is not None else task.cost


async def _take_in(ctx: Context, task: Task, remote: RemoteTask) -> Task:
    now_ms = ctx.clock.now_ms()
    if remote.state is RemoteState.FAILED:

        def failed(now: Task) -> Task:
            return replace(
                _met(now, remote),
                state=TaskState.REMOTE_FAILED,
                finished_at_ms=now_ms,
                error=_failure(remote),
            )

        return await ctx.book.write(task, failed)
    if remote.state is RemoteState.SUCCEEDED and any(output.url for output in remote.outputs):

        def succeeded(now: Task) -> Task:
            # Results are on disk before the first download (6.3, step 8).
            return replace(
                _met(now, remote),
                state=TaskState.REMOTE_OK,
                outputs=listed(now, remote),
                result_url_seen_at_ms=now_ms,
                took_ms=_took_ms(remote),
            )

        task = await ctx.book.write(task, succeeded)
        ctx.known.took(task)
        return task
    return await _still_running(ctx, task, remote)


def _took_ms(remote: RemoteTask) -> int | None:
    """How long the provider worked on it, by its own clock alone."""
    if remote.created_at_ms is None or remote.updated_at_ms is None:
        return None
    took_ms = remote.updated_at_ms - remote.created_at_ms
    return took_ms if 0 < took_ms < DAY_MS else None


async def _still_running(ctx: Context, task: Task, remote: RemoteTask) -> Task:
    """Also a success without any address: the results are not there yet."""
    is_empty = remote.state is RemoteState.SUCCEEDED and _age_s(ctx, task) * 1000 > _LATE_MS
    error = _no_results() if is_empty else None

    def running(now: Task) -> Task:
        return replace(_met(now, remote), state=TaskState.RUNNING, error=error)

    as_of_now = replace(task, updated_at_ms=0, revision=0)
    if replace(running(task), updated_at_ms=0, revision=0) == as_of_now:
        return task
    return await ctx.book.write(task, running)


def _met(task: Task, remote: RemoteTask) -> Task:
    return replace(
        task,
        remote_status=remote.status,
        remote_created_at_ms=remote.created_at_ms or task.remote_created_at_ms,
        cost=reported(task, remote),
        error=None,
    )


async def _missed(ctx: Context, task: Task, misses: int) -> Task:
    """Not found: normal just after creation, telling only when it stays so for a day (B01)."""
    now_ms = ctx.clock.now_ms()
    profile = ctx.profile(task)
    if task.state is TaskState.MISSING and is_past_keeping(task, profile, now_ms):

        def expired(now: Task) -> Task:
            return replace(now, state=TaskState.EXPIRED, finished_at_ms=now_ms, error=gone_record())

        return await ctx.book.write(task, expired)
    is_long = now_ms - task.updated_at_ms >= MISSING_AFTER_MS
    if task.state is TaskState.MISSING or misses < MISSES or not is_long:
        return task
    return await ctx.book.write(
        task, lambda now: replace(now, state=TaskState.MISSING, error=_missing())
    )


def _age_s(ctx: Context, task: Task) -> float:
    return (ctx.clock.now_ms() - (task.first_sent_at_ms or task.created_at_ms)) / 1000


def _failure(remote: RemoteTask) -> ErrorRecord:
    reason = (remote.reason or t("It gave no reason.")).rstrip(".")
    if remote.units is None:
        money = t("It did not say whether anything was charged.")
    else:
        money = t("It reports a charge of {units} units.", units=remote.units)
    return ErrorRecord(
        t("The provider could not make it"),
        t("The provider says: “{reason}”. {money}", reason=reason, money=money),
        Remedy.EDIT_REQUEST,
    )


def gone_record() -> ErrorRecord:
    """What to say when the provider has deleted the results."""
    return ErrorRecord(
        t("The results are gone"),
        t(
            "The provider keeps results for a limited time only, and that is over. Its settings "
            "are still here."
        ),
        Remedy.NONE,
    )


def _missing() -> ErrorRecord:
    return ErrorRecord(
        t("The provider does not know this task at present"),
        t("It was accepted, so it may have been charged. It is asked for again now and then."),
        Remedy.WAIT,
    )


def _no_results() -> ErrorRecord:
    return ErrorRecord(
        t("Finished, but without results so far"),
        t("The provider says that it is done and lists nothing. It is asked again."),
        Remedy.WAIT,
    )
