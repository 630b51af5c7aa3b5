"""The gate before every create: not paused, account not held, slots free, oldest first."""

import asyncio
from collections import defaultdict
from collections.abc import Callable

from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.tasks import Task, TaskState
from kling_desktop.engine.book import OvertakenError
from kling_desktop.engine.schedule import Slots

# An account's slots are taken from sending to the end (facts.md section 7).
_OCCUPYING = frozenset({TaskState.SENDING, TaskState.ACCEPTED, TaskState.RUNNING})

Pool = tuple[str, TaskKind]


class Gate:
    """Who may send now. `slots_of` says how many of its account's slots a task takes."""

    def __init__(self, rows: dict[str, Task], slots_of: Callable[[Task], int]) -> None:
        self.is_paused = False
        self._rows = rows
        self._slots_of = slots_of
        self._held: set[str] = set()
        self._occupying: dict[str, Task] = {}
        self._entered: dict[str, Task] = {}
        self._waiting: dict[str, Task] = {}
        self._slots: defaultdict[Pool, Slots] = defaultdict(Slots)
        self._stirred = asyncio.Event()

    async def enter(self, task: Task) -> None:
        """Wait until `task` may be sent, and take its slots. `leave` must follow.

        Raises OvertakenError when the row moves on meanwhile.
        """
        self._waiting[task.id] = task
        try:
            while not self._admits(task):
                await self._stirred.wait()
                if self._rows[task.id].state is not task.state:
                    raise OvertakenError
            self._entered[task.id] = task
        finally:
            del self._waiting[task.id]
            self.stir()

    def is_open_for(self, task: Task) -> bool:
        """Whether anything may be sent for its account now."""
        return not self.is_paused and task.account not in self._held

    def leave(self, task: Task) -> None:
        """The attempt is over; from here on the row itself says whether slots are taken."""
        self._entered.pop(task.id, None)
        self.note(self._rows[task.id])

    def note(self, task: Task) -> None:
        """Take in a row as it is now."""
        if task.state in _OCCUPYING:
            self._occupying[task.id] = task
        else:
            self._occupying.pop(task.id, None)
        self.stir()

    def hold(self, account: str) -> None:
        """Send nothing more for an account whose key or credit was refused."""
        self._held.add(account)

    def release(self, account: str | None = None) -> None:
        """Let an account, or all of them, send again."""
        self._held = self._held - {account} if account else set()
        self.stir()

    def learn(self, task: Task, *, is_full: bool) -> None:
        """What an answer taught about the account's slots."""
        slots = self._slots[_pool(task)]
        if is_full:
            slots.refuse(self._used(task))
        else:
            slots.accept(self._used(task) + self._slots_of(task))

    def stir(self) -> None:
        """Have everyone at the gate look again."""
        self._stirred.set()
        self._stirred = asyncio.Event()

    def _admits(self, task: Task) -> bool:
        if not self.is_open_for(task):
            return False
        pool = _pool(task)
        line = [other for other in self._waiting.values() if _pool(other) == pool]
        # Of two made in the same millisecond the one that came first, as `line` has it.
        is_first = min(line, key=lambda other: other.created_at_ms).id == task.id
        return is_first and self._slots[pool].has_room(self._used(task), self._slots_of(task))

    def _used(self, task: Task) -> int:
        pool = _pool(task)
        return sum(
            self._slots_of(other)
            for other in (self._occupying | self._entered).values()
            if _pool(other) == pool and other.id != task.id
        )


def _pool(task: Task) -> Pool:
    return task.account, task.kind
