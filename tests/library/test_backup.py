"""A ledger that is lost, damaged, deleted or older than it should be."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from kling_desktop.domain.errors import Remedy, StorageError
from kling_desktop.domain.tasks import Task, TaskState
from kling_desktop.library.backup import COPIES_KEPT, keep_backup, open_kept_ledger
from kling_desktop.library.failures import DamagedError
from kling_desktop.library.ledger import SqliteLedger, open_ledger, read_tasks
from kling_desktop.library.mounts import refuse_network_folder
from kling_desktop.library.witness import Seen, Witness
from tests.library.samples import a_task

S = TaskState


class Shelf:
    """Where one ledger, its copies and its witness stand."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "data" / "ledger.sqlite"
        self.backups = folder / "data" / "backups"
        self.witness = Witness(folder / "config" / "ledger-seen.json")

    def open(self, *, may_start_anew: bool = False) -> SqliteLedger:
        return open_kept_ledger(
            self.path, self.backups, self.witness, may_start_anew=may_start_anew
        )

    def copies(self) -> list[Path]:
        return sorted(self.backups.iterdir())


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.fixture
def ledger(shelf: Shelf) -> Iterator[SqliteLedger]:
    with closing(shelf.open()) as ledger:
        yield ledger


def send(ledger: SqliteLedger, task: Task) -> Task:
    return ledger.begin_attempt(replace(task, state=S.SENDING, account="acc"), S.FROZEN)


def filled(shelf: Shelf) -> list[Task]:
    """A ledger with a copy that has all but the last task's attempt."""
    with closing(shelf.open()) as ledger:
        tasks = [a_task() for _ in range(20)]
        for task in tasks:
            ledger.add(task)
        keep_backup(ledger, shelf.backups)
        send(ledger, tasks[-1])
    return tasks


@pytest.mark.parametrize("offset", range(0, 40960, 2048))
def test_d03_a_damaged_ledger_is_kept_and_its_newest_copy_comes_up_for_review(
    shelf: Shelf, offset: int
) -> None:
    tasks = filled(shelf)
    spoilt = bytearray(shelf.path.read_bytes())
    spoilt[offset : offset + 40] = b"\xff" * 40
    shelf.path.write_bytes(spoilt)
    with closing(shelf.open()) as ledger:
        aside = list(shelf.path.parent.glob("ledger.set-aside-*.sqlite"))
        if aside:
            assert ledger.all() == tasks
            assert ledger.needs_review
            assert aside[0].read_bytes() == spoilt
        else:  # the bytes were in free space
            assert [task.id for task in ledger.all()] == [task.id for task in tasks]


@pytest.mark.parametrize("length", [0, 1, 100, 4096, 9000])
def test_d03_a_truncated_ledger_is_replaced_by_its_newest_good_copy(
    shelf: Shelf, length: int
) -> None:
    tasks = filled(shelf)
    with shelf.path.open("r+b") as file:
        file.truncate(length)
    with closing(shelf.open()) as ledger:
        assert ledger.all() == tasks
        assert ledger.needs_review


def test_d03_a_damaged_copy_is_passed_over(shelf: Shelf) -> None:
    tasks = filled(shelf)
    shelf.backups.joinpath("ledger-999999999999.sqlite").write_bytes(b"nonsense" * 1000)
    shelf.path.write_bytes(b"nonsense" * 1000)
    with closing(shelf.open()) as ledger:
        assert ledger.all() == tasks


def test_d03_without_a_copy_nothing_happens_until_a_person_says_so(shelf: Shelf) -> None:
    shelf.path.parent.mkdir()
    shelf.path.write_bytes(b"nonsense" * 1000)
    with pytest.raises(DamagedError) as caught:
        shelf.open()
    assert "library --accept" in caught.value.record.detail
    assert shelf.path.read_bytes() == b"nonsense" * 1000
    with closing(shelf.open(may_start_anew=True)) as ledger:
        assert list(ledger.all()) == []
    aside = shelf.path.with_name("ledger.set-aside-1.sqlite")
    assert aside.read_bytes() == b"nonsense" * 1000


def test_d04_a_ledger_whose_log_is_lost_is_noticed(shelf: Shelf, tmp_path: Path) -> None:
    with closing(shelf.open()) as ledger:
        task = a_task()
        ledger.add(task)
    with closing(shelf.open()) as ledger:
        send(ledger, task)
        crashed = tmp_path / "crashed.sqlite"
        shutil.copyfile(shelf.path, crashed)  # without the log beside it
    crashed.replace(shelf.path)
    with closing(shelf.open()) as ledger:
        assert ledger.all() == [task], "it says that nothing was sent"
        assert ledger.needs_review


def test_d04_the_log_of_another_copy_is_no_part_of_the_ledger(shelf: Shelf, tmp_path: Path) -> None:
    tasks = filled(shelf)
    other = Shelf(tmp_path / "other")
    with closing(other.open()) as ledger:
        ledger.add(a_task())
        shutil.copyfile(f"{other.path}-wal", f"{shelf.path}-wal")
    with closing(shelf.open()) as ledger:
        assert {task.id for task in ledger.all()} == {task.id for task in tasks} or (
            ledger.needs_review
        )


def test_a19_review_lasts_until_a_person_accepts(shelf: Shelf) -> None:
    tasks = filled(shelf)
    shelf.path.unlink()
    for _ in range(2):
        with closing(shelf.open()) as ledger:
            assert ledger.needs_review
            send(ledger, ledger.all()[0]) if ledger.all()[0].state is S.FROZEN else None
    with closing(shelf.open()) as ledger:
        seen = shelf.witness.read()
        assert seen is not None
        ledger.accept()
        assert not ledger.needs_review
        assert ledger.generation >= seen.generation
    with closing(shelf.open()) as ledger:
        assert not ledger.needs_review
        assert len(ledger.all()) == len(tasks)


def test_a19_another_ledger_in_its_place_comes_up_for_review(shelf: Shelf) -> None:
    shelf.witness.write(Seen("another", 0))
    with closing(shelf.open()) as ledger:
        assert ledger.needs_review


def test_an_orderly_life_is_never_reviewed(shelf: Shelf) -> None:
    for _ in range(3):
        with closing(shelf.open()) as ledger:
            task = a_task()
            ledger.add(task)
            send(ledger, task)
            keep_backup(ledger, shelf.backups)
            assert not ledger.needs_review
    assert shelf.witness.read() is not None


def test_d05_a_ledger_deleted_while_open_takes_no_write_and_is_saved_whole(
    shelf: Shelf, ledger: SqliteLedger
) -> None:
    task = a_task()
    ledger.add(task)
    for file in shelf.path.parent.glob("ledger.sqlite*"):
        file.unlink()
    with pytest.raises(StorageError):
        send(ledger, task)
    with pytest.raises(StorageError):
        ledger.add(a_task())
    keep_backup(ledger, shelf.backups)
    with closing(shelf.open()) as again:
        assert again.all() == [task]
        assert not again.needs_review, "the copy has all of it"


def test_d16_the_newest_few_copies_are_kept_and_none_twice(
    shelf: Shelf, ledger: SqliteLedger
) -> None:
    for _ in range(COPIES_KEPT + 3):
        ledger.add(a_task())
        assert keep_backup(ledger, shelf.backups) == keep_backup(ledger, shelf.backups)
    copies = shelf.copies()
    assert len(copies) == COPIES_KEPT
    assert read_tasks(copies[-1]) == ledger.all()
    assert copies[-1].stat().st_mode & 0o777 == 0o600


def test_d16_a_copy_that_fails_leaves_the_one_before(shelf: Shelf, ledger: SqliteLedger) -> None:
    ledger.add(a_task())
    before = keep_backup(ledger, shelf.backups)
    ledger.add(a_task())
    blocked = shelf.backups / f"ledger-{ledger.generation:012}.part"
    blocked.mkdir()
    blocked.joinpath("in the way").touch()
    with pytest.raises(StorageError):
        keep_backup(ledger, shelf.backups)
    assert len(read_tasks(before)) == 1
    shutil.rmtree(blocked)
    assert len(read_tasks(keep_backup(ledger, shelf.backups))) == 2


MOUNTS = r"""22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
23 22 0:21 / /proc rw - proc proc rw
60 22 0:50 / /home/ann rw shared:9 - nfs4 server:/home rw
61 60 8:9 / /home/ann/My\040Disk rw - ext4 /dev/sdb1 rw
62 22 0:51 / /media/share rw - fuse.sshfs ann@server: rw
an odd line
"""


@pytest.mark.parametrize(
    ("path", "is_refused"),
    [
        ("/home/ann/.local/share/kling-desktop/ledger.sqlite", True),
        ("/media/share/ledger.sqlite", True),
        ("/home/ann/My Disk/ledger.sqlite", False),
        ("/home/anna/ledger.sqlite", False),
        ("/srv/ledger.sqlite", False),
        ("//server/share/ledger.sqlite", True),
    ],
)
def test_d09_a_ledger_on_a_network_drive_is_refused(
    tmp_path: Path, path: str, is_refused: bool
) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(MOUNTS)
    refuse_network_folder(Path(path), tmp_path / "no table") if not is_refused else None
    if not is_refused:
        refuse_network_folder(Path(path), table)
        return
    with pytest.raises(StorageError) as caught:
        refuse_network_folder(Path(path), table)
    assert caught.value.record.remedy is Remedy.FIX_SETTINGS


STORED = sorted((Path(__file__).parents[1] / "data" / "schema").glob("v*.sqlite"))


@pytest.mark.parametrize("stored", STORED, ids=lambda path: path.stem)
def test_d11_a_ledger_of_every_version_is_brought_to_the_newest(shelf: Shelf, stored: Path) -> None:
    shelf.path.parent.mkdir()
    shutil.copyfile(stored, shelf.path)
    with closing(shelf.open()) as ledger:
        tasks = list(ledger.all())
        assert {task.state for task in tasks} >= {S.FROZEN, S.ACCEPTED, S.DONE}
        assert any(task.outputs for task in tasks)
        assert not ledger.needs_review
        frozen = next(task for task in tasks if task.state is S.FROZEN)
        assert send(ledger, frozen).attempts == frozen.attempts + 1
        fresh = shelf.path.with_name("fresh.sqlite")
        open_ledger(fresh).close()
        assert schema(shelf.path) == schema(fresh)


def test_d11_there_is_a_stored_ledger_of_every_version() -> None:
    from kling_desktop.library.ledger_steps import STEPS

    assert [path.stem for path in STORED] == [f"v{number + 1}" for number in range(len(STEPS))]


def schema(path: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return set(connection.execute("SELECT name, sql FROM sqlite_schema"))
