"""A task: one thing bought once. Its ids, its states and the transitions between them, as data."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from types import MappingProxyType

from kling_desktop.domain.errors import BugError, ErrorRecord
from kling_desktop.domain.findings import Candidate, RouteKey
from kling_desktop.domain.media import MediaKind
from kling_desktop.domain.money import NO_COST, Charge, Cost
from kling_desktop.domain.providers import ProviderProfile, TaskKind
from kling_desktop.domain.requests import GenerationRequest, is_not_known

EXTERNAL_ID_PREFIX = "kd-"
_DAY_MS = 24 * 3600 * 1000
_MINTED = re.compile(re.escape(EXTERNAL_ID_PREFIX) + "[0-9a-f]{32}")


def new_id() -> str:
    """Our own id: 32 random hex digits, the database key and the stem of file names."""
    return secrets.token_hex(16)


def new_external_task_id() -> str:
    """An id of ours for the provider to keep: a letter prefix, since task ids are all digits.

    Random only: it may be seen by others who share a gateway's account.
    """
    return EXTERNAL_ID_PREFIX + secrets.token_hex(16)


def is_minted(external_task_id: str) -> bool:
    """Whether an id can be one of ours: whoever has it, has it from us."""
    return _MINTED.fullmatch(external_task_id) is not None


class TaskState(StrEnum):
    """Where a task is in its life (pay-once 6.2). The words are stored: never rename."""

    DRAFT = "draft"
    FROZEN = "frozen"
    SENDING = "sending"
    UNKNOWN = "unknown"
    NEEDS_DECISION = "needs_decision"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    RUNNING = "running"
    REMOTE_OK = "remote_ok"
    FETCHING = "fetching"
    FETCH_PAUSED = "fetch_paused"
    DONE = "done"
    DONE_PARTIAL = "done_partial"
    REMOTE_FAILED = "remote_failed"
    MISSING = "missing"
    EXPIRED = "expired"


_S = TaskState
_REMOTE_ENDS = (_S.REMOTE_OK, _S.REMOTE_FAILED)
_FETCH_ENDS = (_S.FETCH_PAUSED, _S.DONE, _S.DONE_PARTIAL, _S.EXPIRED)

TRANSITIONS: Mapping[TaskState, frozenset[TaskState]] = MappingProxyType(
    {
        state: frozenset(following)
        for state, following in {
            _S.DRAFT: (_S.FROZEN, _S.UNKNOWN),
            # To UNKNOWN where the provider has it all the same: the ledger is an older copy.
            _S.FROZEN: (_S.SENDING, _S.DRAFT, _S.UNKNOWN),
            _S.SENDING: (_S.ACCEPTED, _S.FROZEN, _S.REFUSED, _S.UNKNOWN),
            _S.UNKNOWN: (_S.ACCEPTED, _S.SENDING, _S.NEEDS_DECISION, _S.REFUSED),
            _S.NEEDS_DECISION: (_S.ACCEPTED, _S.UNKNOWN, _S.SENDING),
            _S.REFUSED: (_S.FROZEN, _S.UNKNOWN),
            _S.ACCEPTED: (_S.RUNNING, *_REMOTE_ENDS, _S.MISSING),
            _S.RUNNING: (*_REMOTE_ENDS, _S.MISSING),
            _S.MISSING: (_S.RUNNING, *_REMOTE_ENDS, _S.EXPIRED),
            _S.REMOTE_OK: (_S.FETCHING, _S.EXPIRED),
            _S.FETCHING: _FETCH_ENDS,
            _S.FETCH_PAUSED: (_S.FETCHING, _S.EXPIRED),
            _S.DONE_PARTIAL: (_S.FETCHING,),
            _S.DONE: (),
            _S.REMOTE_FAILED: (),
            _S.EXPIRED: (),
        }.items()
    }
)

# At rest: nothing more happens by itself.
SETTLED = frozenset({_S.DRAFT, _S.REFUSED, _S.DONE, _S.REMOTE_FAILED, _S.EXPIRED, _S.DONE_PARTIAL})
# A byte may have left, and we do not yet know what became of it.
UNCLEAR = frozenset({_S.SENDING, _S.UNKNOWN, _S.NEEDS_DECISION})
# The same, once the attempt is over: it is being looked for, or a person is asked.
IN_DOUBT = (_S.UNKNOWN, _S.NEEDS_DECISION)
# The provider has it; asking and downloading cost nothing.
FOLLOWED = frozenset({_S.ACCEPTED, _S.RUNNING, _S.MISSING})
FETCHED = frozenset({_S.REMOTE_OK, _S.FETCHING, _S.FETCH_PAUSED})

_CHARGES: Mapping[TaskState, Charge] = MappingProxyType(
    {
        _S.DRAFT: Charge.NONE,
        _S.FROZEN: Charge.NONE,
        _S.REFUSED: Charge.NONE,
        _S.SENDING: Charge.POSSIBLE,
        _S.UNKNOWN: Charge.POSSIBLE,
        _S.NEEDS_DECISION: Charge.POSSIBLE,
        _S.ACCEPTED: Charge.POSSIBLE,
        _S.RUNNING: Charge.POSSIBLE,
        _S.MISSING: Charge.POSSIBLE,
        _S.REMOTE_FAILED: Charge.AS_REPORTED,
        _S.REMOTE_OK: Charge.CHARGED,
        _S.FETCHING: Charge.CHARGED,
        _S.FETCH_PAUSED: Charge.CHARGED,
        _S.DONE: Charge.CHARGED,
        _S.DONE_PARTIAL: Charge.CHARGED,
        _S.EXPIRED: Charge.CHARGED,
    }
)


def check_transition(old: TaskState, new: TaskState) -> None:
    """Raise BugError unless a task may go from `old` to `new`. Staying is always allowed."""
    if new is not old and new not in TRANSITIONS[old]:
        raise BugError(f"no transition from {old} to {new}")


class OutputState(StrEnum):
    """Where one result of a task is."""

    LISTED = "listed"
    SAVED = "saved"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Output:
    """One result: what the provider listed, and what stands in the library.

    `index` counts from 0. `file` and `watermarked_file` are relative to the library folder.
    URLs are for the ledger alone; they never reach a sidecar or a log.
    """

    index: int
    media: MediaKind
    url: str = ""
    watermark_url: str = ""
    state: OutputState = OutputState.LISTED
    file: PurePosixPath | None = None
    watermarked_file: PurePosixPath | None = None
    sha256: str = ""
    size_bytes: int = 0
    width: int = 0
    height: int = 0
    duration_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A snapshot of a task as the ledger has it. Times are Unix milliseconds, UTC.

    `base_url` None means the provider's own (the sandbox's port is never stored).
    `account` is the fingerprint of the credential it was frozen for; the one that sent it.
    `request_sha256` is the same for two requests that ask for the same; `body_sha256` is that of
    the exact bytes of every attempt. `is_watched` means that the person stopped following it:
    it goes on quietly. `unclear_since_ms` is when the present doubt was recorded, `candidates` are
    tasks there that may be it. `took_ms` is how long the provider worked, by its own clock.
    `twin_of` is the task for which the provider made this one once more.
    """

    id: str
    kind: TaskKind
    provider: str
    base_url: str | None
    account: str
    external_task_id: str
    task_id: str | None
    state: TaskState
    request: GenerationRequest
    request_sha256: str
    body_sha256: str
    created_at_ms: int
    updated_at_ms: int
    revision: int = 0
    is_watched: bool = False
    attempts: int = 0
    consents: int = 0
    first_sent_at_ms: int | None = None
    unclear_since_ms: int | None = None
    not_before_ms: int | None = None
    remote_created_at_ms: int | None = None
    remote_status: str = ""
    result_url_seen_at_ms: int | None = None
    finished_at_ms: int | None = None
    cost: Cost = NO_COST
    error: ErrorRecord | None = None
    outputs: tuple[Output, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    took_ms: int | None = None
    twin_of: str | None = None

    @property
    def route(self) -> RouteKey:
        """Where it was sent."""
        return RouteKey(self.provider, self.base_url, self.kind)

    @property
    def is_found(self) -> bool:
        """Whether it was found on the account: what it was made from is not known here."""
        return is_not_known(self.request)

    @property
    def charge(self) -> Charge:
        """What may be said about money."""
        if self.state is TaskState.EXPIRED and not self.outputs:
            return Charge.POSSIBLE  # it was never heard of again
        return _CHARGES[self.state]

    @property
    def is_outstanding(self) -> bool:
        """Whether a later `resume` has something to do, as far as the person still cares."""
        return self.state not in SETTLED and not self.is_watched

    @property
    def saved(self) -> tuple[Output, ...]:
        """The results that are safe in the library, in index order."""
        done = (output for output in self.outputs if output.state is OutputState.SAVED)
        return tuple(sorted(done, key=lambda output: output.index))


def deadline_ms(task: Task, profile: ProviderProfile) -> int:
    """Until when the provider keeps the results, by its own documents; Unix time."""
    made_at_ms = task.remote_created_at_ms or task.first_sent_at_ms or task.created_at_ms
    return made_at_ms + profile.retention_days * _DAY_MS


def is_only_there(task: Task) -> bool:
    """Whether a result was made that is not on this computer yet."""
    return task.state in FETCHED or task.state is TaskState.DONE_PARTIAL


@dataclass(frozen=True, slots=True)
class Receipt:
    """A provider's task id kept outside the ledger while the ledger cannot be written."""

    id: str
    task_id: str
    at_ms: int
