"""Pictures on a drive that takes its time: the window does not wait, and nobody reads in vain."""

from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt

from kling_desktop.domain.media import FileImage, ImageFacts, ImageFault, ImageLimits
from kling_desktop.images.inspect import inspect
from kling_desktop.ui.compose.copies import LocalImage
from kling_desktop.ui.compose.offers import of_file
from kling_desktop.ui.compose.verdict import SlotState
from tests.ui.compose.conftest import Bench, files


class Drive:
    """Looks at a file called "slow" once it is let; everything is really read."""

    def __init__(self) -> None:
        self.is_reached, self.goes_on = Event(), Event()
        self.found: dict[str, ImageFault | None] = {}

    def look_at(
        self, image: LocalImage, limits: ImageLimits, is_wanted: Callable[[], bool]
    ) -> ImageFacts:
        assert isinstance(image, FileImage)
        if image.path.stem == "slow":
            self.is_reached.set()
            self.goes_on.wait()
        facts = inspect(image.path, image.edit, limits, is_wanted)
        self.found[image.path.name] = facts.fault
        return facts


@pytest.fixture
def drive():
    made = Drive()
    yield made
    made.goes_on.set()


@pytest.fixture
def slow(make_bench, drive: Drive, picture, tmp_path: Path, qtbot) -> Bench:
    """A form with a picture that somebody is about to read."""
    bench = make_bench(tmp_path, drive.look_at)
    bench.form.grid.filler.drop("subjects[0]", files(picture("slow.png")))
    qtbot.waitUntil(drive.is_reached.is_set)
    return bench


def test_e17_a_picture_taken_out_is_read_no_further(slow: Bench, drive: Drive, qtbot):
    qtbot.keyClick(slow.slot("subjects[0]"), Qt.Key.Key_Delete)
    drive.goes_on.set()
    slow.settle()
    assert drive.found == {"slow.png": ImageFault.UNREADABLE}, "though the file is whole"
    assert slow.slot("subjects[0]").is_empty


def test_e17_a_picture_that_was_replaced_is_read_no_further(slow: Bench, drive: Drive, picture):
    slow.form.grid.filler.put("subjects[0]", [FileImage(picture("quick.png"))])
    drive.goes_on.set()
    slow.settle()
    assert drive.found == {"slow.png": ImageFault.UNREADABLE, "quick.png": None}
    assert slow.slot("subjects[0]").view.verdict.state is SlotState.READY


def test_e17_a_picture_that_is_waited_for_arrives(slow: Bench, drive: Drive):
    assert slow.slot("subjects[0]").view.verdict.state is SlotState.CHECKING
    drive.goes_on.set()
    slow.settle()
    assert drive.found == {"slow.png": None}
    assert slow.slot("subjects[0]").view.verdict.state is SlotState.READY


def test_e17_while_one_is_read_the_next_finds_its_slot(slow: Bench, picture, qtbot):
    slow.form.grid.filler.drop("scene", files(picture("slow.bmp"), picture("quick.png")))
    qtbot.waitUntil(lambda: slow.panel.draft().style is not None)
    assert slow.slot("scene").view.verdict.state is SlotState.CHECKING


def test_e17_a_drop_asks_no_disk_before_it_returns(bench: Bench, picture, tmp_path: Path):
    folder = tmp_path / "holiday.png"
    folder.mkdir()
    inside = picture("inside.png").rename(folder / "inside.png")
    assert not of_file(folder).is_folder, "judged by its name"
    bench.form.grid.filler.drop("subjects[0]", files(folder))
    assert bench.panel.draft().places() == ()
    bench.settle()
    assert bench.panel.draft().subjects[0] == FileImage(inside)


def test_e17_a_folder_may_have_a_dot_in_its_name(bench: Bench, picture, tmp_path: Path):
    folder = tmp_path / "Rome, 3.5"
    folder.mkdir()
    inside = picture("inside.png").rename(folder / "inside.png")
    assert bench.drag("subjects[0]", files(folder))
    bench.drop("subjects[0]", files(folder, tmp_path / "notes.5"))
    assert bench.panel.draft().subjects[0] == FileImage(inside)
    assert bench.form.grid._note.words() == "notes.5: Not a picture: .5."
