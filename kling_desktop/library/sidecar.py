"""The JSON beside each result: everything needed to make it again, or to rebuild the index.

No address of a result, no credential and no path of this computer stands in it. Keys that we do
not know are somebody's: they survive every rewrite.
"""

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, cast

from kling_desktop.domain import recipes
from kling_desktop.domain.media import Asset, MediaKind
from kling_desktop.domain.tasks import Output, Task
from kling_desktop.library import disk

FORMAT = 1
SUFFIX = ".json"
_SANDBOX = "sandbox"
_LARGEST_BYTES = 4 * 1024 * 1024

Json = dict[str, Any]


class NotASidecarError(Exception):
    """The file cannot be understood. `is_newer` when it is from a newer version of the app."""

    def __init__(self, reason: str, *, is_newer: bool = False) -> None:
        super().__init__(reason)
        self.is_newer = is_newer


def sidecar_path(file: Path) -> Path:
    """The sidecar of a result."""
    return file.with_name(file.name + SUFFIX)


def values_of(task: Task, output: Output) -> Json:
    """What the sidecar of a saved result says, `revision` apart."""
    assert output.file is not None
    marked = output.watermarked_file
    return {
        "format": FORMAT,
        "id": task.id,
        "external_task_id": task.external_task_id,
        "task_id": task.task_id,
        "index": output.index,
        "provider": task.provider,
        "is_sandbox": task.provider == _SANDBOX,
        "model": task.request.model,
        "request": recipes.to_json(task.request),
        "times": {
            "created_at_ms": task.created_at_ms,
            "first_sent_at_ms": task.first_sent_at_ms,
            "remote_created_at_ms": task.remote_created_at_ms,
            "saved_at_ms": task.finished_at_ms or task.updated_at_ms,
        },
        "cost": {
            "units": None if task.cost.units is None else str(task.cost.units),
            "basis": task.cost.basis.value,
        },
        "file": {
            "name": output.file.name,
            "watermarked_name": None if marked is None else marked.name,
            "media": output.media.value,
            "sha256": output.sha256,
            "size_bytes": output.size_bytes,
            "width": output.width,
            "height": output.height,
            "duration_s": output.duration_s,
        },
    }


def read_sidecar(path: Path) -> Json:
    """The values of a sidecar. Raises NotASidecarError, or OSError when it cannot be read."""
    with path.open("rb") as file:
        data = file.read(_LARGEST_BYTES + 1)
    try:
        values = json.loads(data)
        if not isinstance(values, dict):
            raise NotASidecarError("not an object")
        found = cast(Json, values)
        if int(found["format"]) > FORMAT:
            raise NotASidecarError("from a newer version", is_newer=True)
        asset_of(found, path)
        recipes.from_json(found["request"])
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise NotASidecarError(str(problem)) from problem
    return found


def write_sidecar(path: Path, values: Mapping[str, Any], part: Path) -> Json:
    """Write `values` over what stands there, keeping unknown keys; returns what then stands there.

    `revision` grows by one when anything changed; the same again writes nothing. A sidecar that
    cannot be understood is kept as `….bad`, one from a newer version stays untouched. `part` is a
    free name on the same file system. Raises OSError.
    """
    old: Json = {}
    try:
        old = read_sidecar(path)
    except FileNotFoundError:
        pass
    except NotASidecarError as problem:
        if problem.is_newer:
            return dict(values)
        path.replace(_free_bad_name(path))
    new = _merged(old, values)
    if new == old:
        return old
    new["revision"] = _revision(old) + 1
    text = json.dumps(new, indent=2, ensure_ascii=False)
    # The name of an input may hold bytes that are no letters; JSON has escapes for them.
    disk.write_over(path, text.encode("utf-8", "backslashreplace"), part)
    return new


def asset_of(values: Mapping[str, Any], path: Path) -> Asset:
    """What the gallery shows, from the values of the sidecar at `path` (`YYYY/MM/name.json`).

    Raises KeyError, TypeError or ValueError for values of another shape.
    """
    file, request = values["file"], values["request"]
    duration_s = file["duration_s"]
    return Asset(
        # By where the sidecar stands, so that a renamed pair is still found.
        file=PurePosixPath(*path.parts[-3:]).with_suffix(""),
        task=str(values["id"]),
        index=int(values["index"]),
        media=MediaKind(file["media"]),
        width=int(file["width"]),
        height=int(file["height"]),
        duration_s=None if duration_s is None else float(duration_s),
        size_bytes=int(file["size_bytes"]),
        sha256=str(file["sha256"]),
        created_at_ms=int(values["times"]["created_at_ms"]),
        provider=str(values["provider"]),
        model=str(values["model"]),
        prompt=str(request["prompt"]),
        is_sandbox=bool(values["is_sandbox"]),
    )


def other_ids(values: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids by which people may search for a result, beside ours."""
    return tuple(str(values[name]) for name in ("external_task_id", "task_id") if values.get(name))


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> Json:
    merged: Json = {**old, **new}
    for key in ("times", "cost", "file"):
        if isinstance(old.get(key), dict) and key in new:
            merged[key] = {**old[key], **new[key]}
    return merged


def _revision(old: Mapping[str, Any]) -> int:
    revision = old.get("revision", 0)
    return revision if isinstance(revision, int) and revision > 0 else 0


def _free_bad_name(path: Path) -> Path:
    number = 0
    while True:
        bad = path.with_name(f"{path.name}{f'.{number}' if number else ''}.bad")
        if not bad.exists():
            return bad
        number += 1
