"""Providers that differ from the usual fake in one way: put one into `FakeProviders.make`."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from kling_desktop.domain.answers import (
    CreateAnswer,
    Found,
    LookUp,
    NoAnswer,
    Outgoing,
    Refused,
    RemoteState,
    RemoteTask,
)
from kling_desktop.domain.providers import ProviderProfile, TaskKind
from kling_desktop.engine.ports import Progress
from tests.fakes.provider import ERROR, FakeKling, FakeProvider

Page = Sequence[RemoteTask] | NoAnswer


class BrokenList(FakeProvider):
    """Everything works but the list."""

    async def page(self, kind: TaskKind, number: int, size: int) -> Page:
        return NoAnswer(ERROR, is_down=True)


class BareList(FakeProvider):
    """A list without our ids; single records have them."""

    async def page(self, kind: TaskKind, number: int, size: int) -> Page:
        page = await super().page(kind, number, size)
        if isinstance(page, NoAnswer):
            return page
        return [replace(each, external_task_id=None) for each in page]


class ListOfItsOwn(FakeProvider):
    """A list that names tasks by the ids of whoever stands behind the gateway."""

    async def page(self, kind: TaskKind, number: int, size: int) -> Page:
        page = await super().page(kind, number, size)
        if isinstance(page, NoAnswer):
            return page
        return [replace(each, task_id=f"up-{each.task_id}") for each in page]


class ShortPages(FakeProvider):
    """It takes no page size and sends thirty."""

    async def page(self, kind: TaskKind, number: int, size: int) -> Page:
        return await super().page(kind, number, min(size, 30))


class StrangersLookup(FakeProvider):
    """Whatever id is asked for, the answer is a task of somebody else, made just now."""

    async def find(self, kind: TaskKind, external_task_id: str) -> LookUp:
        made_ms = self.kling.now_ms()
        return Found(
            RemoteTask("999", RemoteState.RUNNING, "processing", None, created_at_ms=made_ms)
        )


@dataclass
class Silence:
    """Questions for our ids that nobody answers while it `lasts`; all else is answered."""

    lasts: bool = True

    def make(self, kling: FakeKling, profile: ProviderProfile, account: str) -> FakeProvider:
        return _Silent(self, kling, profile, account)


class _Silent(FakeProvider):
    def __init__(
        self, silence: Silence, kling: FakeKling, profile: ProviderProfile, account: str
    ) -> None:
        super().__init__(kling, profile, account)
        self._silence_there = silence

    async def find(self, kind: TaskKind, external_task_id: str) -> LookUp:
        if self._silence_there.lasts:
            return NoAnswer(ERROR, is_down=True)
        return await super().find(kind, external_task_id)


@dataclass
class Keys:
    """The keys of one account. A provider keeps the one it was opened with, as the real ones do.

    `present` is the one that a person has entered, `good` the one that is taken; `sent_with` are
    those that creates came with.
    """

    present: str = "old"
    good: str = "old"
    sent_with: list[str] = field(default_factory=list[str])

    def make(self, kling: FakeKling, profile: ProviderProfile, account: str) -> FakeProvider:
        return _Keyed(self, kling, profile, account)


class _Keyed(FakeProvider):
    def __init__(
        self, keys: Keys, kling: FakeKling, profile: ProviderProfile, account: str
    ) -> None:
        super().__init__(kling, profile, account)
        self._keys = keys
        self._mine = keys.present

    @property
    def _is_refused(self) -> bool:
        return self._mine != self._keys.good

    async def create(self, outgoing: Outgoing, progress: Progress) -> CreateAnswer:
        self._keys.sent_with.append(self._mine)
        if self._is_refused:
            return Refused(ERROR, pauses_account=True)
        return await super().create(outgoing, progress)

    async def get(self, kind: TaskKind, task_id: str) -> LookUp:
        return _no() if self._is_refused else await super().get(kind, task_id)

    async def find(self, kind: TaskKind, external_task_id: str) -> LookUp:
        return _no() if self._is_refused else await super().find(kind, external_task_id)

    async def page(self, kind: TaskKind, number: int, size: int) -> Page:
        return _no() if self._is_refused else await super().page(kind, number, size)


def _no() -> NoAnswer:
    return NoAnswer(ERROR, pauses_account=True)
