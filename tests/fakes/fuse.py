"""Faults at the ports: the process dies, or the disk fails, at the Nth call."""

import inspect
from collections.abc import Callable
from typing import Any

from kling_desktop.domain.errors import ErrorRecord, StorageError


class Crash(BaseException):
    """The process is gone: no handler of the product may see this."""


class Fuse:
    """Counts calls at the wrapped ports and blows at call `at`, before or after it took effect."""

    def __init__(self, at: int, *, after: bool) -> None:
        self.calls = 0
        self.is_blown = False
        self.name = ""
        self._at = at
        self._after = after

    def tick(self, name: str, *, after: bool) -> None:
        if self.is_blown:
            raise Crash(name)  # a dead process does nothing more
        if not after:
            self.calls += 1
        if self.calls == self._at and after is self._after:
            self.is_blown = True
            self.name = name
            raise Crash(name)


class Fused:
    """A port that goes through a fuse; everything else about it stays."""

    def __init__(self, port: object, fuse: Fuse) -> None:
        self._port = port
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._port, name)
        if not callable(value) or name == "profile":
            return value
        return _fused(f"{type(self._port).__name__}.{name}", value, self._fuse)


def _fused(name: str, work: Callable[..., Any], fuse: Fuse) -> Callable[..., Any]:
    if inspect.iscoroutinefunction(work):

        async def later(*args: Any, **kwargs: Any) -> Any:
            fuse.tick(name, after=False)
            value = await work(*args, **kwargs)
            fuse.tick(name, after=True)
            return Fused(value, fuse) if name.endswith("Providers.open") else value

        return later

    def now(*args: Any, **kwargs: Any) -> Any:
        fuse.tick(name, after=False)
        value = work(*args, **kwargs)
        fuse.tick(name, after=True)
        return value

    return now


class FailingWrites:
    """A ledger whose writes fail while `fails(name)` says so."""

    def __init__(self, ledger: object, fails: Callable[[str], bool]) -> None:
        self._ledger = ledger
        self._fails = fails

    def __getattr__(self, name: str) -> Any:
        if self._fails(name):
            raise_full = StorageError(ErrorRecord("The disk is full", "Scripted."))

            def fail(*args: object, **kwargs: object) -> None:
                raise raise_full

            return fail
        return getattr(self._ledger, name)
