import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from kling_desktop.domain.errors import HomeInUseError, Remedy
from kling_desktop.library.lock import HomeLock, Machine

OWNER = """
import sys, pathlib
from kling_desktop.library.lock import HomeLock
lock = HomeLock(pathlib.Path(sys.argv[1]))
lock.acquire("the window")
print("held", flush=True)
sys.stdin.read()
"""


def test_d21_a_second_owner_is_refused_and_told_who_the_first_is(tmp_path: Path) -> None:
    path = tmp_path / "data" / "owner.lock"
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline().strip() == b"held"
        second = HomeLock(path)
        with pytest.raises(HomeInUseError) as caught:
            second.acquire("the image command")
        assert caught.value.record.remedy is Remedy.CLOSE_OTHER
        assert "the window" in caught.value.record.detail
        assert str(owner.pid) in caught.value.record.detail
        owner.kill()
        owner.wait()
        second.acquire("the image command")  # a killed owner leaves no lock behind
        second.release()


def test_a_released_home_can_be_had_again(tmp_path: Path) -> None:
    first, second = HomeLock(tmp_path / "owner.lock"), HomeLock(tmp_path / "owner.lock")
    first.acquire("one")
    with pytest.raises(HomeInUseError):
        second.acquire("two")
    first.release()
    first.release()
    second.acquire("two")
    second.release()


def test_d21_of_many_that_start_together_exactly_one_owns_the_home(tmp_path: Path) -> None:
    for number in range(25):
        path = tmp_path / str(number) / "owner.lock"
        together = threading.Barrier(4)
        owners: list[HomeLock] = []

        def start(
            path: Path = path,
            together: threading.Barrier = together,
            owners: list[HomeLock] = owners,
        ) -> None:
            lock = HomeLock(path)
            together.wait()
            with suppress(HomeInUseError):
                lock.acquire("one of four")
                owners.append(lock)

        starts = [threading.Thread(target=start) for _ in range(4)]
        for each in starts:
            each.start()
        for each in starts:
            each.join()
        assert len(owners) == 1
        owners[0].release()


def test_an_unreadable_note_still_refuses(tmp_path: Path) -> None:
    first = HomeLock(tmp_path / "owner.lock")
    first.acquire("one")
    (tmp_path / "owner.json").write_text("{")
    with pytest.raises(HomeInUseError):
        HomeLock(tmp_path / "owner.lock").acquire("two")
    first.release()


def test_a18_a_home_that_another_computer_has_open_is_refused_and_named(tmp_path: Path) -> None:
    """A shared or synchronised folder carries the note, and no lock."""
    path = tmp_path / "owner.lock"
    studio = HomeLock(path, Machine("studio-mac", "1"))
    studio.acquire("the window")
    path.rename(tmp_path / "stays-there.lock")  # locks do not travel
    laptop = HomeLock(path, Machine("laptop", "2"))
    with pytest.raises(HomeInUseError) as caught:
        laptop.acquire("the image command")
    assert "studio-mac" in caught.value.record.detail
    assert caught.value.record.remedy is Remedy.CLOSE_OTHER
    with pytest.raises(HomeInUseError):
        laptop.acquire("the image command")  # asked again, it is still not ours
    laptop.acquire("the accept command", takes_over=True)
    laptop.release()
    laptop.acquire("the window")
    laptop.release()


def test_d22_the_note_of_a_crash_on_this_computer_stops_nobody_even_if_it_was_renamed(
    tmp_path: Path,
) -> None:
    path = tmp_path / "owner.lock"
    HomeLock(path, Machine("old-name", "1")).acquire("the window")
    path.unlink()
    renamed = HomeLock(path, Machine("new-name", "1"))
    renamed.acquire("the window")
    renamed.release()
