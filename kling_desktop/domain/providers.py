"""What a provider offers, as data: the types. The entries stand in `kling/profiles.py`.

The form, the command line and `problems()` read only these values; a provider's name is never
compared anywhere to decide what it can do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from kling_desktop.domain.media import COMMON_LIMITS, ImageLimits


class TaskKind(StrEnum):
    """What is made."""

    IMAGE = "image"
    VIDEO = "video"


class Evidence(StrEnum):
    """How sure we are that a provider does something (pay-once's capability record)."""

    UNKNOWN = "unknown"
    DOCUMENTED = "documented"
    PROVEN = "proven"
    DISPROVEN = "disproven"


class KeyKind(StrEnum):
    """How a provider is spoken to: one bearer key, or a pair that signs a JWT."""

    API_KEY = "api_key"
    ACCESS_KEY = "access_key"


class Weight(StrEnum):
    """What a task counts against an account's concurrency (facts.md section 7)."""

    RESULTS = "results"
    TASK = "task"


Sources = Mapping[str, str]
"""Where each attribute of an entry is stated: `S0` to `S4` are the provider documents."""


def no_sources() -> Sources:
    """For entries that nobody documents."""
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ModelNote:
    """What is said about a model. `retired_on` is hearsay until the provider refuses it."""

    source: str
    is_advised: bool = False
    retired_on: date | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """One create route: which fields exist and what they may hold.

    `optional_fields` are attribute names of the request (`scene`, `negative_prompt`, …) that
    this route documents; sending another is refused. `required_fields` must hold something.
    Limits of text are in code points.
    """

    models: tuple[str, ...]
    default_model: str
    optional_fields: frozenset[str]
    required_fields: frozenset[str] = frozenset()
    model_notes: Mapping[str, ModelNote] = field(default_factory=dict[str, ModelNote])
    fewest_images: int = 1
    most_images: int = 4
    aspect_ratios: tuple[str, ...] = ()
    default_aspect_ratio: str = "16:9"
    most_results: int = 9
    prompt_limit: int = 2500
    modes: tuple[str, ...] = ()
    durations_s: tuple[int, ...] = ()
    weight: Weight = Weight.RESULTS
    limits: ImageLimits = COMMON_LIMITS
    usual_s: tuple[float, float] | None = None
    sources: Sources = field(default_factory=no_sources)


@dataclass(frozen=True, slots=True)
class Route:
    """The paths of one kind of task under a provider's base URL, and how it spells fields.

    `query_alternates` are other paths at which a task may be found; None for `list_path` means
    that no list is documented. A path holds `{id}` where an id goes. `field_names` gives this
    route's spelling of a field of Kling's where the two differ.
    """

    create_path: str
    query_path: str
    capabilities: Capabilities
    query_alternates: tuple[str, ...] = ()
    list_path: str | None = None
    field_names: Mapping[str, str] = field(default_factory=dict[str, str])
    sources: Sources = field(default_factory=no_sources)


@dataclass(frozen=True, slots=True)
class Region:
    """One of a provider's hosts. A key belongs to the region it was made for."""

    id: str
    base_url: str
    source: str


@dataclass(frozen=True, slots=True)
class ProviderProfile:
    """Everything known about one provider.

    `base_url` is where new tasks go; None means that it is found at run time (sandbox) or given
    by the person (custom). `home_url` is the documented one: it is what a task without a base URL
    of its own means, and the only one whose key is kept without an address.
    `key_entry` names the entry in the keyring, shared where two profiles share an account.
    `key_variables` are the environment variables of each kind of key, in order of precedence.
    `is_free` is for the sandbox alone: without a base URL of its own we run it ourselves.
    `costs_path` answers what an account has left; None where nothing of the kind is known.
    `settle_s` is how long a request may still be on its way after its answer was lost.
    """

    id: str
    title: str
    base_url: str | None
    key_entry: str
    key_variables: Mapping[KeyKind, tuple[str, ...]]
    routes: Mapping[TaskKind, Route]
    home_url: str | None = None
    regions: tuple[Region, ...] = ()
    costs_path: str | None = None
    is_free: bool = False
    has_official_prices: bool = False
    uniqueness: Evidence = Evidence.UNKNOWN
    lookup_by_external_id: Evidence = Evidence.UNKNOWN
    retention_days: int = 30
    settle_s: float = 120.0
    sources: Sources = field(default_factory=no_sources)

    def capabilities(self, kind: TaskKind) -> Capabilities | None:
        """What the provider offers of `kind`, or None where it makes no such thing."""
        route = self.routes.get(kind)
        return route.capabilities if route else None
