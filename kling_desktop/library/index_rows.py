"""Results as rows of `index.sqlite`, the order they stand in, and the words they are found by."""

import hashlib
import sqlite3
import unicodedata
from pathlib import PurePosixPath
from typing import Any

from kling_desktop.domain.media import Asset, MediaKind

Row = tuple[Any, ...]

# An entry's number is its place: newest last, the results of one task in reverse, then a hash.
# Searches and pages walk numbers downwards and stop, however many results there are.
_HASH_BITS = 17
_INDEX_BITS = 4
_LATEST_MS = 2**42 - 1

ADD = (
    "INSERT INTO assets (entry, file, task, number, media, width, height, duration_s, "
    "size_bytes, sha256, created_at_ms, provider, model, prompt, is_sandbox, words) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def entry_of(created_at_ms: int, task: str, index: int) -> int:
    """The number that a result wants; the next lower one that is free will do."""
    when = min(max(created_at_ms, 0), _LATEST_MS)
    which = int.from_bytes(hashlib.sha256(task.encode()).digest()[:4]) % (1 << _HASH_BITS)
    last = (1 << _INDEX_BITS) - 1
    return (when << _HASH_BITS | which) << _INDEX_BITS | (last - min(max(index, 0), last))


def spaced(text: str) -> str:
    """`text` with its words apart, as it is kept and as it is searched for."""
    # Chinese, Japanese and Korean are written without spaces: each sign is a word, and the words
    # of a search term a phrase, so that any part of a sentence is found.
    clean = text.encode("utf-8", "replace").decode()
    return "".join(f" {c} " if _stands_alone(c) else c for c in clean).strip()


def _stands_alone(character: str) -> bool:
    return character > "\u2e7f" and unicodedata.category(character) == "Lo"


def row_of(asset: Asset, ids: tuple[str, ...]) -> Row:
    """The columns behind `entry`. `ids` can be searched for."""
    words = (asset.prompt, asset.provider, asset.model, asset.task, *ids)
    return (
        asset.file.as_posix(),
        asset.task,
        asset.index,
        asset.media.value,
        asset.width,
        asset.height,
        asset.duration_s,
        asset.size_bytes,
        asset.sha256,
        asset.created_at_ms,
        asset.provider,
        asset.model,
        asset.prompt.encode("utf-8", "replace").decode(),
        int(asset.is_sandbox),
        spaced(" ".join(words)),
    )


def asset_from(row: sqlite3.Row) -> Asset:
    """The result that `row_of` wrote."""
    return Asset(
        file=PurePosixPath(row["file"]),
        task=row["task"],
        index=row["number"],
        media=MediaKind(row["media"]),
        width=row["width"],
        height=row["height"],
        duration_s=row["duration_s"],
        size_bytes=row["size_bytes"],
        sha256=row["sha256"],
        created_at_ms=row["created_at_ms"],
        provider=row["provider"],
        model=row["model"],
        prompt=row["prompt"],
        is_sandbox=bool(row["is_sandbox"]),
    )
