"""Tasks and outputs as rows of the ledger, and back. The column names stand here and in `ledger`.

Money is kept as text and never as a float.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any, cast

from kling_desktop.domain import recipes
from kling_desktop.domain.errors import ErrorRecord, Remedy
from kling_desktop.domain.findings import Candidate
from kling_desktop.domain.media import MediaKind
from kling_desktop.domain.money import Cost, CostBasis
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.tasks import Output, OutputState, Task, TaskState

Row = dict[str, Any]

_PLAIN = (
    "id",
    "provider",
    "base_url",
    "account",
    "external_task_id",
    "task_id",
    "request_sha256",
    "body_sha256",
    "created_at_ms",
    "updated_at_ms",
    "revision",
    "attempts",
    "consents",
    "first_sent_at_ms",
    "unclear_since_ms",
    "not_before_ms",
    "remote_created_at_ms",
    "remote_status",
    "result_url_seen_at_ms",
    "finished_at_ms",
    "took_ms",
    "twin_of",
)
_OUTPUT_PLAIN = (
    "url",
    "watermark_url",
    "sha256",
    "size_bytes",
    "width",
    "height",
    "duration_s",
)
_LARGEST_INTEGER = 2**63 - 1


def task_row(task: Task) -> Row:
    """The columns of `tasks` for a task, its outputs apart.

    The recipe leaves the person's own external id out, which is `external_task_id` already.
    """
    row: Row = {name: _storable(getattr(task, name)) for name in _PLAIN}
    row["kind"] = task.kind.value
    row["state"] = task.state.value
    row["is_watched"] = int(task.is_watched)
    row["request"] = json.dumps(recipes.to_json(task.request))
    row["cost_units"] = None if task.cost.units is None else str(task.cost.units)
    row["cost_basis"] = task.cost.basis.value
    row["candidates"] = json.dumps([asdict(candidate) for candidate in task.candidates])
    row["error"] = None if task.error is None else json.dumps(asdict(task.error))
    return row


def output_row(task_id: str, output: Output) -> Row:
    """The columns of `outputs` for one result of the task with our id `task_id`."""
    row: Row = {name: _storable(getattr(output, name)) for name in _OUTPUT_PLAIN}
    row["task"] = task_id
    row["number"] = output.index
    row["media"] = output.media.value
    row["state"] = output.state.value
    row["file"] = _path_text(output.file)
    row["watermarked_file"] = _path_text(output.watermarked_file)
    return row


def task_from_row(row: sqlite3.Row, outputs: Iterable[sqlite3.Row]) -> Task:
    """The task that `task_row` and `output_row` wrote."""
    plain = {name: row[name] for name in _PLAIN}
    units = row["cost_units"]
    return Task(
        kind=TaskKind(row["kind"]),
        state=TaskState(row["state"]),
        is_watched=bool(row["is_watched"]),
        request=recipes.from_json(json.loads(row["request"])),
        cost=Cost(None if units is None else Decimal(units), CostBasis(row["cost_basis"])),
        error=_error_from(row["error"]),
        outputs=tuple(_output_from(output) for output in outputs),
        candidates=tuple(Candidate(**values) for values in json.loads(row["candidates"])),
        **plain,
    )


def _output_from(row: sqlite3.Row) -> Output:
    plain = {name: row[name] for name in _OUTPUT_PLAIN}
    return Output(
        index=row["number"],
        media=MediaKind(row["media"]),
        state=OutputState(row["state"]),
        file=_path_from(row["file"]),
        watermarked_file=_path_from(row["watermarked_file"]),
        **plain,
    )


def _error_from(text: str | None) -> ErrorRecord | None:
    if text is None:
        return None
    values = cast(dict[str, Any], json.loads(text))
    return ErrorRecord(
        values["title"], values["detail"], Remedy(values["remedy"]), values.get("code")
    )


def _storable(value: object) -> object:
    # A server's text may hold lone surrogates and its times any number: neither may cost us the
    # commit that carries a task id.
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, int) and abs(value) > _LARGEST_INTEGER:
        return None
    return value


def _path_text(path: PurePosixPath | None) -> str | None:
    return None if path is None else path.as_posix()


def _path_from(text: str | None) -> PurePosixPath | None:
    return None if text is None else PurePosixPath(text)
