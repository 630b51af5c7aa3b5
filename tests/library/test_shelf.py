"""`shelf.json`: written whole or not at all, and nobody's keys are lost."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from kling_desktop.domain.errors import StorageError
from kling_desktop.domain.media import Crop, Edit, StoredImage, UrlImage
from kling_desktop.domain.shelf import PictureSet, Shelf, ShelfPicture
from kling_desktop.library.files import MARKER, PARTS, LibraryFolder
from kling_desktop.library.shelf import SHELF, ShelfFile, read_shelf

MARA = StoredImage(
    "a" * 64, "jpg", "b" * 64, "jpg", "mara.jpg", 640, 480, Edit(crop=Crop(1, 2, 300, 300))
)
STUDIO = StoredImage("c" * 64, "png", "c" * 64, "png", "grey.png", 640, 480)
SHELF_OF_TWO = Shelf(
    (ShelfPicture(MARA, "Mara", ("person",), 7), ShelfPicture(STUDIO, is_hidden=True)),
    (
        PictureSet("s1", "Mara in the studio", (MARA, None, None, None), STUDIO, None, 8),
        PictureSet("s2", "Web", (None, UrlImage("https://example.org/a.png"), None, None)),
    ),
)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = LibraryFolder(tmp_path / "library")
    folder.prepare()
    return folder.root


def put(library: Path, shelf: Shelf) -> Shelf:
    return ShelfFile(LibraryFolder(library)).change(lambda _old: shelf)


def values(library: Path) -> dict:
    return json.loads((library / SHELF).read_text(encoding="utf-8"))


def test_what_was_written_is_read_with_every_edit(library: Path) -> None:
    put(library, SHELF_OF_TWO)
    assert read_shelf(library) == SHELF_OF_TWO
    assert {path.name for path in library.iterdir()} == {SHELF, MARKER, PARTS}


def test_a_library_without_a_shelf_has_an_empty_one(library: Path) -> None:
    assert read_shelf(library) == Shelf()


def test_unknown_keys_of_the_file_and_of_its_entries_stay(library: Path) -> None:
    put(library, SHELF_OF_TWO)
    found = values(library)
    found["colour"] = "green"
    found["pictures"][0]["stars"] = 5
    found["sets"][1]["note"] = "mine"
    found["pictures"].append({"hologram": 1})
    (library / SHELF).write_text(json.dumps(found), encoding="utf-8")
    renamed = replace(SHELF_OF_TWO.pictures[0], name="Mara in red")
    ShelfFile(LibraryFolder(library)).change(lambda shelf: shelf.with_picture(renamed))
    after = values(library)
    assert after["colour"] == "green"
    assert (after["pictures"][0]["name"], after["pictures"][0]["stars"]) == ("Mara in red", 5)
    assert after["sets"][1]["note"] == "mine"
    assert {"hologram": 1} in after["pictures"]


@pytest.mark.parametrize(
    "damage",
    ["", "{", "[]", '{"format": "x"}', '{"format": 1, "pictures": 3}', "\0" * 100, "[" * 100_000],
)
def test_a_damaged_shelf_reads_as_empty_and_is_kept_beside_the_next(
    library: Path, damage: str
) -> None:
    (library / SHELF).write_text(damage, encoding="utf-8")
    (library / f"{SHELF}.bad").write_text("an earlier one", encoding="utf-8")
    assert read_shelf(library) == Shelf()
    assert (library / SHELF).read_text(encoding="utf-8") == damage, "reading changes nothing"
    put(library, SHELF_OF_TWO)
    assert read_shelf(library) == SHELF_OF_TWO
    assert (library / f"{SHELF}.1.bad").read_text(encoding="utf-8") == damage
    assert (library / f"{SHELF}.bad").read_text(encoding="utf-8") == "an earlier one"


def test_a_shelf_from_a_newer_version_is_refused_and_left_alone(library: Path) -> None:
    text = '{"format": 2, "pictures": [], "sets": []}'
    (library / SHELF).write_text(text, encoding="utf-8")
    with pytest.raises(StorageError, match="newer version"):
        read_shelf(library)
    with pytest.raises(StorageError, match="newer version"):
        put(library, SHELF_OF_TWO)
    assert (library / SHELF).read_text(encoding="utf-8") == text


def test_a_path_in_place_of_a_hash_is_not_followed(library: Path) -> None:
    put(library, SHELF_OF_TWO)
    found = values(library)
    found["pictures"][0]["image"]["original_sha256"] = "../../etc/passwd"
    (library / SHELF).write_text(json.dumps(found), encoding="utf-8")
    assert [picture.image for picture in read_shelf(library).pictures] == [STUDIO]


def test_a_part_left_by_a_crash_is_in_nobodys_way(library: Path) -> None:
    (library / f"{SHELF}.part").write_text("half", encoding="utf-8")
    put(library, SHELF_OF_TWO)
    assert read_shelf(library) == SHELF_OF_TWO


def test_nothing_is_written_while_the_library_is_away(library: Path) -> None:
    library.rename(library.with_name("elsewhere"))
    library.mkdir()
    assert read_shelf(library) == Shelf()
    with pytest.raises(StorageError, match="library folder"):
        put(library, SHELF_OF_TWO)
    assert list(library.iterdir()) == []
