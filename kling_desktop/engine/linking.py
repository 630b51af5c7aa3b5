"""Whether a record that a provider shows is the task that we asked for (pay-once 6.6, step 1)."""

from collections.abc import Iterable
from dataclasses import replace

from kling_desktop.domain.answers import RemoteTask
from kling_desktop.domain.findings import Candidate, Trait
from kling_desktop.domain.providers import Evidence
from kling_desktop.domain.tasks import Task, TaskState, is_minted
from kling_desktop.engine.book import Change
from kling_desktop.engine.context import Context
from kling_desktop.engine.ports import Provider
from kling_desktop.engine.schedule import CLOCK_SKEW_MS

# What is left between two clocks that were compared: some providers write whole seconds.
_COMPARED_SKEW_MS = 1000
# A request that was held up on the way makes its task later than it was sent.
_LATE_MS = 15 * 60 * 1000
_MOST_CANDIDATES = 20


async def is_ours(ctx: Context, task: Task, provider: Provider, remote: RemoteTask) -> bool:
    """Whether a hit for our id may be linked without asking anybody.

    Where the id is not echoed, only the time at which the task was made speaks for it.
    """
    if not await may_link(ctx, task, provider, remote):
        return False
    if remote.external_task_id is not None:
        return True
    if ctx.evidence(task, Trait.LOOKUP) is Evidence.DISPROVEN:
        return False
    made_ms = _made_ms(provider, remote)
    return made_ms is not None and made_ms <= ctx.clock.now_ms() + CLOCK_SKEW_MS


async def may_link(ctx: Context, task: Task, provider: Provider, remote: RemoteTask) -> bool:
    """Whether nothing speaks against it: another row, another id, or a time before our first send.

    An id that we minted and that comes back is proof, whatever the clocks say.
    """
    if await ctx.book.is_linked_elsewhere(task, remote.task_id):
        return False
    if remote.external_task_id is None:
        return not is_older(task, provider, remote)
    if remote.external_task_id != task.external_task_id:
        return False
    return is_minted(task.external_task_id) or not is_older(task, provider, remote)


def is_older(task: Task, provider: Provider, remote: RemoteTask) -> bool:
    """Whether the task was there before our first send, by clocks that may differ."""
    made_ms = _made_ms(provider, remote)
    if made_ms is None or task.first_sent_at_ms is None:
        return False
    is_compared = provider.clock_ahead_ms is not None
    skew_ms = _COMPARED_SKEW_MS if is_compared else CLOCK_SKEW_MS
    return made_ms < task.first_sent_at_ms - skew_ms


async def candidates(
    ctx: Context, task: Task, provider: Provider, listed: Iterable[RemoteTask]
) -> tuple[Candidate, ...]:
    """Tasks of a list that may be the unclear one, where no id beside them says whose they are.

    For a person to compare; never linked by themselves (6.6, step 2).
    """
    begins_ms = (task.first_sent_at_ms or task.created_at_ms) - CLOCK_SKEW_MS
    ends_ms = (task.unclear_since_ms or ctx.clock.now_ms()) + _LATE_MS
    found: list[Candidate] = []
    for remote in listed:
        made_ms = _made_ms(provider, remote)
        if remote.external_task_id is not None or made_ms is None:
            continue
        if begins_ms <= made_ms <= ends_ms and not await ctx.book.is_linked_elsewhere(
            task, remote.task_id
        ):
            found.append(Candidate(remote.task_id, remote.created_at_ms, remote.status))
    return tuple(found[:_MOST_CANDIDATES])


def _made_ms(provider: Provider, remote: RemoteTask) -> int | None:
    """When the task was made, by this computer's clock as far as the two were compared."""
    if remote.created_at_ms is None:
        return None
    return remote.created_at_ms + (provider.clock_ahead_ms or 0)


def linked_to(task_id: str) -> Change:
    """The change that ties a row to the provider's task id."""

    def change(now: Task) -> Task:
        return replace(
            now,
            state=TaskState.ACCEPTED,
            task_id=task_id,
            unclear_since_ms=None,
            candidates=(),
            error=None,
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
