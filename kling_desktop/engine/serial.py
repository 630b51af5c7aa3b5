"""Where blocking work happens: one thread for SQLite, any other for files and pictures."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Threads(Protocol):
    """The two places for blocking work; a test does it on the spot."""

    async def in_order(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Do `work` on the one thread that owns the databases, after everything asked before."""
        ...

    async def aside(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Do `work` on any thread but the loop's."""
        ...


class WorkerThreads:
    """Threads as the app has them. `close` waits for what has begun."""

    def __init__(self) -> None:
        self._databases = ThreadPoolExecutor(1, thread_name_prefix="databases")
        self._files = ThreadPoolExecutor(4, thread_name_prefix="files")

    async def in_order(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """See Threads."""
        return await _run(self._databases, partial(work, *args, **kwargs))

    async def aside(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """See Threads."""
        return await _run(self._files, partial(work, *args, **kwargs))

    def close(self) -> None:
        """Finish what has begun, drop the rest."""
        self._files.shutdown(wait=True, cancel_futures=True)
        self._databases.shutdown(wait=True, cancel_futures=True)


async def _run(executor: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(executor, work)
