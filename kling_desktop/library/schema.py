"""Opening our databases: creation, migration by plain SQL, a copy before it, refusal of newer ones.

Steps are SQL alone, never today's classes, so that an old file always meets the step it was
written for.
"""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from kling_desktop.library.failures import damaged_database, database_failure, database_refused
from kling_desktop.text import t

Step = tuple[str, ...]
"""The statements that lead from one `user_version` to the next."""

BUSY_S = 5.0
_PRIVATE_FOLDER = 0o700
_PRIVATE_FILE = 0o600


def open_database(path: Path, steps: tuple[Step, ...]) -> sqlite3.Connection:
    """The one writing connection, at the newest version, made if it was not there.

    Every commit is synced (`synchronous=FULL`). Raises StorageError, the file left as it was, if
    it is damaged, locked, or from a newer version of the app.
    """
    try:
        _create_private(path)
        connection = _connect(path, "rw")
        try:
            _set_up(connection, path, steps)
        except BaseException:
            connection.close()
            raise
    except (sqlite3.Error, OSError) as problem:
        raise database_failure(path, problem) from problem
    return connection


def reopen_database(path: Path) -> sqlite3.Connection:
    """Another writing connection in place of a failed one. Raises sqlite3.Error."""
    connection = _connect(path, "rw")
    _set_pragmas(connection)
    return connection


def open_for_reading(path: Path) -> sqlite3.Connection:
    """A connection that cannot write or checkpoint. Raises sqlite3.Error, also if there is none."""
    connection = _connect(path, "ro")
    connection.execute("PRAGMA query_only = ON")
    return connection


def version_of(connection: sqlite3.Connection) -> int:
    """The `user_version`: how many steps this file has been through."""
    return connection.execute("PRAGMA user_version").fetchone()[0]


def _create_private(path: Path) -> None:
    path.parent.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE_FILE))
    except FileExistsError:
        return


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=BUSY_S,
        isolation_level=None,
        check_same_thread=False,  # opened by one thread, then used by one other
    )
    connection.row_factory = sqlite3.Row
    return connection


def _set_up(connection: sqlite3.Connection, path: Path, steps: tuple[Step, ...]) -> None:
    version = version_of(connection)
    if version > len(steps):
        raise database_refused(
            path,
            t(
                "It was written by a newer version of Kling Desktop. Nothing in it was changed. "
                "Please use that version, or a newer one."
            ),
        )
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise damaged_database(path, found)
    _set_pragmas(connection)
    if 0 < version < len(steps):
        _keep_copy(connection, path.with_name(f"{path.stem}.before-v{len(steps)}{path.suffix}"))
    for number in range(version, len(steps)):
        _take(connection, steps[number], number + 1)


def _set_pragmas(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _keep_copy(connection: sqlite3.Connection, copy: Path) -> None:
    # By SQLite's backup, since a copied file would lack what still stands in the log beside it.
    part = copy.with_name(copy.name + ".part")
    part.unlink(missing_ok=True)
    _create_private(part)
    with closing(_connect(part, "rw")) as target:
        connection.backup(target)
    part.replace(copy)


def _take(connection: sqlite3.Connection, step: Step, version: int) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statement in step:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {version}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
