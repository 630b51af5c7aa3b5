"""What an earlier run left half done, put in order at the start. Every step may be repeated."""

import logging
from dataclasses import replace

from kling_desktop.domain.errors import ErrorRecord, Remedy
from kling_desktop.domain.tasks import Receipt, Task, TaskState
from kling_desktop.engine.context import Context
from kling_desktop.engine.linking import linked_to
from kling_desktop.engine.strays import NOT_SENT, was_sent
from kling_desktop.text import t

_log = logging.getLogger(__name__)


async def recover(ctx: Context) -> None:
    """Load the rows, doubt what was on its way, and replay the journal. Raises StorageError."""
    await ctx.book.load()
    await ctx.known.load(ctx.book.rows.values())
    for task in list(ctx.book.rows.values()):
        if task.state is TaskState.SENDING:
            await _doubt(ctx, task)
    receipts = await ctx.threads.aside(ctx.journal.read)
    for receipt in receipts:
        await _replay(ctx, receipt)
    if receipts:
        await ctx.threads.aside(ctx.journal.clear)


async def _doubt(ctx: Context, task: Task) -> None:
    """SENDING at start: a byte may have left, so the outcome is unknown."""
    now_ms = ctx.clock.now_ms()

    def unknown(now: Task) -> Task:
        error = _interrupted()
        return replace(now, state=TaskState.UNKNOWN, unclear_since_ms=now_ms, error=error)

    await ctx.book.end_attempt(task, unknown, "interrupted")


async def _replay(ctx: Context, receipt: Receipt) -> None:
    task = ctx.book.rows.get(receipt.id)
    if task is None or task.task_id is not None:
        return
    if task.state in NOT_SENT:  # the ledger is older than the receipt
        task = await was_sent(ctx, task)
    if await ctx.book.is_linked_elsewhere(task, receipt.task_id):
        _log.error("task %s: the journal names a task that another row has", task.id)
        return
    _log.info("task %s: linked from the journal", task.id)
    await ctx.book.write(task, linked_to(receipt.task_id))


def _interrupted() -> ErrorRecord:
    return ErrorRecord(
        t("Interrupted while sending"),
        t("It may have been accepted before the app ended. It is being looked up."),
        Remedy.WAIT,
    )
