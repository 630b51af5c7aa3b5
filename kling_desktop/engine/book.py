"""The ledger as the running engine sees it: every row in memory, every write on disk first."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from kling_desktop.domain.facts import TaskChanged, TasksLoaded
from kling_desktop.domain.tasks import Output, Task, TaskState
from kling_desktop.engine.ports import Clock, Emit, Ledger
from kling_desktop.engine.serial import Threads

Change = Callable[[Task], Task]


class OvertakenError(Exception):
    """The row moved on while a stage was busy (a person decided): look at it afresh."""


class Book:
    """Rows by id, and the only way to change them.

    A change is a function of the newest snapshot, applied under the row's own lock, so a person's
    command and a stage never overwrite each other. Raises what the ledger raises.
    """

    def __init__(self, ledger: Ledger, threads: Threads, clock: Clock, emit: Emit) -> None:
        self.ledger = ledger
        self.rows: dict[str, Task] = {}
        self._threads = threads
        self._clock = clock
        self._emit = emit
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def load(self) -> None:
        """Read every row, and tell it."""
        tasks = await self._threads.in_order(self.ledger.all)
        self.rows.clear()
        self.rows.update((task.id, task) for task in tasks)
        self._emit(TasksLoaded(tuple(tasks)))

    def row(self, task: Task) -> Task:
        """The newest snapshot."""
        return self.rows[task.id]

    async def check(self) -> None:
        """Raise StorageError unless the ledger can be relied on."""
        await self._threads.in_order(self.ledger.check)

    async def add(self, task: Task) -> Task:
        """Write a new row."""
        await self._threads.in_order(self.ledger.add, task)
        return self._keep(task)

    async def write(self, task: Task, change: Change) -> Task:
        """Apply `change` to the row as it is now, if it still is in `task`'s state."""

        async def move(changed: Task, was: TaskState) -> Task:
            return await self._threads.in_order(self.ledger.move, changed, was)

        return await self._change(task, change, move)

    async def begin_attempt(self, task: Task, change: Change) -> Task:
        """Write SENDING and the attempt, together."""

        async def begin(changed: Task, was: TaskState) -> Task:
            return await self._threads.in_order(self.ledger.begin_attempt, changed, was)

        return await self._change(task, change, begin)

    async def end_attempt(self, task: Task, change: Change, outcome: str, raw: str = "") -> Task:
        """Write the outcome of the attempt and the next state, together."""

        async def end(changed: Task, was: TaskState) -> Task:
            return await self._threads.in_order(self.ledger.end_attempt, changed, outcome, raw)

        return await self._change(task, change, end)

    async def save_outputs(self, task: Task, outputs: Sequence[Output]) -> Task:
        """Write what is known of these results; the others stay as they are."""

        async def save(changed: Task, was: TaskState) -> Task:
            return await self._threads.in_order(self.ledger.save_outputs, changed, outputs)

        return await self._change(task, lambda now: now, save)

    async def outcomes(self, task: Task) -> Sequence[str]:
        """How each attempt ended, oldest first, in the words that `end_attempt` was given."""
        return await self._threads.in_order(self.ledger.outcomes, task.id)

    async def is_linked_elsewhere(self, task: Task, task_id: str) -> bool:
        """Whether another row already holds this task id: one task is never linked twice."""
        holder = await self._threads.in_order(
            self.ledger.by_task_id, task.provider, task.base_url, task_id
        )
        return holder is not None and holder.id != task.id

    async def _change(
        self, task: Task, change: Change, commit: Callable[[Task, TaskState], Awaitable[Task]]
    ) -> Task:
        async with self._locks[task.id]:
            now = self.rows[task.id]
            if now.state is not task.state:
                raise OvertakenError
            changed = replace(change(now), updated_at_ms=self._clock.now_ms())
            return self._keep(await commit(changed, now.state))

    def _keep(self, task: Task) -> Task:
        self.rows[task.id] = task
        self._emit(TaskChanged(task))
        return task
