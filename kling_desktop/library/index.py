"""`index.sqlite`: a cache over the sidecars, so that the gallery answers at once. Rebuilt at will.

One writer on the engine's side; the window reads through connections of its own.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from kling_desktop.domain.errors import StorageError
from kling_desktop.domain.media import Asset, MediaKind
from kling_desktop.library.failures import database_failure, folder_failure
from kling_desktop.library.files import read_marker
from kling_desktop.library.index_rows import ADD, asset_from, entry_of, row_of, spaced
from kling_desktop.library.index_steps import STEPS
from kling_desktop.library.schema import open_database, open_for_reading
from kling_desktop.library.sidecar import (
    SUFFIX,
    NotASidecarError,
    asset_of,
    other_ids,
    read_sidecar,
)

Found = tuple[Asset, tuple[str, ...]]
"""A result, and the ids beside ours that it can be searched for by."""

_MONTHS = "[0-9][0-9][0-9][0-9]/[0-9][0-9]"


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
            if self._connection is not None:
                return None
            try:
                connection = open_database(self._path, STEPS)
            except StorageError:
                connection = self._anew()
            built_from = connection.execute("SELECT value FROM meta WHERE name = 'library'")
            row = built_from.fetchone()
            self._connection = connection
            if row is not None and row[0] == self._library_id(otherwise=row[0]):
                return None
            try:
                return self.rebuild()
            except StorageError:
                self.close()
                raise

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
                self._write(
                    [(asset, ids)], "DELETE FROM assets WHERE file = ?", asset.file.as_posix()
                )
            except sqlite3.Error:
                self._connection = self._anew()
                self.rebuild()

    def rebuild(self) -> Findings:
        """Forget everything and read every sidecar again. All or nothing. Raises StorageError."""
        library_id = read_marker(self._root)
        reading = _Reading(self._root)
        with self._turn:
            if self._connection is None:
                self._connection = self._anew()
            try:
                self._write(reading.assets(), "DELETE FROM assets")
                self._connection.execute(
                    "INSERT OR REPLACE INTO meta VALUES ('library', ?)", (library_id,)
                )
            except sqlite3.Error as problem:
                raise database_failure(self._path, problem) from problem
            except OSError as problem:
                raise folder_failure(problem) from problem
        return Findings(reading.found, tuple(reading.missing), tuple(reading.unreadable))

    def _write(self, assets: Iterable[Found], first: str, *values: str) -> None:
        assert self._connection is not None
        writer = self._connection
        writer.execute("BEGIN IMMEDIATE")
        try:
            writer.execute(first, values)
            for asset, ids in assets:
                writer.execute(ADD, (_free_entry(writer, asset), *row_of(asset, ids)))
            writer.execute("COMMIT")
        except BaseException:
            if writer.in_transaction:
                writer.execute("ROLLBACK")
            raise

    def _library_id(self, otherwise: str) -> str:
        try:
            return read_marker(self._root)
        except StorageError:
            return otherwise  # a drive that is gone makes no index wrong

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

    def assets(self) -> Iterator[Found]:
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
            yield asset_of(values, path), other_ids(values)


class Gallery:
    """The reader. Any thread; each question through a short connection of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def page(self, filter: GalleryFilter, after: Cursor | None, size: int) -> list[Asset]:
        """The next `size` results, newest first; those of one task in their order.

        Empty where there is no index yet. Raises StorageError when it cannot be read.
        """
        tables, place, conditions, values = _asked(filter)
        if after is not None:
            # Where the cursor's result stands, or stood before it was removed.
            here = "coalesce((SELECT entry FROM assets WHERE file = ?), ?)"
            conditions.append(f"{place} < {here}")
            values += [after.file.as_posix(), entry_of(after.created_at_ms, "", 0)]
        clause = _clause(conditions)
        sql = f"SELECT assets.* FROM {tables} {clause} ORDER BY {place} DESC LIMIT ?"  # noqa: S608
        return [asset_from(row) for row in self._ask(sql, [*values, size])]

    def count(self, filter: GalleryFilter) -> int:
        """How many results there are. Raises StorageError when the index cannot be read."""
        tables, _, conditions, values = _asked(filter)
        sql = f"SELECT count(*) FROM {tables} {_clause(conditions)}"  # noqa: S608
        rows = self._ask(sql, values)
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


def _asked(filter: GalleryFilter) -> tuple[str, str, list[str], list[Any]]:
    """Tables, the column that orders them, conditions and their values: constants of ours all."""
    tables, place = "assets", "entry"
    conditions: list[str] = []
    values: list[Any] = []
    if query := _query(filter.text):
        # In this order, so that the search itself is walked from the newest on.
        tables, place = "search CROSS JOIN assets ON assets.entry = search.rowid", "search.rowid"
        conditions.append("search MATCH ?")
        values.append(query)
    if filter.media is not None:
        conditions.append("media = ?")
        values.append(filter.media.value)
    return tables, place, conditions, values


def _clause(conditions: list[str]) -> str:
    return f"WHERE {' AND '.join(conditions)}" if conditions else ""


def _query(text: str) -> str:
    # Each word quoted, so that nothing a person types is an operator; the beginning is enough.
    terms = (term.replace('"', " ") for term in text.replace("\0", " ").split())
    apart = (spaced(term) for term in terms if any(c.isalnum() for c in term))
    return " ".join(f'"{term}"*' for term in apart)


def _free_entry(writer: sqlite3.Connection, asset: Asset) -> int:
    entry = entry_of(asset.created_at_ms, asset.task, asset.index)
    while writer.execute("SELECT 1 FROM assets WHERE entry = ?", (entry,)).fetchone():
        entry -= 1
    return entry
