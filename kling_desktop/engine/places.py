"""A few places for work at once; whoever waits with the nearest deadline comes next."""

import asyncio
import heapq
import itertools
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager


class Places:
    """Like a semaphore, in the order of deadlines instead of arrival."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._line: list[tuple[int, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    @asynccontextmanager
    async def place(self, deadline_ms: int) -> AsyncGenerator[None]:
        """Hold a place meanwhile."""
        await self._take(deadline_ms)
        try:
            yield
        finally:
            self._give()

    async def _take(self, deadline_ms: int) -> None:
        if self._free:
            self._free -= 1
            return
        called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._line, (deadline_ms, next(self._numbers), called))
        try:
            await called
        except asyncio.CancelledError:
            if called.done() and not called.cancelled():
                self._give()  # it was our turn just now
            raise

    def _give(self) -> None:
        while self._line:
            _, _, called = heapq.heappop(self._line)
            if not called.done():
                called.set_result(None)
                return
        self._free += 1
