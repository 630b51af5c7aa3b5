"""The app on the wire: real engine, ledger, library and client, before a provider of our making.

Only the time is simulated. Everything on disk and everything on the sockets is as in the app.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from kling_desktop.assembly import KlingProviders, LibraryInputs
from kling_desktop.domain.commands import Submission
from kling_desktop.domain.errors import ErrorRecord
from kling_desktop.domain.facts import Notice, TaskChanged, TaskRejected, TasksLoaded
from kling_desktop.domain.media import FileImage
from kling_desktop.domain.requests import MultiImageToImage
from kling_desktop.domain.tasks import SETTLED, Task, TaskState, new_id
from kling_desktop.engine.context import Ports
from kling_desktop.engine.engine import Engine
from kling_desktop.engine.policy import PAY_ONCE
from kling_desktop.engine.serial import Threads
from kling_desktop.kling.provider_file import load_profiles
from kling_desktop.library.files import LibraryFolder
from kling_desktop.library.index import Index
from kling_desktop.library.journal import FileJournal
from kling_desktop.library.ledger import SqliteLedger, read_tasks
from kling_desktop.library.notebook import LedgerNotebook
from kling_desktop.library.store import Library
from kling_desktop.paths import app_paths
from kling_desktop.upkeep import kept_ledger, review_record
from tests.failures.verdict import Judge
from tests.fakes.fuse import Fused
from tests.fakes.threads import InlineThreads
from tests.fakes.wire.cdn import Cdn, picture
from tests.fakes.wire.failpoint import Failpoint
from tests.fakes.wire.keys import Account
from tests.fakes.wire.line import Host
from tests.fakes.wire.loop import WireClock
from tests.fakes.wire.service import Service
from tests.fakes.wire.toxics import Proxy

KEY = "api-key-kling-canary-1111111111"
KEY_2 = "api-key-kling-canary-2222222222"
GATEWAY_KEY = "sk-gateway-canary-3333333333"
ACCESS_KEY, SECRET_KEY = "access-key-canary-444", "secret-key-canary-of-32-bytes-555555"
CANARIES = (KEY, KEY_2, GATEWAY_KEY, ACCESS_KEY, SECRET_KEY)
GATEWAY_ROUTES = (
    "/kling/v1/images/multi-image2image",
    "/kling/v1/images/generations",
    "/kling/v1/videos/multi-image2video",
)
_OURS = ("walk", "deliver", "command", "aside")  # the names of the engine's asyncio tasks
S = TaskState


class World:
    """What no crash touches: a provider in two regions, a gateway, a host of results, the time."""

    def __init__(self) -> None:
        self.clock = WireClock()
        self.cdn = Cdn()
        owners = {
            KEY: Account("account-1"),
            KEY_2: Account("account-2"),
            ACCESS_KEY: Account("account-3", SECRET_KEY),
        }
        self.kling = Service(self.clock, self.cdn, owners)
        gateway = {GATEWAY_KEY: Account("account-4")}
        self.gateway = Service(self.clock, self.cdn, gateway, GATEWAY_ROUTES)
        self.region = Service(self.clock, self.cdn, owners)
        self.services = [self.kling, self.region, self.gateway]
        self._more: list[Host | Proxy] = []

    async def up(self, more: Host | Proxy | None = None) -> None:
        """Everything listens; with `more` another host does, until the end."""
        if more is not None:
            self._more.append(more)
            await more.up()
            return
        for host in (self.cdn.host, *(service.host for service in self.services)):
            await host.up()

    async def down(self) -> None:
        for service in self.services:
            for held in service.held:
                held.cancel()
        for host in (*self._more, self.cdn.host, *(each.host for each in self.services)):
            await host.down()
        await asyncio.sleep(0.1)  # for the last of the connections to be gone

    @property
    def mistakes(self) -> list[BaseException]:
        """What went wrong in the scripts themselves."""
        hosts = [self.cdn.host, *(each.host for each in self.services)]
        hosts += [more for more in self._more if isinstance(more, Host)]
        return [mistake for host in hosts for mistake in host.mistakes]


class Stand:
    """One person's computer at the `world`. `provider` and `address` are where requests go.

    `is_unique` says that its provider was proven to refuse an id that it has. `wrap` puts
    something between the engine and a port, by the port's name. `environment` holds the keys.
    """

    def __init__(self, folder: Path, world: World) -> None:
        self.folder = folder
        self.world = world
        self.clock, self.kling, self.cdn = world.clock, world.kling, world.cdn
        self.paths = app_paths(folder / "home")
        self.threads: Threads = InlineThreads()
        self.policy = PAY_ONCE
        self.is_unique = False
        self.environment = {
            "KLING_API_KEY": KEY,
            "COMETAPI_KEY": GATEWAY_KEY,
            "POWERTOKENS_API_KEY": GATEWAY_KEY,
            "KLING_DESKTOP_SANDBOX_KEY": KEY,
            "KLING_DESKTOP_CUSTOM_KEY": KEY,
        }
        self.provider = "kling"
        self.address: str | None = self.kling.url
        self.wrap: dict[str, Callable[[Any], Any]] = {}
        self.facts: list[object] = []
        self.rows: dict[str, Task] = {}
        self.is_judged = False
        self.engine: Engine
        self.ledger: SqliteLedger
        self.providers: KlingProviders
        self._index: Index
        self.is_open = False
        self._count = 0
        self._news = asyncio.Event()
        self._judge = Judge(self)
        for service in world.services:
            service.witness = self._judge.witness

    # The app

    async def open(self, fuse: Failpoint | None = None, *, resumes: bool = True) -> Engine:
        """Start the app."""
        self.ledger = kept_ledger(self.paths, may_start_anew=False)
        ports = self._ports()
        for name, wrap in self.wrap.items():
            ports[name] = wrap(ports[name])
        if fuse is not None:
            ports |= {name: Fused(port, fuse) for name, port in ports.items()}
            fuse.on_blow = self._news.set
        self.engine = Engine(
            Ports(**ports, clock=self.clock, threads=self.threads), self._hear, policy=self.policy
        )
        self.is_open = True
        held: ErrorRecord | None = review_record() if self.ledger.needs_review else None
        await self.engine.start(resumes=resumes, holds_unsent=held)
        return self.engine

    def _ports(self) -> dict[str, Any]:
        folder = LibraryFolder(self.paths.library)
        known = self.ledger.library_id()
        found = folder.prepare(known)
        if known is None:
            self.ledger.remember_library(found)
        self._index = Index(self.paths.index, self.paths.library)
        self._index.open()
        from kling_desktop.credentials import Keys

        self.providers = KlingProviders(
            self.paths,
            Keys(self.paths.keyring_service, self.environment),
            self.clock,  # type: ignore[arg-type]
            load_profiles(self.paths.providers),
        )
        return {
            "ledger": self.ledger,
            "notebook": LedgerNotebook(self.ledger),
            "media": Library(folder, self._index, LibraryFolder(self.paths.rescue)),
            "inputs": LibraryInputs(folder),
            "providers": self.providers,
            "journal": FileJournal(self.paths.config / "receipts.jsonl"),
        }

    async def crash(self) -> None:
        """The process is gone: nothing is finished, nothing is written."""
        while left := [task for task in asyncio.all_tasks() if task.get_name().startswith(_OURS)]:
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
        await self._let_go()

    async def die_at(self, call: str, *, after: bool, **wishes: Any) -> str:
        """Press Generate, and be killed at a call to the outside; the id of the task."""
        await self.close()
        fuse = Failpoint(call, after=after)
        await self.open(fuse)
        submission = self.submission(**wishes)
        self.engine.submit(submission)
        await self.wait(lambda: fuse.is_blown)
        await self.crash()
        return submission.id

    async def close(self) -> None:
        """End the app as a person does."""
        await self.engine.stop()
        await self._let_go()

    async def _let_go(self) -> None:
        await self.providers.aclose()
        self._index.close()
        self.ledger.close()
        self.is_open = False

    # The person

    def picture(self, name: str = "lamp.png", side: int = 320, level: int = 6) -> FileImage:
        """A file of the person's own."""
        path = self.folder / name
        if not path.exists():
            path.write_bytes(picture(name, side, level))
        return FileImage(path)

    def submission(self, **wishes: Any) -> Submission:
        """What a person asks for: one picture of another lamp each time, unless said otherwise."""
        self._count += 1
        provider = wishes.pop("provider", self.provider)
        address = wishes.pop("base_url", self.address)
        meant = wishes.pop("twin_is_meant", True)
        request = {
            "model": "kling-v2-1",
            "subjects": (self.picture(),),
            "prompt": f"lamp {self._count}",
        }
        return Submission(
            id=new_id(),
            provider=provider,
            request=MultiImageToImage(**(request | wishes)),
            base_url=address,
            twin_is_meant=meant,
        )

    async def submit(self, **wishes: Any) -> str:
        """Press Generate, and return when the row is there."""
        id = await self.try_to_submit(**wishes)
        turned_down = [fact for fact in self.facts if isinstance(fact, TaskRejected)]
        assert id in self.rows, turned_down
        return id

    async def try_to_submit(self, **wishes: Any) -> str:
        """The same, where it may be turned down."""
        submission = self.submission(**wishes)
        self.engine.submit(submission)
        await self.engine.commands_done()
        return submission.id

    async def use(self, **environment: str) -> None:
        """Other keys from now on."""
        self.environment.clear()
        self.environment.update(environment)
        for entry in ("kling", "cometapi", "sandbox", "custom"):
            self.providers.forget(entry)
        self.engine.account_changed()

    # What is seen

    async def until(self, id: str, *states: TaskState, within_s: float = 86_400.0) -> Task:
        """Let time pass until the row is in one of `states`, or settled when none is given."""
        wanted = states or tuple(SETTLED)
        await self.wait(lambda: id in self.rows and self.rows[id].state in wanted, within_s)
        return self.task(id)

    async def wait(self, holds: Callable[[], object], within_s: float = 86_400.0) -> None:
        """Let time pass until something holds; it is looked at whenever there is news, and more
        and more seldom in between."""
        began_s = self.clock.elapsed_s()
        while not holds():
            waited_s = self.clock.elapsed_s() - began_s
            assert waited_s < within_s, f"it never came: {list(self.rows.values())}"
            self._news.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.25, waited_s / 4)):
                    await self._news.wait()

    async def spend(self, seconds: float) -> None:
        """Let time pass."""
        await asyncio.sleep(seconds)

    def task(self, id: str) -> Task:
        """The row on disk."""
        (task,) = (task for task in read_tasks(self.paths.ledger) if task.id == id)
        return task

    def outcomes(self, id: str) -> list[str]:
        return list(self.ledger.outcomes(id))

    def refusal(self, id: str) -> TaskRejected:
        """Why a request never became a task."""
        (said,) = (fact for fact in self.facts if isinstance(fact, TaskRejected) and fact.id == id)
        return said

    def notices(self, subject: str = "") -> list[Notice]:
        told = (fact for fact in self.facts if isinstance(fact, Notice))
        return [notice for notice in told if notice.subject.startswith(subject)]

    def results(self) -> list[Path]:
        """The finished files."""
        return sorted(self.paths.library.glob("[0-9]*/*/*.png"))

    async def ends(self, *, creations: int) -> None:
        """The universal check, at the end of each test: close, reopen, judge everything."""
        if self.is_open:
            self._judge.check()
            await self.close()
        rows = [await self._recovered() for _ in range(2)]
        self._judge.check_restart(*rows)
        made = sum(len(service.book.ours) for service in self.world.services)
        assert made == creations, f"{made} tasks were made and paid for"
        assert self.world.mistakes == []
        self.is_judged = True

    async def _recovered(self) -> list[Task]:
        """What a start alone leaves on disk."""
        await self.open(resumes=False)
        rows = list(self.ledger.all())
        await self.close()
        return rows

    def forget(self) -> None:
        """The ledger is replaced by an older one: what was told before does not count any more."""
        self._judge.forget()

    def _hear(self, fact: object) -> None:
        self.facts.append(fact)
        if isinstance(fact, TaskChanged):
            self.rows[fact.task.id] = fact.task
        elif isinstance(fact, TasksLoaded):
            self.rows = {task.id: task for task in fact.tasks}
        self._judge.hear(fact)
        self._news.set()
