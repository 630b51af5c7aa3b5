"""One question for many tasks: where a provider is proven to list, a page answers for all of them.

Nothing here decides anything: a record from a list counts as the answer to a question for it.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kling_desktop.domain.answers import Found, LookUp, NoAnswer, RemoteTask
from kling_desktop.domain.errors import AppError, ErrorRecord, Remedy
from kling_desktop.domain.findings import RouteKey, Trait
from kling_desktop.domain.providers import Evidence
from kling_desktop.domain.tasks import Task
from kling_desktop.engine.ports import Provider
from kling_desktop.text import t

if TYPE_CHECKING:
    from kling_desktop.engine.context import Context

_log = logging.getLogger(__name__)

# Below this single questions are fewer bytes.
_FEWEST = 3
LARGEST_PAGE = 500  # S1: pageSize to 500
_SPARE = 10  # tasks of others that may stand between ours


class Rounds:
    """Asks for the tasks that are followed. Every answer is left with the task it is about."""

    def __init__(self, ctx: "Context") -> None:
        self._ctx = ctx
        self._followed: defaultdict[RouteKey, dict[str, Task]] = defaultdict(dict)
        self._answers: dict[str, RemoteTask] = {}
        self._reading: dict[RouteKey, asyncio.Task[NoAnswer | None]] = {}

    @contextmanager
    def following(self, task: Task) -> Generator[None]:
        """Count `task` among those that a page may answer for."""
        followed = self._followed[task.route]
        followed[task.id] = task
        try:
            yield
        finally:
            followed.pop(task.id, None)
            self._answers.pop(task.id, None)

    async def record(self, task: Task) -> LookUp:
        """The provider's record of a followed task: one that came with others, or asked for now."""
        left = self._answers.pop(task.id, None)
        if left is not None:
            return self._found(task, left)
        if len(self._followed[task.route]) >= _FEWEST and self._lists(task):
            trouble = await self._read(task)
            self._ctx.hush(task.id)  # the page that answers it may have called it, too
            left = self._answers.pop(task.id, None)
            if left is not None:
                return self._found(task, left)
            if trouble is not None and trouble.was_not_asked:
                self._ctx.weigh(task, trouble)
                return trouble
        return await ask(self._ctx, task)

    def _found(self, task: Task, remote: RemoteTask) -> Found:
        found = Found(remote)
        self._ctx.weigh(task, found)
        return found

    def _lists(self, task: Task) -> bool:
        return self._ctx.evidence(task, Trait.LIST) is Evidence.PROVEN

    async def _read(self, task: Task) -> NoAnswer | None:
        """Read the pages once, whoever waits for them; why not, if they could not be read."""
        route = task.route
        reading = self._reading.get(route)
        if reading is None:
            reading = self._reading[route] = self._ctx.begin(self._read_pages(task), "list")
            reading.add_done_callback(lambda _done: self._reading.pop(route, None))
        return await asyncio.shield(reading)

    async def _read_pages(self, task: Task) -> NoAnswer | None:
        ctx, route = self._ctx, task.route
        try:
            provider = await ctx.open(task)
        except AppError as failure:
            return NoAnswer(failure.record, pauses_account=True)
        wanted = {each.task_id or "": each for each in self._followed[route].values()}
        size = min(len(wanted) + _SPARE, LARGEST_PAGE)
        for number in range(1, 2 + -(-len(wanted) // size)):
            page = await read_page(ctx, provider, route, number, size)
            if isinstance(page, NoAnswer):
                return page
            self._deliver(page, wanted)
            if not wanted or len(page) < size:
                return None
        return None

    def _deliver(self, page: Iterable[RemoteTask], wanted: dict[str, Task]) -> None:
        for remote in page:
            task = wanted.pop(remote.task_id, None)
            if task is not None:
                self._answers[task.id] = remote
                self._ctx.wake(task.id)


async def read_page(
    ctx: "Context", provider: Provider, route: RouteKey, number: int, size: int
) -> Sequence[RemoteTask] | NoAnswer:
    """One page of a list, when it is this provider's turn."""

    async def ask_for_it() -> Sequence[RemoteTask] | NoAnswer:
        return await provider.page(route.kind, number, size)

    return await ctx.lane(route.provider, route.base_url).ask(ask_for_it)


async def ask(ctx: "Context", task: Task) -> LookUp:
    """The provider's record of an accepted task, by a question of its own.

    A record of another task counts as no answer.
    """
    assert task.task_id is not None
    task_id = task.task_id

    async def get(provider: Provider) -> LookUp:
        return await provider.get(task.kind, task_id)

    answer = await ctx.ask(task, get)
    if isinstance(answer, Found) and answer.task.task_id != task_id:
        _log.warning("task %s: the answer was about another task", task.id)
        return NoAnswer(_other_task())
    return answer


def _other_task() -> ErrorRecord:
    return ErrorRecord(
        t("The provider answered about another task"), t("It is asked again."), Remedy.WAIT
    )
