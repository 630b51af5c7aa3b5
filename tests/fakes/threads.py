"""Blocking work done on the spot, so that a simulation needs no real time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
_TURNS = 5


class InlineThreads:
    """Satisfies engine.serial.Threads."""

    async def in_order(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return work(*args, **kwargs)

    async def aside(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return work(*args, **kwargs)


async def _nothing(name: str) -> None:
    pass


class BusyThreads:
    """The same, but each work waits a little: the thread is busy with something else just now.

    `meanwhile` is told its name, and is over before it begins.
    """

    def __init__(self, meanwhile: Callable[[str], Awaitable[None]] = _nothing) -> None:
        self._meanwhile = meanwhile

    async def in_order(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        await self._meanwhile(getattr(work, "__name__", ""))
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        return work(*args, **kwargs)

    async def aside(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.in_order(work, *args, **kwargs)
