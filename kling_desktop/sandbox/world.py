"""The sandbox's book: every accepted task, every picture sent, in one SQLite file.

A task is committed, synced to disk, before anyone hears of it; external ids are unique in the
same transaction, over both kinds and over every process that shares the file. Status is never
written: it follows from the creation time, so it advances while no process runs.
"""

import json
import os
import secrets
import sqlite3
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from kling_desktop.sandbox.documents import Kind
from kling_desktop.sandbox.orders import Role
from kling_desktop.sandbox.refusals import already_exists, too_many_at_once

_FILE = "world.sqlite"
_SCHEMA_VERSION = 1
_SCHEMA = """
create table tasks (
    task_id integer primary key,
    external_task_id text unique,
    kind text not null,
    created_ms integer not null,
    processing_ms integer not null,
    done_ms integer not null,
    slots integer not null,
    units text not null,
    failure text,
    recipe text not null
) strict;
create index tasks_by_end on tasks (done_ms);
create table pictures (
    sha256 text primary key,
    jpeg blob not null
) strict, without rowid;
create table uses (
    task_id integer not null references tasks,
    sha256 text not null references pictures,
    primary key (task_id, sha256)
) strict, without rowid;
"""
# As many at once as the documented trial packs allow (facts.md section 7): an image task takes
# as many slots as it makes pictures, a video takes one.
_SLOTS = {Kind.IMAGE: 9, Kind.VIDEO: 5}


_CLEARED_AFTER_MS = 30 * 24 * 3600 * 1000  # as the real service does (S1)


class Status(StrEnum):
    """The words of S1."""

    SUBMITTED = "submitted"
    PROCESSING = "processing"
    SUCCEED = "succeed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a painter finds one picture: kept under `sha256`, or only the name of a `host`."""

    role: Role
    sha256: str | None = None
    host: str | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that painting needs. The words of a prompt are not among it and are not kept."""

    aspect_ratio: str
    sources: tuple[Source, ...]
    count: int
    mode: str
    duration_s: int
    is_watermarked: bool


@dataclass(frozen=True, slots=True)
class NewTask:
    """An order that was found good. `failure` is the reason for which the task will fail."""

    kind: Kind
    external_task_id: str | None
    recipe: Recipe
    slots: int
    units: Decimal
    failure: str | None
    submitted_for_ms: int
    runs_for_ms: int


@dataclass(frozen=True, slots=True)
class Task:
    """An accepted task. Times in Unix milliseconds; `units` is what Kling would deduct."""

    task_id: int
    external_task_id: str | None
    kind: Kind
    created_ms: int
    processing_ms: int
    done_ms: int
    failure: str | None
    recipe: Recipe

    def status(self, now_ms: int) -> Status:
        """How far it is now."""
        if now_ms >= self.done_ms:
            return Status.FAILED if self.failure else Status.SUCCEED
        return Status.PROCESSING if now_ms >= self.processing_ms else Status.SUBMITTED

    def is_cleared(self, now_ms: int) -> bool:
        """Whether its results are gone, as they are after 30 days."""
        return now_ms - self.created_ms > _CLEARED_AFTER_MS

    def updated_ms(self, now_ms: int) -> int:
        """When the present status began."""
        moments = (self.created_ms, self.processing_ms, self.done_ms)
        return max(moment for moment in moments if moment <= max(now_ms, self.created_ms))


class World:
    """The open book of one folder. Blocking and thread-safe; raises OSError or sqlite3.Error."""

    def __init__(self, folder: Path, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._lock = threading.Lock()
        file = folder / _FILE
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))  # SQLite gives its WAL the same mode
        self._connection = sqlite3.connect(
            file, timeout=10, isolation_level=None, check_same_thread=False
        )
        self._connection.row_factory = sqlite3.Row
        self._prepare()

    def close(self) -> None:
        """Close the file. The world may be opened again."""
        with self._lock:
            self._connection.close()

    def accept(self, new: NewTask, pictures: Mapping[str, bytes]) -> Task:
        """Commit a task and the pictures it needs, by hash. Raises Refusal: then nothing exists."""
        with self._writing() as connection:
            now_ms = self._now_ms()
            self._check_unused(connection, new.external_task_id)
            self._check_slots(connection, new, now_ms)
            task_id = _next_task_id(connection, now_ms)
            processing_ms = now_ms + new.submitted_for_ms
            connection.execute(
                "insert into tasks values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    task_id,
                    new.external_task_id,
                    new.kind.value,
                    now_ms,
                    processing_ms,
                    now_ms + new.runs_for_ms,
                    new.slots,
                    str(new.units),
                    new.failure,
                    json.dumps(asdict(new.recipe)),
                ),
            )
            connection.executemany("insert or ignore into pictures values (?, ?)", pictures.items())
            connection.executemany(
                "insert into uses values (?, ?)", ((task_id, sha256) for sha256 in pictures)
            )
            row = connection.execute("select * from tasks where task_id = ?", (task_id,))
            return _task(row.fetchone())

    def find(self, kind: Kind, id: str) -> Task | None:
        """A task by its own id or by its external id."""
        number = int(id) if id.isascii() and id.isdigit() and len(id) < 19 else -1
        rows = self._read(
            "select * from tasks where kind = ? and (task_id = ? or external_task_id = ?)"
            " order by task_id = ? desc limit 1",
            (kind.value, number, id, number),
        )
        return _task(rows[0]) if rows else None

    def page(self, kind: Kind, number: int, size: int) -> list[Task]:
        """The `number`th page, from 1, newest first."""
        rows = self._read(
            "select * from tasks where kind = ? order by task_id desc limit ? offset ?",
            (kind.value, size, (number - 1) * size),
        )
        return [_task(row) for row in rows]

    def picture(self, sha256: str) -> bytes | None:
        """A kept picture as JPEG; None when it was cleared."""
        rows = self._read("select jpeg from pictures where sha256 = ?", (sha256,))
        return rows[0]["jpeg"] if rows else None

    def creations(self) -> int:
        """How many tasks were ever accepted."""
        return self._read("select count(*) as total from tasks", ())[0]["total"]

    def spent_units(self, kind: Kind) -> Decimal:
        """What Kling would have deducted by now: finished tasks that did not fail."""
        rows = self._read(
            "select units from tasks where kind = ? and failure is null and done_ms <= ?",
            (kind.value, self._now_ms()),
        )
        return sum((Decimal(row["units"]) for row in rows), Decimal(0))

    def clear(self) -> set[int]:
        """Forget the pictures of old tasks; the tasks stay. Returns the ids of the others."""
        oldest_ms = self._now_ms() - _CLEARED_AFTER_MS
        with self._writing() as connection:
            connection.execute(
                "delete from uses where task_id in"
                " (select task_id from tasks where created_ms < ?)",
                (oldest_ms,),
            )
            connection.execute("delete from pictures where sha256 not in (select sha256 from uses)")
            query = "select task_id from tasks where created_ms >= ?"
            return {row["task_id"] for row in connection.execute(query, (oldest_ms,))}

    def _prepare(self) -> None:
        self._connection.execute("pragma journal_mode = wal")
        self._connection.execute("pragma synchronous = full")
        self._connection.execute("pragma foreign_keys = on")
        with self._writing() as connection:
            version = connection.execute("pragma user_version").fetchone()[0]
            if version > _SCHEMA_VERSION:
                raise OSError(f"{_FILE} was written by a newer version of the app")
            if version == 0:
                for statement in _SCHEMA.split(";"):
                    connection.execute(statement)
                connection.execute(f"pragma user_version = {_SCHEMA_VERSION}")

    @contextmanager
    def _writing(self) -> Generator[sqlite3.Connection]:
        """One transaction that no other process can interleave with."""
        with self._lock:
            self._connection.execute("begin immediate")
            try:
                yield self._connection
                self._connection.execute("commit")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("rollback")
                raise

    def _read(self, query: str, values: Sequence[Any]) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    def _check_unused(self, connection: sqlite3.Connection, external_task_id: str | None) -> None:
        query = "select 1 from tasks where external_task_id = ?"
        if external_task_id and connection.execute(query, (external_task_id,)).fetchone():
            raise already_exists(external_task_id)

    def _check_slots(self, connection: sqlite3.Connection, new: NewTask, now_ms: int) -> None:
        query = "select coalesce(sum(slots), 0) from tasks where kind = ? and done_ms > ?"
        taken = connection.execute(query, (new.kind.value, now_ms)).fetchone()[0]
        if taken + new.slots > _SLOTS[new.kind]:
            raise too_many_at_once()


def created_external_ids(folder: Path) -> list[str]:
    """The external ids of every task ever accepted in `folder`, oldest first, one per creation.

    Reads the file from outside, whether or not a sandbox runs there; a task without an external
    id counts as an empty string.
    """
    file = folder / _FILE
    if not file.exists():
        return []
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=10)
    try:
        rows = connection.execute("select external_task_id from tasks order by task_id")
        return [row[0] or "" for row in rows]
    finally:
        connection.close()


def _next_task_id(connection: sqlite3.Connection, now_ms: int) -> int:
    """Beyond 2^53, as the real ones are, and growing with time in whichever process."""
    newest = connection.execute("select coalesce(max(task_id), 0) from tasks").fetchone()[0]
    return max((now_ms << 19) | secrets.randbits(19), newest + 1)


def _task(row: sqlite3.Row) -> Task:
    fields = json.loads(row["recipe"])
    sources = tuple(
        Source(Role(source["role"]), source["sha256"], source["host"])
        for source in fields.pop("sources")
    )
    return Task(
        task_id=row["task_id"],
        external_task_id=row["external_task_id"],
        kind=Kind(row["kind"]),
        created_ms=row["created_ms"],
        processing_ms=row["processing_ms"],
        done_ms=row["done_ms"],
        failure=row["failure"],
        recipe=Recipe(sources=sources, **fields),
    )
