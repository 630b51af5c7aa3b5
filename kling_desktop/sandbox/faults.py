"""Scripted trouble, for tests of everything that talks to a provider. Off unless asked for."""

import threading
from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one create instead of the plain truth.

    `creates` says whether the task comes to be (a valid one; refusals stay refusals). `code` is
    the service code answered with its HTTP status; None closes the connection without a byte.
    `delay_s` passes between the creation and the answer.
    """

    creates: bool = True
    code: int | None = None
    message: str = "scripted by a test"
    delay_s: float = 0.0


class Faults:
    """The faults of the coming creates, in order; None lets one pass unharmed. Thread-safe."""

    def __init__(self, *coming: Fault | None) -> None:
        self._lock = threading.Lock()
        self._coming = deque(coming)

    def add(self, *coming: Fault | None) -> None:
        """Script further creates."""
        with self._lock:
            self._coming.extend(coming)

    def next(self) -> Fault | None:
        """The fault of the create that has just arrived, used up by asking."""
        with self._lock:
            return self._coming.popleft() if self._coming else None
