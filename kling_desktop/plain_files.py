"""Small JSON files that belong to the person: versioned, written whole or not at all.

Keys that we do not know are somebody's: they survive. Nothing secret is ever written here.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from kling_desktop.domain.errors import ErrorRecord, Remedy
from kling_desktop.text import t

Json = dict[str, Any]

FORMAT = 1
_LARGEST_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PlainFile:
    """What was read. `is_ours` is false where the file must not be written over."""

    values: Json = field(default_factory=dict[str, Any])
    problem: ErrorRecord | None = None
    is_ours: bool = True


def read_plain(path: Path) -> PlainFile:
    """The values of a file, none where there is no file.

    A damaged one is kept beside as `.bad`; one from a newer version, or one that cannot be read
    now, stays where it is and is not written over.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_BYTES + 1)
    except FileNotFoundError:
        return PlainFile()
    except OSError as problem:
        return PlainFile(problem=_unreadable(path, problem.strerror or ""), is_ours=False)
    try:
        values = json.loads(data)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        return PlainFile(problem=_set_aside(path))
    found = cast(Json, values)
    version = found.get("format", FORMAT)
    if not isinstance(version, int) or version > FORMAT:
        return PlainFile(problem=_newer(path), is_ours=False)
    return PlainFile(found)


def write_plain(path: Path, values: Mapping[str, Any]) -> None:
    """Write the values so that a crash leaves the old or the new ones. Raises OSError."""
    part = path.with_name(f"{path.name}.part")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = json.dumps(values, indent=2, ensure_ascii=False)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(part, flags, 0o600), "wb") as file:
        # A path of this computer may hold bytes that are no letters; JSON has escapes for them.
        file.write(text.encode("utf-8", "backslashreplace"))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _set_aside(path: Path) -> ErrorRecord:
    bad = path.with_name(f"{path.name}.bad")
    with suppress(OSError):
        path.replace(bad)
    return ErrorRecord(
        t("“{name}” could not be read", name=path.name),
        t("It is damaged and kept as “{name}”. A new one is begun.", name=bad.name),
        Remedy.NONE,
    )


def _unreadable(path: Path, reason: str) -> ErrorRecord:
    return ErrorRecord(
        t("“{name}” could not be read", name=path.name),
        t("{reason}. It is left as it is; changes are not kept.", reason=reason),
        Remedy.FIX_SETTINGS,
    )


def _newer(path: Path) -> ErrorRecord:
    return ErrorRecord(
        t("“{name}” is from a newer version", name=path.name),
        t("It is left as it is; changes are not kept."),
        Remedy.NONE,
    )


def not_written(path: Path, problem: OSError) -> ErrorRecord:
    """What is said when `write_plain` raised."""
    return ErrorRecord(
        t("“{name}” could not be saved", name=path.name),
        t("{reason}. What changed holds until the app is closed.", reason=problem.strerror or ""),
        Remedy.FREE_SPACE,
    )
