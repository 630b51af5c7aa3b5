"""The way to one provider at one address: free questions go out at its pace, a few at a time.

Each provider has its own, so that a slow or broken one keeps nobody else waiting.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from kling_desktop.domain.answers import (
    CreateAnswer,
    Deferred,
    NoAnswer,
    Refused,
    SendPhase,
    Unclear,
)
from kling_desktop.engine.pace import Pace
from kling_desktop.engine.ports import Clock
from kling_desktop.engine.schedule import KEY_RETRY_S, LONGEST_WISH_S

_QUESTIONS_AT_ONCE = 8

Answer = TypeVar("Answer")


class Lane:
    """Questions in the order in which they come; while nobody answers, one at a time."""

    def __init__(self, clock: Clock, jitter: Callable[[], float]) -> None:
        self.pace = Pace()
        self._clock = clock
        self._jitter = jitter
        self._turn = asyncio.Lock()
        self._places = asyncio.Semaphore(_QUESTIONS_AT_ONCE)
        self._relieved = asyncio.Event()

    async def ask(self, question: Callable[[], Awaitable[Answer]]) -> Answer:
        """Ask when it is its turn. What the answer says of the provider's health is learnt."""
        async with self._turn:
            await self._wait()
            if self.pace.is_broken:
                return await self._asked(question)
        return await self._asked(question)

    async def turn(self) -> None:
        """Wait for a turn to send something that is no question."""
        async with self._turn:
            await self._wait()

    def learn(self, answer: CreateAnswer) -> None:
        """What became of a create says something of the provider's health, too."""
        match answer:
            case Deferred(phase=SendPhase.NOTHING_SENT):
                self._failed(is_offline=True)
            case Unclear(exists=False):
                self._failed(is_offline=False)
            case Refused(pauses_account=True):
                pass  # the questions that wait for another key go on waiting
            case _:
                self.pace.answered()

    def relieve(self) -> None:
        """Try at once: a person wants to know, or something has changed."""
        self.pace.relieve()
        self._relieved.set()
        self._relieved = asyncio.Event()

    async def _wait(self) -> None:
        while (delay_s := self.pace.delay_s(self._clock.monotonic_s())) > 0:
            waits = {
                asyncio.create_task(self._clock.sleep(delay_s)),
                asyncio.create_task(self._relieved.wait()),
            }
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for each in waits:
                    each.cancel()
        self.pace.take(self._clock.monotonic_s())

    async def _asked(self, question: Callable[[], Awaitable[Answer]]) -> Answer:
        since = self._relieved
        async with self._places:
            answer = await question()
        if since is not self._relieved and isinstance(answer, NoAnswer):
            return answer  # it speaks of the time before
        match answer:
            case NoAnswer(offline=True):
                self._failed(is_offline=True)
            case NoAnswer(pauses_account=True):
                # The same key is refused for every question, so one is enough for a while (B11).
                self.pace.refused(self._clock.monotonic_s(), KEY_RETRY_S)
            case NoAnswer(is_down=True):
                self._failed(is_offline=False)
                if answer.retry_after_s is not None:
                    wish_s = min(answer.retry_after_s, LONGEST_WISH_S)
                    self.pace.rest(self._clock.monotonic_s(), wish_s)
            case _:
                self.pace.answered()
        return answer

    def _failed(self, *, is_offline: bool) -> None:
        self.pace.failed(self._clock.monotonic_s(), self._jitter(), is_offline=is_offline)
