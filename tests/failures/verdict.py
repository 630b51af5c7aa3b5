"""The invariants of pay-once 6.9 over the wire, each by its number.

The oracle is what the providers' own books hold and what arrived on their sockets; an intent is
known by its prompt, of which each has its own.
"""

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from kling_desktop.domain.facts import TaskChanged, TasksLoaded
from kling_desktop.domain.money import Charge
from kling_desktop.domain.providers import Evidence
from kling_desktop.domain.tasks import OutputState, Task, TaskState
from kling_desktop.engine.policy import MOST_ATTEMPTS, NOTHING_CREATED
from kling_desktop.library.ledger import read_tasks
from tests.engine.judge import check_step, must
from tests.fakes.wire.book import Made
from tests.fakes.wire.line import Call
from tests.fakes.wire.service import Post

if TYPE_CHECKING:
    from tests.failures.stand import Stand

S = TaskState
_UNSENT = (S.REFUSED, S.DRAFT, S.FROZEN)
_SECRET_HEADERS = ("authorization", "cookie", "x-api-key", "proxy-authorization")


@dataclass(frozen=True)
class Seen:
    """What stood on disk when a create arrived: rows by prompt, and how their attempts ended."""

    rows: Mapping[str, Task]
    outcomes: Mapping[str, Sequence[str]]


class Judge:
    """Watches one home and the world outside it."""

    def __init__(self, stand: "Stand") -> None:
        self._stand = stand
        self._told: dict[str, Task] = {}
        self._attempts: dict[tuple[str, int], tuple[object, ...]] = {}

    @property
    def _ledger(self) -> Path:
        return self._stand.paths.ledger

    def witness(self, _call: Call) -> Seen:
        """What is on disk as a create arrives."""
        rows = {task.request.prompt: task for task in read_tasks(self._ledger)}
        ended: dict[str, list[str]] = {}
        for task, outcome in self._read("SELECT task, outcome FROM attempts ORDER BY number"):
            ended.setdefault(str(task), []).append(str(outcome or ""))
        return Seen(rows, {prompt: ended.get(row.id, []) for prompt, row in rows.items()})

    def check(self) -> None:
        """Whatever holds at every moment."""
        everything = read_tasks(self._ledger)
        # What was found at the provider has a row too, and is nobody's intent.
        rows = [task for task in everything if task.body_sha256]
        tasks = {task.request.prompt: task for task in rows}
        must(len(tasks) == len(rows), 3, "an intent has two rows")
        self._money(tasks, {task.task_id for task in everything})
        for service in self._stand.world.services:
            for post in service.posts:
                self._post(post)
            must(service.asked_at_once <= 1, 17, "one question twice at once")
        self._ids()
        self._links(everything)
        self._files(everything)
        self._expiry(tasks)
        self._attempts_stay()

    def check_restart(self, first: list[Task], second: list[Task]) -> None:
        """What holds besides after two starts, of which the second changed nothing."""
        must(first == second, 11, "a second recovery changes the store")
        self.check()
        told = self._read("PRAGMA integrity_check")
        must(told == [("ok",)], 16, told)
        strays = self._read("PRAGMA foreign_key_check")
        must(not strays, 16, strays)
        self._secrets()

    def hear(self, fact: object) -> None:
        """Take in what the engine tells."""
        if isinstance(fact, TasksLoaded):
            for task in fact.tasks:
                before = self._told.get(task.id)
                is_known = before is None or before.revision <= task.revision
                must(is_known, 10, f"told, and lost: {before} is now {task}")
                self._told[task.id] = task
        elif isinstance(fact, TaskChanged):
            self._step(fact.task)

    def forget(self) -> None:
        """The ledger is replaced by another: what was told before does not count any more."""
        self._told.clear()
        self._attempts.clear()

    def _step(self, task: Task) -> None:
        before = self._told.get(task.id)
        self._told[task.id] = task
        if before is not None:
            check_step(before, task)

    def _read(self, query: str) -> list[tuple[object, ...]]:
        address = f"file:{self._ledger}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            return [tuple(row) for row in connection.execute(query)]

    def _made(self) -> list[Made]:
        return [task for service in self._stand.world.services for task in service.book.ours]

    def _money(self, tasks: dict[str, Task], linked: set[str | None]) -> None:
        made = Counter(task.prompt for task in self._made())
        every = [task for service in self._stand.world.services for task in service.book.made]
        known = {name for task in every for name in (task.task_id, f"gw-{task.task_id}")}
        for prompt, task in tasks.items():
            must(made[prompt] <= 1 + task.consents, 1, f"bought {made[prompt]} times: {task}")
            if made[prompt]:
                must(task.charge is not Charge.NONE, 6, f"said not to be charged: {task}")
                must(task.state not in _UNSENT, 5, f"a paid task nobody looks after: {task}")
            if task.charge is Charge.CHARGED:
                must(task.task_id in known, 6, f"said to be charged without evidence: {task}")
        for task in self._made():
            has_row = task.prompt in tasks or task.task_id in linked
            must(has_row, 6, f"bought without a row: {task}")

    def _post(self, post: Post) -> None:
        rows: Mapping[str, Task] = post.seen.rows
        body = post.body
        if body is None:
            is_recorded = any(row.state is S.SENDING for row in rows.values())
            must(is_recorded, 2, "a part was sent before it was written down")
            return
        row = rows.get(body["prompt"])
        must(row is not None and row.state is S.SENDING, 2, f"sent before it was written: {row}")
        assert row is not None
        must(row.body_sha256 == post.sha256, 2, f"another body than was stored: {row}")
        must(row.external_task_id == body["external_task_id"], 3, f"another id: {row}")
        host = f"http://{post.call.headers['host']}"
        must(row.base_url == host, 3, f"at another host: {host}, {row}")
        must(post.call.number == 1, 3, "a create on a connection that had been used")
        self._leave(row, post.seen.outcomes[row.request.prompt])

    def _leave(self, row: Task, outcomes: Sequence[str]) -> None:
        """After the first doubt each send needs a person's consent, or a proven provider."""
        earlier = outcomes[:-1]
        doubts = [i for i, outcome in enumerate(earlier) if outcome not in NOTHING_CREATED]
        resends = len(earlier) - doubts[0] if doubts else 0
        profile = self._stand.providers.profile(row.provider)
        is_proven = profile.uniqueness is Evidence.PROVEN or self._stand.is_unique
        is_allowed = is_proven and resends < MOST_ATTEMPTS + row.consents
        must(resends <= row.consents or is_allowed, 4, f"sent again without leave: {row}")

    def _ids(self) -> None:
        posts = [post for service in self._stand.world.services for post in service.posts]
        bodies = [post.body for post in posts if post.body]
        owners = {(body["external_task_id"], body["prompt"]) for body in bodies}
        for position, words in ((0, "two intents share an id"), (1, "an intent has two ids")):
            twice = [id for id, count in Counter(o[position] for o in owners).items() if count > 1]
            must(not twice, 3, f"{words}: {twice}")

    def _links(self, rows: list[Task]) -> None:
        held = ((task.provider, task.base_url, task.task_id) for task in rows)
        linked = Counter(each for each in held if each[2])
        twice = [task_id for task_id, count in linked.items() if count > 1]
        must(not twice, 5, f"linked twice: {twice}")

    def _files(self, rows: list[Task]) -> None:
        served = self._stand.cdn.files
        for path in self._stand.results():
            must(path.read_bytes() in served.values(), 8, f"{path.name} is not what was served")
            with Image.open(path) as picture:
                picture.load()
        homes = (self._stand.paths.library, self._stand.paths.rescue)
        for path in self._stand.paths.library.parent.rglob("*.png"):
            must(any(path.is_relative_to(home) for home in homes), 8, f"outside: {path}")
        for task in rows:
            self._saved(task, served)

    def _saved(self, task: Task, served: dict[str, bytes]) -> None:
        for output in task.saved:
            assert output.file is not None
            content = (self._stand.paths.library / output.file).read_bytes()
            must(len(content) == output.size_bytes, 7, f"size of {output}")
            must(hashlib.sha256(content).hexdigest() == output.sha256, 7, f"hash of {output}")
            own = f"/{(task.task_id or '').removeprefix('gw-')}/"
            theirs = [data for path, data in served.items() if own in path]
            must(content in theirs, 7, f"a result of another task: {output}")
        if task.state is S.DONE:
            must(len(task.saved) == len(task.outputs) > 0, 7, f"done, not all is here: {task}")

    def _expiry(self, tasks: dict[str, Task]) -> None:
        for task in tasks.values():
            is_given_up = task.state is S.EXPIRED or any(
                output.state is OutputState.EXPIRED for output in task.outputs
            )
            ages = [
                service.book.age_s(made) >= service.traits.keeps_s
                for service in self._stand.world.services
                for made in service.book.by_prompt(task.request.prompt)
            ]
            must(not is_given_up or all(ages), 9, f"given up too soon: {task}")

    def _attempts_stay(self) -> None:
        rows = self._read("SELECT task, number, * FROM attempts")
        now = {(str(row[0]), int(str(row[1]))): row[2:] for row in rows}
        for key, row in self._attempts.items():
            is_kept = key in now and all(
                old in (None, new) for old, new in zip(row, now[key], strict=True)
            )
            must(is_kept, 10, f"an attempt was rewritten: {row}")
        self._attempts = now

    def _secrets(self) -> None:
        from tests.failures.stand import CANARIES

        for call in self._stand.cdn.host.seen:
            names = [name for name in _SECRET_HEADERS if name in call.headers]
            must(not names, 14, f"{names} shown to a host of results")
        for service in self._stand.world.services:
            for call in service.host.seen:
                bearer = call.headers.get("authorization", "").removeprefix("Bearer ")
                is_signed = bearer.count(".") == 2
                must(is_signed or bearer in service.accounts, 14, "a key of another host")
        for path in self._stand.paths.library.parent.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                told = [canary for canary in CANARIES if canary.encode() in content]
                must(not told, 14, f"a key stands in {path}")
