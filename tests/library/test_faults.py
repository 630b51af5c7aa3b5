"""The disk fails at one call: a child process runs under strace, which fails it there."""

import pickle
import shutil
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from kling_desktop.domain.media import MediaKind
from kling_desktop.domain.tasks import Output, OutputState
from kling_desktop.library.files import LibraryFolder
from kling_desktop.library.ledger import open_ledger, read_tasks
from kling_desktop.library.ledger_steps import STEPS
from kling_desktop.library.schema import open_database, version_of
from tests.library.pictures import arrive, picture
from tests.library.samples import a_task

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
OUTPUT = Output(0, MediaKind.IMAGE, url="https://cdn/secret")

FINISH = """
import pathlib, pickle, sys
from kling_desktop.domain.errors import StorageError
from kling_desktop.library.files import LibraryFolder
root, note = sys.argv[1:]
folder = LibraryFolder(pathlib.Path(root))
folder.prepare()
try:
    folder.finish(*pickle.loads(pathlib.Path(note).read_bytes()))
except StorageError:
    sys.exit(7)
"""

WRITE = """
import pathlib, pickle, sys
from dataclasses import replace
from kling_desktop.domain.errors import StorageError
from kling_desktop.domain.tasks import TaskState
from kling_desktop.library.ledger import open_ledger, read_tasks
path, note = map(pathlib.Path, sys.argv[1:])
task = pickle.loads(note.read_bytes())
failures = 0

def tried(work):
    global failures
    while True:
        try:
            return work()
        except StorageError:
            failures += 1
            assert failures < 3

ledger = tried(lambda: open_ledger(path))

def add():
    if ledger.get(task.id) is None:
        ledger.add(task)

def send():
    now = ledger.get(task.id)
    assert [now] == read_tasks(path), "what it says is not what stands on the disk"
    if now.state is TaskState.FROZEN:
        ledger.begin_attempt(replace(now, state=TaskState.SENDING, account="acc"), now.state)

tried(add)
tried(send)
assert ledger.get(task.id).attempts == 1
sys.exit(7 if failures else 0)
"""


MIGRATE = """
import pathlib, sys
from kling_desktop.library.ledger_steps import STEPS
from kling_desktop.library.schema import open_database
later = (*STEPS, ("ALTER TABLE tasks ADD COLUMN later TEXT", "CREATE TABLE more (x TEXT)"))
open_database(pathlib.Path(sys.argv[1]), later).close()
"""


def run_failing(fault: str, script: str, *arguments: Path, log: Path | None = None) -> int:
    where = ["-o", str(log or arguments[0].with_name("strace.log"))]
    command = ["strace", "-f", "-y", *where, *fault.split(), sys.executable, "-c", script]
    ended = subprocess.run([*command, *map(str, arguments)], capture_output=True, check=False)
    assert ended.returncode in (0, 7), ended.stderr.decode()
    return ended.returncode


@pytest.fixture
def folder(tmp_path: Path) -> LibraryFolder:
    folder = LibraryFolder(tmp_path / "library")
    folder.prepare()
    return folder


def arrived(folder: LibraryFolder, note: Path) -> Path:
    """A download that waits for its name; returns where it stands."""
    task = a_task()
    part = folder.part(task, OUTPUT)
    note.write_bytes(pickle.dumps((task, OUTPUT, arrive(part, picture(), "png"))))
    return part


def test_c22_a_result_whose_sync_fails_is_thrown_away_and_fetched_afresh(
    folder: LibraryFolder, tmp_path: Path
) -> None:
    note = tmp_path / "note"
    part = arrived(folder, note)
    fault = "-e trace=fsync -e inject=fsync:error=EIO:when=1"
    assert run_failing(fault, FINISH, folder.root, note) == 7
    assert not part.exists()
    assert list(folder.root.rglob("*.png")) == []
    task, output, _ = pickle.loads(note.read_bytes())
    assert folder.adopt(task, output) is None
    saved = folder.finish(task, output, arrive(folder.part(task, output), picture(), "png"))
    assert saved.state is OutputState.SAVED


def test_d10_a_result_is_on_the_disk_before_it_has_its_name(
    folder: LibraryFolder, tmp_path: Path
) -> None:
    note, log = tmp_path / "note", tmp_path / "log"
    part = arrived(folder, note)
    calls = "-e trace=fsync,link,linkat,rename,renameat,renameat2"
    assert run_failing(calls, FINISH, folder.root, note, log=log) == 0
    lines = log.read_text().splitlines()

    def first(call: str, *words: str) -> int:
        found = (all(word in line for word in (call, *words)) for line in lines)
        return list(found).index(True)

    (final,) = folder.root.rglob("*.png")
    synced, named = first("fsync(", part.name), first("link", part.name, final.name)
    assert synced < named
    assert any(f"{final.parent}>" in line and "fsync(" in line for line in lines[named:])


def test_d11_a_migration_killed_at_any_write_leaves_the_old_or_the_new_schema(
    tmp_path: Path,
) -> None:
    later = (*STEPS, ("ALTER TABLE tasks ADD COLUMN later TEXT", "CREATE TABLE more (x TEXT)"))
    killed = 0
    for when in range(1, 60, 4):
        path = tmp_path / str(when) / "ledger.sqlite"
        with closing(open_ledger(path)) as ledger:
            task = a_task()
            ledger.add(task)
        fault = f"-f -o /dev/null -e trace=pwrite64 -e inject=pwrite64:signal=KILL:when={when}"
        command = ["strace", *fault.split(), sys.executable, "-c", MIGRATE, str(path)]
        ended = subprocess.run(command, capture_output=True, check=False)
        assert ended.returncode in (0, -signal.SIGKILL), ended.stderr.decode()
        killed += ended.returncode != 0
        with closing(open_database(path, later)) as connection:
            assert version_of(connection) == len(later)
            assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            assert connection.execute("SELECT id, later FROM tasks").fetchall()[0][0] == task.id
        if ended.returncode == 0:
            break
    assert killed > 2


def test_d15_a_commit_whose_sync_fails_is_read_anew_and_can_be_repeated(tmp_path: Path) -> None:
    codes: list[int] = []
    for when in range(3, 9):  # some of them are of the folder, which SQLite can do without
        folder = tmp_path / str(when)
        folder.mkdir()
        note, path, task = folder / "note", folder / "ledger.sqlite", a_task()
        note.write_bytes(pickle.dumps(task))
        fault = f"-e trace=fsync,fdatasync -e inject=fsync,fdatasync:error=EIO:when={when}"
        codes.append(run_failing(fault, WRITE, path, note))
        (stored,) = read_tasks(path)
        assert (stored.id, stored.attempts) == (task.id, 1)
    assert 7 in codes, "no commit failed"
