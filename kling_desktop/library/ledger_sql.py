"""The statements of the ledger: rows in and out of an open connection, inside a transaction."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from kling_desktop.domain.errors import ErrorRecord, Remedy, StorageError
from kling_desktop.domain.tasks import Output, Task, TaskState
from kling_desktop.library.rows import Row, output_row, task_from_row, task_row
from kling_desktop.text import t


def meta(connection: sqlite3.Connection, name: str) -> str | None:
    """A value of the ledger about itself."""
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return None if row is None else row[0]


def put_meta(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Keep such a value."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))


def tasks(connection: sqlite3.Connection) -> list[Task]:
    """Every task, oldest first, as of one moment."""
    connection.execute("BEGIN")  # both tables as of one moment
    try:
        outputs: defaultdict[str, list[sqlite3.Row]] = defaultdict(list)
        for row in connection.execute("SELECT * FROM outputs ORDER BY task, number"):
            outputs[row["task"]].append(row)
        rows = connection.execute("SELECT * FROM tasks ORDER BY created_at_ms, rowid")
        return [task_from_row(row, outputs.get(row["id"], ())) for row in rows]
    finally:
        connection.execute("COMMIT")


def one_task(connection: sqlite3.Connection, condition: str, *values: object) -> Task | None:
    """The first task under `condition`, which is a constant of ours."""
    # `condition` is one of the constants of this module.
    row = connection.execute(f"SELECT * FROM tasks WHERE {condition}", values).fetchone()  # noqa: S608
    if row is None:
        return None
    outputs = connection.execute(
        "SELECT * FROM outputs WHERE task = ? ORDER BY number", (row["id"],)
    )
    return task_from_row(row, outputs.fetchall())


def attempts(connection: sqlite3.Connection, id: str) -> int:
    """How many attempts a task had."""
    row = connection.execute("SELECT attempts FROM tasks WHERE id = ?", (id,)).fetchone()
    return 0 if row is None else row[0]


def replace_task(connection: sqlite3.Connection, task: Task, expected: TaskState) -> Task:
    """Write the row if it is `expected` at its revision; the task as written."""
    written = replace(task, revision=task.revision + 1)
    row = task_row(written)
    columns = ", ".join(f"{name} = :{name}" for name in row)
    swapped = connection.execute(
        f"UPDATE tasks SET {columns} "  # noqa: S608 - our own column names
        "WHERE id = :id AND state = :expected AND revision = :seen",
        row | {"expected": expected.value, "seen": task.revision},
    )
    if swapped.rowcount != 1:
        raise overtaken(task)
    put_outputs(connection, task.id, task.outputs)
    return written


def put_outputs(connection: sqlite3.Connection, id: str, outputs: Iterable[Output]) -> None:
    """Write results over those with the same index."""
    for output in outputs:
        insert(connection, "outputs", output_row(id, output), "INSERT OR REPLACE")


def insert(connection: sqlite3.Connection, table: str, row: Row, verb: str = "INSERT") -> None:
    """Write a row."""
    names = ", ".join(row)
    places = ", ".join(f":{name}" for name in row)
    connection.execute(f"{verb} INTO {table} ({names}) VALUES ({places})", row)


def overtaken(task: Task) -> StorageError:
    """What to raise when a row was another by then."""
    record = ErrorRecord(
        t("A task changed in the meantime"),
        t("Task {id} is no longer as it was; nothing was written over it.", id=task.id),
        Remedy.REPORT_BUG,
    )
    return StorageError(record)
