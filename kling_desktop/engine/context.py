"""What the stages share: the book, the gate, the ports, waiting, asking, and trouble."""

import asyncio
import logging
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from kling_desktop.domain.answers import Found, LookUp, NoAnswer, NotFound
from kling_desktop.domain.errors import AppError, ErrorRecord, KeyUnavailableError, Remedy
from kling_desktop.domain.facts import Fact, Progressed, TaskChanged
from kling_desktop.domain.findings import RouteKey, Trait
from kling_desktop.domain.providers import Evidence, ProviderProfile
from kling_desktop.domain.requests import slots
from kling_desktop.domain.tasks import SETTLED, UNCLEAR, Task, TaskState
from kling_desktop.engine.book import Book
from kling_desktop.engine.gate import Gate
from kling_desktop.engine.known import Known
from kling_desktop.engine.lanes import Lane
from kling_desktop.engine.places import Places
from kling_desktop.engine.policy import Policy
from kling_desktop.engine.ports import (
    Clock,
    Emit,
    Inputs,
    Journal,
    Ledger,
    MediaStore,
    Notebook,
    Progress,
    Provider,
    Providers,
)
from kling_desktop.engine.rounds import Rounds
from kling_desktop.engine.serial import Threads
from kling_desktop.engine.sweep import Sweeps
from kling_desktop.engine.troubles import TroubleKind, Troubles
from kling_desktop.text import t

_log = logging.getLogger(__name__)
_PROGRESS_INTERVAL_S = 0.1
_DOWNLOADS_AT_ONCE = 4

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything the engine is given."""

    ledger: Ledger
    notebook: Notebook
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
        self.notebook = ports.notebook
        self.policy = policy
        self.decide_after_s = decide_after_s
        self.emit = emit
        self.book = Book(ports.ledger, ports.threads, ports.clock, self._row_changed)
        self.gate = Gate(self.book.rows, self._slots_of)
        self.known = Known(ports.notebook, ports.threads, ports.clock)
        self.troubles = Troubles(ports.clock, emit, lambda: self.gate.is_paused)
        # Tasks that a person wants sent again although they may exist.
        self.consents: set[str] = set()
        self.freezing = asyncio.Lock()
        # Tasks that stand here as not sent in a ledger that turned out to be an older copy.
        self.held: set[str] = set()
        # Routes that are being tried out with a task that surely exists.
        self.controlled: set[RouteKey] = set()
        self.deliveries: set[asyncio.Task[Task]] = set()
        self.downloads = Places(_DOWNLOADS_AT_ONCE)
        # Has a row walk on; the engine puts its own in.
        self.walk: Callable[[str], None] = self.wake
        self._lanes: dict[tuple[str, str | None], Lane] = {}
        self._wakes: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._asides: set[asyncio.Task[Any]] = set()
        self.rounds = Rounds(self)
        self.sweeps = Sweeps(self)

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

    def look_now(self, task: Task) -> None:
        """The same, and whatever made its provider wait is forgotten: a person wants to know."""
        self.lane(task.provider, task.base_url).relieve()
        self.wake(task.id)

    def wake_all(self) -> None:
        """Have every task look again now."""
        for lane in self._lanes.values():
            lane.relieve()
        for wake in self._wakes.values():
            wake.set()

    def hush(self, id: str) -> None:
        """Forget a wake that has not been noticed yet: what it was for is done."""
        self._wakes[id].clear()

    def begin(self, work: Coroutine[Any, Any, Result], name: str) -> asyncio.Task[Result]:
        """Do something beside the stages; it ends with the engine, or breaks into the log."""
        doing = asyncio.create_task(work, name=f"aside {name}")
        self._asides.add(doing)
        doing.add_done_callback(self._aside_ended)
        return doing

    def _aside_ended(self, done: asyncio.Task[Any]) -> None:
        self._asides.discard(done)
        if not done.cancelled() and (broke := done.exception()) is not None:
            _log.error("%s broke", done.get_name(), exc_info=broke)

    async def end_asides(self) -> None:
        """Stop whatever nobody waits for."""
        doing = list(self._asides)
        for each in doing:
            each.cancel()
        await asyncio.gather(*doing, return_exceptions=True)

    # Asking

    def profile(self, task: Task) -> ProviderProfile:
        """The data entry of the task's provider."""
        return self.providers.profile(task.provider)

    def evidence(self, task: Task, trait: Trait) -> Evidence:
        """What is known of the task's route."""
        return self.known.evidence(task.route, trait, self.profile(task))

    def lane(self, provider: str, base_url: str | None) -> Lane:
        """The way to a provider at an address."""
        key = (provider, base_url)
        if key not in self._lanes:
            self._lanes[key] = Lane(self.clock, self.jitter)
        return self._lanes[key]

    async def open(self, task: Task) -> Provider:
        """The provider of `task`, at its own base URL.

        An unclear task is looked for only with the credential that sent it. Raises AppError.
        """
        profile = self.profile(task)
        if task.kind not in profile.routes:
            raise AppError(_no_route(profile.title))
        provider = await self.providers.open(task.provider, task.base_url)
        may_exist = task.state in UNCLEAR or (
            task.state is TaskState.FROZEN
            and (task.first_sent_at_ms is not None or task.id in self.held)
        )
        if may_exist and provider.account != task.account:
            raise KeyUnavailableError(_other_account(provider.profile.title))
        return provider

    async def ask(self, task: Task, question: Callable[[Provider], Awaitable[LookUp]]) -> LookUp:
        """The answer to a free question. Trouble is remembered, and forgotten when it is over."""

        async def ask_now() -> LookUp:
            return await question(await self.open(task))  # with the key of this moment

        try:
            await self.open(task)  # without a key there is no turn to wait for
            answer = await self.lane(task.provider, task.base_url).ask(ask_now)
        except KeyUnavailableError as missing:
            answer = NoAnswer(missing.record, pauses_account=True)
        except AppError as failure:
            answer = NoAnswer(failure.record, offline=True)
        self.weigh(task, answer)
        return answer

    def weigh(self, task: Task, answer: LookUp) -> None:
        """Take in what an answer says of the task's trouble."""
        match answer:
            case NoAnswer(offline=True):
                self.troubles.report(task, TroubleKind.OFFLINE, answer.error)
            case NoAnswer(pauses_account=True):
                self.troubles.report(task, TroubleKind.KEY, answer.error)
                self.troubles.alarm(account_subject(task), answer.error)
            case NotFound():
                self.troubles.report(task, TroubleKind.UNKNOWN_THERE, answer.error)
            case Found():
                known = self.troubles.of(task.id)
                if known is None or known.kind is not TroubleKind.RESULT:  # an address is no file
                    self.troubles.fine(task)
                self.troubles.calm(account_subject(task))
            case NoAnswer():
                # Somebody answered, so there is a network; nothing was learnt about the task.
                self.troubles.forget(task, TroubleKind.OFFLINE)

    def _slots_of(self, task: Task) -> int:
        can = self.profile(task).capabilities(task.kind)
        return slots(task.request, can) if can else task.request.results

    def delivered(self, delivery: asyncio.Task[Task]) -> None:
        """A create has come to its end; whoever waited for it was told how."""
        self.deliveries.discard(delivery)
        if not delivery.cancelled():
            delivery.exception()

    # Telling

    async def note(self, task: Task, error: ErrorRecord | None) -> Task:
        """Write why a task waits, or that it no longer does, where that changed."""
        if task.error == error:
            return task
        return await self.book.write(task, lambda now: replace(now, error=error))

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
        if isinstance(fact, TaskChanged) and fact.task.state in SETTLED:
            self.troubles.fine(fact.task)


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
