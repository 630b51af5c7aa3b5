"""A provider whose every answer can be scripted, with its own count of what it made."""

import hashlib
import itertools
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from kling_desktop.domain.answers import (
    Accepted,
    CreateAnswer,
    Deferred,
    DownloadAnswer,
    Downloaded,
    DownloadFailed,
    Found,
    LookUp,
    NoAnswer,
    NotFound,
    Outgoing,
    Refused,
    RemoteOutput,
    RemoteState,
    RemoteTask,
    SendPhase,
    Unclear,
)
from kling_desktop.domain.errors import ErrorRecord, KeyUnavailableError
from kling_desktop.domain.media import MediaKind
from kling_desktop.domain.providers import ProviderProfile, TaskKind
from kling_desktop.domain.tasks import Task
from kling_desktop.engine.ports import Clock, Progress
from kling_desktop.kling.addresses import AddressPolicy, AddressRefusedError
from kling_desktop.kling.profiles import PROFILES

ERROR = ErrorRecord("Scripted", "As the test wanted it.")
CDN = "https://cdn.example"
CANARY = "canary-key-of-"
Behaviour = Callable[["FakeKling", Outgoing], Awaitable[CreateAnswer]]


@dataclass
class FakeKling:
    """The other side: what exists, what it cost, how it behaves. Outlives every engine.

    `script` holds one behaviour per create; when it is empty, creates are accepted.
    `clock_ahead_ms` is by how much the person's clock runs ahead of the one here. `prompts` tells
    for which prompt a task was made, `senders` by which account an id was sent; `fates` is how
    single tasks end, where not as all do; `hears` is told of each create as it comes in. While it
    `is_down` it answers nobody, or nobody who comes as `is_down_for`; where it `ignores_ids` a
    question for our id brings just any task. `cdn` is where results are said to be; `connections`
    are the addresses they were fetched from, `wire` who was spoken to and with which key.
    """

    clock: Clock
    is_unique: bool = True
    can_look_up: bool = True
    echoes: bool = True
    has_list: bool = False
    read_lag_s: float = 0.0
    takes_s: float = 28.0
    is_online: bool = True
    cdn: str = CDN
    connections: list[str] = field(default_factory=list[str])
    wire: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    is_down: bool = False
    is_down_for: str = ""
    lists_oldest_first: bool = False
    ignores_ids: bool = False
    ends_as: RemoteState = RemoteState.SUCCEEDED
    url_epoch: int = 0
    clock_ahead_ms: int | None = 0
    keeps_s: float = float("inf")
    answers_after_s: float = 0.0
    word: str = "processing"
    hears: Callable[["FakeProvider", Outgoing], None] = lambda provider, outgoing: None
    prompts: dict[str, str] = field(default_factory=dict[str, str])
    senders: dict[str, str] = field(default_factory=dict[str, str])
    fates: dict[str, RemoteState] = field(default_factory=dict[str, RemoteState])
    asked: Counter[str] = field(default_factory=Counter[str])
    asked_twice_at_once: bool = False
    script: list[Behaviour] = field(default_factory=list[Behaviour])
    created: list[RemoteTask] = field(default_factory=list[RemoteTask])
    posts: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    results: dict[str, int] = field(default_factory=dict[str, int])
    downloads: list[Callable[[str], DownloadAnswer | None]] = field(
        default_factory=list[Callable[[str], DownloadAnswer | None]]
    )
    looks: list[int] = field(default_factory=list[int])
    tries: list[int] = field(default_factory=list[int])
    gets: list[str] = field(default_factory=list[str])
    pages: list[int] = field(default_factory=list[int])
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(861309198))

    def now_ms(self) -> int:
        """What the clock there says."""
        return self.clock.now_ms() - (self.clock_ahead_ms or 0)

    def age_s(self, task: RemoteTask) -> float:
        """How long ago a task was made."""
        assert task.created_at_ms is not None
        return (self.now_ms() - task.created_at_ms) / 1000

    def shows(self, task: RemoteTask, account: str) -> bool:
        """Whether an account gets to see a task: it is its own, and not deleted by now."""
        sender = self.senders.get(task.external_task_id or "", account)
        return sender == account and self.age_s(task) < self.keeps_s

    def create(self, outgoing: Outgoing) -> RemoteTask | None:
        """Make the task, or None when its id exists and that matters here."""
        if self.is_unique and self.by_external_id(outgoing.external_task_id):
            return None
        task = RemoteTask(
            task_id=str(next(self._numbers)),
            state=RemoteState.SUBMITTED,
            status="submitted",
            external_task_id=outgoing.external_task_id,
            created_at_ms=self.now_ms(),
        )
        self.created.append(task)
        self.results[task.task_id] = outgoing.request.results
        self.prompts[task.task_id] = outgoing.request.prompt
        return task

    def by_external_id(self, external_task_id: str) -> RemoteTask | None:
        same = (task for task in self.created if task.external_task_id == external_task_id)
        return next(same, None)

    def creations(self, task: Task) -> int:
        """How often the task was made: more than once is money spent twice."""
        return sum(each.external_task_id == task.external_task_id for each in self.created)

    def seen(self, task: RemoteTask) -> RemoteTask:
        """The record as it reads now."""
        shown = task if self.echoes else replace(task, external_task_id=None)
        if self.age_s(task) < self.takes_s:
            return replace(shown, state=RemoteState.RUNNING, status=self.word)
        if self.fates.get(task.task_id, self.ends_as) is RemoteState.FAILED:
            return replace(
                shown, state=RemoteState.FAILED, status="failed", reason="Image pixel is invalid"
            )
        outputs = tuple(
            RemoteOutput(
                index,
                MediaKind.IMAGE,
                f"{self.cdn}/{self.url_epoch}/{task.task_id}/{index}.png",
                f"{self.cdn}/{self.url_epoch}/{task.task_id}/{index}-marked.png",
            )
            for index in range(self.results[task.task_id])
        )
        return replace(
            shown,
            state=RemoteState.SUCCEEDED,
            status="succeed",
            updated_at_ms=(task.created_at_ms or 0) + int(self.takes_s * 1000),
            units=Decimal(16),
            outputs=outputs,
        )


async def accept(kling: FakeKling, outgoing: Outgoing) -> CreateAnswer:
    task = kling.create(outgoing)
    if task is None:
        return Unclear(ERROR, SendPhase.ANSWER_STARTED, exists=True)
    return Accepted(task, raw='{"code":0}')


async def lose_answer(kling: FakeKling, outgoing: Outgoing) -> CreateAnswer:
    """Created, and the connection breaks before the answer."""
    kling.create(outgoing)
    return Unclear(ERROR, SendPhase.BODY_COMPLETE)


async def break_down(kling: FakeKling, outgoing: Outgoing) -> CreateAnswer:
    """A status 5xx, and nothing was created."""
    return Unclear(replace(ERROR, code="5000"), SendPhase.ANSWER_STARTED)


async def break_down_after_creating(kling: FakeKling, outgoing: Outgoing) -> CreateAnswer:
    """A status 5xx, and the task exists all the same."""
    kling.create(outgoing)
    return await break_down(kling, outgoing)


async def post_twice(kling: FakeKling, outgoing: Outgoing) -> CreateAnswer:
    """A gateway that repeats by itself, and passes on that the id exists by then."""
    kling.create(outgoing)
    return Unclear(replace(ERROR, code="1201"), SendPhase.ANSWER_STARTED, exists=True)


async def lose_request(kling: FakeKling, outgoing: Outgoing) -> CreateAnswer:
    """Never arrived, and nobody can tell."""
    return Unclear(ERROR, SendPhase.BODY_COMPLETE)


async def never_sent(kling: FakeKling, outgoing: Outgoing) -> CreateAnswer:
    return Deferred(ERROR, SendPhase.NOTHING_SENT)


async def full(kling: FakeKling, outgoing: Outgoing) -> CreateAnswer:
    return Deferred(replace(ERROR, code="1303"), SendPhase.ANSWER_STARTED)


async def throttle(kling: FakeKling, outgoing: Outgoing) -> CreateAnswer:
    """A busy gateway, which did not post it."""
    return Deferred(ERROR, SendPhase.ANSWER_STARTED, looks_first=True)


async def throttle_after_posting(kling: FakeKling, outgoing: Outgoing) -> CreateAnswer:
    """A busy gateway, which posted it all the same."""
    kling.create(outgoing)
    return await throttle(kling, outgoing)


async def refuse(kling: FakeKling, outgoing: Outgoing) -> CreateAnswer:
    return Refused(replace(ERROR, code="1201"))


async def refuse_key(kling: FakeKling, outgoing: Outgoing) -> CreateAnswer:
    return Refused(replace(ERROR, code="1002"), pauses_account=True)


def arrives_later(seconds: float) -> Behaviour:
    """The answer is lost, and the copy is delivered only after a while (A09, A10)."""

    async def hold(kling: FakeKling, outgoing: Outgoing) -> CreateAnswer:
        import asyncio

        async def deliver() -> None:
            await kling.clock.sleep(seconds)
            kling.create(outgoing)

        kling.held = asyncio.create_task(deliver())  # type: ignore[attr-defined]
        return Unclear(ERROR, SendPhase.BODY_COMPLETE)

    return hold


def answers_later(seconds: float) -> Behaviour:
    """The task is made at once, and the answer takes its time."""

    async def delay(kling: FakeKling, outgoing: Outgoing) -> CreateAnswer:
        answer = await accept(kling, outgoing)
        await kling.clock.sleep(seconds)
        return answer

    return delay


async def _resolve(host: str, port: int) -> Sequence[str]:
    """Names lead to a public address; a name of the intranet and a number lead where they lead."""
    return {"cdn.example": ["93.184.216.34"], "intranet.example": ["10.1.2.3"]}.get(host, [host])


_POLICY = AddressPolicy(resolver=_resolve)


class FakeProvider:
    """Satisfies engine.ports.Provider."""

    def __init__(self, kling: FakeKling, profile: ProviderProfile, account: str) -> None:
        self.kling = kling
        self.profile = profile
        self.account = account
        self.clock_ahead_ms = kling.clock_ahead_ms
        self._key = CANARY + account

    def body_sha256(self, outgoing: Outgoing) -> str:
        pictures = b"".join(path.read_bytes() for path in outgoing.files.values())
        recipe = f"{outgoing.external_task_id} {outgoing.request}".encode()
        return hashlib.sha256(recipe + pictures).hexdigest()

    async def create(self, outgoing: Outgoing, progress: Progress) -> CreateAnswer:
        if not self.kling.is_online:
            return Deferred(ERROR, SendPhase.NOTHING_SENT)
        self.kling.wire.append((self.account, self._key))
        if self._is_down:
            self.kling.posts.append((outgoing.external_task_id, self.body_sha256(outgoing)))
            return await break_down(self.kling, outgoing)
        self.kling.hears(self, outgoing)
        self.kling.senders[outgoing.external_task_id] = self.account
        self.kling.posts.append((outgoing.external_task_id, self.body_sha256(outgoing)))
        behave = self.kling.script.pop(0) if self.kling.script else accept
        return await behave(self.kling, outgoing)

    def _silence(self) -> NoAnswer | None:
        """Why nobody answers; each try is noted in `tries`."""
        self.kling.tries.append(self.kling.clock.now_ms())
        if not self.kling.is_online:
            return NoAnswer(ERROR, offline=True)
        self.kling.wire.append((self.account, self._key))
        return NoAnswer(ERROR, is_down=True) if self._is_down else None

    @property
    def _is_down(self) -> bool:
        return self.kling.is_down and self.kling.is_down_for in ("", self.profile.id)

    async def get(self, kind: TaskKind, task_id: str) -> LookUp:
        if silence := self._silence():
            return silence
        self.kling.gets.append(task_id)
        same = (task for task in self.kling.created if task.task_id == task_id)
        task = next(same, None)
        await self._think(task_id)
        is_shown = task is not None and self.kling.shows(task, self.account)
        return Found(self.kling.seen(task)) if task and is_shown else NotFound(ERROR)

    async def find(self, kind: TaskKind, external_task_id: str) -> LookUp:
        if silence := self._silence():
            return silence
        self.kling.looks.append(self.kling.clock.now_ms())
        if self.kling.ignores_ids and self.kling.created:
            return Found(self.kling.seen(self.kling.created[0]))
        task = self.kling.by_external_id(external_task_id)
        if task is None or not self.kling.can_look_up or not self.kling.shows(task, self.account):
            return NotFound(ERROR)
        is_visible = self.kling.age_s(task) >= self.kling.read_lag_s
        return Found(self.kling.seen(task)) if is_visible else NotFound(ERROR)

    async def page(self, kind: TaskKind, number: int, size: int) -> Sequence[RemoteTask] | NoAnswer:
        if silence := self._silence():
            return silence
        if not self.kling.has_list:
            return ()
        self.kling.pages.append(number)
        shown = [
            task
            for task in self.kling.created[:: 1 if self.kling.lists_oldest_first else -1]
            if self.kling.shows(task, self.account)
            and self.kling.age_s(task) >= self.kling.read_lag_s
        ]
        page = shown[(number - 1) * size : number * size]
        return [self.kling.seen(task) for task in page]

    async def download(self, url: str, part: Path, progress: Progress) -> DownloadAnswer:
        if not self.kling.is_online:
            return DownloadFailed(ERROR, offline=True)
        if self.kling.downloads and (scripted := self.kling.downloads.pop(0)(url)):
            return scripted
        try:
            self.kling.connections += await _POLICY.addresses(_POLICY.check_url(url))
        except AddressRefusedError as refused:
            return DownloadFailed(refused.record)
        task_id = url.split("/")[4]
        made = (task for task in self.kling.created if task.task_id == task_id)
        is_kept = all(self.kling.age_s(task) < self.kling.keeps_s for task in made)
        if f"/{self.kling.url_epoch}/" not in url or not is_kept:
            return DownloadFailed(ERROR, url_is_dead=True)
        content = url.encode()
        part.parent.mkdir(parents=True, exist_ok=True)
        if self.kling.answers_after_s:
            part.write_bytes(content[: len(content) // 2])
            await self.kling.clock.sleep(self.kling.answers_after_s)
        part.write_bytes(content)
        progress(len(content), len(content))
        return Downloaded("png", len(content), hashlib.sha256(content).hexdigest())

    async def _think(self, about: str) -> None:
        if not self.kling.answers_after_s:
            return
        self.kling.asked_twice_at_once |= self.kling.asked[about] > 0
        self.kling.asked[about] += 1
        try:
            await self.kling.clock.sleep(self.kling.answers_after_s)
        finally:
            self.kling.asked[about] -= 1

    async def aclose(self) -> None:
        """Nothing is open."""


class FakeProviders:
    """Satisfies engine.ports.Providers: every provider is the same `kling`, as `make` has it."""

    def __init__(self, kling: FakeKling) -> None:
        self.kling = kling
        self.make: Callable[[FakeKling, ProviderProfile, str], FakeProvider] = FakeProvider
        self.account = "account-1"
        self.has_key = True
        self.refusals = 0
        self.withdrawn: set[TaskKind] = set()

    def all(self) -> Sequence[ProviderProfile]:
        return [self.profile(provider) for provider in PROFILES]

    def profile(self, provider: str) -> ProviderProfile:
        profile = PROFILES[provider]
        routes = {k: route for k, route in profile.routes.items() if k not in self.withdrawn}
        return replace(profile, routes=routes)

    async def open(self, provider: str, base_url: str | None) -> FakeProvider:
        if not self.has_key:
            self.refusals += 1
            raise KeyUnavailableError(ErrorRecord("No key", "There is none."))
        return self.make(self.kling, self.profile(provider), self.account)
