"""Joins the parts into one home: everything but Qt. Heavy libraries load when first needed."""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from kling_desktop.credentials import Keys
from kling_desktop.domain.answers import KeyTest
from kling_desktop.domain.errors import (
    AppError,
    ErrorRecord,
    KeyUnavailableError,
    Remedy,
    StorageError,
)
from kling_desktop.domain.facts import AccountChanged, AssetAdded, Fact, KeyCheck, Notice
from kling_desktop.domain.keys import ApiKey, Credential, Secret
from kling_desktop.domain.providers import ProviderProfile
from kling_desktop.engine.context import Ports
from kling_desktop.engine.engine import DECIDE_AFTER_S, Engine
from kling_desktop.engine.ports import Emit
from kling_desktop.engine.serial import WorkerThreads
from kling_desktop.handover.accounts import Accounts
from kling_desktop.handover.door import Door
from kling_desktop.inputs import LibraryInputs
from kling_desktop.kling.known_paths import FilePaths
from kling_desktop.kling.provider_file import LoadedProfiles, load_profiles
from kling_desktop.library.files import LibraryFolder
from kling_desktop.library.index import Index
from kling_desktop.library.journal import FileJournal
from kling_desktop.library.ledger import SqliteLedger
from kling_desktop.library.lock import HomeLock
from kling_desktop.library.store import Library
from kling_desktop.paths import AppPaths
from kling_desktop.settings import load_settings
from kling_desktop.surroundings import weakened_protection
from kling_desktop.text import t
from kling_desktop.upkeep import Upkeep, accept_as_it_is, kept_ledger, review_record

if TYPE_CHECKING:
    from kling_desktop.kling.client import KlingClient
    from kling_desktop.sandbox.server import Sandbox

_log = logging.getLogger(__name__)


class SystemClock:
    """Satisfies `engine.ports.Clock`."""

    def now_ms(self) -> int:
        """Unix time in milliseconds."""
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        """Seconds that only ever grow."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class KlingProviders:
    """Satisfies `engine.ports.Providers`: one client for each provider and base URL."""

    def __init__(
        self, paths: AppPaths, keys: Keys, clock: SystemClock, loaded: LoadedProfiles
    ) -> None:
        self._folder = paths.sandbox
        self._known_paths = FilePaths(paths.query_paths)
        self._loaded = loaded
        self._keys = keys
        self._clock = clock
        self._sandbox: Sandbox | None = None
        self._clients: dict[tuple[str, str | None], KlingClient] = {}
        self._retired: list[KlingClient] = []
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def profile(self, provider: str) -> ProviderProfile:
        """The data entry of a provider. Raises KeyError for a name that is not there."""
        return self._loaded.profiles[provider]

    async def open(self, provider: str, base_url: str | None) -> "KlingClient":
        """A client with its key; `base_url` None means the documented one. See the port.

        Raises KeyUnavailableError, also for a provider whose entry in the file has a mistake.
        """
        if broken := self._loaded.broken.get(provider):
            raise KeyUnavailableError(broken)
        async with self._locks[provider]:
            if self._sandbox is not None and not self._sandbox.is_running:
                self._sandbox = None
                self.forget(self.profile(provider).key_entry)
            client = self._clients.get((provider, base_url))
            if client is None:
                client = await self._client(self.profile(provider), base_url)
                self._clients[provider, base_url] = client
            return client

    def forget(self, key_entry: str) -> None:
        """Open anew from here on: the key was replaced. What is under way may end."""
        for provider, base_url in list(self._clients):
            if self.profile(provider).key_entry == key_entry:
                self._retired.append(self._clients.pop((provider, base_url)))

    async def aclose(self) -> None:
        """Close every connection, and the sandbox if it was started."""
        for client in [*self._clients.values(), *self._retired]:
            await client.aclose()
        if self._sandbox is not None:
            await asyncio.to_thread(self._sandbox.stop)

    async def _client(self, profile: ProviderProfile, base_url: str | None) -> "KlingClient":
        from kling_desktop.kling.client import KlingClient

        if profile.is_free and base_url is None:
            sandbox = await self._started_sandbox()
            address, credential = sandbox.base_url, ApiKey(Secret(sandbox.key))
        else:
            address = base_url or profile.home_url
            if address is None:
                raise AppError(_no_address(profile))
            credential = await self._keys.find(profile, address)
        return KlingClient(
            profile,
            address,
            credential,
            now_ms=self._clock.now_ms,
            known_paths=self._known_paths,
        )

    async def _started_sandbox(self) -> "Sandbox":
        from kling_desktop.sandbox.server import Sandbox

        if self._sandbox is None:
            sandbox = Sandbox(self._folder)
            await asyncio.to_thread(sandbox.start)
            self._sandbox = sandbox
        return self._sandbox


class Home:
    """One home, owned: lock, ledger, library, keys, engine. `async with` opens and closes it.

    `emit` receives every fact, on the loop's thread. `who` names this process to a second one,
    which may hand its requests over once this has started, or raise a window if there is one.
    Opening raises HomeInUseError, or StorageError when the ledger cannot be used; a library
    folder that is not there is told as a Notice, since what was bought can wait for it.
    With `accepts` a damaged ledger without a copy is set aside for a new one; `accept` follows.
    """

    def __init__(
        self,
        paths: AppPaths,
        environment: Mapping[str, str],
        emit: Emit,
        *,
        who: str,
        decide_after_s: float = DECIDE_AFTER_S,
        accepts: bool = False,
        has_window: bool = False,
    ) -> None:
        settings = load_settings(paths.settings).settings
        self._emit = emit
        self._paths = replace(paths, library=settings.library(paths.library))
        self._own_address = settings.custom_base_url or None
        self._loaded = load_profiles(paths.providers)
        self._who = who
        self._decide_after_s = decide_after_s
        self._accepts = accepts
        self._clock = SystemClock()
        self._threads = WorkerThreads()
        self._keys = Keys(paths.keyring_service, environment)
        self._weakened = weakened_protection(environment)
        self._providers = KlingProviders(self._paths, self._keys, self._clock, self._loaded)
        self._folder = LibraryFolder(self._paths.library)
        self._index = Index(self._paths.index, self._paths.library)
        self._library = Library(self._folder, self._index, LibraryFolder(self._paths.rescue))
        self._stack = AsyncExitStack()
        self._has_window = has_window
        self._door: Door | None = None
        self.accounts = Accounts(self._keys, self._loaded.profiles)
        self.engine: Engine

    @property
    def library(self) -> Path:
        """The library folder."""
        return self._paths.library

    async def __aenter__(self) -> "Home":
        try:
            await self._open()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._door is not None:
            self._door.shut()
        await self._stack.aclose()

    async def start(self, *, resumes: bool = True) -> None:
        """Start the engine; see there. With `resumes` also make the sidecars that are missing."""
        for problem in self._loaded.problems:
            self._emit(Notice("providers", problem))
        held = review_record() if self._ledger.needs_review else None
        await self.engine.start(resumes=resumes, holds_unsent=held)
        await self._open_door()
        if not resumes:
            return
        try:
            tasks = await self._threads.in_order(self._ledger.all)
            assets = await self._threads.aside(self._library.describe_missing, tasks)
        except StorageError as problem:
            _log.warning("sidecars: %s", problem)
            return
        for asset in assets:
            self._emit(AssetAdded(asset))

    async def accept(self) -> None:
        """A person takes library and ledger as they stand now. Raises StorageError."""
        await self._threads.in_order(accept_as_it_is, self._ledger, self._folder, self._index)

    async def save_key(
        self, provider: str, credential: Credential, base_url: str | None = None
    ) -> None:
        """Keep a key, for `base_url` where a provider has no address; told as AccountChanged."""
        profile = self._loaded.profiles[provider]
        if profile.base_url is None and base_url is not None:
            self._own_address = base_url
        address = self._address(profile)
        self._told(profile, await self._keys.save(profile, credential, address))

    async def remove_key(self, provider: str) -> None:
        """Forget a key; told as AccountChanged."""
        profile = self._loaded.profiles[provider]
        self._told(profile, await self._keys.remove(profile, self._address(profile)))

    async def tell_accounts(self) -> None:
        """Tell where each provider's key comes from."""
        for profile in self._loaded.profiles.values():
            account = await self._keys.state(profile, self._address(profile))
            broken = self._loaded.broken.get(profile.id)
            self._emit(replace(account, error=broken) if broken else account)

    async def test_key(self, provider: str) -> None:
        """Ask something free with the key, and tell what that shows."""
        profile = self._loaded.profiles[provider]
        address = self._address(profile)
        account = await self._keys.state(profile, address)
        try:
            client = await self._providers.open(
                provider, None if address == profile.home_url else address
            )
            tested = await client.test_key()
        except AppError as problem:
            tested = KeyTest(KeyCheck.NO_ANSWER, t("Nothing was asked."), problem.record)
        self._emit(
            replace(
                account,
                check=tested.check,
                error=tested.error,
                told=tested.words,
                checked_at_ms=self._clock.now_ms(),
            )
        )

    def _address(self, profile: ProviderProfile) -> str | None:
        """Where a provider's new tasks go; None for the sandbox, and for a server not yet named."""
        return profile.base_url or (None if profile.is_free else self._own_address)

    def _told(self, profile: ProviderProfile, account: AccountChanged) -> None:
        self._providers.forget(profile.key_entry)
        self._emit(account)
        self.engine.account_changed()

    async def _open(self) -> None:
        lock = HomeLock(self._paths.lock)
        lock.acquire(self._who)
        self._stack.callback(lock.release)
        self._stack.callback(self._threads.close)
        if self._weakened is not None:
            self._emit(Notice("surroundings", self._weakened))
        self._ledger = await self._threads.in_order(
            kept_ledger, self._paths, may_start_anew=self._accepts
        )
        # Guests hear of the last write, and then that this is the end.
        self._stack.push_async_callback(self._close_door)
        self._stack.push_async_callback(self._threads.in_order, self._ledger.close)
        upkeep = Upkeep(self._ledger, self._paths.backups, self._threads, self._clock, self._emit)
        await self._stack.enter_async_context(upkeep)
        await self._open_library(self._ledger)
        self._stack.push_async_callback(self._threads.in_order, self._index.close)
        self._stack.push_async_callback(self._providers.aclose)
        ports = Ports(
            ledger=self._ledger,
            media=self._library,
            inputs=LibraryInputs(self._folder),
            providers=self._providers,
            clock=self._clock,
            journal=FileJournal(self._paths.config / "receipts.jsonl"),
            threads=self._threads,
        )
        self.engine = Engine(ports, self._tell, decide_after_s=self._decide_after_s)
        self._stack.push_async_callback(self.engine.stop)

    async def _open_door(self) -> None:
        self._door = Door(
            *(self._paths.door, self.engine, self._emit, self.accounts.objection),
            has_window=self._has_window,
        )
        await self._door.open()

    async def _close_door(self) -> None:
        if self._door is not None:
            await self._door.close()

    def _tell(self, fact: Fact) -> None:
        self._emit(fact)
        if self._door is not None:
            self._door.tell(fact)

    async def _open_library(self, ledger: SqliteLedger) -> None:
        def prepare() -> None:
            known = ledger.library_id()
            found = self._folder.prepare(known)
            if known is None:
                ledger.remember_library(found)
            self._index.open()

        try:
            await self._threads.in_order(prepare)
        except StorageError as problem:
            _log.warning("library: %s", problem)
            self._emit(Notice("library", problem.record))


def _no_address(profile: ProviderProfile) -> ErrorRecord:
    return ErrorRecord(
        t("{provider} needs a base URL", provider=profile.title),
        t("Say where it is: scheme, host and port. Nothing was sent."),
        Remedy.FIX_SETTINGS,
    )
