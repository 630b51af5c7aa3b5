"""`shelf.json`: written whole or not at all, and nobody's keys are lost."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from kling_desktop.domain.errors import StorageError
from kling_desktop.domain.media import Crop, Edit, StoredImage, UrlImage
from kling_desktop.domain.shelf import PictureSet, Shelf, ShelfPicture
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


def put(library: Path, shelf: Shelf) -> Shelf:
    return ShelfFile(library).change(lambda _old: shelf)


def values(library: Path) -> dict:
    return json.loads((library / SHELF).read_text(encoding="utf-8"))


def test_what_was_written_is_read_with_every_edit(tmp_path: Path) -> None:
    put(tmp_path, SHELF_OF_TWO)
    assert read_shelf(tmp_path) == SHELF_OF_TWO
    assert [path.name for path in tmp_path.iterdir()] == [SHELF]


def test_a_library_without_a_shelf_has_an_empty_one(tmp_path: Path) -> None:
    assert read_shelf(tmp_path) == Shelf()


def test_unknown_keys_of_the_file_and_of_its_entries_stay(tmp_path: Path) -> None:
    put(tmp_path, SHELF_OF_TWO)
    found = values(tmp_path)
    found["colour"] = "green"
    found["pictures"][0]["stars"] = 5
    found["sets"][1]["note"] = "mine"
    found["pictures"].append({"hologram": 1})
    (tmp_path / SHELF).write_text(json.dumps(found), encoding="utf-8")
    renamed = replace(SHELF_OF_TWO.pictures[0], name="Mara in red")
    ShelfFile(tmp_path).change(lambda shelf: shelf.with_picture(renamed))
    after = values(tmp_path)
    assert after["colour"] == "green"
    assert (after["pictures"][0]["name"], after["pictures"][0]["stars"]) == ("Mara in red", 5)
    assert after["sets"][1]["note"] == "mine"
    assert {"hologram": 1} in after["pictures"]


@pytest.mark.parametrize(
    "damage",
    ["", "{", "[]", '{"format": "x"}', '{"format": 1, "pictures": 3}', "\0" * 100, "[" * 100_000],
)
def test_a_damaged_shelf_reads_as_empty_and_is_kept_beside_the_next(
    tmp_path: Path, damage: str
) -> None:
    (tmp_path / SHELF).write_text(damage, encoding="utf-8")
    (tmp_path / f"{SHELF}.bad").write_text("an earlier one", encoding="utf-8")
    assert read_shelf(tmp_path) == Shelf()
    assert (tmp_path / SHELF).read_text(encoding="utf-8") == damage, "reading changes nothing"
    put(tmp_path, SHELF_OF_TWO)
    assert read_shelf(tmp_path) == SHELF_OF_TWO
    assert (tmp_path / f"{SHELF}.1.bad").read_text(encoding="utf-8") == damage
    assert (tmp_path / f"{SHELF}.bad").read_text(encoding="utf-8") == "an earlier one"


def test_a_shelf_from_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    text = '{"format": 2, "pictures": [], "sets": []}'
    (tmp_path / SHELF).write_text(text, encoding="utf-8")
    with pytest.raises(StorageError, match="newer version"):
        read_shelf(tmp_path)
    with pytest.raises(StorageError, match="newer version"):
        put(tmp_path, SHELF_OF_TWO)
    assert (tmp_path / SHELF).read_text(encoding="utf-8") == text


def test_a_path_in_place_of_a_hash_is_not_followed(tmp_path: Path) -> None:
    put(tmp_path, SHELF_OF_TWO)
    found = values(tmp_path)
    found["pictures"][0]["image"]["original_sha256"] = "../../etc/passwd"
    (tmp_path / SHELF).write_text(json.dumps(found), encoding="utf-8")
    assert [picture.image for picture in read_shelf(tmp_path).pictures] == [STUDIO]


def test_a_part_left_by_a_crash_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / f"{SHELF}.part").write_text("half", encoding="utf-8")
    put(tmp_path, SHELF_OF_TWO)
    assert read_shelf(tmp_path) == SHELF_OF_TWO


@pytest.mark.skipif(os.name == "nt", reason="Windows names such folders otherwise")
def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="library folder"):
        put(tmp_path / "gone", SHELF_OF_TWO)
