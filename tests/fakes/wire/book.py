"""What a provider has made, for whom and under which id: the first witness in matters of money."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any


class Uniqueness(Enum):
    """Where a second task with the same external id is refused."""

    EVERYWHERE = auto()
    PER_ACCOUNT = auto()
    NOWHERE = auto()


@dataclass(frozen=True)
class Made:
    """One task that was paid for. `route` is the path it was created at."""

    task_id: str
    account: str
    route: str
    external_task_id: str | None
    body: dict[str, Any]
    made_at_ms: int

    @property
    def prompt(self) -> str:
        return self.body.get("prompt", "")

    @property
    def results(self) -> int:
        return self.body.get("n", 1)


@dataclass
class Book:
    """Every creation, in order. Nothing is ever taken out.

    `burns` holds ids that count as used though no task came of them; `strangers` the tasks that
    others made at the same account.
    """

    now_ms: Callable[[], int]
    uniqueness: Uniqueness = Uniqueness.EVERYWHERE
    made: list[Made] = field(default_factory=list)
    burns: set[str] = field(default_factory=set)
    strangers: set[str] = field(default_factory=set)
    _numbers: "itertools.count[int]" = field(
        default_factory=lambda: itertools.count(861309198188019719)  # beyond what a double holds
    )

    def is_taken(self, account: str, external_task_id: str | None) -> bool:
        """Whether a create with this id is refused as a second one."""
        if external_task_id is None or self.uniqueness is Uniqueness.NOWHERE:
            return False
        if external_task_id in self.burns:
            return True
        return any(
            task.external_task_id == external_task_id
            and (task.account == account or self.uniqueness is Uniqueness.EVERYWHERE)
            for task in self.made
        )

    def make(self, account: str, route: str, body: dict[str, Any]) -> Made:
        """Create the task, whatever else there is."""
        task = Made(
            task_id=str(next(self._numbers)),
            account=account,
            route=route,
            external_task_id=body.get("external_task_id"),
            body=body,
            made_at_ms=self.now_ms(),
        )
        self.made.append(task)
        return task

    def strange(self, account: str, route: str, **body: Any) -> Made:
        """A task that somebody else makes, or we did long ago: no creation of this test's."""
        task = self.make(account, route, body)
        self.strangers.add(task.task_id)
        return task

    @property
    def ours(self) -> list[Made]:
        """What was made by creates of the home under test."""
        return [task for task in self.made if task.task_id not in self.strangers]

    def age_s(self, task: Made) -> float:
        return (self.now_ms() - task.made_at_ms) / 1000

    def of_account(self, account: str) -> list[Made]:
        return [task for task in self.made if task.account == account]

    def by_prompt(self, prompt: str) -> list[Made]:
        return [task for task in self.ours if task.prompt == prompt]
