"""The side of a process that finds its home owned: hands its orders over and hears the outcome."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from types import TracebackType

from kling_desktop.domain.commands import Submission
from kling_desktop.domain.errors import HomeInUseError
from kling_desktop.domain.facts import TaskChanged, TasksLoaded
from kling_desktop.domain.findings import Stray, StrayAnswer
from kling_desktop.domain.tasks import Task
from kling_desktop.engine.ports import Emit
from kling_desktop.engine.troubles import Trouble
from kling_desktop.handover import place
from kling_desktop.handover.frames import Json, MalformedError, packed, receive
from kling_desktop.handover.orders import Order, Verb, order_to_json
from kling_desktop.handover.reports import (
    WELCOME,
    hello,
    notice_from_json,
    rejected_from_json,
    troubles_from_json,
)
from kling_desktop.library.ledger import read_task, read_tasks
from kling_desktop.library.lock import HomeLock
from kling_desktop.paths import AppPaths

ANSWER_LIMIT_S = 5.0
_KNOCK_INTERVAL_S = 0.1
_SILENCE_LIMIT_S = 20.0
_LOOKS_AT_LOCK = 20

AccountOf = Callable[[Submission], str | None]


class NobodyAnswersError(Exception):
    """The owner of the home did not let us in in time. Nothing was handed over."""


class Farewell(StrEnum):
    """How the talk ended without our doing: the owner has ended, in order or not, or we cannot
    know."""

    LEFT = "left"
    GONE = "gone"
    SILENT = "silent"


class Guest:
    """Commands of the engine, done by the process that owns the home.

    Its commands are those of `engine.Engine` by name and meaning. `hear` receives the facts about
    the tasks commanded here, `ended` is called once when the owner goes or falls silent: then
    `farewell` says which. `account_of` names the account that a submission is to be paid with,
    if that matters. Opening raises NobodyAnswersError, and StorageError for the ledger.
    """

    def __init__(
        self, paths: AppPaths, hear: Emit, ended: Callable[[], None], account_of: AccountOf
    ) -> None:
        self.farewell: Farewell | None = None
        self._paths = paths
        self._hear = hear
        self._ended = ended
        self._account_of = account_of
        self._ids: set[str] = set()
        self._orders_open = 0
        self._is_bye_said = False
        self._news = asyncio.Event()
        self._troubles: dict[str, Trouble] = {}
        self._listening: asyncio.Task[None]
        self._reader: asyncio.StreamReader
        self._writer: asyncio.StreamWriter

    async def __aenter__(self) -> "Guest":
        self._reader, self._writer = await _knock(self._paths)
        self._hear(TasksLoaded(tuple(read_tasks(self._paths.ledger))))
        self._listening = asyncio.create_task(self._listen())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)
        self._writer.close()

    def submit(self, submission: Submission) -> None:
        """See the engine."""
        account = self._account_of(submission)
        order = Order(Verb.SUBMIT, submission.id, submission=submission, account=account)
        self._order(order)

    def look_again(self, id: str) -> None:
        """See the engine."""
        self._order(Order(Verb.LOOK_AGAIN, id))

    def link(self, id: str, task_id: str) -> None:
        """See the engine."""
        self._order(Order(Verb.LINK, id, task_id))

    def close(self, id: str) -> None:
        """See the engine."""
        self._order(Order(Verb.CLOSE, id))

    def send_again(self, id: str) -> None:
        """See the engine."""
        self._order(Order(Verb.SEND_AGAIN, id))

    def answer_stray(self, stray: Stray, answer: StrayAnswer) -> None:
        """See the engine. The task that a stray becomes is told as one commanded here."""
        verb = Verb.TAKE if answer is StrayAnswer.TAKEN else Verb.LEAVE
        self._order(Order(verb, stray.task_id, stray=stray))

    def resume(self) -> None:
        """See the engine."""
        self._order(Order(Verb.RESUME))

    async def commands_done(self) -> None:
        """Return when every command given so far has taken effect, or the owner has gone."""
        while self._orders_open and self.farewell is None:
            self._news.clear()
            await self._news.wait()

    def trouble(self, id: str) -> Trouble | None:
        """What keeps a task waiting, as of the last word."""
        return self._troubles.get(id)

    def _order(self, order: Order) -> None:
        self._ids.add(order.id)
        self._orders_open += 1
        self._writer.write(packed(order_to_json(order)))

    async def _listen(self) -> None:
        with suppress(TimeoutError, MalformedError):
            while True:
                async with asyncio.timeout(_SILENCE_LIMIT_S):
                    values = await receive(self._reader)
                if values is None:
                    break
                self._take(values)
        has_ended = await _has_ended(self._paths)
        for id in self._ids:
            self._tell_row(id)
        if has_ended:
            self.farewell = Farewell.LEFT if self._is_bye_said else Farewell.GONE
        else:
            self.farewell = Farewell.SILENT
        self._news.set()
        self._ended()

    def _take(self, values: Json) -> None:
        match values:
            case {"say": "task", "id": str(id)}:
                self._ids.add(id)
                self._tell_row(id)
            case {"say": "rejected"}:
                self._hear(rejected_from_json(values))
            case {"say": "notice"}:
                self._hear(notice_from_json(values))
            case {"say": "alive"}:
                self._troubles = troubles_from_json(values, asyncio.get_running_loop().time())
            case {"say": "done"}:
                self._orders_open -= 1
                self._news.set()
            case {"say": "bye"}:
                self._is_bye_said = True
            case _:
                raise MalformedError("not a report")

    def _tell_row(self, id: str) -> None:
        task: Task | None = read_task(self._paths.ledger, id)
        if task is not None:
            self._hear(TaskChanged(task))


async def _has_ended(paths: AppPaths) -> bool:
    """Whether the home is free: then nothing more is written by the one who had it."""
    for _ in range(_LOOKS_AT_LOCK):
        lock = HomeLock(paths.lock)
        with suppress(HomeInUseError):
            lock.acquire("looking")
            lock.release()
            return True
        await asyncio.sleep(_KNOCK_INTERVAL_S)
    return False


async def raise_owner(paths: AppPaths, *, waits: bool) -> bool:
    """Ask the window that owns the home to come to the front; False when none does.

    With `waits` an owner that is only starting gets its time.
    """
    try:
        reader, writer = await _knock(paths, waits=waits)
    except NobodyAnswersError:
        return False
    try:
        writer.write(packed(order_to_json(Order(Verb.RAISE))))
        async with asyncio.timeout(ANSWER_LIMIT_S):
            while (values := await receive(reader)) is not None:
                if values.get("say") == "done":
                    return True
    except (TimeoutError, MalformedError):
        return False
    finally:
        writer.close()
    return False


async def _knock(paths: AppPaths, *, waits: bool = True) -> place.Streams:
    """Be let in. The owner may just be starting, so knock until the time is over."""
    writer: asyncio.StreamWriter | None = None
    with suppress(TimeoutError):
        async with asyncio.timeout(ANSWER_LIMIT_S):
            while True:
                with suppress(OSError, MalformedError):
                    if (note := place.read_note(paths.door)) is not None:
                        reader, writer = await place.connect(note)
                        writer.write(packed(hello(note.token)))
                        if await receive(reader) == WELCOME:
                            return reader, writer
                        writer.close()
                if not waits:
                    break
                await asyncio.sleep(_KNOCK_INTERVAL_S)
    if writer is not None:
        writer.close()
    raise NobodyAnswersError
