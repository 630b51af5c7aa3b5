"""A library that is gone: what was bought is kept elsewhere, and comes home."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from kling_desktop.domain.errors import Remedy, RescuedError, StorageError
from kling_desktop.domain.media import MediaKind
from kling_desktop.domain.tasks import Output, OutputState
from kling_desktop.library.files import LibraryFolder
from kling_desktop.library.index import Index
from kling_desktop.library.store import Library
from tests.library.pictures import arrive, picture
from tests.library.samples import a_task

OUTPUT = Output(0, MediaKind.IMAGE, url="https://cdn/secret")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "drive" / "library"


@pytest.fixture
def library(tmp_path: Path, root: Path):
    folder = LibraryFolder(root)
    folder.prepare()
    with closing(Index(tmp_path / "data" / "index.sqlite", root)) as index:
        yield Library(folder, index, LibraryFolder(tmp_path / "data" / "rescue"))


def results(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*-0.png"))


def fetch(library: Library, task, data: bytes) -> Output:
    part = library.part(task, OUTPUT)
    return library.finish(task, OUTPUT, arrive(part, data, "png"))


@pytest.mark.parametrize("is_bare_mount_point", [False, True])
def test_d07_a_drive_that_is_gone_costs_no_result_and_nothing_lands_on_its_mount_point(
    library: Library, root: Path, tmp_path: Path, is_bare_mount_point: bool
) -> None:
    task, away = a_task(), tmp_path / "away"
    root.rename(away)
    if is_bare_mount_point:
        root.mkdir()
    with pytest.raises(RescuedError) as caught:
        fetch(library, task, picture())
    assert caught.value.record.remedy is Remedy.FIND_LIBRARY
    assert "library --accept" in caught.value.record.detail
    with pytest.raises(RescuedError):  # it is not downloaded a second time
        library.adopt(task, OUTPUT)
    assert library.adopt(a_task(), OUTPUT) is None
    assert not root.exists() or not any(root.iterdir())
    if is_bare_mount_point:
        root.rmdir()
    away.rename(root)
    home = library.adopt(task, OUTPUT)
    assert home is not None
    assert home.file is not None
    assert home.state is OutputState.SAVED
    assert (root / home.file).read_bytes() == picture()
    assert results(tmp_path / "data" / "rescue") == []
    assert library.adopt(task, OUTPUT) == home


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Also for root, whom a mode does not stop."""
    folder.chmod(0o500)
    subprocess.run(["chattr", "+i", folder], capture_output=True, check=False)
    try:
        if os.access(folder, os.W_OK):
            pytest.skip("root may write anywhere here")
        yield
    finally:
        subprocess.run(["chattr", "-i", folder], capture_output=True, check=False)
        folder.chmod(0o700)


@pytest.mark.skipif(shutil.which("chattr") is None, reason="needs chattr")
def test_c21_a_library_that_became_read_only_costs_no_result(
    library: Library, root: Path, tmp_path: Path
) -> None:
    task = a_task()
    with read_only(root):
        with pytest.raises(RescuedError):
            fetch(library, task, picture())
        assert len(results(tmp_path / "data" / "rescue")) == 1
    assert library.adopt(task, OUTPUT) is not None
    assert len(results(root)) == 1


def test_c21_coming_home_overwrites_nothing(library: Library, root: Path, tmp_path: Path) -> None:
    task = a_task()
    before = fetch(library, task, picture(colour="red"))
    assert before.file is not None
    stranger = b"a stranger's file under this name"
    (root / before.file).write_bytes(stranger)
    root.rename(tmp_path / "away")
    with pytest.raises(RescuedError):
        fetch(library, task, picture())
    (tmp_path / "away").rename(root)
    home = library.adopt(task, OUTPUT)
    assert home is not None
    assert home.file != before.file
    assert (root / before.file).read_bytes() == stranger


def test_d06_a_library_that_is_not_the_remembered_one_is_not_written_to(
    tmp_path: Path, root: Path
) -> None:
    id = LibraryFolder(root).prepare()
    root.rename(root.with_name("renamed"))
    folder = LibraryFolder(root)
    with pytest.raises(StorageError):
        folder.prepare(id)
    other = LibraryFolder(root)
    other.prepare()  # another library appears in its place later
    with pytest.raises(StorageError):
        folder.check()
