"""The invariants of pay-once 6.9 that one computer with one provider can break, each by its number.

The oracle is the provider's own count of what it made for which prompt; each intent has its own.
"""

import hashlib
import ipaddress
import logging
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass

from kling_desktop.domain.answers import Outgoing, RemoteState, RemoteTask
from kling_desktop.domain.errors import BugError
from kling_desktop.domain.facts import TaskChanged, TasksLoaded
from kling_desktop.domain.money import Charge
from kling_desktop.domain.providers import Evidence
from kling_desktop.domain.tasks import FOLLOWED, OutputState, Task, TaskState, check_transition
from kling_desktop.engine.policy import MOST_ATTEMPTS, NOTHING_CREATED
from kling_desktop.library.ledger import read_tasks
from tests.fakes.home import FakeHome
from tests.fakes.provider import CANARY, FakeProvider

S = TaskState
ENDS = (S.DONE, S.DONE_PARTIAL, S.REMOTE_FAILED, S.REFUSED, S.NEEDS_DECISION, S.EXPIRED, S.DRAFT)


class ViolationError(AssertionError):
    """An invariant does not hold."""


def must(holds: bool, number: int, words: object) -> None:
    """Raise ViolationError unless invariant `number` holds."""
    if not holds:
        raise ViolationError(f"invariant {number}: {words}")


def check_step(before: Task, task: Task) -> None:
    """Raise ViolationError unless a row may go on from `before` to `task`."""
    must(task.revision > before.revision, 10, f"no later than before: {task}")
    try:
        check_transition(before.state, task.state)
    except BugError as problem:
        raise ViolationError(f"invariant 10: {problem}") from problem


@dataclass(frozen=True)
class Post:
    """A create as it arrived at the provider, beside what stood on disk at that moment."""

    prompt: str
    external_task_id: str
    body_sha256: str
    provider: str
    row: Task | None
    outcomes: tuple[str, ...]


class _Log(logging.Handler):
    """Everything the app logs while the judge looks."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[str] = []
        self.logger = logging.getLogger("kling_desktop")
        self.logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(logging.Formatter().format(record))

    def text(self) -> str:
        """What was logged since the last look."""
        lines, self._lines = self._lines, []
        return "\n".join(lines)

    def leave(self) -> None:
        """Listen no more."""
        self.logger.removeHandler(self)


class Judge:
    """Watches one home and the world outside it."""

    def __init__(self, home: FakeHome, *, watches_wire: bool = True) -> None:
        self.home = home
        self.kling = home.kling
        if watches_wire:
            self.kling.hears = self._hear_post
        self._posts: list[Post] = []
        self._told: dict[str, Task] = {}
        self._facts: list[object] = []
        self._heard = 0
        self._attempts: dict[tuple[str, int], tuple[object, ...]] = {}
        # What a person has allowed for a prompt, also where the row that says so was lost.
        self._consents: Counter[str] = Counter()
        self.is_lost = False
        self.log = _Log()

    def check(self) -> None:
        """Whatever holds at every moment."""
        tasks = self._rows()
        self.hear()
        self._money(tasks)
        self._wire()
        self._links(tasks)
        self._files(tasks)
        self._expiry(tasks)
        self._attempts_stay()
        must(not self.kling.asked_twice_at_once, 17, "two polls of one task at once")
        self._secrets()

    def forget(self) -> None:
        """An older copy of the ledger takes its place: what was told since may be lost."""
        self.hear()
        self._told.clear()
        self._attempts.clear()
        self.is_lost = True

    def consent(self, prompt: str) -> None:
        """A person sends what an older copy of the ledger calls not sent."""
        self._consents[prompt] += 1

    def check_restart(self) -> None:
        """What holds besides whenever the file was opened again."""
        with closing(sqlite3.connect(self.home.folder / "ledger.sqlite")) as connection:
            told = connection.execute("PRAGMA integrity_check").fetchall()
            must(told == [("ok",)], 16, told)
            strays = connection.execute("PRAGMA foreign_key_check").fetchall()
            must(not strays, 16, strays)
        for path in self.home.folder.rglob("*"):
            is_clean = not path.is_file() or CANARY.encode() not in path.read_bytes()
            must(is_clean, 14, f"a key in {path.name}")

    def check_rest(self) -> None:
        """What holds when the provider and the disk are well and everything came to rest."""
        tasks = self._rows()
        for task in tasks.values():
            # What is not known any more is asked for during a day before it is given up.
            is_gone = task.state in FOLLOWED and self._is_deleted(task)
            must(task.state in ENDS or is_gone, 12, f"it never ends: {task}")
        for remote in self.kling.created:
            prompt = self.kling.prompts[remote.task_id]
            if prompt in tasks or not self.is_lost:
                self._brought_home(tasks[prompt], remote)
            elif self._is_looked_through():
                must(self._is_old(remote), 5, f"a paid task that no row speaks of: {remote}")

    def _is_looked_through(self) -> bool:
        """Whether strays can be found: the app's own sandbox is not started for that."""
        return self.kling.has_list and self.kling.echoes and self.home.provider != "sandbox"

    def _is_old(self, remote: RemoteTask) -> bool:
        return self.kling.age_s(remote) >= min(self.kling.keeps_s, 31 * 86_400)

    def _secrets(self) -> None:
        for account, key in self.kling.wire:
            must(key == CANARY + account, 14, f"{key} was sent to {account}")
        self.kling.wire.clear()
        must(CANARY not in self.log.text(), 14, "a key in the log")
        for address in self.kling.connections:
            must(ipaddress.ip_address(address).is_global, 15, f"connected to {address}")
        self.kling.connections.clear()

    def _rows(self) -> dict[str, Task]:
        assert self.home.ledger is not None
        rows = [task for task in self.home.ledger.all() if task.twin_of is None]
        # A row made from a stray knows its task there, and nothing of what was asked for.
        tasks = {
            task.request.prompt or self.kling.prompts[task.task_id or ""]: task for task in rows
        }
        must(len(tasks) == len(rows), 3, "an intent has two rows")
        return tasks

    def _is_deleted(self, task: Task) -> bool:
        known = (remote for remote in self.kling.created if remote.task_id == task.task_id)
        return any(self.kling.age_s(remote) >= self.kling.keeps_s for remote in known)

    def _made(self, prompt: str) -> list[RemoteTask]:
        return [task for task in self.kling.created if self.kling.prompts[task.task_id] == prompt]

    def _money(self, tasks: dict[str, Task]) -> None:
        for prompt, task in tasks.items():
            made = self._made(prompt)
            self._consents[prompt] = max(self._consents[prompt], task.consents)
            most = 1 + self._consents[prompt]
            must(len(made) <= most, 1, f"bought {len(made)} times: {task}")
            if made and not self.is_lost:
                must(task.charge is not Charge.NONE, 6, f"said not to be charged: {task}")
            if task.charge is Charge.CHARGED:
                ids = [remote.task_id for remote in made]
                must(task.task_id in ids, 6, f"said to be charged without evidence: {task}")
        strangers = set(self.kling.prompts.values()) - set(tasks)
        must(self.is_lost or not strangers, 6, f"bought without a row: {strangers}")

    def _hear_post(self, provider: FakeProvider, outgoing: Outgoing) -> None:
        rows = read_tasks(self.home.folder / "ledger.sqlite")
        row = next((each for each in rows if each.request.prompt == outgoing.request.prompt), None)
        outcomes = tuple(self.home.ledger.outcomes(row.id)) if row and self.home.ledger else ()
        self._posts.append(
            Post(
                prompt=outgoing.request.prompt,
                external_task_id=outgoing.external_task_id,
                body_sha256=provider.body_sha256(outgoing),
                provider=provider.profile.id,
                row=row,
                outcomes=outcomes,
            )
        )

    def _wire(self) -> None:
        for post in self._posts:
            row = post.row
            is_recorded = row is not None and row.state is S.SENDING
            must(is_recorded, 2, f"sent before it was written down: {post}")
            assert row is not None
            must(row.body_sha256 == post.body_sha256, 2, f"another body than was stored: {post}")
            must(row.external_task_id == post.external_task_id, 3, f"another id: {post}")
            must(row.provider == post.provider, 3, f"another provider: {post}")
            self._leave(post, row)
        owners = {(post.external_task_id, post.prompt) for post in self._posts}
        shared = [id for id, count in Counter(id for id, _ in owners).items() if count > 1]
        must(not shared, 3, f"two intents share an id: {shared}")

    def _leave(self, post: Post, row: Task) -> None:
        """After the first doubt each send needs a person's consent, or a proven provider."""
        earlier = post.outcomes[:-1]
        doubts = [i for i, outcome in enumerate(earlier) if outcome not in NOTHING_CREATED]
        resends = len(earlier) - doubts[0] if doubts else 0
        is_proven = self.home.providers.profile(row.provider).uniqueness is Evidence.PROVEN
        is_allowed = is_proven and resends < MOST_ATTEMPTS + row.consents
        is_allowed |= self.is_lost  # what was said before stands in no row
        must(resends <= row.consents or is_allowed, 4, f"sent again without leave: {post}")

    def _links(self, tasks: dict[str, Task]) -> None:
        linked = Counter(task.task_id for task in tasks.values() if task.task_id)
        twice = [task_id for task_id, count in linked.items() if count > 1]
        must(not twice, 5, f"linked twice: {twice}")

    def _brought_home(self, task: Task, remote: RemoteTask) -> None:
        outside = (S.REFUSED, S.DRAFT, S.FROZEN)
        must(task.state not in outside, 5, f"a paid task nobody looks after: {task}")
        if self.kling.age_s(remote) >= self.kling.keeps_s:
            return
        # In an older copy of the ledger times prove nothing, and without an echo only they speak.
        is_findable = self.kling.echoes or not self.is_lost
        if self.kling.can_look_up and is_findable:
            must(task.task_id is not None, 5, f"a paid task that is never found: {task}")
        has_failed = self.kling.fates.get(remote.task_id) is RemoteState.FAILED
        if task.task_id == remote.task_id and not has_failed:
            must(task.state is S.DONE, 7, f"a result that is not brought home: {task}")

    def _files(self, tasks: dict[str, Task]) -> None:
        named = {path.name: path.read_bytes() for path in self.home.media.results()}
        for name, content in named.items():
            is_whole = content.startswith(b"https://cdn.example/") and content.endswith(b".png")
            must(is_whole, 8, f"{name} is partial")
        for task in tasks.values():
            for output in task.saved:
                content = named.get(str(output.file), b"")
                must(len(content) == output.size_bytes, 7, f"size of {output}")
                must(hashlib.sha256(content).hexdigest() == output.sha256, 7, f"hash of {output}")
                expected = f"/{task.task_id}/{output.index}.png".encode()
                must(content.endswith(expected), 7, f"a result of another task: {output}")
            if task.state is S.DONE:
                # Of what was found on the account nobody knows how many were asked for.
                asked = task.request.results if task.request_sha256 else len(task.outputs)
                is_all = len(task.saved) == len(task.outputs) == asked
                must(is_all, 7, f"done, and not all is here: {task}")

    def _expiry(self, tasks: dict[str, Task]) -> None:
        for task in tasks.values():
            is_given_up = task.state is S.EXPIRED or any(
                output.state is OutputState.EXPIRED for output in task.outputs
            )
            must(not is_given_up or self._is_deleted(task), 9, f"given up too soon: {task}")

    def hear(self) -> None:
        """Take in what the engine told; to be done before another one is started."""
        facts = self.home.facts
        if facts is not self._facts:
            self._facts, self._heard = facts, 0
        for fact in facts[self._heard :]:
            if isinstance(fact, TasksLoaded):
                for task in fact.tasks:
                    before = self._told.get(task.id)
                    must(before in (None, task), 10, f"told, and lost: {before} is now {task}")
            if isinstance(fact, TaskChanged):
                self._step(fact.task)
        self._heard = len(facts)

    def _step(self, task: Task) -> None:
        before = self._told.get(task.id)
        self._told[task.id] = task
        if before is not None:
            check_step(before, task)

    def _attempts_stay(self) -> None:
        path = f"file:{self.home.folder / 'ledger.sqlite'}?mode=ro"
        with closing(sqlite3.connect(path, uri=True)) as connection:
            rows = connection.execute("SELECT task, number, * FROM attempts").fetchall()
        now = {(row[0], row[1]): tuple(row[2:]) for row in rows}
        for key, row in self._attempts.items():
            is_kept = key in now and all(
                old in (None, new) for old, new in zip(row, now[key], strict=True)
            )
            must(is_kept, 10, f"an attempt was rewritten: {row}")
        must(len(now) >= len(self._attempts), 16, "attempts were lost")
        self._attempts = now
