"""Failures of the disk and of SQLite, said for people. The cause stays attached as `__cause__`."""

import errno
import sqlite3
from pathlib import Path

from kling_desktop.domain.errors import ErrorRecord, Remedy, StorageError
from kling_desktop.text import t

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_CLOSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_PRIMARY_CODE = 0xFF
"""SQLite's extended codes carry the primary code in their lowest byte."""

_SQLITE_REMEDIES = {
    sqlite3.SQLITE_FULL: Remedy.FREE_SPACE,
    sqlite3.SQLITE_BUSY: Remedy.CLOSE_OTHER,
    sqlite3.SQLITE_LOCKED: Remedy.CLOSE_OTHER,
    sqlite3.SQLITE_READONLY: Remedy.FIX_SETTINGS,
    sqlite3.SQLITE_PERM: Remedy.FIX_SETTINGS,
    sqlite3.SQLITE_CANTOPEN: Remedy.FIX_SETTINGS,
    sqlite3.SQLITE_IOERR: Remedy.RETRY,
}


def sqlite_code(problem: Exception) -> int:
    """SQLite's primary result code of an exception, 0 where it has none."""
    return getattr(problem, "sqlite_errorcode", 0) & _PRIMARY_CODE


class DamagedError(StorageError):
    """A database is not whole, or is none: a copy of it is needed."""


_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def damaged_database(path: Path, reason: object) -> DamagedError:
    """What to raise for a database that is not whole."""
    record = ErrorRecord(
        t("“{name}” is damaged", name=path.name),
        t(
            "{reason}. It was left as it is, and nothing was sent. To set it aside and start a "
            "new one: “kling-desktop library --accept”.",
            reason=reason,
        ),
        Remedy.FIX_SETTINGS,
    )
    return DamagedError(record)


def database_failure(path: Path, problem: Exception) -> StorageError:
    """What to raise when SQLite refused to read or write the database at `path`."""
    if sqlite_code(problem) in _DAMAGED:
        return damaged_database(path, problem)
    remedy = _SQLITE_REMEDIES.get(sqlite_code(problem), Remedy.NONE)
    if remedy is Remedy.FREE_SPACE:
        detail = t("The disk is full, so nothing more can be written down.")
    else:
        detail = t("SQLite says: {reason}.", reason=problem)
    title = t("“{name}” cannot be relied on", name=path.name)
    return StorageError(ErrorRecord(title, detail, remedy))


def database_refused(path: Path, detail: str, remedy: Remedy = Remedy.NONE) -> StorageError:
    """What to raise when the database at `path` can be read but must not be used."""
    return StorageError(ErrorRecord(t("“{name}” is not used", name=path.name), detail, remedy))


def folder_failure(problem: OSError) -> StorageError:
    """What to raise when a file in the library could not be read or written."""
    title = t("The library folder cannot be used")
    if problem.errno in _FULL:
        detail, remedy = t("The disk is full."), Remedy.FREE_SPACE
    elif problem.errno in _CLOSED:
        detail, remedy = t("Writing there is not allowed."), Remedy.FIND_LIBRARY
    else:
        reason = problem.strerror or type(problem).__name__
        detail, remedy = t("The system says: {reason}.", reason=reason), Remedy.RETRY
    return StorageError(ErrorRecord(title, detail, remedy))


def library_missing(detail: str, *, can_be_accepted: bool = True) -> StorageError:
    """What to raise when the folder is not there, or is another one than expected."""
    if can_be_accepted:
        way_out = t(
            "Connect the drive or put the folder back; or take the one chosen in the settings as "
            "it is with “kling-desktop library --accept”."
        )
        detail = f"{detail} {way_out}"
    record = ErrorRecord(t("The library folder was not found"), detail, Remedy.FIND_LIBRARY)
    return StorageError(record)


def disk_nearly_full(free_bytes: int, reserve_bytes: int) -> StorageError:
    """What to raise while less than the reserve is free."""
    detail = t(
        "{free} MB are free, and {reserve} MB are kept for what was bought already. Nothing more "
        "is sent or fetched until there is room; results wait at the provider.",
        free=free_bytes // 2**20,
        reserve=reserve_bytes // 2**20,
    )
    return StorageError(ErrorRecord(t("The disk is nearly full"), detail, Remedy.FREE_SPACE))
