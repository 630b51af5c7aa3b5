"""Time that moves only when everybody waits."""

import asyncio
import heapq
import itertools
from collections.abc import Callable

_SPINS = 30  # enough turns of the loop for the longest chain of awaits without a sleep


class ManualClock:
    """Satisfies engine.ports.Clock. Starts in October 2025."""

    def __init__(self, now_ms: int = 1_760_000_000_000) -> None:
        self._start_ms = now_ms
        self._elapsed_s = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    def now_ms(self) -> int:
        return self._start_ms + int(self._elapsed_s * 1000)

    def monotonic_s(self) -> float:
        return self._elapsed_s

    async def sleep(self, seconds: float) -> None:
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        due_s = self._elapsed_s + max(0.0, seconds)
        heapq.heappush(self._sleepers, (due_s, next(self._numbers), waiting))
        await waiting

    def jump(self, seconds: float) -> None:
        """Time passes while nothing runs, as when a computer sleeps."""
        self._elapsed_s += seconds

    def set_back(self, seconds: float) -> None:
        """Somebody corrects a clock that was ahead."""
        self._start_ms -= int(seconds * 1000)

    async def run(self, until: Callable[[], bool], *, for_s: float = 40 * 24 * 3600.0) -> bool:
        """Let simulated time pass until `until`, at most `for_s`; whether it came true."""
        end_s = self._elapsed_s + for_s
        while True:
            for _ in range(_SPINS):
                if until():
                    return True
                await asyncio.sleep(0)
            if not self._step(end_s):
                self._elapsed_s = max(self._elapsed_s, end_s)
                return until()

    async def spend(self, seconds: float) -> None:
        """Let simulated time pass."""
        await self.run(lambda: False, for_s=seconds)

    def _step(self, end_s: float) -> bool:
        while self._sleepers:
            due_s, _, waiting = heapq.heappop(self._sleepers)
            if waiting.done():
                continue
            if due_s > end_s:
                heapq.heappush(self._sleepers, (due_s, next(self._numbers), waiting))
                return False
            self._elapsed_s = max(self._elapsed_s, due_s)
            waiting.set_result(None)
            return True
        return False
