import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from kling_desktop.domain.errors import BugError
from kling_desktop.domain.media import MediaKind
from kling_desktop.domain.tasks import Output, Receipt, Task
from kling_desktop.library.files import LibraryFolder
from kling_desktop.library.index import Gallery, GalleryFilter, Index
from kling_desktop.library.journal import FileJournal
from kling_desktop.library.sidecar import read_sidecar, sidecar_path
from kling_desktop.library.store import Library
from tests.library.pictures import arrive, picture
from tests.library.samples import REQUEST, a_task

OUTPUT = Output(0, MediaKind.IMAGE, url="https://cdn/secret")
EVERYTHING = GalleryFilter()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def index(tmp_path: Path, root: Path):
    with closing(Index(tmp_path / "data" / "index.sqlite", root)) as index:
        yield index


@pytest.fixture
def library(root: Path, index: Index) -> Library:
    folder = LibraryFolder(root)
    folder.prepare()
    return Library(folder, index)


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    return Gallery(tmp_path / "data" / "index.sqlite")


def saved(library: Library, **changes: object) -> Task:
    task = a_task(**changes)
    downloaded = arrive(library.part(task, OUTPUT), picture(), "png")
    return replace(task, outputs=(library.finish(task, OUTPUT, downloaded),))


def test_a_described_result_is_in_the_gallery_at_once_and_after_a_rebuild(
    library: Library, index: Index, gallery: Gallery, root: Path
) -> None:
    task = saved(library, task_id="99887766")
    asset = library.describe(task, task.outputs[0])
    assert gallery.page(EVERYTHING, None, 10) == [asset]
    assert (root / asset.file).read_bytes() == picture()
    findings = index.rebuild()
    assert (findings.found, findings.missing, findings.unreadable) == (1, (), ())
    assert gallery.page(EVERYTHING, None, 10) == [asset]
    for text in ("lamp rain", task.id, task.external_task_id, "99887766"):
        assert gallery.count(GalleryFilter(text)) == 1


def test_describing_again_changes_one_entry(library: Library, gallery: Gallery) -> None:
    task = saved(library)
    library.describe(task, task.outputs[0])
    library.describe(replace(task, finished_at_ms=7), task.outputs[0])
    assert gallery.count(EVERYTHING) == 1


def test_a_rebuild_tells_what_is_missing_and_what_cannot_be_read(
    library: Library, index: Index, gallery: Gallery, root: Path
) -> None:
    here, gone, spoilt = (saved(library) for _ in range(3))
    assets = [library.describe(task, task.outputs[0]) for task in (here, gone, spoilt)]
    (root / assets[1].file).unlink()
    sidecar_path(root / assets[2].file).write_text("{", encoding="utf-8")
    findings = index.rebuild()
    assert findings.found == 1
    assert findings.missing == (assets[1].file,)
    assert findings.unreadable == (PurePosixPath(f"{assets[2].file}.json"),)
    assert gallery.page(EVERYTHING, None, 10) == [assets[0]]
    # The ledger still knows the third: describing it puts it right and keeps the bad one.
    assert library.describe(spoilt, spoilt.outputs[0]) == assets[2]
    assert gallery.count(EVERYTHING) == 2


def test_c19_sidecars_lost_in_a_crash_are_written_afterwards(
    library: Library, gallery: Gallery, root: Path
) -> None:
    described, lost, unfinished = saved(library), saved(library), a_task()
    library.describe(described, described.outputs[0])
    assert gallery.count(EVERYTHING) == 1
    found = library.describe_missing([described, lost, unfinished])
    assert [asset.task for asset in found] == [lost.id]
    assert gallery.count(EVERYTHING) == 2
    assert lost.outputs[0].file is not None
    assert read_sidecar(sidecar_path(root / lost.outputs[0].file))["id"] == lost.id
    assert library.describe_missing([described, lost, unfinished]) == []


def test_only_a_saved_result_is_described(library: Library) -> None:
    with pytest.raises(BugError):
        library.describe(a_task(request=REQUEST), OUTPUT)


def test_an_index_that_fails_while_open_is_made_anew(
    library: Library, gallery: Gallery, tmp_path: Path
) -> None:
    first, second = saved(library), saved(library)
    library.describe(first, first.outputs[0])
    path = tmp_path / "data" / "index.sqlite"
    with closing(sqlite3.connect(path)) as other:
        other.execute("DROP TABLE search")
    library.describe(second, second.outputs[0])
    assert gallery.count(EVERYTHING) == 2


def test_the_journal_keeps_task_ids_and_survives_a_line_cut_off(tmp_path: Path) -> None:
    journal = FileJournal(tmp_path / "elsewhere" / "journal.jsonl")
    assert list(journal.read()) == []
    first, second = Receipt("a", "1", 5), Receipt("b", "2", 6)
    journal.append(first)
    with journal._path.open("a") as file:
        file.write('{"id": "c", "task_')
    journal.append(second)
    assert list(journal.read()) == [first, second]
    journal.clear()
    assert list(journal.read()) == []
