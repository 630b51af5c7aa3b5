"""Reading a provider's list from the newest task back to a moment: one reading serves everybody."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING

from kling_desktop.domain.answers import NoAnswer, RemoteTask
from kling_desktop.domain.findings import RouteKey, Trait
from kling_desktop.domain.providers import Evidence
from kling_desktop.domain.tasks import IN_DOUBT, Task
from kling_desktop.engine.ports import Provider
from kling_desktop.engine.rounds import LARGEST_PAGE, read_page
from kling_desktop.engine.schedule import CLOCK_SKEW_MS

if TYPE_CHECKING:
    from kling_desktop.engine.context import Context

_MOST_PAGES = 40
FEWEST_ON_PAGE = 30  # S1: the default of pageSize
# What was read just now for one unclear task serves the next.
_FRESH_S = 3.0


@dataclass(frozen=True, slots=True)
class Scan:
    """What stands in a list, by the provider's ids. `is_whole` when nothing younger is missing."""

    tasks: Mapping[str, RemoteTask]
    is_whole: bool
    is_answered: bool = True


NOTHING = Scan(MappingProxyType({}), is_whole=False)


class Sweeps:
    """Readings for unclear tasks: those of one route share them."""

    def __init__(self, ctx: "Context") -> None:
        self._ctx = ctx
        self._under_way: dict[RouteKey, asyncio.Task[Scan]] = {}
        self._last: dict[RouteKey, tuple[float, Scan]] = {}

    def unclear(self, route: RouteKey) -> list[Task]:
        """The tasks of a route whose outcome is not known."""
        rows = self._ctx.book.rows.values()
        return [task for task in rows if task.state in IN_DOUBT and task.route == route]

    async def scan(self, provider: Provider, route: RouteKey) -> Scan:
        """The list back to the oldest unclear task of `route`; empty where there is none."""
        read_at_s, last = self._last.get(route, (float("-inf"), NOTHING))
        if self._ctx.clock.monotonic_s() - read_at_s < _FRESH_S:
            return last
        reading = self._under_way.get(route)
        if reading is None:
            sent_ms = [task.first_sent_at_ms or task.created_at_ms for task in self.unclear(route)]
            since_ms = min(sent_ms, default=self._ctx.clock.now_ms())
            reading = self._ctx.begin(read_list(self._ctx, provider, route, since_ms), "scan")
            self._under_way[route] = reading
            reading.add_done_callback(lambda _done: self._under_way.pop(route, None))
        scan = await asyncio.shield(reading)
        self._last[route] = (self._ctx.clock.monotonic_s(), scan)
        return scan


async def read_list(ctx: "Context", provider: Provider, route: RouteKey, since_ms: int) -> Scan:
    """Everything in the list that was made since `since_ms`, by this computer's clock.

    It stops early only where the list is proven to stand newest first, and reads the first page
    once more in the end, since pages shift while tasks are made.
    """
    listed = provider.profile.routes.get(route.kind)
    if listed is None or listed.list_path is None:
        return NOTHING
    horizon_ms = since_ms - CLOCK_SKEW_MS - (provider.clock_ahead_ms or 0)
    tasks: dict[str, RemoteTask] = {}
    is_whole = False
    number = shortest = 0
    while number < _MOST_PAGES and not is_whole:
        number += 1
        page = await read_page(ctx, provider, route, number, LARGEST_PAGE)
        if isinstance(page, NoAnswer):
            return Scan(tasks, is_whole=False, is_answered=False)
        before = len(tasks)
        tasks.update((remote.task_id, remote) for remote in page)
        await _learn_order(ctx, route, page)
        # Not every gateway gives as many as were asked for: the first page shows how many.
        shortest = shortest or max(len(page), FEWEST_ON_PAGE)
        is_at_end = len(page) < shortest or len(tasks) == before
        is_whole = is_at_end or _reaches(ctx, provider, route, page, horizon_ms)
    if number > 1:
        again = await read_page(ctx, provider, route, 1, LARGEST_PAGE)
        if isinstance(again, NoAnswer):
            return Scan(tasks, is_whole=False, is_answered=False)
        tasks.update((remote.task_id, remote) for remote in again)
    return Scan(tasks, is_whole)


def _reaches(
    ctx: "Context",
    provider: Provider,
    route: RouteKey,
    page: Sequence[RemoteTask],
    horizon_ms: int,
) -> bool:
    """Whether the page goes back to the horizon, and nothing younger can follow."""
    order = ctx.known.evidence(route, Trait.NEWEST_FIRST, provider.profile)
    oldest_ms = page[-1].created_at_ms
    return order is Evidence.PROVEN and oldest_ms is not None and oldest_ms < horizon_ms


async def _learn_order(ctx: "Context", route: RouteKey, page: Sequence[RemoteTask]) -> None:
    times = [remote.created_at_ms for remote in page if remote.created_at_ms is not None]
    if len(set(times)) < 2:
        return
    is_newest_first = all(a >= b for a, b in pairwise(times))
    evidence = Evidence.PROVEN if is_newest_first else Evidence.DISPROVEN
    words = "a page of its list stood in this order"
    await ctx.known.learn(route, Trait.NEWEST_FIRST, evidence, words)
