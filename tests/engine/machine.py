"""One person, one computer, one provider, in any order of events: a Hypothesis state machine.

The engine and the ledger are the real ones; time, network, disk and provider are simulated.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from kling_desktop.domain.answers import RemoteState
from kling_desktop.domain.errors import HomeInUseError
from kling_desktop.domain.facts import StraysFound
from kling_desktop.domain.findings import RouteKey, Stray, StrayAnswer
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.tasks import Task, TaskState
from kling_desktop.engine.engine import Engine
from kling_desktop.engine.policy import PAY_ONCE, Policy
from kling_desktop.library.lock import HomeLock
from tests.engine.judge import ENDS, Judge, must
from tests.fakes import provider as act
from tests.fakes.fuse import FailingWrites
from tests.fakes.home import FakeHome

_DAY_S = 86_400.0
# Where a sync costs nothing; what a power cut leaves is not played here.
_MEMORY = Path("/dev/shm")
_WRITES = ("add", "move", "begin_attempt", "end_attempt", "save_outputs")
BEHAVIOURS = (
    act.accept,
    act.answers_later(3),
    act.lose_answer,
    act.lose_request,
    act.never_sent,
    act.full,
    act.throttle,
    act.refuse,
    act.refuse_key,
    act.break_down,
    act.break_down_after_creating,
    act.post_twice,
    act.arrives_later(40),
    act.arrives_later(4000),
)
ADDRESSES = (
    act.CDN,
    "http://cdn.example",
    "https://10.0.0.7",
    "https://127.0.0.1:8080",
    "https://169.254.169.254",
    "https://[::ffff:10.0.0.7]",
    "https://intranet.example",
    "https://user:secret@cdn.example",
    "file:///etc",
)
SCRIPTS = st.lists(st.sampled_from(BEHAVIOURS), max_size=3)


class PayOnceMachine(RuleBasedStateMachine):
    """What people, computers, networks and providers do. `policy` is what the engine is given.

    `watches_wire` False leaves the verdict to what the provider made and what the ledger says;
    without `has_weather` nobody breaks down, lies about addresses or restores copies;
    `certain` holds traits of the provider that are not left to chance.
    """

    policy: Policy = PAY_ONCE
    watches_wire = True
    has_weather = True
    certain: Mapping[str, Any] = MappingProxyType({})
    intents = Bundle("intents")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=_MEMORY if _MEMORY.is_dir() else None))
        self.home = FakeHome(self.folder, policy=self.policy)
        self.home.wrap_ledger = lambda ledger: FailingWrites(ledger, self._fails)
        self.kling = self.home.kling
        self.kling.keeps_s = 30 * _DAY_S
        self.judge = Judge(self.home, watches_wire=self.watches_wire)
        self.lock = HomeLock(self.folder / "owner.lock")
        self.loop = asyncio.new_event_loop()
        self.loop.set_exception_handler(lambda loop, context: None)
        self.count = 0
        # Rows that an older copy of the ledger calls not sent.
        self.held: set[str] = set()

    # The world

    @initialize(
        provider=st.sampled_from(("kling", "kling", "sandbox")),
        is_unique=st.booleans(),
        can_look_up=st.booleans(),
        echoes=st.booleans(),
        has_list=st.booleans(),
        read_lag_s=st.sampled_from((0.0, 0.0, 45.0)),
        answers_after_s=st.sampled_from((0.0, 0.7)),
    )
    def begin(self, provider: str, is_unique: bool, can_look_up: bool, **traits: Any) -> None:
        """A provider with these traits; what is proven of the sandbox holds there."""
        self.home.provider = provider
        self.kling.is_unique = is_unique or provider == "sandbox"
        self.kling.can_look_up = can_look_up or provider == "sandbox"
        for name, value in {**traits, **self.certain}.items():
            setattr(self.kling, name, value)
        self.lock.acquire("the window")
        self._do(self.home.open())

    @rule(behaviours=SCRIPTS)
    def script(self, behaviours: list[act.Behaviour]) -> None:
        """How the next creates go."""
        self.kling.script = list(behaviours)

    @rule()
    def change_network(self) -> None:
        self.kling.is_online = not self.kling.is_online

    @precondition(lambda self: self.has_weather)
    @rule()
    def change_health(self) -> None:
        """It breaks down, or answers again."""
        self.kling.is_down = not self.kling.is_down

    @precondition(lambda self: self.has_weather)
    @rule(cdn=st.sampled_from(ADDRESSES))
    def change_addresses(self, cdn: str) -> None:
        """Where it says that results are; most of these are lies."""
        self.kling.cdn = cdn

    @rule()
    def change_disk(self) -> None:
        """Full, or with room again: no write to ledger or library succeeds."""
        self.home.media.is_full = not self.home.media.is_full

    @rule()
    def expire_addresses(self) -> None:
        self.kling.url_epoch += 1

    @rule(word=st.sampled_from(("processing", "submitted", "queued_elsewhere", "")))
    def change_word(self, word: str) -> None:
        """Running tasks are called something else from now on."""
        self.kling.word = word

    @rule()
    def doom(self) -> None:
        """Tasks that still run will fail."""
        for task in self.kling.created:
            if self.kling.age_s(task) < self.kling.takes_s:
                self.kling.fates[task.task_id] = RemoteState.FAILED

    @rule(seconds=st.sampled_from((0.3, 2.0, 12.0, 130.0, 1200.0, 20_000.0)))
    def wait(self, seconds: float) -> None:
        self._do(self.home.clock.spend(seconds))

    # The computer

    @rule(days=st.sampled_from((0, 0, 0, 35)))
    def kill(self, days: int) -> None:
        """Everything volatile is gone. The next start comes at once, or much later."""
        self._crash()
        self.lock.release()
        self.home.clock.jump(days * _DAY_S)
        self.home.media.is_full = False
        self.lock.acquire("the window")
        first = self._start_and_look()
        must(self._start_and_look() == first, 11, "a second recovery changes the store")
        self._reopen()
        self.judge.check_restart()

    @rule()
    def quit(self) -> None:
        self._do(self.home.close())
        self.judge.hear()
        self.home.media.is_full = False
        self._reopen()
        self.judge.check_restart()

    @precondition(lambda self: self.has_weather)
    @rule()
    def keep_copy(self) -> None:
        """The ledger as it is now, put aside."""
        assert self.home.ledger is not None
        copy = self.folder / "copy.sqlite"
        copy.unlink(missing_ok=True)
        copy.touch()
        self.home.ledger.copy_to(copy)

    @precondition(lambda self: (self.folder / "copy.sqlite").exists())
    @rule()
    def restore(self) -> None:
        """An older copy takes the ledger's place, as the next start notices."""
        self._crash()
        for end in ("", "-wal", "-shm"):
            (self.folder / f"ledger.sqlite{end}").unlink(missing_ok=True)
        (self.folder / "copy.sqlite").rename(self.folder / "ledger.sqlite")
        self.judge.forget()
        self.home.media.is_full = False
        self._reopen()
        self.judge.check_restart()

    @rule()
    def start_twice(self) -> None:
        """A second process may not write."""
        second = HomeLock(self.folder / "owner.lock")
        try:
            second.acquire("another")
        except HomeInUseError:
            return
        second.release()
        must(False, 13, "two owners")

    # The person

    @rule(target=intents, n=st.integers(1, 2), behaviours=SCRIPTS)
    def submit(self, n: int, behaviours: list[act.Behaviour]) -> str:
        return self._do(self._submitted(n, behaviours))

    @rule(target=intents, n=st.integers(1, 2), behaviours=SCRIPTS)
    def submit_and_watch(self, n: int, behaviours: list[act.Behaviour]) -> str:
        """What most people do: press Generate, and look on for a moment."""
        id = self._do(self._submitted(n, behaviours))
        self.wait(2.0)
        return id

    @rule(id=intents)
    def send_again(self, id: str) -> None:
        if id in self.held and id in self.home.rows:
            self.held.discard(id)
            self.judge.consent(self.home.rows[id].request.prompt)
        self._command(id, "send_again")

    @rule(id=intents)
    def look_again(self, id: str) -> None:
        self._command(id, "look_again")

    @rule(id=intents)
    def download_again(self, id: str) -> None:
        self._command(id, "download_again")

    @rule(id=intents)
    def close(self, id: str) -> None:
        self._command(id, "close")

    @rule(id=intents)
    def stop_following(self, id: str) -> None:
        self._command(id, "stop_following")

    @rule(id=intents, data=st.data())
    def link(self, id: str, data: st.DataObject) -> None:
        """To a task the person sees there; to a wrong one only where its id shows whose it is."""
        task = self.home.rows.get(id)
        seen = [
            remote.task_id
            for remote in self.kling.created
            if self.kling.echoes
            or (task and self.kling.prompts[remote.task_id] == task.request.prompt)
        ]
        if seen:
            self._command(id, "link", seen[data.draw(st.integers(0, len(seen) - 1))])
            # What confirms a link is no poll, and may meet one.
            self._do(self.home.clock.run(self._is_linked, for_s=30))
            self.kling.asked_twice_at_once = False

    @rule()
    def pause(self) -> None:
        self._do(self._call(self.engine.pause))

    @rule()
    def resume(self) -> None:
        self._do(self._call(self.engine.resume))

    @rule()
    def change_key(self) -> None:
        """To the other account, or back."""
        self._use("account-2" if self.home.providers.account == "account-1" else "account-1")

    # The judge

    @invariant()
    def the_promises_hold(self) -> None:
        if self.home.engine is not None:
            self.judge.check()

    def teardown(self) -> None:
        """Heal, come to rest, and look at everything once more."""
        try:
            if self.home.engine is not None:
                self._heal()
                self.judge.check()
                self.judge.check_rest()
        finally:
            self._do(self._end())
            self.loop.close()
            self.judge.log.leave()
            self.lock.release()
            shutil.rmtree(self.folder)

    def _heal(self) -> None:
        self.kling.is_online, self.kling.is_down, self.kling.cdn = True, False, act.CDN
        self.kling.script = []
        self.home.media.is_full = False
        self._do(self.home.clock.spend(4100))  # what is still under way arrives
        self._come_to_rest()
        if self.judge.is_lost:
            self._bring_in_lost()

    def _come_to_rest(self) -> None:
        for account in ("account-1", "account-2") * 2:
            self._use(account)
            self._do(self._call(self.engine.resume))
            self._do(self.home.clock.run(self._is_at_rest, for_s=1800))
            self._do(self.home.clock.spend(700))  # a decision that is due is still looked up

    def _bring_in_lost(self) -> None:
        """A person sends what was held, and takes what was found on the account."""
        for id in sorted(self.held & self.home.rows.keys()):
            self.judge.consent(self.home.rows[id].request.prompt)
            self._command(id, "send_again")
        for account in ("account-1", "account-2"):
            self._use(account)
            self._do(self.home.clock.spend(26 * 3600))  # accounts are looked through once a day
        found = [fact.strays for fact in self.home.facts if isinstance(fact, StraysFound)]
        # This world shows one list to whoever asks; a real one has a list for each route.
        route = RouteKey(self.home.provider, None, TaskKind.IMAGE)
        for stray in [each for each in found[-1] if each.route == route] if found else ():
            self._do(self._call(lambda stray=stray: self._take(stray)))
        self._come_to_rest()

    def _take(self, stray: Stray) -> None:
        self.engine.answer_stray(stray, StrayAnswer.TAKEN)

    def _is_linked(self) -> bool:
        return not any(task.get_name() == "command" for task in asyncio.all_tasks())

    def _is_at_rest(self) -> bool:
        return all(task.state in ENDS for task in self.home.rows.values())

    async def _end(self) -> None:
        if self.home.engine is not None:
            await self.home.crash()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    @property
    def engine(self) -> Engine:
        assert self.home.engine is not None
        return self.home.engine

    def _fails(self, name: str) -> bool:
        return self.home.media.is_full and name in _WRITES

    def _use(self, account: str) -> None:
        self.home.providers.account = account
        self._do(self._call(self.engine.account_changed))

    def _command(self, id: str, name: str, *more: str) -> None:
        if id in self.home.rows:  # or nothing was sent, and no row was written
            self._do(self._call(lambda: getattr(self.engine, name)(id, *more)))

    async def _submitted(self, n: int, behaviours: list[act.Behaviour]) -> str:
        self.count += 1
        self.kling.script = list(behaviours)
        return await self.home.submit(self.home.provider, n=n, prompt=f"lamp {self.count}")

    async def _call(self, command: Callable[[], None]) -> None:
        command()
        await self.home.clock.spend(0.1)

    def _start_and_look(self) -> list[Task]:
        """What a start alone leaves on disk."""
        self._do(self.home.open(resumes=False))
        assert self.home.ledger is not None
        rows = list(self.home.ledger.all())
        self._crash()
        return rows

    def _reopen(self) -> None:
        """Start again; an older copy of the ledger stays under review, as its witness has it."""
        self._do(self.home.open(holds_unsent=act.ERROR if self.judge.is_lost else None))
        if self.judge.is_lost:
            rows = self.home.rows.items()
            self.held = {id for id, task in rows if task.state is TaskState.FROZEN}

    def _crash(self) -> None:
        self._do(self.home.crash())
        self.judge.hear()

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)
