"""REMOTE_OK, FETCHING, FETCH_PAUSED: bring every result home, whole, and never pay for it again."""

import logging
from dataclasses import replace

from kling_desktop.domain.answers import Downloaded, DownloadFailed, Found, NotFound
from kling_desktop.domain.errors import AppError, ErrorRecord, RescuedError, StorageError
from kling_desktop.domain.facts import AssetAdded
from kling_desktop.domain.tasks import Output, OutputState, Task, TaskState, deadline_ms
from kling_desktop.engine.context import Context
from kling_desktop.engine.follow import gone_record, listed, reported
from kling_desktop.engine.rounds import ask
from kling_desktop.engine.schedule import is_past_keeping, retry_delay_s
from kling_desktop.engine.troubles import TroubleKind
from kling_desktop.engine.watch import tell_deadlines

_log = logging.getLogger(__name__)
_LONGEST_PAUSE_S = 60 * 60.0


async def fetch(ctx: Context, task: Task) -> Task:
    """Download what is missing, with pauses between the rounds, until all is saved or gone."""
    await _describe_saved(ctx, task)
    failures = 0
    while True:
        if task.state is not TaskState.FETCHING:
            task = await ctx.book.write(task, _fetching)
        task, failure = await _round(ctx, task)
        if failure is None:
            return await _finish(ctx, task)
        failures += 1
        task = await _pause(ctx, task, failure)
        await ctx.wait(task, retry_delay_s(failures, ctx.jitter(), _LONGEST_PAUSE_S))
        now = ctx.book.row(task)
        if now.state is not task.state:
            return now
        task = now


def _fetching(now: Task) -> Task:
    return replace(now, state=TaskState.FETCHING, error=None)


async def _round(ctx: Context, task: Task) -> tuple[Task, ErrorRecord | None]:
    """Try everything once, then what failed once more with fresh addresses."""
    try:
        task, failure, rescued = await _save_missing(ctx, task)
        if failure is not None:
            task = await _refresh(ctx, task, may_give_up=rescued is None)
            task, failure, rescued = await _save_missing(ctx, task)
        if rescued is not None:  # nothing is given up while the library is away
            raise rescued
        if failure is not None and failure.url_is_dead and _is_over(ctx, task):
            # A fresh address that is dead, after the provider's own deadline.
            return await _give_up(ctx, task), None
    except StorageError as problem:
        ctx.troubles.report(task, TroubleKind.STORAGE, problem.record)
        return ctx.book.row(task), problem.record
    if failure is None:
        return task, None
    kind = TroubleKind.OFFLINE if failure.offline else TroubleKind.RESULT
    ctx.troubles.report(task, kind, failure.error)
    return task, failure.error


async def _save_missing(
    ctx: Context, task: Task
) -> tuple[Task, DownloadFailed | None, RescuedError | None]:
    failure: DownloadFailed | None = None
    rescued: RescuedError | None = None
    for output in task.outputs:
        if _lacks_mark(task, output):  # a crash came between the two
            task = await _save_watermarked(ctx, task, output)
        if output.state is not OutputState.LISTED:
            continue
        try:
            saved = await _save(ctx, task, output)
        except RescuedError as safe:
            rescued = safe
            continue
        if isinstance(saved, DownloadFailed):
            failure = saved
            continue
        ctx.troubles.fine(task)
        task = await ctx.book.save_outputs(task, (saved,))
        await _describe(ctx, task, saved)
        if _lacks_mark(task, saved):
            task = await _save_watermarked(ctx, task, saved)
    return task, failure, rescued


def _lacks_mark(task: Task, output: Output) -> bool:
    is_due = output.state is OutputState.SAVED and task.request.watermark
    return bool(is_due and output.watermark_url and not output.watermarked_file)


async def _save(ctx: Context, task: Task, output: Output) -> Output | DownloadFailed:
    adopted = await ctx.threads.aside(ctx.media.adopt, task, output)
    if adopted is not None:
        _log.info("task %s: result %d stood in the library already", task.id, output.index)
        return adopted
    answer = await _download(ctx, task, output, watermarked=False)
    if isinstance(answer, DownloadFailed):
        _log.info("task %s: result %d is not here yet", task.id, output.index)
        return answer
    try:
        return await ctx.threads.aside(ctx.media.finish, task, output, answer)
    except StorageError:
        raise
    except AppError as damaged:
        return DownloadFailed(damaged.record)


async def _download(
    ctx: Context, task: Task, output: Output, *, watermarked: bool
) -> Downloaded | DownloadFailed:
    url = output.watermark_url if watermarked else output.url
    try:
        provider = await ctx.open(task)
    except StorageError:
        raise
    except AppError as failure:
        return DownloadFailed(failure.record)
    part = await ctx.threads.aside(ctx.media.part, task, output, watermarked=watermarked)
    async with ctx.downloads.place(deadline_ms(task, ctx.profile(task))):
        return await provider.download(url, part, ctx.progress(task, is_upload=False))


async def _save_watermarked(ctx: Context, task: Task, output: Output) -> Task:
    """The copy with the provider's mark. It is an extra: whatever happens, the task goes on."""
    try:
        answer = await _download(ctx, task, output, watermarked=True)
        if isinstance(answer, DownloadFailed):
            _log.warning("task %s: no watermarked copy: %s", task.id, answer.error.title)
            return task
        marked = await ctx.threads.aside(ctx.media.finish, task, output, answer, watermarked=True)
        task = await ctx.book.save_outputs(task, (marked,))
        await _describe(ctx, task, marked)
    except AppError:
        _log.exception("task %s: the watermarked copy was not kept", task.id)
    return ctx.book.row(task)


async def _refresh(ctx: Context, task: Task, *, may_give_up: bool) -> Task:
    """Ask for fresh addresses: an old one may have expired, or its server may be gone."""
    answer = await ask(ctx, task)
    now_ms = ctx.clock.now_ms()
    if isinstance(answer, Found) and any(output.url for output in answer.task.outputs):
        cost = reported(task, answer.task)
        task = await ctx.book.save_outputs(task, listed(task, answer.task))
        return await ctx.book.write(
            task, lambda now: replace(now, cost=cost, result_url_seen_at_ms=now_ms)
        )
    if may_give_up and isinstance(answer, (Found, NotFound)) and _is_over(ctx, task):
        return await _give_up(ctx, task)
    return task


def _is_over(ctx: Context, task: Task) -> bool:
    return is_past_keeping(task, ctx.profile(task), ctx.clock.now_ms())


async def _give_up(ctx: Context, task: Task) -> Task:
    outputs = (
        replace(output, state=OutputState.EXPIRED)
        for output in task.outputs
        if output.state is not OutputState.SAVED
    )
    return await ctx.book.save_outputs(task, tuple(outputs))


async def _finish(ctx: Context, task: Task) -> Task:
    now_ms = ctx.clock.now_ms()
    lost = len(task.outputs) - len(task.saved)
    if not task.saved:
        state, error = TaskState.EXPIRED, gone_record()
    elif lost:
        state, error = TaskState.DONE_PARTIAL, gone_record()
    else:
        state, error = TaskState.DONE, None
    ctx.troubles.fine(task)
    return await ctx.book.write(
        task, lambda now: replace(now, state=state, finished_at_ms=now_ms, error=error)
    )


async def _pause(ctx: Context, task: Task, error: ErrorRecord) -> Task:
    task = await ctx.book.write(
        task, lambda now: replace(now, state=TaskState.FETCH_PAUSED, error=error)
    )
    tell_deadlines(ctx)
    return task


async def _describe(ctx: Context, task: Task, output: Output) -> None:
    """Sidecar and index. Both can be made again from the ledger, so they never gate DONE."""
    try:
        asset = await ctx.threads.in_order(ctx.media.describe, task, output)
    except StorageError:
        _log.exception("task %s: no sidecar for result %d", task.id, output.index)
        return
    ctx.emit(AssetAdded(asset))


async def _describe_saved(ctx: Context, task: Task) -> None:
    """A crash may have come between a row and its sidecar."""
    for output in task.saved:
        await _describe(ctx, task, output)
