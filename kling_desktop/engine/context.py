"""What the four stages share: the book, the gate, the ports, waiting, asking, and trouble."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from kling_desktop.domain.answers import Found, LookUp, NoAnswer, NotFound
from kling_desktop.domain.errors import AppError, ErrorRecord, KeyUnavailableError, Remedy
from kling_desktop.domain.facts import (
    EngineState,
    EngineStateChanged,
    Fact,
    Notice,
    Progressed,
    TaskChanged,
)
from kling_desktop.domain.requests import slots
from kling_desktop.domain.tasks import UNCLEAR, Task
from kling_desktop.engine.book import Book
from kling_desktop.engine.gate import Gate
from kling_desktop.engine.policy import Policy
from kling_desktop.engine.ports import (
    Clock,
    Emit,
    Inputs,
    Journal,
    Ledger,
    MediaStore,
    Progress,
    Provider,
    Providers,
)
from kling_desktop.engine.serial import Threads
from kling_desktop.text import t

_STORAGE = "storage"
_PROGRESS_INTERVAL_S = 0.1
_QUESTIONS_AT_ONCE = 8
_DOWNLOADS_AT_ONCE = 4


class TroubleKind(StrEnum):
    """Why a task does not get on just now."""

    OFFLINE = "offline"
    KEY = "key"
    STORAGE = "storage"
    UNKNOWN_THERE = "unknown_there"
    RESULT = "result"
    BUG = "bug"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What keeps a task waiting, and since when on the monotonic clock. Kept in memory only."""

    kind: TroubleKind
    since_s: float
    error: ErrorRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything the engine is given."""

    ledger: Ledger
    media: MediaStore
    inputs: Inputs
    providers: Providers
    clock: Clock
    journal: Journal
    threads: Threads


class Context:
    """Shared by the stages of every task; lives on the loop's thread."""

    def __init__(self, ports: Ports, emit: Emit, policy: Policy, *, decide_after_s: float) -> None:
        self.clock = ports.clock
        self.media = ports.media
        self.inputs = ports.inputs
        self.providers = ports.providers
        self.journal = ports.journal
        self.threads = ports.threads
        self.policy = policy
        self.decide_after_s = decide_after_s
        self.emit = emit
        self.book = Book(ports.ledger, ports.threads, ports.clock, self._row_changed)
        self.gate = Gate(self.book.rows, self._slots_of)
        self.troubles: dict[str, Trouble] = {}
        # Tasks that a person wants sent again although they may exist.
        self.consents: set[str] = set()
        self.freezing = asyncio.Lock()
        self.deliveries: set[asyncio.Task[Task]] = set()
        self.downloads = asyncio.Semaphore(_DOWNLOADS_AT_ONCE)
        self._questions = asyncio.Semaphore(_QUESTIONS_AT_ONCE)
        self._wakes: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._state: EngineState | None = None
        self._alarms: dict[str, ErrorRecord] = {}

    def jitter(self) -> float:
        """A number from 0 to 1."""
        return random.random()

    # Waiting

    async def wait(self, task: Task, seconds: float | None) -> None:
        """Sleep, or for ever when None; `wake` ends it at once."""
        wake = self._wakes[task.id]
        waits: list[asyncio.Task[Any]] = [asyncio.create_task(wake.wait())]
        if seconds is not None:
            waits.append(asyncio.create_task(self.clock.sleep(seconds)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()
            wake.clear()

    def wake(self, id: str) -> None:
        """Have a task look again now."""
        self._wakes[id].set()

    def wake_all(self) -> None:
        """Have every task look again now."""
        for wake in self._wakes.values():
            wake.set()

    # Asking

    async def open(self, task: Task) -> Provider:
        """The provider of `task`, at its own base URL.

        An unclear task is looked for only with the credential that sent it. Raises AppError.
        """
        profile = self.providers.profile(task.provider)
        if task.kind not in profile.routes:
            raise AppError(_no_route(profile.title))
        provider = await self.providers.open(task.provider, task.base_url)
        if task.state in UNCLEAR and provider.account != task.account:
            raise KeyUnavailableError(_other_account(provider.profile.title))
        return provider

    async def ask(self, task: Task, question: Callable[[Provider], Awaitable[LookUp]]) -> LookUp:
        """The answer to a free question. Trouble is remembered, and forgotten when it is over."""
        try:
            provider = await self.open(task)
        except KeyUnavailableError as missing:
            answer: LookUp = NoAnswer(missing.record, pauses_account=True)
        except AppError as failure:
            answer = NoAnswer(failure.record, offline=True)
        else:
            async with self._questions:
                answer = await question(provider)
        self._weigh(task, answer)
        return answer

    def _weigh(self, task: Task, answer: LookUp) -> None:
        match answer:
            case NoAnswer(offline=True):
                self.trouble(task, TroubleKind.OFFLINE, answer.error)
            case NoAnswer(pauses_account=True):
                self.trouble(task, TroubleKind.KEY, answer.error)
                self.alarm(account_subject(task), answer.error)
            case NotFound():
                self.trouble(task, TroubleKind.UNKNOWN_THERE, answer.error)
            case Found():
                known = self.troubles.get(task.id)
                if known is None or known.kind is not TroubleKind.RESULT:  # an address is no file
                    self.fine(task)
                self.calm(account_subject(task))
            case NoAnswer():
                # Somebody answered, so there is a network; nothing was learnt about the task.
                self._forget(task, TroubleKind.OFFLINE)

    def _slots_of(self, task: Task) -> int:
        can = self.providers.profile(task.provider).capabilities(task.kind)
        return slots(task.request, can) if can else task.request.results

    # Trouble

    def trouble(self, task: Task, kind: TroubleKind, error: ErrorRecord) -> None:
        """Remember why `task` waits; the time counts from the first report of the same kind."""
        known = self.troubles.get(task.id)
        since_s = known.since_s if known and known.kind is kind else self.clock.monotonic_s()
        self.troubles[task.id] = Trouble(kind, since_s, error)
        if kind is TroubleKind.STORAGE:
            self.alarm(_STORAGE, error)
        self.report_state()

    def fine(self, task: Task) -> None:
        """The task gets on."""
        self.troubles.pop(task.id, None)
        if not any(each.kind is TroubleKind.STORAGE for each in self.troubles.values()):
            self.calm(_STORAGE)
        self.report_state()

    def alarm(self, subject: str, error: ErrorRecord) -> None:
        """Tell trouble that concerns the whole app, once."""
        if self._alarms.get(subject) != error:
            self._alarms[subject] = error
            self.emit(Notice(subject, error))

    def calm(self, subject: str) -> None:
        """Tell that such trouble is over, if there was any."""
        if self._alarms.pop(subject, None) is not None:
            self.emit(Notice(subject, None))

    def delivered(self, delivery: asyncio.Task[Task]) -> None:
        """A create has come to its end; whoever waited for it was told how."""
        self.deliveries.discard(delivery)
        if not delivery.cancelled():
            delivery.exception()

    async def note(self, task: Task, error: ErrorRecord | None) -> Task:
        """Write why a task waits, or that it no longer does, where that changed."""
        if task.error == error:
            return task
        return await self.book.write(task, lambda now: replace(now, error=error))

    def _forget(self, task: Task, kind: TroubleKind) -> None:
        known = self.troubles.get(task.id)
        if known and known.kind is kind:
            self.fine(task)

    # Telling

    def report_state(self) -> None:
        """Tell what the engine as a whole is doing, if that changed."""
        is_offline = any(each.kind is TroubleKind.OFFLINE for each in self.troubles.values())
        state = EngineState.OFFLINE if is_offline else EngineState.RUNNING
        self.tell_state(EngineState.PAUSED if self.gate.is_paused else state)

    def tell_state(self, state: EngineState) -> None:
        """Tell `state`, if it is news."""
        if state is not self._state:
            self._state = state
            self.emit(EngineStateChanged(state))

    def progress(self, task: Task, *, is_upload: bool) -> Progress:
        """A receiver of byte counts that passes on at most ten a second, and the last."""
        told_s = float("-inf")

        def tell(done_bytes: int, total_bytes: int) -> None:
            nonlocal told_s
            now_s = self.clock.monotonic_s()
            if now_s - told_s >= _PROGRESS_INTERVAL_S or done_bytes == total_bytes:
                told_s = now_s
                self.emit(Progressed(task.id, is_upload, done_bytes, total_bytes))

        return tell

    def _row_changed(self, fact: Fact) -> None:
        if isinstance(fact, TaskChanged):
            self.gate.note(fact.task)
        self.emit(fact)


def account_subject(task: Task) -> str:
    """What a notice about the account of `task` is filed under."""
    return f"account {task.provider}"


def _no_route(title: str) -> ErrorRecord:
    return ErrorRecord(
        t("{provider} has no such route any more", provider=title),
        t(
            "providers.toml takes away what this task was sent by, so it cannot be asked for. "
            "Nothing is lost: it goes on once the route is back."
        ),
        Remedy.FIX_SETTINGS,
    )


def _other_account(title: str) -> ErrorRecord:
    return ErrorRecord(
        t("The key belongs to another account"),
        t(
            "This was sent to {provider} with another key. Nothing is asked or sent with the "
            "present one, because it might be another account.",
            provider=title,
        ),
        Remedy.FIX_KEY,
    )
