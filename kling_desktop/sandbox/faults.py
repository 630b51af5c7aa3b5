"""Scripted trouble, for tests of everything that talks to a provider. Off unless asked for."""

import threading
from collections import defaultdict, deque
from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """Where trouble can strike."""

    CREATE = "create"
    QUERY = "query"
    LIST = "list"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class Page:
    """An answer that is not the service's own: what stands in front of it says."""

    status: int
    body: bytes
    content_type: str = "text/html"


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one request instead of the plain truth, after `delay_s`.

    `page` is answered as it is; or else `code`, a service code with its HTTP status, where 0 lets
    the truth be told, only late; or else, None, the connection is closed: without a byte of an
    answer, in the middle of a result. At a create `creates` says whether the task comes to be (a
    valid one; refusals stay refusals).
    """

    creates: bool = True
    code: int | None = None
    message: str = "scripted by a test"
    delay_s: float = 0.0
    page: Page | None = None


class Faults:
    """The faults of the coming requests, in order; None lets one pass unharmed. Thread-safe."""

    def __init__(self, *coming: Fault | None) -> None:
        self._lock = threading.Lock()
        self._coming: defaultdict[Step, deque[Fault | None]] = defaultdict(deque)
        self.add(*coming)

    def add(self, *coming: Fault | None, at: Step = Step.CREATE) -> None:
        """Script further requests of one step."""
        with self._lock:
            self._coming[at].extend(coming)

    def next(self, at: Step = Step.CREATE) -> Fault | None:
        """The fault of the request that has just arrived, used up by asking."""
        with self._lock:
            coming = self._coming[at]
            return coming.popleft() if coming else None
