"""What was learnt of providers, in the ledger's own file: findings with evidence, and strays."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from kling_desktop.domain.findings import Finding, RouteKey, Stray, StrayAnswer, Trait
from kling_desktop.domain.providers import Evidence, TaskKind
from kling_desktop.library.failures import database_failure
from kling_desktop.library.ledger import UNREADABLE, SqliteLedger
from kling_desktop.library.ledger_sql import meta, put_meta
from kling_desktop.library.schema import open_for_reading

_SWEPT = "swept_at_ms"
_PAUSED = "is_paused"


def read_strays(path: Path) -> list[Stray]:
    """The open strays of a ledger, without owning the home; none where there is no ledger yet.

    Raises StorageError.
    """
    if not path.exists():
        return []
    try:
        with closing(open_for_reading(path)) as connection:
            # A ledger that no newer app has opened yet has no room for them.
            is_there = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'strays'"
            has_room = connection.execute(is_there).fetchone() is not None
            return _open_strays(connection) if has_room else []
    except UNREADABLE as problem:
        raise database_failure(path, problem) from problem


class LedgerNotebook:
    """Satisfies `engine.ports.Notebook`. Used on the ledger's thread; raises StorageError."""

    def __init__(self, ledger: SqliteLedger) -> None:
        self._ledger = ledger

    def findings(self) -> Sequence[Finding]:
        """Everything that was ever proven or disproven, the newest word of each."""
        with self._ledger.reading() as connection:
            return [_finding(row) for row in connection.execute("SELECT * FROM findings")]

    def keep_finding(self, finding: Finding) -> None:
        """Write a finding over what was known of the same trait."""
        with self._ledger.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO findings "
                "VALUES (:provider, :base_url, :kind, :trait, :evidence, :at_ms, :words)",
                _route(finding.route)
                | {
                    "trait": finding.trait.value,
                    "evidence": finding.evidence.value,
                    "at_ms": finding.at_ms,
                    "words": finding.words,
                },
            )

    def strays(self) -> Sequence[Stray]:
        """Those that nobody has decided about, oldest first."""
        with self._ledger.reading() as connection:
            return _open_strays(connection)

    def keep_strays(self, strays: Sequence[Stray]) -> None:
        """Add those not known yet; what was answered stays answered."""
        with self._ledger.writing() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO strays VALUES (:provider, :base_url, :kind, :account, "
                ":task_id, :external_task_id, :created_at_ms, :status, :twin_of, 'open')",
                [_stray_row(stray) for stray in strays],
            )

    def answer_stray(self, stray: Stray, answer: StrayAnswer) -> None:
        """Keep what became of a stray."""
        with self._ledger.writing() as connection:
            connection.execute(
                "UPDATE strays SET answer = :answer WHERE provider = :provider "
                "AND base_url = :base_url AND task_id = :task_id",
                _stray_row(stray) | {"answer": answer.value},
            )

    def is_paused(self) -> bool:
        """Whether a person has stopped the sending, in this run or in an earlier one."""
        with self._ledger.reading() as connection:
            return meta(connection, _PAUSED) == "1"

    def remember_pause(self, *, is_paused: bool) -> None:
        """Keep that."""
        with self._ledger.writing() as connection:
            put_meta(connection, _PAUSED, str(int(is_paused)))

    def swept_at_ms(self) -> int | None:
        """When accounts were last looked through for strays."""
        with self._ledger.reading() as connection:
            found = meta(connection, _SWEPT)
            return None if found is None else int(found)

    def remember_sweep(self, at_ms: int) -> None:
        """Keep that accounts were looked through."""
        with self._ledger.writing() as connection:
            put_meta(connection, _SWEPT, str(at_ms))


def _open_strays(connection: sqlite3.Connection) -> list[Stray]:
    rows = connection.execute(
        "SELECT * FROM strays WHERE answer = 'open' ORDER BY created_at_ms, task_id"
    )
    return [_stray(row) for row in rows]


def _route(route: RouteKey) -> dict[str, Any]:
    return {
        "provider": route.provider,
        "base_url": route.base_url or "",
        "kind": route.kind.value,
    }


def _route_from(row: sqlite3.Row) -> RouteKey:
    return RouteKey(row["provider"], row["base_url"] or None, TaskKind(row["kind"]))


def _finding(row: sqlite3.Row) -> Finding:
    trait, evidence = Trait(row["trait"]), Evidence(row["evidence"])
    return Finding(_route_from(row), trait, evidence, row["at_ms"], row["words"])


def _stray_row(stray: Stray) -> dict[str, Any]:
    return _route(stray.route) | {
        "account": stray.account,
        "task_id": stray.task_id,
        "external_task_id": stray.external_task_id,
        "created_at_ms": stray.created_at_ms,
        "status": stray.status.encode("utf-8", "replace").decode(),
        "twin_of": stray.twin_of,
    }


def _stray(row: sqlite3.Row) -> Stray:
    return Stray(
        route=_route_from(row),
        account=row["account"],
        task_id=row["task_id"],
        external_task_id=row["external_task_id"],
        created_at_ms=row["created_at_ms"],
        status=row["status"],
        twin_of=row["twin_of"],
    )
