import shutil
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import chain
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, given, settings

from kling_desktop.domain.errors import BugError, Remedy, StorageError
from kling_desktop.domain.media import MediaKind
from kling_desktop.domain.tasks import (
    TRANSITIONS,
    Output,
    OutputState,
    Task,
    TaskState,
)
from kling_desktop.library import ledger as ledgers
from kling_desktop.library.ledger import SqliteLedger, open_ledger, read_tasks
from kling_desktop.library.ledger_steps import STEPS
from kling_desktop.library.schema import open_database, version_of
from tests.library import samples
from tests.library.samples import CREATED_AT_MS, a_task

S = TaskState


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "ledger.sqlite"


@pytest.fixture
def ledger(path: Path) -> Iterator[SqliteLedger]:
    with closing(open_ledger(path)) as ledger:
        yield ledger


def sent(ledger: SqliteLedger, **changes: object) -> Task:
    task = a_task(**changes)
    ledger.add(task)
    return ledger.begin_attempt(replace(task, state=S.SENDING, account="acc"), S.FROZEN)


def accepted(ledger: SqliteLedger, task_id: str, **changes: object) -> Task:
    task = sent(ledger, **changes)
    return ledger.end_attempt(replace(task, state=S.ACCEPTED, task_id=task_id), "accepted", "{}")


def raw_row(path: Path, sql: str, *values: object) -> tuple[object, ...]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql, values).fetchone()


@given(task=samples.tasks)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_task_comes_back_as_it_was(task: Task) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        for statement in chain.from_iterable(STEPS):
            connection.execute(statement)
        ledger = SqliteLedger(Path(__file__), connection)
        ledger.add(task)
        assert ledger.get(task.id) == task


def test_a_written_task_is_there_after_a_restart_and_for_readers(path: Path) -> None:
    with closing(open_ledger(path)) as ledger:
        task = accepted(ledger, "123")
        assert read_tasks(path) == [task]
    with closing(open_ledger(path)) as again:
        assert list(again.all()) == [task]
    assert read_tasks(path) == [task]


def test_without_a_ledger_there_are_no_tasks_and_none_is_made(path: Path) -> None:
    assert read_tasks(path) == []
    assert not path.exists()


def test_a_reader_cannot_write_and_does_not_need_the_writer_to_be_closed(
    path: Path, ledger: SqliteLedger
) -> None:
    ledger.add(a_task())
    before = {file.name for file in path.parent.iterdir()}
    assert len(read_tasks(path)) == 1
    assert {file.name for file in path.parent.iterdir()} == before


def test_only_the_listed_transitions_are_written(ledger: SqliteLedger) -> None:
    for old in S:
        for new in S:
            task = a_task(state=old)
            ledger.add(task)
            if new is old or new in TRANSITIONS[old]:
                assert ledger.move(replace(task, state=new), old).state is new
            else:
                with pytest.raises(BugError):
                    ledger.move(replace(task, state=new), old)
                assert ledger.get(task.id) == task


def test_a_stale_snapshot_never_overwrites(ledger: SqliteLedger) -> None:
    task = a_task(state=S.ACCEPTED)
    ledger.add(task)
    newer = ledger.move(replace(task, state=S.RUNNING), S.ACCEPTED)
    with pytest.raises(StorageError):
        ledger.move(replace(task, state=S.REMOTE_FAILED), S.ACCEPTED)
    with pytest.raises(StorageError):
        ledger.move(replace(task, state=S.REMOTE_FAILED), S.RUNNING)
    assert ledger.get(task.id) == newer
    assert newer.revision == 1


def test_sending_and_its_attempt_are_committed_together(path: Path, ledger: SqliteLedger) -> None:
    task = sent(ledger)
    assert (task.state, task.attempts) == (S.SENDING, 1)
    stored = read_tasks(path)[0]
    assert stored == task
    row = raw_row(path, "SELECT number, body_sha256, outcome FROM attempts")
    assert row == (1, task.body_sha256, None)


def test_two_senders_of_one_task_make_one_attempt(path: Path, ledger: SqliteLedger) -> None:
    task = a_task()
    ledger.add(task)
    sending = replace(task, state=S.SENDING)
    ledger.begin_attempt(sending, S.FROZEN)
    with pytest.raises(StorageError):
        ledger.begin_attempt(sending, S.FROZEN)
    assert raw_row(path, "SELECT count(*) FROM attempts") == (1,)


def test_an_outcome_is_kept_with_the_answer_cut_to_a_sane_size(
    path: Path, ledger: SqliteLedger
) -> None:
    task = sent(ledger)
    raw = "€" * ledgers.LARGEST_RAW_BYTES + "\ud800"
    ledger.end_attempt(replace(task, state=S.UNKNOWN), "unclear", raw)
    row = raw_row(path, "SELECT outcome, length(CAST(raw AS BLOB)) FROM attempts")
    assert row[0] == "unclear"
    assert ledgers.LARGEST_RAW_BYTES - 3 < int(str(row[1])) <= ledgers.LARGEST_RAW_BYTES


def test_an_outcome_is_never_rewritten_and_nothing_is_deleted(
    path: Path, ledger: SqliteLedger
) -> None:
    task = sent(ledger)
    ledger.end_attempt(replace(task, state=S.UNKNOWN), "unclear", "")
    with closing(sqlite3.connect(path)) as other:
        for sql in (
            "UPDATE attempts SET outcome = 'refused'",
            "DELETE FROM attempts",
            "DELETE FROM tasks",
            "UPDATE tasks SET external_task_id = 'other'",
            "UPDATE tasks SET body_sha256 = 'other'",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                other.execute(sql)


def test_a_resend_is_another_attempt_of_the_same_intent(path: Path, ledger: SqliteLedger) -> None:
    task = sent(ledger)
    task = ledger.end_attempt(replace(task, state=S.UNKNOWN), "unclear", "")
    task = ledger.begin_attempt(replace(task, state=S.SENDING), S.UNKNOWN)
    assert task.attempts == 2
    rows = raw_row(path, "SELECT group_concat(coalesce(outcome, 'open')) FROM attempts")
    assert rows == ("unclear,open",)


def test_a_task_that_was_interrupted_while_sending_can_be_sent_again(
    ledger: SqliteLedger,
) -> None:
    task = sent(ledger)
    task = ledger.move(replace(task, state=S.UNKNOWN), S.SENDING)
    assert ledger.begin_attempt(replace(task, state=S.SENDING), S.UNKNOWN).attempts == 2


def test_no_provider_task_is_linked_twice(ledger: SqliteLedger) -> None:
    accepted(ledger, "123")
    second = sent(ledger)
    with pytest.raises(StorageError):
        ledger.end_attempt(replace(second, state=S.ACCEPTED, task_id="123"), "accepted", "")
    assert ledger.get(second.id) == second
    assert accepted(ledger, "123", base_url="http://127.0.0.1:1").task_id == "123"


def test_no_external_id_is_used_twice_at_one_account(ledger: SqliteLedger) -> None:
    sent(ledger, external_task_id="mine")
    second = a_task(external_task_id="mine")
    ledger.add(second)
    with pytest.raises(StorageError):
        ledger.begin_attempt(replace(second, state=S.SENDING, account="acc"), S.FROZEN)
    elsewhere = replace(second, state=S.SENDING, account="other")
    assert ledger.begin_attempt(elsewhere, S.FROZEN).account == "other"


def test_tasks_are_found_by_each_of_their_ids(ledger: SqliteLedger) -> None:
    task = accepted(ledger, "123", base_url="https://host", external_task_id="mine")
    assert ledger.by_task_id("sandbox", "https://host", "123") == task
    assert ledger.by_task_id("sandbox", None, "123") is None
    assert ledger.by_external_id("sandbox", "acc", "mine") == task
    assert ledger.by_external_id("sandbox", "other", "mine") is None


def test_a_twin_is_the_newest_one_that_may_have_cost_something(ledger: SqliteLedger) -> None:
    old = a_task(created_at_ms=CREATED_AT_MS - 700_000)
    new = a_task(created_at_ms=CREATED_AT_MS - 1000)
    refused = a_task(state=S.REFUSED)
    for task in (old, new, refused):
        ledger.add(task)
    assert ledger.recent_twin("c" * 64, CREATED_AT_MS - 600_000) == new
    assert ledger.recent_twin("e" * 64, 0) is None


def test_results_saved_in_any_order_are_all_kept(ledger: SqliteLedger) -> None:
    listed = tuple(Output(i, MediaKind.IMAGE, url=f"https://cdn/{i}") for i in range(3))
    task = a_task(state=S.FETCHING, outputs=listed)
    ledger.add(task)
    latest = task
    for output in reversed(listed):
        file = PurePosixPath(f"2025/10/{output.index}.png")
        saved = replace(output, state=OutputState.SAVED, file=file, sha256="e" * 64)
        latest = ledger.save_outputs(task, [saved])
    assert [output.state for output in latest.outputs] == [OutputState.SAVED] * 3
    assert latest.revision == 3
    assert ledger.move(replace(latest, state=S.DONE), S.FETCHING).saved == latest.saved
    with pytest.raises(StorageError):
        ledger.save_outputs(task, listed)


def test_a_servers_odd_text_never_costs_the_commit_that_carries_a_task_id(
    ledger: SqliteLedger,
) -> None:
    task = sent(ledger)
    strange = replace(
        task, state=S.ACCEPTED, task_id="9", remote_status="\ud800", remote_created_at_ms=10**30
    )
    ledger.end_attempt(strange, "accepted", "")
    stored = ledger.get(task.id)
    assert stored is not None
    assert (stored.task_id, stored.remote_created_at_ms) == ("9", None)


@pytest.mark.parametrize("pages_free", range(0, 12, 2))
def test_d01_a_full_disk_leaves_a_whole_ledger_that_works_when_there_is_space(
    ledger: SqliteLedger, path: Path, pages_free: int
) -> None:
    connection = ledger._connection  # the limit of a connection stands in for the disk's end
    used = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {used + pages_free}")
    written: list[Task] = []

    def write_until_it_fails() -> None:
        while len(written) < 1000:
            task = a_task(remote_status="x" * 500)
            ledger.add(task)
            written.append(task)

    with pytest.raises(StorageError) as caught:
        write_until_it_fails()
    assert caught.value.record.remedy is Remedy.FREE_SPACE
    assert read_tasks(path) == written
    connection.execute("PRAGMA max_page_count = 100000")
    ledger.add(a_task())
    assert len(read_tasks(path)) == len(written) + 1
    assert raw_row(path, "PRAGMA integrity_check") == ("ok",)


def test_d05_a_file_deleted_or_replaced_while_open_is_noticed(
    ledger: SqliteLedger, path: Path
) -> None:
    ledger.check()
    copy = path.with_suffix(".copy")
    shutil.copy(path, copy)
    path.unlink()
    with pytest.raises(StorageError):
        ledger.check()
    copy.rename(path)
    with pytest.raises(StorageError):
        ledger.check()


def test_d12_a_newer_ledger_is_refused_in_words_and_left_alone(path: Path) -> None:
    open_ledger(path).close()
    with closing(sqlite3.connect(path)) as other:
        other.execute(f"PRAGMA user_version = {len(STEPS) + 1}")
    before = path.read_bytes()
    with pytest.raises(StorageError) as caught:
        open_ledger(path)
    assert "newer version" in caught.value.record.detail
    assert path.read_bytes() == before


@pytest.mark.parametrize("offset", [0, 100, 4096, 8192, 20480])
def test_d03_a_damaged_ledger_is_refused_and_kept(path: Path, offset: int) -> None:
    with closing(open_ledger(path)) as ledger:
        for _ in range(20):
            ledger.add(a_task())
    bytes_ = bytearray(path.read_bytes())
    bytes_[offset : offset + 12] = b"\xff" * 12  # the head of a page
    path.write_bytes(bytes_)
    with pytest.raises(StorageError):
        open_ledger(path)
    assert path.read_bytes() == bytes_


def test_d03_a_text_file_in_its_place_is_refused_and_kept(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("not a database" * 100)
    with pytest.raises(StorageError):
        open_ledger(path)
    with pytest.raises(StorageError):
        read_tasks(path)
    assert path.read_text().startswith("not a database")


def test_a_creation_that_was_cut_off_is_taken_up_again(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    with closing(open_ledger(path)) as ledger:
        assert list(ledger.all()) == []


def test_d11_a_copy_stands_before_a_migration_and_a_failed_one_changes_nothing(path: Path) -> None:
    with closing(open_ledger(path)) as ledger:
        task = a_task()
        ledger.add(task)
    broken = (*STEPS, ("ALTER TABLE tasks ADD COLUMN later TEXT", "NONSENSE"))
    with pytest.raises(StorageError):
        open_database(path, broken)
    with closing(open_ledger(path)) as ledger:
        assert list(ledger.all()) == [task]
    good = (*STEPS, ("ALTER TABLE tasks ADD COLUMN later TEXT",))
    with closing(open_database(path, good)) as connection:
        assert version_of(connection) == len(good)
    copy = path.with_name(f"ledger.before-v{len(good)}.sqlite")
    assert read_tasks(copy) == [task]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_the_ledger_is_private_synced_and_checks_references(
    ledger: SqliteLedger, path: Path
) -> None:
    ledger.add(a_task())
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    pragmas = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    for name, value in pragmas.items():
        assert ledger._connection.execute(f"PRAGMA {name}").fetchone()[0] == value


def test_a_ledger_opened_in_one_thread_is_used_in_another(path: Path) -> None:
    with closing(open_ledger(path)) as ledger:
        writer = threading.Thread(target=ledger.add, args=(a_task(),))
        writer.start()
        writer.join()
        assert len(ledger.all()) == 1


def test_the_library_it_speaks_of_is_remembered(path: Path) -> None:
    with closing(open_ledger(path)) as ledger:
        assert ledger.library_id() is None
        ledger.remember_library("one")
        ledger.remember_library("two")
    with closing(open_ledger(path)) as ledger:
        assert ledger.library_id() == "two"
