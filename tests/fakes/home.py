"""An engine with fakes at its ports and a real ledger on disk, that can be dropped and reopened."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from kling_desktop.domain.answers import Outgoing, RemoteTask
from kling_desktop.domain.commands import Submission
from kling_desktop.domain.errors import ErrorRecord
from kling_desktop.domain.facts import TaskChanged, TasksLoaded
from kling_desktop.domain.findings import Finding, RouteKey, Trait
from kling_desktop.domain.media import FileImage
from kling_desktop.domain.providers import Evidence, TaskKind
from kling_desktop.domain.requests import MultiImageToImage
from kling_desktop.domain.tasks import SETTLED, Task, TaskState, new_external_task_id, new_id
from kling_desktop.engine.context import Ports
from kling_desktop.engine.engine import Engine
from kling_desktop.engine.policy import PAY_ONCE, Policy
from kling_desktop.engine.serial import Threads
from kling_desktop.library.ledger import SqliteLedger, open_ledger, read_tasks
from kling_desktop.library.notebook import LedgerNotebook
from tests.fakes.clock import ManualClock
from tests.fakes.fuse import Fuse, Fused
from tests.fakes.media import FakeInputs, FakeJournal, FakeMedia
from tests.fakes.provider import FakeKling, FakeProviders
from tests.fakes.threads import InlineThreads

Fact = TypeVar("Fact")
_OURS = ("walk", "deliver", "command", "aside")  # the names of the engine's asyncio tasks


class FakeHome:
    """One person's computer. `kling` is the world outside, which no crash touches."""

    def __init__(
        self, folder: Path, *, decide_after_s: float = 120.0, policy: Policy = PAY_ONCE
    ) -> None:
        self.folder = folder
        self.clock = ManualClock()
        self.kling = FakeKling(self.clock)
        self.providers = FakeProviders(self.kling)
        self.media = FakeMedia(folder / "library")
        self.inputs = FakeInputs(folder / "inputs")
        self.journal = FakeJournal()
        self.threads: Threads = InlineThreads()
        self.facts: list[object] = []
        self.rows: dict[str, Task] = {}
        self.provider = "kling"
        self.wrap_ledger: Callable[[SqliteLedger], Any] = lambda ledger: ledger
        self._decide_after_s = decide_after_s
        self._policy = policy
        self.ledger: SqliteLedger | None = None
        self.engine: Engine | None = None

    def know(self, evidence: Evidence, *traits: Trait) -> None:
        """Have this found out about Kling's pictures before the app starts."""
        route = RouteKey("kling", None, TaskKind.IMAGE)
        ledger = open_ledger(self.folder / "ledger.sqlite")
        for trait in traits:
            LedgerNotebook(ledger).keep_finding(Finding(route, trait, evidence, 1, "found before"))
        ledger.close()

    async def open(
        self,
        fuse: Fuse | None = None,
        *,
        resumes: bool = True,
        holds_unsent: ErrorRecord | None = None,
    ) -> Engine:
        """Start the app."""
        self.ledger = open_ledger(self.folder / "ledger.sqlite")
        ports: dict[str, Any] = {
            "ledger": self.wrap_ledger(self.ledger),
            "notebook": LedgerNotebook(self.ledger),
            "media": self.media,
            "inputs": self.inputs,
            "providers": self.providers,
            "journal": self.journal,
        }
        if fuse is not None:
            ports = {name: Fused(port, fuse) for name, port in ports.items()}
        self.facts = []
        self.engine = Engine(
            Ports(**ports, clock=self.clock, threads=self.threads),
            self._hear,
            policy=self._policy,
            decide_after_s=self._decide_after_s,
        )
        await self.engine.start(resumes=resumes, holds_unsent=holds_unsent)
        return self.engine

    async def crash(self) -> None:
        """The process is gone: nothing is finished, nothing is written."""
        while left := [task for task in asyncio.all_tasks() if task.get_name().startswith(_OURS)]:
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
        assert self.ledger is not None
        self.ledger.close()
        self.engine = None

    async def close(self) -> None:
        """End the app as a person does."""
        assert self.engine is not None
        assert self.ledger is not None
        stopping = asyncio.create_task(self.engine.stop())
        await self.clock.run(stopping.done, for_s=20)
        await stopping
        self.ledger.close()

    def picture(self, name: str = "lamp.png") -> FileImage:
        """A file of the person's own."""
        path = self.folder / name
        path.write_bytes(name.encode())
        return FileImage(path)

    def submission(self, provider: str = "kling", **wishes: Any) -> Submission:
        """What a person asks for: two pictures of a lamp, unless said otherwise."""
        meant = wishes.pop("twin_is_meant", True)
        request = {"model": "kling-v2-1", "subjects": (self.picture(),), "n": 2} | wishes
        return Submission(
            id=new_id(),
            provider=provider,
            request=MultiImageToImage(**request),
            twin_is_meant=meant,
        )

    async def submit(self, provider: str = "kling", **wishes: Any) -> str:
        """Press Generate."""
        assert self.engine is not None
        submission = self.submission(provider, **wishes)
        self.engine.submit(submission)
        await self.clock.run(
            lambda: any(self._is_answer(fact, submission.id) for fact in self.facts)
        )
        return submission.id

    def make_there(self, external_task_id: str | None = None) -> RemoteTask:
        """Have a task made that this computer did not send, under this id or a new one of ours."""
        id = external_task_id or new_external_task_id()
        made = self.kling.create(Outgoing(self.submission(n=1).request, id, {}))
        assert made is not None, "the id exists, and is unique there"
        return made

    def task(self, id: str) -> Task:
        """The row on disk."""
        assert self.ledger is not None
        task = self.ledger.get(id)
        assert task is not None
        return task

    def task_on_disk(self, id: str) -> Task:
        """The same while the app is not running."""
        return next(task for task in read_tasks(self.folder / "ledger.sqlite") if task.id == id)

    async def until(self, id: str, *states: TaskState, for_s: float = 40 * 86400.0) -> Task:
        """Let time pass until the row is in one of `states`, or settled when none is given."""
        wanted = states or tuple(SETTLED)
        await self.clock.run(lambda: self.rows[id].state in wanted, for_s=for_s)
        assert self.task(id) == self.rows[id], "told before it was on disk"
        assert self.task(id).state in wanted, self.task(id)
        return self.task(id)

    def told(self, kind: type[Fact]) -> list[Fact]:
        """The facts of one kind since the start."""
        return [fact for fact in self.facts if isinstance(fact, kind)]

    def _hear(self, fact: object) -> None:
        self.facts.append(fact)
        if isinstance(fact, TaskChanged):
            self.rows[fact.task.id] = fact.task
        elif isinstance(fact, TasksLoaded):
            self.rows = {task.id: task for task in fact.tasks}

    @staticmethod
    def _is_answer(fact: object, id: str) -> bool:
        task = getattr(fact, "task", None)
        return getattr(fact, "id", None) == id or getattr(task, "id", None) == id
