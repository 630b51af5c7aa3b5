"""`index.sqlite`: a cache over the sidecars, so that the gallery answers at once. Rebuilt at will.

One writer on the engine's side; the window reads through connections of its own.
"""

import sqlite3
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from kling_desktop.domain.errors import StorageError
from kling_desktop.domain.media import Asset, MediaKind
from kling_desktop.library.failures import database_failure, folder_failure, library_missing
from kling_desktop.library.files import MARKER
from kling_desktop.library.index_steps import STEPS
from kling_desktop.library.schema import open_database, open_for_reading
from kling_desktop.library.sidecar import (
    SUFFIX,
    NotASidecarError,
    asset_of,
    other_ids,
    read_sidecar,
)
from kling_desktop.text import t

_MONTHS = "[0-9][0-9][0-9][0-9]/[0-9][0-9]"
_ADD = (
    "INSERT INTO assets (file, task, number, media, width, height, duration_s, "
    "size_bytes, sha256, created_at_ms, provider, model, prompt, is_sandbox, words) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class GalleryFilter:
    """Which results are wanted: those with every word of `text`, of one kind or of both."""

    text: str = ""
    media: MediaKind | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last result of a page; the next page begins behind it."""

    created_at_ms: int
    file: PurePosixPath


@dataclass(frozen=True, slots=True)
class Findings:
    """What a rebuild met. Paths are relative to the library folder."""

    found: int
    missing: tuple[PurePosixPath, ...]
    unreadable: tuple[PurePosixPath, ...]


class Index:
    """The writer. Nothing is opened before the first use; an unusable file is made anew then.

    Any thread; one question at a time.
    """

    def __init__(self, path: Path, root: Path) -> None:
        self._path = path
        self._root = root
        self._connection: sqlite3.Connection | None = None
        self._turn = threading.RLock()

    def open(self) -> Findings | None:
        """Open the index; returns what was found if it had to be built from the sidecars.

        Raises StorageError, also when it must be built and the library folder is not there.
        """
        with self._turn:
            if self._connection is None:
                try:
                    self._connection = open_database(self._path, STEPS)
                except StorageError:
                    self._connection = self._anew()
            is_built = self._connection.execute("SELECT 1 FROM meta WHERE name = 'is_built'")
            return None if is_built.fetchone() else self.rebuild()

    def close(self) -> None:
        """Close the connection; the next use opens another."""
        with self._turn:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def add(self, asset: Asset, ids: tuple[str, ...] = ()) -> None:
        """Enter one result, or enter it again. `ids` can be searched for. Raises StorageError.

        Its sidecar is there already: if the index fails, it is made anew from all of them.
        """
        with self._turn:
            self.open()
            try:
                self._write([_row(asset, ids)], "DELETE FROM assets WHERE file = ?", _name(asset))
            except sqlite3.Error:
                self._connection = self._anew()
                self.rebuild()

    def rebuild(self) -> Findings:
        """Forget everything and read every sidecar again. All or nothing. Raises StorageError."""
        if not (self._root / MARKER).is_file():
            raise library_missing(t("“{path}” does not hold your library now.", path=self._root))
        reading = _Reading(self._root)
        with self._turn:
            if self._connection is None:
                self._connection = self._anew()
            try:
                self._write(reading.rows(), "DELETE FROM assets")
            except sqlite3.Error as problem:
                raise database_failure(self._path, problem) from problem
            except OSError as problem:
                raise folder_failure(problem) from problem
        return Findings(reading.found, tuple(reading.missing), tuple(reading.unreadable))

    def _write(self, rows: Iterable[tuple[Any, ...]], first: str, *values: str) -> None:
        assert self._connection is not None
        writer = self._connection
        writer.execute("BEGIN IMMEDIATE")
        try:
            writer.execute(first, values)
            writer.executemany(_ADD, rows)
            writer.execute("INSERT OR REPLACE INTO meta VALUES ('is_built', '1')")
            writer.execute("COMMIT")
        except BaseException:
            if writer.in_transaction:
                writer.execute("ROLLBACK")
            raise

    def _anew(self) -> sqlite3.Connection:
        self.close()
        for end in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + end).unlink(missing_ok=True)
        return open_database(self._path, STEPS)


class _Reading:
    """One walk over the sidecars, and what it met."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.found = 0
        self.missing: list[PurePosixPath] = []
        self.unreadable: list[PurePosixPath] = []

    def rows(self) -> Iterator[tuple[Any, ...]]:
        for path in self._root.glob(f"{_MONTHS}/*{SUFFIX}"):
            name = PurePosixPath(path.relative_to(self._root).as_posix())
            if not path.with_suffix("").is_file():
                self.missing.append(name.with_suffix(""))
                continue
            try:
                values = read_sidecar(path)
            except (NotASidecarError, OSError):
                self.unreadable.append(name)
                continue
            self.found += 1
            yield _row(asset_of(values, path), other_ids(values))


class Gallery:
    """The reader. Any thread; each question through a short connection of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def page(self, filter: GalleryFilter, after: Cursor | None, size: int) -> list[Asset]:
        """The next `size` results, newest first; those of one task in their order.

        Empty where there is no index yet. Raises StorageError when it cannot be read.
        """
        conditions, values = _where(filter)
        if after is not None:
            conditions.append("created_at_ms <= ? AND (created_at_ms < ? OR file > ?)")
            values += [after.created_at_ms, after.created_at_ms, after.file.as_posix()]
        clause = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        sql = f"SELECT * FROM assets {clause} ORDER BY created_at_ms DESC, file LIMIT ?"  # noqa: S608
        return [_asset(row) for row in self._ask(sql, [*values, size])]

    def count(self, filter: GalleryFilter) -> int:
        """How many results there are. Raises StorageError when the index cannot be read."""
        conditions, values = _where(filter)
        clause = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        rows = self._ask(f"SELECT count(*) FROM assets {clause}", values)  # noqa: S608
        return rows[0][0] if rows else 0

    def _ask(self, sql: str, values: list[Any]) -> list[sqlite3.Row]:
        if not self._path.exists():
            return []
        try:
            with closing(open_for_reading(self._path)) as connection:
                return connection.execute(sql, values).fetchall()
        except sqlite3.Error as problem:
            raise database_failure(self._path, problem) from problem


def cursor_of(asset: Asset) -> Cursor:
    """Where the page that ends with `asset` ends."""
    return Cursor(asset.created_at_ms, asset.file)


def _where(filter: GalleryFilter) -> tuple[list[str], list[Any]]:
    conditions: list[str] = []
    values: list[Any] = []
    if filter.media is not None:
        conditions.append("media = ?")
        values.append(filter.media.value)
    if query := _query(filter.text):
        conditions.append("entry IN (SELECT rowid FROM search WHERE search MATCH ?)")
        values.append(query)
    return conditions, values


def _query(text: str) -> str:
    # Each word quoted, so that nothing a person types is an operator; the beginning is enough.
    terms = (term.replace('"', " ") for term in text.replace("\0", " ").split())
    spaced = (_spaced(term) for term in terms if any(c.isalnum() for c in term))
    return " ".join(f'"{term}"*' for term in spaced)


def _spaced(text: str) -> str:
    # Chinese, Japanese and Korean are written without spaces: each sign is a word, and the words
    # of a search term a phrase, so that any part of a sentence is found.
    clean = text.encode("utf-8", "replace").decode()
    return "".join(f" {c} " if _stands_alone(c) else c for c in clean).strip()


def _stands_alone(character: str) -> bool:
    return character > "\u2e7f" and unicodedata.category(character) == "Lo"


def _name(asset: Asset) -> str:
    return asset.file.as_posix()


def _row(asset: Asset, ids: tuple[str, ...]) -> tuple[Any, ...]:
    words = (asset.prompt, asset.provider, asset.model, asset.task, *ids)
    return (
        _name(asset),
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
        _spaced(" ".join(words)),
    )


def _asset(row: sqlite3.Row) -> Asset:
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
