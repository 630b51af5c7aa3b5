"""What the engine needs of the world. Satisfied by shape; fakes in tests keep the same promises."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from kling_desktop.domain.answers import (
    CreateAnswer,
    DownloadAnswer,
    Downloaded,
    LookUp,
    Outgoing,
    RemoteTask,
)
from kling_desktop.domain.facts import Fact
from kling_desktop.domain.media import (
    Asset,
    ImageFacts,
    ImageLimits,
    ImageSource,
    StoredImage,
)
from kling_desktop.domain.providers import ProviderProfile, TaskKind
from kling_desktop.domain.tasks import Output, Receipt, Task, TaskState

Progress = Callable[[int, int], None]
"""Called with bytes done and bytes in all (0 when unknown)."""


class Clock(Protocol):
    """Time, handed in so that tests need no waiting."""

    def now_ms(self) -> int:
        """Unix time in milliseconds; may jump."""
        ...

    def monotonic_s(self) -> float:
        """Seconds that only ever grow."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait; cancellable."""
        ...


class Provider(Protocol):
    """One account at one base URL. Never raises for what the other side or the network does.

    `clock_ahead_ms` is by how much this computer's clock runs ahead of the provider's, as its last
    answer shows; None as long as nothing showed it.
    """

    profile: ProviderProfile
    account: str
    clock_ahead_ms: int | None

    def body_sha256(self, outgoing: Outgoing) -> str:
        """Hash of the exact bytes that `create` will send. Reads the files; run off the loop."""
        ...

    async def create(self, outgoing: Outgoing, progress: Progress) -> CreateAnswer:
        """Send once. Never repeats the POST by itself."""
        ...

    async def get(self, kind: TaskKind, task_id: str) -> LookUp:
        """Ask for one task by the provider's id."""
        ...

    async def find(self, kind: TaskKind, external_task_id: str) -> LookUp:
        """Ask for one task by our id. NotFound has weight only where lookup is proven."""
        ...

    async def newest(self, kind: TaskKind) -> Sequence[RemoteTask]:
        """The newest page of the provider's list; empty where there is none or no answer came."""
        ...

    async def download(self, url: str, part: Path, progress: Progress) -> DownloadAnswer:
        """Fetch a result into `part`, without credentials, and verify its container."""
        ...

    async def aclose(self) -> None:
        """Close connections."""
        ...


class Providers(Protocol):
    """Where providers come from: profile, base URL, key and client put together."""

    def profile(self, provider: str) -> ProviderProfile:
        """The data entry of a provider. Raises KeyError for a name that is not there."""
        ...

    async def open(self, provider: str, base_url: str | None) -> Provider:
        """A provider ready to be asked, kept and shared by the giver.

        Raises KeyUnavailableError when there is no key, AppError when it cannot be reached at all.
        """
        ...


class Inputs(Protocol):
    """From any picture to bytes that may be sent, kept by hash. Blocking: run off the loop."""

    def look(
        self, image: ImageSource, limits: ImageLimits, *, as_it_stands: bool
    ) -> ImageFacts | None:
        """What would be sent, mended for `limits` and judged; None for a web address."""
        ...

    def keep(self, image: ImageSource, limits: ImageLimits, *, as_it_stands: bool) -> ImageSource:
        """The stored form of a picture, synced to disk; a web address comes back unchanged.

        Raises StorageError, and AppError when it is no longer one that `limits` take.
        """
        ...

    def path(self, image: StoredImage) -> Path:
        """The file that holds the bytes to send."""
        ...


class Ledger(Protocol):
    """The only book about money. Blocking; one thread. Every write is synced before it returns.

    Raises StorageError when a write cannot be trusted, BugError for an illegal transition.
    """

    def check(self) -> None:
        """Raise StorageError unless the file on disk is still the one that was opened."""
        ...

    def add(self, task: Task) -> None:
        """Write a new task in the state it has (FROZEN)."""
        ...

    def move(self, task: Task, expected: TaskState) -> Task:
        """Replace the row and its outputs by compare-and-swap; `revision` grows by one.

        Returns the task as written. Raises StorageError if the row was no longer `expected`.
        """
        ...

    def begin_attempt(self, task: Task, expected: TaskState) -> Task:
        """Commit SENDING and the next attempt row together; `attempts` is counted here.

        Returns the task as written.
        """
        ...

    def end_attempt(self, task: Task, outcome: str, raw: str) -> Task:
        """Commit the outcome of the running attempt together with the task's next state."""
        ...

    def save_outputs(self, task: Task, outputs: Sequence[Output]) -> Task:
        """Commit `outputs` over those with the same index; the others and the state stay.

        Downloads of one task may do so in any order, each with an older snapshot. Returns the task
        as it now stands. Raises StorageError if the ledger has it in another state than `task`.
        """
        ...

    def get(self, id: str) -> Task | None:
        """One task."""
        ...

    def all(self) -> Sequence[Task]:
        """Every task, oldest first."""
        ...

    def by_external_id(self, provider: str, account: str, external_task_id: str) -> Task | None:
        """Which task used this id at this account."""
        ...

    def by_task_id(self, provider: str, base_url: str | None, task_id: str) -> Task | None:
        """Which task is linked to this provider's id."""
        ...

    def outcomes(self, id: str) -> Sequence[str]:
        """How each attempt of a task ended, oldest first; "" for one that has not."""
        ...

    def recent_twin(self, request_sha256: str, since_ms: int) -> Task | None:
        """The newest task that asked for the same since then, drafts and refusals left out."""
        ...


class MediaStore(Protocol):
    """The library folder. Blocking; run off the loop. Raises StorageError.

    Results of different tasks may be handled on several threads at once.
    """

    def check(self) -> None:
        """Raise StorageError unless the folder is there, ours and writable."""
        ...

    def part(self, task: Task, output: Output, *, watermarked: bool = False) -> Path:
        """Where an unfinished download lives; outside the library while that is not there."""
        ...

    def adopt(self, task: Task, output: Output) -> Output | None:
        """The output as saved, if its final file already stands in the library (a crash).

        What was rescued is brought home first; RescuedError while the library is not there.
        """
        ...

    def finish(
        self, task: Task, output: Output, downloaded: Downloaded, *, watermarked: bool = False
    ) -> Output:
        """Sync the part file, give it its final name, sync the folder. Never overwrites.

        Returns the output with its file, hash, sizes, and SAVED unless `watermarked`. Raises
        AppError for a file that does not decode; it is thrown away, to be fetched afresh; and
        RescuedError when the file is safe outside a library that is not there.
        """
        ...

    def describe(self, task: Task, output: Output) -> Asset:
        """Write the sidecar of a saved output, and enter it in the index."""
        ...


class Journal(Protocol):
    """Lines beside the ledger, in another folder, for the one fact that must not be lost."""

    def append(self, receipt: Receipt) -> None:
        """Add one synced line. Raises StorageError."""
        ...

    def read(self) -> Sequence[Receipt]:
        """Every line that can be read, oldest first."""
        ...

    def clear(self) -> None:
        """Forget the lines: the ledger has them now."""
        ...


Emit = Callable[[Fact], None]
"""Takes each fact of `domain/facts.py`; returns at once."""
