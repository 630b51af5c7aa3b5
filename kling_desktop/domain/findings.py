"""What was learnt of a provider by looking, with evidence and date; and what it has of ours that
no row speaks of."""

from dataclasses import dataclass
from enum import StrEnum

from kling_desktop.domain.providers import Evidence, TaskKind


@dataclass(frozen=True, slots=True)
class RouteKey:
    """One route of one provider at one address. `base_url` None is its own."""

    provider: str
    base_url: str | None
    kind: TaskKind


class Trait(StrEnum):
    """What a provider may or may not do (pay-once's capability record). The words are stored."""

    LOOKUP = "lookup_by_external_id"
    ECHO = "echoes_external_id"
    LIST = "list"
    NEWEST_FIRST = "newest_first"
    UNIQUENESS = "uniqueness"


@dataclass(frozen=True, slots=True)
class Finding:
    """A trait that was proven or disproven. `words` say by what, for people who ask."""

    route: RouteKey
    trait: Trait
    evidence: Evidence
    at_ms: int
    words: str


@dataclass(frozen=True, slots=True)
class Stray:
    """A task on the person's account that carries an id of ours and that no row knows.

    A lost row, or another installation's. `twin_of` is our id of the task that it was made for
    once more.
    """

    route: RouteKey
    account: str
    task_id: str
    external_task_id: str
    created_at_ms: int | None
    status: str
    twin_of: str | None = None


class StrayAnswer(StrEnum):
    """What a person said of a stray. The words are stored."""

    OPEN = "open"
    TAKEN = "taken"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A task there that may be the unclear one: made at the right time, without our id beside it.

    `created_at_ms` is by the provider's clock.
    """

    task_id: str
    created_at_ms: int | None
    status: str
