"""`ledger.sqlite`: the only book about money and the life of tasks. Never rebuilt, never pruned."""

import logging
import sqlite3
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from kling_desktop.domain.errors import BugError, Remedy, StorageError
from kling_desktop.domain.tasks import Output, Task, TaskState, check_transition
from kling_desktop.library.failures import database_failure, database_refused, sqlite_code
from kling_desktop.library.ledger_sql import (
    attempts,
    insert,
    meta,
    one_task,
    overtaken,
    put_meta,
    put_outputs,
    replace_task,
    tasks,
)
from kling_desktop.library.ledger_steps import STEPS
from kling_desktop.library.rows import Row, task_row
from kling_desktop.library.schema import open_database, open_for_reading, reopen_database
from kling_desktop.library.witness import Seen, Witness
from kling_desktop.text import t

_log = logging.getLogger(__name__)
_COUNT_THE_WRITE = (
    "INSERT INTO meta VALUES ('generation', '1') "
    "ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1"
)
LARGEST_RAW_BYTES = 64 * 1024
UNREADABLE = (sqlite3.Error, ValueError, KeyError)  # the file's fault, or a row's


def open_ledger(path: Path, witness: Witness | None = None) -> "SqliteLedger":
    """The ledger at `path`, made or brought to the newest version where needed.

    With a `witness`, an older or another ledger than was last seen comes up for review.

    Raises StorageError, the file left as it was, if it is damaged, locked or newer than us.
    """
    ledger = SqliteLedger(path, open_database(path, STEPS), witness)
    try:
        ledger.compare_with_witness()
    except BaseException:
        ledger.close()
        raise
    return ledger


def read_tasks(path: Path) -> list[Task]:
    """Every task, oldest first, without owning the home; empty where there is no ledger yet."""
    if not path.exists():
        return []
    try:
        with closing(open_for_reading(path)) as connection:
            return tasks(connection)
    except UNREADABLE as problem:
        raise database_failure(path, problem) from problem


def read_task(path: Path, id: str) -> Task | None:
    """One task, without owning the home; None where it is not. Raises StorageError."""
    if not path.exists():
        return None
    try:
        with closing(open_for_reading(path)) as connection:
            connection.execute("BEGIN")  # both tables as of one moment
            return one_task(connection, "id = ?", id)
    except UNREADABLE as problem:
        raise database_failure(path, problem) from problem


class SqliteLedger:
    """Satisfies `engine.ports.Ledger`. One writer connection, used by one thread at a time.

    After a failed write nothing of it stands, and the ledger can be used again.
    """

    def __init__(
        self, path: Path, connection: sqlite3.Connection, witness: Witness | None = None
    ) -> None:
        self._path = path
        self._connection = connection
        self._witness = witness
        self.needs_review = False
        self._identity = _identity(path)

    def close(self) -> None:
        """Close the connection; the ledger is not used afterwards."""
        self._connection.close()

    def check(self) -> None:
        """Raise StorageError unless the file on disk is still the one that was opened.

        Commits to a deleted or replaced file succeed, and are lost.
        """
        try:
            is_same = _identity(self._path) == self._identity
        except OSError:
            is_same = False
        if not is_same:
            raise database_refused(
                self._path,
                t("The file was moved or replaced while Kling Desktop was open."),
                Remedy.REPORT_BUG,
            )

    def add(self, task: Task) -> None:
        """Write a new task in the state and with the outputs it has."""
        with self.writing() as connection:
            insert(connection, "tasks", task_row(task))
            put_outputs(connection, task.id, task.outputs)

    def move(self, task: Task, expected: TaskState) -> Task:
        """Replace the row, state and outputs included, if it is `expected` at `task.revision`.

        Returns the task as written. Raises StorageError if the row was another by then, BugError
        if no task may go that way.
        """
        check_transition(expected, task.state)
        with self.writing() as connection:
            return replace_task(connection, task, expected)

    def begin_attempt(self, task: Task, expected: TaskState) -> Task:
        """Commit SENDING and the next attempt row together; `attempts` is counted here."""
        if task.state is not TaskState.SENDING:
            raise BugError(f"an attempt begins as sending, not as {task.state}")
        check_transition(expected, task.state)
        with self.writing() as connection:
            counted = replace(task, attempts=attempts(connection, task.id) + 1)
            written = replace_task(connection, counted, expected)
            attempt: Row = {
                "task": task.id,
                "number": written.attempts,
                "body_sha256": task.body_sha256,
                "account": task.account,
                "begun_at_ms": task.updated_at_ms,
            }
            insert(connection, "attempts", attempt)
        self._tell_witness()
        return written

    def end_attempt(self, task: Task, outcome: str, raw: str) -> Task:
        """Commit the outcome of the running attempt together with the task's next state.

        `raw` is the provider's answer without credentials; what exceeds 64 KiB is cut off.
        """
        check_transition(TaskState.SENDING, task.state)
        with self.writing() as connection:
            number = attempts(connection, task.id)
            written = replace_task(connection, replace(task, attempts=number), TaskState.SENDING)
            ended = connection.execute(
                "UPDATE attempts SET ended_at_ms = ?, outcome = ?, raw = ? "
                "WHERE task = ? AND number = ? AND outcome IS NULL",
                (task.updated_at_ms, outcome, _cut(raw), task.id, number),
            )
            if ended.rowcount != 1:
                raise BugError(f"attempt {number} of {task.id} is not running")
        self._tell_witness()
        return written

    def save_outputs(self, task: Task, outputs: Sequence[Output]) -> Task:
        """Commit `outputs` over those with the same index; the others stay as they are.

        Several downloads of one task may do so in any order, each with an older snapshot: only
        the state must still be the task's. Returns the task as it now stands.
        """
        with self.writing() as connection:
            grown = connection.execute(
                "UPDATE tasks SET revision = revision + 1, updated_at_ms = max(updated_at_ms, ?) "
                "WHERE id = ? AND state = ?",
                (task.updated_at_ms, task.id, task.state.value),
            )
            if grown.rowcount != 1:
                raise overtaken(task)
            put_outputs(connection, task.id, outputs)
            return one_task(connection, "id = ?", task.id) or task

    def get(self, id: str) -> Task | None:
        """One task, by our id."""
        return self._find("id = ?", id)

    def all(self) -> Sequence[Task]:
        """Every task, oldest first."""
        with self.reading() as connection:
            return tasks(connection)

    def by_external_id(self, provider: str, account: str, external_task_id: str) -> Task | None:
        """Which task used this id at this account."""
        return self._find(
            "provider = ? AND account = ? AND external_task_id = ?",
            provider,
            account,
            external_task_id,
        )

    def by_task_id(self, provider: str, base_url: str | None, task_id: str) -> Task | None:
        """Which task is linked to this provider's id."""
        return self._find(
            "provider = ? AND coalesce(base_url, '') = ? AND task_id = ?",
            provider,
            base_url or "",
            task_id,
        )

    def outcomes(self, id: str) -> Sequence[str]:
        """How each attempt of a task ended, oldest first; "" for one that has not."""
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT coalesce(outcome, '') FROM attempts WHERE task = ? ORDER BY number", (id,)
            )
            return [row[0] for row in rows]

    def recent_twin(self, request_sha256: str, since_ms: int) -> Task | None:
        """The newest task that asked for the same since then, drafts and refusals left out."""
        return self._find(
            "request_sha256 = ? AND created_at_ms >= ? AND state NOT IN ('draft', 'refused') "
            "ORDER BY created_at_ms DESC LIMIT 1",
            request_sha256,
            since_ms,
        )

    def library_id(self) -> str | None:
        """The id of the library folder whose files this ledger speaks of."""
        with self.reading() as connection:
            return meta(connection, "library_id")

    def remember_library(self, library_id: str) -> None:
        """Keep the id of the library folder, so that an empty one in its place is noticed."""
        with self.writing() as connection:
            put_meta(connection, "library_id", library_id)

    @property
    def generation(self) -> int:
        """How many writes this ledger has taken in, at least. Grows with each one."""
        with self.reading() as connection:
            return int(meta(connection, "generation") or 0)

    def copy_to(self, path: Path) -> None:
        """A copy as of one moment by SQLite's backup, over the empty file `path`.

        Works also when the ledger's own file was deleted meanwhile. Raises sqlite3.Error.
        """
        with closing(sqlite3.connect(path)) as target:
            self._connection.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")

    def compare_with_witness(self) -> None:
        """Come up for review if the witness has seen another or a newer ledger."""
        seen = self._witness.read() if self._witness else None
        if self._witness is None or seen is None:
            return
        if seen.is_review or seen.ledger != self._id() or seen.generation > self.generation:
            self._witness.write(replace(seen, is_review=True))
            self.needs_review = True

    def accept(self) -> None:
        """A person has looked and said go. Raises StorageError."""
        if self._witness is None:
            return
        seen = self._witness.read()
        if seen is not None and seen.generation > self.generation:
            # Later than all that was ever seen, so that newer copies count as newer.
            with self.writing() as connection:
                put_meta(connection, "generation", str(seen.generation))
        self._witness.write(Seen(self._id(), self.generation))
        self.needs_review = False

    def _tell_witness(self) -> None:
        if self._witness is None or self.needs_review:
            return
        try:
            self._witness.write(Seen(self._id(), self.generation))
        except StorageError:
            # The ledger has it; an older witness only notices less.
            _log.exception("the witness of the ledger was not written")

    def _id(self) -> str:
        with self.reading() as connection:
            return meta(connection, "ledger_id") or ""

    def _find(self, condition: str, *values: object) -> Task | None:
        with self.reading() as connection:
            return one_task(connection, condition, *values)

    @contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        """The connection, for questions. Raises StorageError for what goes wrong meanwhile."""
        try:
            yield self._connection
        except UNREADABLE as problem:
            raise database_failure(self._path, problem) from problem

    @contextmanager
    def writing(self) -> Generator[sqlite3.Connection]:
        """One transaction, synced when it ends; nothing of it stands when it raises."""
        self.check()
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield self._connection
            self._connection.execute(_COUNT_THE_WRITE)
            self._connection.execute("COMMIT")
        except BaseException as problem:
            self._roll_back(problem)
            if isinstance(problem, sqlite3.Error):
                raise database_failure(self._path, problem) from problem
            raise

    def _roll_back(self, problem: BaseException) -> None:
        # After a failed sync the pages in memory prove nothing, so the file is read anew; a file
        # that is gone stays gone (`mode=rw`), and the next use says so.
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            if isinstance(problem, Exception) and sqlite_code(problem) == sqlite3.SQLITE_IOERR:
                fresh = reopen_database(self._path)
                self._connection.close()
                self._connection = fresh
        except sqlite3.Error as second:
            problem.add_note(f"and then: {second}")


def _identity(path: Path) -> tuple[int, int]:
    facts = path.stat()
    return facts.st_dev, facts.st_ino


def _cut(raw: str) -> str:
    return raw.encode("utf-8", "replace")[:LARGEST_RAW_BYTES].decode("utf-8", "ignore")
