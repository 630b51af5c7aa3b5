"""Kling on loopback: creates by script, questions by traits, its own book of what it made."""

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from enum import Enum, auto
from typing import Any

from tests.fakes.wire.book import Book, Made
from tests.fakes.wire.cdn import Cdn
from tests.fakes.wire.keys import Account, RefusedError, account_of
from tests.fakes.wire.line import Call, Host
from tests.fakes.wire.loop import WireClock
from tests.fakes.wire.records import USUAL, Fields, Story, envelope, refusal

Behaviour = Callable[["Service", Call], Awaitable[None]]
ROUTES = ("/v1/images/multi-image2image", "/v1/videos/multi-image2video")


class LookUp(Enum):
    """What a question with our id is good for."""

    BY_ID = auto()
    NONE = auto()
    IGNORES_ID = auto()  # whatever was asked, the newest task of anybody is shown


class Listing(Enum):
    """Whether there is a list, and in which order."""

    NONE = auto()
    NEWEST_FIRST = auto()
    OLDEST_FIRST = auto()
    SHIFTING = auto()  # newest first, and strangers' tasks arrive between two pages


@dataclass
class Traits:
    """How a provider answers questions. `page` is the most that one page of the list holds."""

    echoes: bool = True
    look_up: LookUp = LookUp.BY_ID
    listing: Listing = Listing.NONE
    page: int = 500
    read_lag_s: float = 0.0
    keeps_s: float = 30 * 86_400.0
    not_found: tuple[int, Fields] = (404, refusal(1203, "The task does not exist"))


@dataclass(frozen=True)
class Post:
    """A create as it arrived, beside what a witness saw at that moment."""

    call: Call
    account: str
    seen: Any

    @property
    def body(self) -> dict[str, Any] | None:
        """None when it did not arrive whole."""
        return json.loads(self.call.body) if self.call.body else None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.call.body or b"").hexdigest()


@dataclass
class Service:
    """One provider. `script` holds one behaviour per create, `asked` one per question; when they
    are empty, creates are accepted and questions answered, unless `to_creates` or `to_questions`
    say otherwise. `witness` is called as each create arrives. The clock there runs `ahead_s` ahead.
    `asked_at_once` is how often one task was asked for at the same time, at most.
    """

    clock: WireClock
    cdn: Cdn
    accounts: dict[str, Account]
    routes: tuple[str, ...] = ROUTES
    ahead_s: float = 0.0
    story: Story = USUAL
    url_epoch: int = 0
    traits: Traits = field(default_factory=Traits)
    stories: dict[str, Story] = field(default_factory=dict)
    script: list[Behaviour] = field(default_factory=list)
    asked: list[Behaviour] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    asked_at_once: int = 0
    held: set["asyncio.Task[None]"] = field(default_factory=set)
    witness: Callable[[Call], Any] = lambda call: None
    _asking: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.host = Host(self._handle, self._headers)
        self.book = Book(self.now_ms)
        self.to_creates: Behaviour = accept
        self.to_questions: Behaviour = tell

    @property
    def url(self) -> str:
        return self.host.url

    @property
    def questions(self) -> list[Call]:
        return [call for call in self.host.seen if call.method == "GET"]

    def now_ms(self) -> int:
        return self.clock.now_ms() + int(self.ahead_s * 1000)

    def record(self, task: Made) -> Fields:
        """The task as it reads now."""
        age_s = self.book.age_s(task)
        story = self.stories.get(task.prompt, self.story)
        shape = [shape for from_s, shape in story if age_s >= from_s][-1]
        record: Fields = {
            "task_id": task.task_id,
            "created_at": task.made_at_ms,
            "updated_at": self.now_ms(),
            "task_info": {"external_task_id": task.external_task_id} if self.traits.echoes else {},
        }
        return record | shape(self, task)

    def shows(self, task: Made, account: str) -> bool:
        """Whether an account gets to see a task by now, and still."""
        age_s = self.book.age_s(task)
        is_in_time = self.traits.read_lag_s <= age_s < self.traits.keeps_s
        return task.account == account and is_in_time

    def account(self, call: Call) -> str:
        """Who asks. Raises RefusedError."""
        return account_of(call.headers.get("authorization", ""), self.accounts, self.now_ms())

    def _headers(self) -> dict[str, str]:
        return {"Date": formatdate(self.now_ms() / 1000, usegmt=True), "Server": "wire"}

    async def _handle(self, call: Call) -> None:
        if call.method == "POST":
            bearer = call.headers.get("authorization", "")
            self.posts.append(Post(call, bearer, self.witness(call)))
            behave = self.script.pop(0) if self.script else self.to_creates
            await behave(self, call)
            return
        self._asking[call.target] += 1
        if not call.query:  # a list may be asked for by several
            self.asked_at_once = max(self.asked_at_once, self._asking[call.target])
        try:
            behave = self.asked.pop(0) if self.asked else self.to_questions
            await _while_heard(call, behave(self, call))
        finally:
            self._asking[call.target] -= 1


async def _while_heard(call: Call, answering: Awaitable[None]) -> None:
    """Answer, unless whoever asked goes away before that."""
    left = asyncio.ensure_future(call.reader.read(1))
    answer = asyncio.ensure_future(answering)
    try:
        await asyncio.wait((left, answer), return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            answer.result()
    finally:
        left.cancel()
        answer.cancel()
        await asyncio.gather(left, answer, return_exceptions=True)


async def accept(service: Service, call: Call) -> None:
    """Make the task and say so; an id that is taken is refused, and costs nothing."""
    body = json.loads(await call.read())
    try:
        account = service.account(call)
    except RefusedError as no:
        await call.answer(no.status, no.document)
        return
    if call.path not in service.routes:
        await call.answer(404, b"<html>no such page</html>")
    elif service.book.is_taken(account, body.get("external_task_id")):
        await call.answer(400, refusal(1201, "External_task_id already exists"))
    else:
        task = service.book.make(account, call.path, body)
        await call.answer(200, envelope(service.record(task)))


async def tell(service: Service, call: Call) -> None:
    """Answer a question as the traits have it."""
    try:
        account = service.account(call)
    except RefusedError as no:
        await call.answer(no.status, no.document)
        return
    route = next((each for each in service.routes if call.path.startswith(each)), None)
    if route is None:
        await call.answer(404, b"<html>no such page</html>")
    elif call.path == route:
        await _list(service, call, account)
    else:
        task = _found(service, call.path.removeprefix(route + "/"), account)
        if task is None:
            await call.answer(*service.traits.not_found)
        else:
            await call.answer(200, envelope(service.record(task)))


def _found(service: Service, id: str, account: str) -> Made | None:
    shown = [task for task in service.book.made if service.shows(task, account)]
    by_task_id = next((task for task in shown if task.task_id == id), None)
    if by_task_id is not None or service.traits.look_up is LookUp.NONE:
        return by_task_id
    if service.traits.look_up is LookUp.IGNORES_ID:
        return service.book.made[-1] if service.book.made else None
    return next((task for task in shown if task.external_task_id == id), None)


async def _list(service: Service, call: Call, account: str) -> None:
    order = service.traits.listing
    if order is Listing.NONE:
        await call.answer(404, refusal(1202, "method invalid"))
        return
    tasks = [task for task in service.book.of_account(account) if service.shows(task, account)]
    if order is not Listing.OLDEST_FIRST:
        tasks.reverse()
    size = min(int(call.query.get("pageSize", 30)), service.traits.page)
    start = (int(call.query.get("pageNum", 1)) - 1) * size
    await call.answer(200, envelope([service.record(each) for each in tasks[start : start + size]]))
    if order is Listing.SHIFTING:
        service.book.strange(account, call.path, prompt="a stranger's")
