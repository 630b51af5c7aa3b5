"""Pictures mentioned by the names that the person gave them on the shelf."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QThreadPool
from PySide6.QtWidgets import QApplication

from kling_desktop.domain.errors import ErrorRecord, StorageError
from kling_desktop.domain.facts import ShelfChanged
from kling_desktop.domain.media import FileImage, StoredImage
from kling_desktop.domain.shelf import Shelf, ShelfPicture
from tests.ui.compose.conftest import Bench
from tests.ui.compose.test_prompts import focus


class Folder:
    """Where the shelf is read from."""

    def __init__(self) -> None:
        self.shelf = Shelf()
        self.is_readable = True

    def read(self) -> Shelf:
        if not self.is_readable:
            raise StorageError(ErrorRecord("The library is away", ""))
        return self.shelf


def shelved(file: Path, name: str, *, is_hidden: bool = False) -> ShelfPicture:
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    image = StoredImage(sha256, "png", sha256, "png", file.name, 400, 300)
    return ShelfPicture(image, name, is_hidden=is_hidden)


@pytest.fixture
def folder() -> Folder:
    return Folder()


@pytest.fixture
def bench(make_bench, tmp_path: Path, folder: Folder, picture, qtbot) -> Bench:
    """A form with two subjects, the keyboard in its prompt."""
    made = make_bench(tmp_path, shelf=folder.read)
    made.form.grid.filler.put("subjects[0]", [FileImage(picture(n)) for n in ("a.png", "b.png")])
    made.settle()
    focus(made, qtbot)
    return made


def offered(bench: Bench) -> list[str]:
    model = bench.form.prompts.mention_list.popup.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def type_in(bench: Bench, qtbot, text: str) -> None:
    qtbot.keyClicks(bench.form.prompts.prompt.edit, text)
    QThreadPool.globalInstance().waitForDone()
    QApplication.processEvents()


def test_a_name_is_offered_after_the_word_and_put_in_as_plain_text(
    bench: Bench, folder: Folder, tmp_path: Path, qtbot
):
    folder.shelf = Shelf((shelved(tmp_path / "b.png", "Mara"), shelved(tmp_path / "a.png", "")))
    type_in(bench, qtbot, "@")
    assert offered(bench) == ["subject 1", "subject 2", "Mara"]
    popup = bench.form.prompts.mention_list.popup
    said = popup.model().index(2, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "Mara, subject 2"
    type_in(bench, qtbot, "ma")
    assert offered(bench) == ["Mara"]
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert bench.panel.draft().prompt == "Mara"


def test_a_new_name_counts_at_once(bench: Bench, folder: Folder, tmp_path: Path, qtbot):
    folder.shelf = Shelf((shelved(tmp_path / "a.png", "Mara"),))
    type_in(bench, qtbot, "@")
    changed = replace(folder.shelf.pictures[0], name="Ida")
    bench.bridge.shelf_changed.emit(ShelfChanged(Shelf((changed,))))
    assert offered(bench) == ["subject 1", "Ida", "subject 2"]


def test_braces_in_a_name_make_no_alternatives(bench: Bench, folder: Folder, tmp_path, qtbot):
    folder.shelf = Shelf((shelved(tmp_path / "a.png", "{Mara|Ida}"),))
    type_in(bench, qtbot, "@")
    popup = bench.form.prompts.mention_list.popup
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    bench.panel.generate()
    assert [asked.request.prompt for asked in bench.submissions] == ["{Mara|Ida}"]


def test_what_was_taken_off_the_shelf_has_no_name(bench: Bench, folder: Folder, tmp_path, qtbot):
    folder.shelf = Shelf((shelved(tmp_path / "a.png", "Mara", is_hidden=True),))
    type_in(bench, qtbot, "@")
    assert offered(bench) == ["subject 1", "subject 2"]


def test_a_shelf_that_cannot_be_read_leaves_the_words(bench: Bench, folder: Folder, qtbot):
    folder.is_readable = False
    type_in(bench, qtbot, "@")
    assert offered(bench) == ["subject 1", "subject 2"]
