"""Pictures on their way into the library: kept once, prepared anew, and the ones that were seen."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from kling_desktop.domain.errors import AppError, StorageError
from kling_desktop.domain.media import (
    COMMON_LIMITS,
    NO_EDIT,
    Edit,
    FileImage,
    Fit,
    ImageFault,
    StoredImage,
    UrlImage,
)
from kling_desktop.inputs import LibraryInputs
from kling_desktop.library.files import LibraryFolder
from tests.images.makers import drawing, saved


@pytest.fixture
def folder(tmp_path: Path) -> LibraryFolder:
    made = LibraryFolder(tmp_path / "library")
    made.prepare()
    return made


@pytest.fixture
def inputs(folder: LibraryFolder) -> LibraryInputs:
    return LibraryInputs(folder)


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    path = tmp_path / "wide.tiff"
    path.write_bytes(saved(drawing(size=(900, 300)), "TIFF"))
    return path


def keep(inputs: LibraryInputs, image: FileImage | StoredImage) -> StoredImage:
    kept = inputs.keep(image, COMMON_LIMITS, as_it_stands=False)
    assert isinstance(kept, StoredImage)
    return kept


def kept_files(folder: LibraryFolder) -> list[Path]:
    return [path for path in (folder.root / "inputs").rglob("*") if path.is_file()]


def test_the_original_and_what_was_sent_are_kept_side_by_side(
    inputs: LibraryInputs, folder: LibraryFolder, wide: Path
) -> None:
    image = FileImage(wide, Edit(fit=Fit.PAD))
    kept = keep(inputs, image)
    assert folder.original_path(kept).read_bytes() == wide.read_bytes()
    sent = inputs.path(kept).read_bytes()
    assert hashlib.sha256(sent).hexdigest() == kept.sent_sha256
    assert sent == inputs.copy(image).sent
    assert (kept.width, kept.height, kept.sent_extension) == (900, 360, "png")
    assert (kept.name, kept.original_extension, kept.edit) == ("wide.tiff", "tiff", image.edit)


def test_e18_the_same_picture_twice_is_kept_once(
    inputs: LibraryInputs, folder: LibraryFolder, wide: Path
) -> None:
    twin = wide.with_name("twin.tiff")
    twin.write_bytes(wide.read_bytes())
    kept = keep(inputs, FileImage(wide, Edit(fit=Fit.CROP)))
    again = keep(inputs, FileImage(twin, Edit(fit=Fit.CROP)))
    assert (again.original_sha256, again.sent_sha256) == (kept.original_sha256, kept.sent_sha256)
    assert len(kept_files(folder)) == 2


def test_a_kept_picture_with_another_edit_is_made_anew_from_its_original(
    inputs: LibraryInputs, folder: LibraryFolder, wide: Path
) -> None:
    kept = keep(inputs, FileImage(wide, Edit(fit=Fit.CROP)))
    assert keep(inputs, kept) == kept
    wide.unlink()
    changed = replace(kept, edit=Edit(fit=Fit.PAD, quarter_turns=1))
    assert inputs.judge(changed).width == 360
    anew = keep(inputs, changed)
    assert (anew.width, anew.height, anew.edit) == (360, 900, changed.edit)
    assert anew.original_sha256 == kept.original_sha256
    assert len(kept_files(folder)) == 3


def test_a_kept_picture_whose_original_is_gone_is_missing(
    inputs: LibraryInputs, folder: LibraryFolder, wide: Path
) -> None:
    kept = keep(inputs, FileImage(wide, Edit(fit=Fit.CROP)))
    folder.original_path(kept).unlink()
    assert inputs.judge(kept).fault is ImageFault.MISSING
    with pytest.raises(StorageError):
        inputs.judge(replace(kept, original_sha256="../x"))


def test_e19_what_is_kept_is_one_reading_of_the_file_known_by_its_hash(
    inputs: LibraryInputs, tmp_path: Path
) -> None:
    path = tmp_path / "cup.png"
    path.write_bytes(saved(drawing(), "PNG"))
    seen = inputs.judge(FileImage(path)).original_sha256
    assert keep(inputs, FileImage(path)).original_sha256 == seen
    path.write_bytes(saved(drawing().rotate(180), "PNG"))
    swapped = keep(inputs, FileImage(path))
    assert swapped.original_sha256 != seen
    assert swapped.sent_sha256 == swapped.original_sha256


def test_e19_a_picture_that_broke_a_rule_since_it_was_judged_is_not_kept(
    inputs: LibraryInputs, folder: LibraryFolder, wide: Path
) -> None:
    with pytest.raises(AppError):
        keep(inputs, FileImage(wide))
    assert kept_files(folder) == []


def test_as_it_stands_the_bytes_are_the_file_whatever_was_wanted_of_them(
    inputs: LibraryInputs, tmp_path: Path
) -> None:
    path = tmp_path / "cup.jpg"
    path.write_bytes(saved(drawing(), "JPEG", comment=b"kept"))
    image = FileImage(path, Edit(quarter_turns=1))
    facts = inputs.look(image, COMMON_LIMITS, as_it_stands=True)
    assert facts is not None
    assert (facts.width, facts.height, facts.mends) == (640, 400, ())
    kept = inputs.keep(FileImage(path, NO_EDIT), COMMON_LIMITS, as_it_stands=True)
    assert isinstance(kept, StoredImage)
    assert inputs.path(kept).read_bytes() == path.read_bytes()
    assert inputs.keep(kept, COMMON_LIMITS, as_it_stands=True) == kept
    assert inputs.look(kept, COMMON_LIMITS, as_it_stands=True) == facts


def test_a_web_address_is_nobody_elses_business(inputs: LibraryInputs) -> None:
    image = UrlImage("https://example.com/cup.png")
    assert inputs.look(image, COMMON_LIMITS, as_it_stands=False) is None
    assert inputs.keep(image, COMMON_LIMITS, as_it_stands=False) is image
