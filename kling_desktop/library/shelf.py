"""`shelf.json` in the library folder: names and tags of kept pictures, and sets of them.

One writer, on the engine's side; the window reads. Keys that we do not know are somebody's: they
survive every rewrite. The pictures themselves stand in `inputs/`.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from kling_desktop.domain.drafts import SLOTS
from kling_desktop.domain.errors import ErrorRecord, Remedy, StorageError
from kling_desktop.domain.media import StoredImage
from kling_desktop.domain.recipes import image_from_json, image_to_json
from kling_desktop.domain.shelf import PictureSet, Shelf, ShelfPicture
from kling_desktop.library import disk
from kling_desktop.library.failures import folder_failure
from kling_desktop.library.files import LibraryFolder
from kling_desktop.library.names import input_name
from kling_desktop.text import t

SHELF = "shelf.json"
FORMAT = 1
_LARGEST_BYTES = 32 * 1024 * 1024

Json = dict[str, Any]


def read_shelf(library: Path) -> Shelf:
    """What stands on the shelf of a library. Blocking; changes nothing.

    Empty where there is none or it is damaged. Raises StorageError when it cannot be read, or is
    from a newer version.
    """
    return _shelf_of(_read(library / SHELF) or {})


class ShelfFile:
    """The shelf of one library, for its writer. Blocking. Raises StorageError."""

    def __init__(self, folder: LibraryFolder) -> None:
        self._folder = folder
        self._path = folder.root / SHELF

    def change(self, change: Callable[[Shelf], Shelf]) -> Shelf:
        """Read, change and write the shelf; returns what then stands there.

        A crash leaves the old or the new one. A damaged file is kept as `….bad`; one from a newer
        version stays untouched.
        """
        self._folder.check()
        values = _read(self._path)
        try:
            if values is None:
                self._path.replace(_free_bad_name(self._path))
                values = {}
            shelf = change(_shelf_of(values))
            data = json.dumps(_merged(values, shelf), indent=2, ensure_ascii=False).encode()
            disk.write_over(self._path, data, self._path.with_name(f"{SHELF}.part"))
        except OSError as problem:
            raise folder_failure(problem) from problem
        return shelf


def _read(path: Path) -> Json | None:
    """The values in the file, empty when there is none; None for a damaged one."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_BYTES + 1)
    except FileNotFoundError:
        return {}
    except OSError as problem:
        raise folder_failure(problem) from problem
    try:
        values = json.loads(data)
        format_ = int(values["format"])
        entries = (values.get("pictures", []), values.get("sets", []))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if format_ > FORMAT:
        raise StorageError(_newer())
    return cast(Json, values) if all(isinstance(each, list) for each in entries) else None


def _shelf_of(values: Mapping[str, Any]) -> Shelf:
    """The entries that can be understood; the others stay in the file as they are."""
    shelf = Shelf()
    for entry in values.get("pictures", []):
        with suppress(KeyError, TypeError, ValueError, AttributeError):
            shelf = shelf.with_picture(_picture(entry))
    for entry in values.get("sets", []):
        with suppress(KeyError, TypeError, ValueError, AttributeError):
            shelf = shelf.with_set(_set(entry))
    return shelf


def _picture(values: Mapping[str, Any]) -> ShelfPicture:
    image = image_from_json(values["image"])
    if not isinstance(image, StoredImage):
        raise TypeError("only kept pictures stand on the shelf")
    input_name(image.original_sha256, image.original_extension)  # a file can be edited by hand
    input_name(image.sent_sha256, image.sent_extension)
    return ShelfPicture(
        image,
        name=str(values.get("name", "")),
        tags=tuple(str(tag) for tag in values.get("tags", [])),
        added_at_ms=int(values.get("added_at_ms", 0)),
        is_hidden=values.get("is_hidden") is True,
    )


def _set(values: Mapping[str, Any]) -> PictureSet:
    subjects = [image_from_json(each) for each in values["subjects"]]
    return PictureSet(
        id=str(values["id"]),
        name=str(values["name"]),
        subjects=(*subjects, *(None,) * SLOTS)[:SLOTS],
        scene=image_from_json(values.get("scene")),
        style=image_from_json(values.get("style")),
        created_at_ms=int(values.get("created_at_ms", 0)),
    )


def _picture_values(picture: ShelfPicture) -> Json:
    return {
        "image": image_to_json(picture.image),
        "name": picture.name,
        "tags": list(picture.tags),
        "added_at_ms": picture.added_at_ms,
        "is_hidden": picture.is_hidden,
    }


def _set_values(wanted: PictureSet) -> Json:
    return {
        "id": wanted.id,
        "name": wanted.name,
        "subjects": [image_to_json(image) for image in wanted.subjects],
        "scene": image_to_json(wanted.scene),
        "style": image_to_json(wanted.style),
        "created_at_ms": wanted.created_at_ms,
    }


def _merged(old: Mapping[str, Any], shelf: Shelf) -> Json:
    pictures = [(picture.id, _picture_values(picture)) for picture in shelf.pictures]
    sets = [(each.id, _set_values(each)) for each in shelf.sets]
    return {
        **old,
        "format": FORMAT,
        "pictures": _entries(old.get("pictures", []), pictures, _picture_id),
        "sets": _entries(old.get("sets", []), sets, _set_id),
    }


def _entries(
    old: list[Any], new: list[tuple[str, Json]], id_of: Callable[[Any], str | None]
) -> list[Any]:
    """`new` with the unknown keys of the old ones, and the old ones that nobody understands."""
    known = {id: each for each in old if (id := id_of(each)) is not None}
    strange = [each for each in old if id_of(each) is None]
    return [*({**known.get(id, {}), **values} for id, values in new), *strange]


def _picture_id(entry: Any) -> str | None:  # noqa: ANN401 - whatever stands in the file
    try:
        return _picture(entry).id
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _set_id(entry: Any) -> str | None:  # noqa: ANN401 - whatever stands in the file
    try:
        return _set(entry).id
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _free_bad_name(path: Path) -> Path:
    bad, number = path.with_name(f"{path.name}.bad"), 0
    while bad.exists():
        number += 1
        bad = path.with_name(f"{path.name}.{number}.bad")
    return bad


def _newer() -> ErrorRecord:
    return ErrorRecord(
        t("The shelf cannot be used"),
        t("“{name}” was written by a newer version of Kling Desktop.", name=SHELF),
        Remedy.NONE,
    )
