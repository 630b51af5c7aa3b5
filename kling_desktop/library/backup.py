"""Copies of the ledger by SQLite's backup, and the way back to one when the ledger is lost.

A copy is named after its generation, the count of writes, which no clock can turn back.
"""

import logging
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from kling_desktop.library import disk
from kling_desktop.library.failures import DamagedError, database_failure
from kling_desktop.library.ledger import SqliteLedger, open_ledger
from kling_desktop.library.witness import Witness

_log = logging.getLogger(__name__)
COPIES_KEPT = 7
_DIGITS = 12


def keep_backup(ledger: SqliteLedger, folder: Path) -> Path:
    """A whole copy of the ledger in `folder`, the oldest beyond seven removed.

    Nothing is written when the newest copy is as new as the ledger. Raises StorageError, the
    copies before it left as they are.
    """
    copy = folder / f"ledger-{ledger.generation:0{_DIGITS}}.sqlite"
    if copy.exists():
        return copy
    part = copy.with_suffix(".part")
    try:
        disk.make_folder(folder)
        part.unlink(missing_ok=True)
        disk.write_new(part, ())
        ledger.copy_to(part)
        if not _is_whole(part):
            raise sqlite3.DatabaseError("the copy is not whole")
        disk.sync_file(part)
        part.replace(copy)
        disk.sync_folder(folder)
        for old in _copies(folder)[COPIES_KEPT:]:
            old.unlink(missing_ok=True)
    except (OSError, sqlite3.Error) as problem:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise database_failure(copy, problem) from problem
    return copy


def open_kept_ledger(
    path: Path, backups: Path, witness: Witness, *, may_start_anew: bool = False
) -> SqliteLedger:
    """The ledger at `path`; from its newest good copy where it is lost, damaged or older.

    What stood there is set aside, never deleted. Raises StorageError, also for a damaged ledger
    without a copy, unless a person allowed to start anew.
    """
    try:
        if not path.is_file() or path.stat().st_size == 0:
            _restore(path, backups)
        ledger = _opened(path, backups, witness, may_start_anew=may_start_anew)
        newest = _newest(backups)
        if newest is not None and _generation(newest) > ledger.generation:
            ledger.close()
            _restore(path, backups)
            ledger = open_ledger(path, witness)
    except OSError as problem:
        raise database_failure(path, problem) from problem
    return ledger


def _opened(path: Path, backups: Path, witness: Witness, *, may_start_anew: bool) -> SqliteLedger:
    try:
        return open_ledger(path, witness)
    except DamagedError:
        if not _restore(path, backups):
            if not may_start_anew:
                raise
            _set_aside(path)
        return open_ledger(path, witness)


def _restore(path: Path, backups: Path) -> bool:
    newest = _newest(backups)
    if newest is None:
        return False
    _log.warning("the ledger is restored from %s", newest.name)
    part = path.with_name(path.name + ".part")
    shutil.copyfile(newest, part)
    part.chmod(0o600)
    disk.sync_file(part)
    _set_aside(path)
    part.replace(path)
    disk.sync_folder(path.parent)
    return True


def _set_aside(path: Path) -> None:
    number = 1
    while (aside := path.with_name(f"{path.stem}.set-aside-{number}{path.suffix}")).exists():
        number += 1
    # The log goes first: beside another file it would be played into that one.
    for end in ("-wal", "-shm", ""):
        file = path.with_name(path.name + end)
        if file.exists():
            file.replace(aside.with_name(aside.name + end))


def _newest(backups: Path) -> Path | None:
    return next((copy for copy in _copies(backups) if _is_whole(copy)), None)


def _copies(backups: Path) -> list[Path]:
    """Newest first."""
    return sorted(backups.glob(f"ledger-{'[0-9]' * _DIGITS}.sqlite"), reverse=True)


def _generation(copy: Path) -> int:
    return int(copy.stem.removeprefix("ledger-"))


def _is_whole(copy: Path) -> bool:
    # Nobody writes a copy, so SQLite need not look for a log beside it.
    try:
        address = f"{copy.absolute().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            connection.execute("SELECT count(*) FROM tasks").fetchone()
            return found == "ok"
    except sqlite3.Error:
        return False
