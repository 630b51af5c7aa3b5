"""The process dies at a named call to the outside."""

from collections.abc import Callable

from tests.fakes.fuse import Crash, Fuse


class Failpoint(Fuse):
    """Blows at the `nth` call of `call`, such as `SqliteLedger.begin_attempt`, after or before it
    took effect. `on_blow` is told."""

    def __init__(self, call: str, *, after: bool, nth: int = 1) -> None:
        super().__init__(nth, after=after)
        self.on_blow: Callable[[], None] = lambda: None
        self._call = call

    def tick(self, name: str, *, after: bool) -> None:
        if self.is_blown:
            raise Crash(name)  # a dead process does nothing more
        if name != self._call:
            return
        try:
            super().tick(name, after=after)
        except Crash:
            self.on_blow()
            raise
