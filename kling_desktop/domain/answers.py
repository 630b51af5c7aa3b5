"""What a provider's answer means, as values that the engine and the wire layer share."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from kling_desktop.domain.errors import ErrorRecord
from kling_desktop.domain.facts import KeyCheck
from kling_desktop.domain.media import MediaKind
from kling_desktop.domain.requests import GenerationRequest


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One intent as it is sent: equal values give byte-identical bodies.

    `files` maps the SHA-256 of each stored picture of the request to the file that holds the
    bytes to send.
    """

    request: GenerationRequest
    external_task_id: str
    files: Mapping[str, Path]


class SendPhase(StrEnum):
    """How far a request got, as httpx's trace events prove (pay-once section 4)."""

    NOTHING_SENT = "nothing_sent"
    HEADERS_STARTED = "headers_started"
    BODY_COMPLETE = "body_complete"
    ANSWER_STARTED = "answer_started"


class RemoteState(StrEnum):
    """A provider's word for a task, folded. An unknown word counts as RUNNING."""

    SUBMITTED = "submitted"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RemoteOutput:
    """One result as listed."""

    index: int
    media: MediaKind
    url: str
    watermark_url: str = ""


@dataclass(frozen=True, slots=True)
class RemoteTask:
    """A provider's record of a task. Ids stay text; times are Unix milliseconds or None.

    `status` is the provider's own word, `reason` why a task failed (`task_status_msg`).
    """

    task_id: str
    state: RemoteState
    status: str
    external_task_id: str | None = None
    reason: str = ""
    created_at_ms: int | None = None
    updated_at_ms: int | None = None
    units: Decimal | None = None
    outputs: tuple[RemoteOutput, ...] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """The task exists: its id was read. `note` is set when the answer also spoke of an error."""

    task: RemoteTask
    raw: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider definitely created nothing. `pauses_account` for key, credit and similar."""

    error: ErrorRecord
    raw: str = ""
    pauses_account: bool = False


@dataclass(frozen=True, slots=True)
class Deferred:
    """Nothing was created, and the same request may be sent again later.

    Either it never left (`phase` NOTHING_SENT) or the provider is full (1302, 1303).
    `looks_first` when only a status 429 said so, without a code of the provider's own: a gateway
    may have posted it all the same, so ask once by our id before sending again.
    """

    error: ErrorRecord
    phase: SendPhase
    retry_after_s: float | None = None
    raw: str = ""
    looks_first: bool = False


@dataclass(frozen=True, slots=True)
class Unclear:
    """It may or may not exist. `exists` when the provider said that the id is already taken."""

    error: ErrorRecord
    phase: SendPhase
    exists: bool = False
    raw: str = ""


CreateAnswer = Accepted | Refused | Deferred | Unclear


@dataclass(frozen=True, slots=True)
class Found:
    """The provider answered with the record."""

    task: RemoteTask


@dataclass(frozen=True, slots=True)
class NotFound:
    """The provider said, in its own envelope, that it knows no such task."""

    error: ErrorRecord


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Nothing was learnt: network, gateway page, refused key, rate limit.

    `offline` when nothing could be reached at all, `is_down` when the other side broke down, was
    too busy or fell silent. `names_another` when the answer was about a task nobody asked for.
    """

    error: ErrorRecord
    offline: bool = False
    is_down: bool = False
    pauses_account: bool = False
    retry_after_s: float | None = None
    names_another: bool = False

    @property
    def was_not_asked(self) -> bool:
        """Whether the question never reached anybody who looks after tasks."""
        return self.offline or self.pauses_account


LookUp = Found | NotFound | NoAnswer


@dataclass(frozen=True, slots=True)
class Pack:
    """Units bought in advance. `status` is the provider's word (`online`, `expired`, …)."""

    name: str
    status: str
    total: Decimal | None
    remaining: Decimal | None
    ends_at_ms: int | None


@dataclass(frozen=True, slots=True)
class Costs:
    """What an account has left. The figures may be up to 12 hours old (facts.md section 7)."""

    packs: tuple[Pack, ...]


CostsAnswer = Costs | NoAnswer


@dataclass(frozen=True, slots=True)
class KeyTest:
    """What a free question showed about a key. `words` say exactly what was asked.

    `error` is set where the key is refused, where nobody answered, and where it has no credit.
    """

    check: KeyCheck
    words: str
    error: ErrorRecord | None = None
    packs: tuple[Pack, ...] = ()


@dataclass(frozen=True, slots=True)
class Downloaded:
    """All bytes of a result stand in the part file, and the container is whole.

    `extension` comes from the magic bytes (`png`, `jpg`, `webp`, `mp4`, `webm`), never from a name.
    """

    extension: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class DownloadFailed:
    """Not here yet. `url_is_dead` when a fresh URL must be asked for; the rest may be retried."""

    error: ErrorRecord
    url_is_dead: bool = False
    offline: bool = False


DownloadAnswer = Downloaded | DownloadFailed
