"""The shelf as the engine's side keeps it: pictures once, names, sets, and word of each change."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from kling_desktop.domain.errors import AppError
from kling_desktop.domain.facts import PictureBrought, ShelfChanged
from kling_desktop.domain.media import FileImage, StoredImage, UrlImage
from kling_desktop.domain.shelf import PictureSet, Shelf
from kling_desktop.inputs import LibraryInputs
from kling_desktop.library.files import LibraryFolder
from kling_desktop.library.shelf import read_shelf
from kling_desktop.shelving import Shelving
from tests.fakes.clock import ManualClock
from tests.fakes.threads import InlineThreads

pytestmark = pytest.mark.anyio


class Room:
    """Shelving over a real library folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.facts: list[object] = []
        library = LibraryFolder(folder / "library")
        library.prepare()
        self.library = library.root
        self.shelving = Shelving(
            library,
            folder / "brought",
            LibraryInputs(library).shelve,
            InlineThreads(),
            ManualClock(),
            self.facts.append,
        )

    def picture(self, name: str, colour: str = "teal") -> FileImage:
        path = self.folder / name
        Image.new("RGB", (400, 300), colour).save(path)
        return FileImage(path)

    def inputs(self) -> list[Path]:
        return [path for path in (self.library / "inputs").rglob("*") if path.is_file()]

    @property
    def shelf(self) -> Shelf:
        shelf = read_shelf(self.library)
        assert self.facts[-1] == ShelfChanged(shelf), "told is what stands on disk"
        return shelf


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


async def test_e18_the_same_picture_twice_stands_and_is_kept_once(room: Room) -> None:
    await room.shelving.shelve((room.picture("a.png"), room.picture("copy of a.png")))
    await room.shelving.shelve((room.picture("a.png"), UrlImage("https://example.org/a.png")))
    assert [picture.image.name for picture in room.shelf.pictures] == ["a.png"]
    assert len(room.inputs()) == 1


async def test_a_name_and_tags_are_kept_also_when_it_is_shelved_again(room: Room) -> None:
    await room.shelving.shelve((room.picture("a.png"),))
    (picture,) = room.shelf.pictures
    await room.shelving.describe(picture.image, " Mara ", "Person, coat")
    await room.shelving.take_off(picture.image)
    assert room.shelf.pictures[0].is_hidden
    await room.shelving.shelve((room.picture("a.png"),))
    (picture,) = room.shelf.pictures
    assert (picture.name, picture.tags, picture.is_hidden) == ("Mara", ("person", "coat"), False)


async def test_a_set_keeps_its_pictures_and_leaves_addresses_as_they_are(room: Room) -> None:
    address = UrlImage("https://example.org/a.png")
    mara, dunes = room.picture("mara.png"), room.picture("dunes.png", "gold")
    wanted = PictureSet("s1", " Both ", (mara, None, address, None), scene=dunes, style=mara)
    await room.shelving.save_set(wanted)
    (kept,) = room.shelf.sets
    assert kept.name == "Both"
    assert (kept.subjects[1], kept.subjects[2]) == (None, address)
    assert isinstance(kept.subjects[0], StoredImage)
    assert kept.subjects[0] == kept.style
    assert len(room.inputs()) == 2
    assert len(room.shelf.pictures) == 2
    await room.shelving.save_set(replace(kept, name="Two"))
    assert [each.name for each in room.shelf.sets] == ["Two"]
    await room.shelving.remove_set("s1")
    assert room.shelf.sets == ()
    assert len(room.inputs()) == 2, "pictures stay"


async def test_e10_what_is_no_picture_is_said_and_the_rest_comes_onto_the_shelf(room: Room) -> None:
    liar = room.folder / "notes.png"
    liar.write_text("no picture")
    with pytest.raises(AppError, match=r"notes\.png"):
        await room.shelving.shelve((FileImage(liar), room.picture("a.png")))
    assert [picture.title for picture in room.shelf.pictures] == ["a"]


async def test_a_set_with_something_that_is_no_picture_is_not_kept(room: Room) -> None:
    liar = room.folder / "notes.png"
    liar.write_text("no picture")
    with pytest.raises(AppError, match=r"notes\.png"):
        await room.shelving.save_set(PictureSet("s1", "Bad", (FileImage(liar), None, None, None)))
    assert read_shelf(room.library) == Shelf()
    assert room.facts == []


async def test_e12_a_web_picture_that_cannot_be_fetched_is_told_with_its_reason(room: Room) -> None:
    await room.shelving.bring_picture("http://127.0.0.1:9/a.png")
    (fact,) = room.facts
    assert isinstance(fact, PictureBrought)
    assert (fact.url, fact.file) == ("http://127.0.0.1:9/a.png", None)
    assert fact.error is not None
    assert "https" in fact.error.detail
