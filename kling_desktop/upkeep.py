"""Looks after the ledger while the home is open: is it still there, and is there a copy of it."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from kling_desktop.domain.errors import ErrorRecord, Remedy, StorageError
from kling_desktop.domain.facts import Notice
from kling_desktop.engine.ports import Clock, Emit
from kling_desktop.engine.serial import Threads
from kling_desktop.library.backup import keep_backup, open_kept_ledger
from kling_desktop.library.files import LibraryFolder
from kling_desktop.library.index import Index
from kling_desktop.library.ledger import SqliteLedger
from kling_desktop.library.mounts import refuse_network_folder
from kling_desktop.library.witness import Witness
from kling_desktop.paths import AppPaths
from kling_desktop.text import t

_log = logging.getLogger(__name__)
_LOOK_EVERY_S = 60.0
_LOOKS_PER_COPY = 60
_LOST = "ledger"
_NO_COPY = "backup"


def kept_ledger(paths: AppPaths, *, may_start_anew: bool) -> SqliteLedger:
    """The ledger of a home, from its newest good copy where it is lost. Raises StorageError."""
    refuse_network_folder(paths.ledger)
    witness = Witness(paths.witness)
    return open_kept_ledger(paths.ledger, paths.backups, witness, may_start_anew=may_start_anew)


def accept_as_it_is(ledger: SqliteLedger, folder: LibraryFolder, index: Index) -> None:
    """A person says that library and ledger are in order as they stand. Raises StorageError."""
    ledger.remember_library(folder.accept())
    ledger.accept()
    index.open()


class Upkeep:
    """Looks every minute, and keeps a copy at the start, every hour and at the end.

    Trouble is told as a Notice, and told again as over. A copy is also kept when the ledger's
    file was deleted or replaced: the connection still has all of it.
    """

    def __init__(
        self, ledger: SqliteLedger, backups: Path, threads: Threads, clock: Clock, emit: Emit
    ) -> None:
        self._ledger = ledger
        self._backups = backups
        self._threads = threads
        self._clock = clock
        self._emit = emit
        self._told: set[str] = set()
        self._looking: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        """Keep the first copy, and go on looking."""
        if self._ledger.needs_review:
            self._emit(Notice("review", review_record()))
        await self._copy()
        self._looking = asyncio.create_task(self._look_on(), name="upkeep")

    async def __aexit__(self, *why: object) -> None:
        """Look no more, and keep a last copy."""
        if self._looking is not None:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking
        await self._copy()

    async def _look_on(self) -> None:
        looks = 0
        while True:
            await self._clock.sleep(_LOOK_EVERY_S)
            looks += 1
            is_there = await self._is_well(_LOST, self._ledger.check)
            if not is_there or looks % _LOOKS_PER_COPY == 0:
                await self._copy()

    async def _copy(self) -> None:
        # What is under review knows less than the copies do.
        if not self._ledger.needs_review:
            await self._is_well(_NO_COPY, lambda: keep_backup(self._ledger, self._backups))

    async def _is_well(self, subject: str, work: Callable[[], object]) -> bool:
        try:
            await self._threads.in_order(work)
        except StorageError as problem:
            _log.warning("%s: %s", subject, problem)
            self._told.add(subject)
            self._emit(Notice(subject, problem.record))
            return False
        if subject in self._told:
            self._told.discard(subject)
            self._emit(Notice(subject, None))
        return True


def review_record() -> ErrorRecord:
    """Why nothing unsent goes out by itself."""
    return ErrorRecord(
        t("The list of tasks is older than what was last seen"),
        t(
            "It comes from a backup, or a part of it was lost. What stands there as not sent may "
            "have been sent, so none of it goes out by itself: send each one yourself, or all "
            "with “kling-desktop library --accept”. Please look at your providers, too."
        ),
        Remedy.DECIDE,
    )
