"""What a person has to decide: unclear tasks in as few questions as there were outages (A45).

The questions are read off the tasks, so they live in the ledger and nowhere else (G13).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from kling_desktop.domain.findings import Candidate
from kling_desktop.domain.money import estimate
from kling_desktop.domain.providers import ProviderProfile
from kling_desktop.domain.tasks import UNCLEAR, Task, TaskState


@dataclass(frozen=True, slots=True)
class GroupKey:
    """Whose answer was lost: one account of one provider at one address."""

    provider: str
    base_url: str | None
    account: str


@dataclass(frozen=True, slots=True)
class DecisionGroup:
    """Tasks about which one question is asked, oldest first; at least one."""

    key: GroupKey
    tasks: tuple[Task, ...]

    @property
    def since_ms(self) -> int:
        """When the first of them was sent."""
        return min(task.first_sent_at_ms or task.created_at_ms for task in self.tasks)

    @property
    def asked_at_ms(self) -> int:
        """When the last of them had been looked for in vain for so long that a person is asked."""
        return max(task.updated_at_ms for task in self.tasks)

    @property
    def checked(self) -> tuple[str, ...]:
        """What looking has shown, each sentence once."""
        return tuple(dict.fromkeys(task.error.detail for task in self.tasks if task.error))


@dataclass(frozen=True, slots=True)
class Stake:
    """What tasks may cost at most: the known prices together, and how many have none."""

    dollars: Decimal
    unknown: int


def key_of(task: Task) -> GroupKey:
    """The group that a task belongs to."""
    return GroupKey(task.provider, task.base_url, task.account)


def is_undecided(task: Task) -> bool:
    """Whether a person is asked about it now. What was closed is looked for quietly."""
    return task.state is TaskState.NEEDS_DECISION and not task.is_watched


def in_order(tasks: Iterable[Task]) -> tuple[Task, ...]:
    """Oldest first."""
    return tuple(sorted(tasks, key=lambda task: (task.created_at_ms, task.id)))


def stake(tasks: Iterable[Task], profiles: Mapping[str, ProviderProfile]) -> Stake:
    """What may have been charged for tasks of which nobody knows whether they exist."""
    dollars, unknown = Decimal(0), 0
    for task in tasks:
        profile = profiles.get(task.provider)
        price = estimate(task.request, profile).dollars if profile else None
        if price is None:
            unknown += 1
        else:
            dollars += price
    return Stake(dollars, unknown)


def proposal(task: Task, tasks: Iterable[Task]) -> Candidate | None:
    """The candidate of an unclear task where there is one only and nothing else it could be.

    For a person to confirm. Another unclear task of the same account and route, also one that
    was closed, may as well be what stands there; then nothing is proposed.
    """
    if len(task.candidates) != 1:
        return None
    rivals = (
        other
        for other in tasks
        if other.id != task.id
        and other.state in UNCLEAR
        and other.kind is task.kind
        and key_of(other) == key_of(task)
    )
    return None if any(rivals) else task.candidates[0]
