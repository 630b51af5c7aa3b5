"""An event loop with real sockets and simulated time: it skips ahead when nothing else can happen.

Every timer lives in this time: the engine's pauses, the client's timeouts, the servers' delays. So
a test runs with the time limits that the app ships with, and waits for none of them.
"""

import asyncio
import selectors
import time
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

from anyio import CapacityLimiter

_PAUSE_S = 0.0001  # bytes on loopback are there at once; this is for a busy system
_STUCK_AFTER_S = 5.0  # real seconds with neither a timer, nor a thread, nor a byte
START_MS = 1_760_000_000_000  # October 2025


class StuckError(AssertionError):
    """Everybody waits for somebody else, for ever."""


class _Selector(selectors.DefaultSelector):
    """Waits for sockets and threads in real time, and for timers not at all."""

    loop: "WireLoop"

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = super().select(0)
        if events or (timeout is not None and timeout <= 0):
            return events
        if self.loop.is_working:
            return super().select(timeout=None)
        time.sleep(_PAUSE_S)
        if events := super().select(0):
            return events
        if timeout is not None:
            self.loop.skip(timeout)
            return []
        if events := super().select(_STUCK_AFTER_S):
            return events
        raise StuckError


class WireLoop(asyncio.SelectorEventLoop):
    """Time stands still while a thread works for somebody here.

    `limiter` is what anyio counts its own threads by; TLS contexts are made in one.
    """

    def __init__(self) -> None:
        self.limiter: CapacityLimiter | None = None
        self._threads = 0
        self._now_s = 0.0
        selector = _Selector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        """Simulated seconds since the loop was made."""
        return self._now_s

    @property
    def is_working(self) -> bool:
        """Whether a thread has something to do for us."""
        return self._threads > 0 or (self.limiter is not None and self.limiter.borrowed_tokens > 0)

    def skip(self, seconds: float) -> None:
        """Nothing happens for so long."""
        self._now_s += seconds

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """As ever, and counted."""
        done = super().run_in_executor(executor, func, *args)
        self._threads += 1
        done.add_done_callback(self._thread_done)
        return done

    def _thread_done(self, _done: object) -> None:
        self._threads -= 1


class WireClock:
    """Satisfies engine.ports.Clock, by the time of the loop that runs."""

    def __init__(self) -> None:
        self._wall_ahead_s = 0.0
        self._asleep_s = 0.0

    def now_ms(self) -> int:
        return START_MS + int((self.elapsed_s() + self._wall_ahead_s) * 1000)

    def monotonic_s(self) -> float:
        return self.elapsed_s()

    def elapsed_s(self) -> float:
        return asyncio.get_running_loop().time() + self._asleep_s

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))

    def suspend(self, seconds: float) -> None:
        """The computer sleeps: time passes, and nothing that waits in it notices."""
        self._asleep_s += seconds

    def set_ahead(self, seconds: float) -> None:
        """Somebody sets the clock of this computer forward, or back."""
        self._wall_ahead_s += seconds
