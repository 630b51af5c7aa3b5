"""The free positive control: a task that surely exists shows what a provider's answers are worth.

Right after a task was accepted it is looked up by our id and looked for in the list. Only what was
found to work makes a later "not found" mean something (pay-once 6.3, step 7).
"""

from collections.abc import Sequence
from contextlib import suppress

from kling_desktop.domain.answers import Found, LookUp, NoAnswer, NotFound, RemoteTask
from kling_desktop.domain.errors import AppError, StorageError
from kling_desktop.domain.findings import Trait
from kling_desktop.domain.providers import Evidence
from kling_desktop.domain.tasks import Task
from kling_desktop.engine.context import Context
from kling_desktop.engine.ports import Provider
from kling_desktop.engine.rounds import read_page
from kling_desktop.engine.strays import notice_strays
from kling_desktop.engine.sweep import read_list

# Seconds after acceptance: what is not found by the last one is not found at all.
_LOOKS_S = (2.0, 15.0, 60.0, 240.0)
_PAGE = 50


def needs_control(ctx: Context, task: Task) -> bool:
    """Whether anything is still to be learnt of the task's route."""
    return any(_is_open(ctx, task, trait) for trait in (Trait.LOOKUP, Trait.LIST))


async def control(ctx: Context, task: Task, *, may_be_twin: bool) -> None:
    """Look for an accepted task in every way that is not settled yet, one task of a route at a
    time. With `may_be_twin` an earlier attempt may have made it, too (A61). Never raises."""
    if task.route in ctx.controlled and not may_be_twin:
        return
    ctx.controlled.add(task.route)
    try:
        await _look_repeatedly(ctx, task, may_be_twin=may_be_twin)
    finally:
        ctx.controlled.discard(task.route)


async def _look_repeatedly(ctx: Context, task: Task, *, may_be_twin: bool) -> None:
    waited_s = 0.0
    for at_s in _LOOKS_S:
        await ctx.clock.sleep(at_s - waited_s)
        waited_s = at_s
        if ctx.lane(task.provider, task.base_url).pace.is_broken:
            continue  # the tasks' own questions go first
        is_last = at_s == _LOOKS_S[-1]
        try:
            provider = await ctx.open(task)
        except AppError:
            continue
        if _is_open(ctx, task, Trait.LOOKUP):
            await _try_lookup(ctx, task, provider, is_last=is_last)
        if _is_open(ctx, task, Trait.LIST):
            await _try_list(ctx, task, provider, is_last=is_last)
        if may_be_twin:
            await _look_for_twins(ctx, task, provider)
        elif not needs_control(ctx, task):
            return


def _is_open(ctx: Context, task: Task, trait: Trait) -> bool:
    if trait is Trait.LIST:
        route = ctx.profile(task).routes.get(task.kind)
        if route is None or route.list_path is None:
            return False
    return ctx.evidence(task, trait) in (Evidence.UNKNOWN, Evidence.DOCUMENTED)


async def _try_lookup(ctx: Context, task: Task, provider: Provider, *, is_last: bool) -> None:
    async def find() -> LookUp:
        return await provider.find(task.kind, task.external_task_id)

    answer = await ctx.lane(task.provider, task.base_url).ask(find)
    match answer:
        case Found(remote) if remote.task_id == task.task_id:
            await _learn(ctx, task, Trait.LOOKUP, Evidence.PROVEN)
        case Found():
            await doubt_lookup(ctx, task)
        case NotFound() if is_last:
            await _learn(ctx, task, Trait.LOOKUP, Evidence.DISPROVEN)
        case _:
            pass


async def _try_list(ctx: Context, task: Task, provider: Provider, *, is_last: bool) -> None:
    page = await read_page(ctx, provider, task.route, 1, _PAGE)
    if isinstance(page, NoAnswer):
        return
    shown = next((remote for remote in page if remote.task_id == task.task_id), None)
    if shown is not None:
        await _learn(ctx, task, Trait.LIST, Evidence.PROVEN)
        echoes = shown.external_task_id == task.external_task_id
        evidence = Evidence.PROVEN if echoes else Evidence.DISPROVEN
        await _learn(ctx, task, Trait.ECHO, evidence)
    elif is_last and _would_show(page):
        await _learn(ctx, task, Trait.LIST, Evidence.DISPROVEN)


async def _look_for_twins(ctx: Context, task: Task, provider: Provider) -> None:
    """A copy that was still on its way may have made the task once more: it comes home, too."""
    since_ms = task.first_sent_at_ms or task.created_at_ms
    with suppress(StorageError):
        scan = await read_list(ctx, provider, task.route, since_ms)
        same = [
            remote
            for remote in scan.tasks.values()
            if remote.external_task_id == task.external_task_id
        ]
        await notice_strays(ctx, provider, task.route, same)


def _would_show(page: Sequence[RemoteTask]) -> bool:
    """Whether a task of the last minutes must stand on it: it is the whole list."""
    return len(page) < _PAGE


async def doubt_lookup(ctx: Context, task: Task) -> None:
    """A question for our id named another task: such answers prove nothing from here on (B16)."""
    words = f"a question for the id of task {task.id[:8]} named another task"
    await ctx.known.learn(task.route, Trait.LOOKUP, Evidence.DISPROVEN, words)


async def _learn(ctx: Context, task: Task, trait: Trait, evidence: Evidence) -> None:
    await ctx.known.learn(task.route, trait, evidence, f"looked for task {task.id[:8]}")
