import hashlib
import json
import os
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kling_desktop.domain.errors import AppError, BugError, Remedy, StorageError
from kling_desktop.domain.media import (
    NO_EDIT,
    Edit,
    ImageFacts,
    MediaKind,
    UploadCopy,
)
from kling_desktop.domain.tasks import Output, OutputState
from kling_desktop.library import names
from kling_desktop.library.files import MARKER, LibraryFolder
from tests.library.pictures import arrive, mp4, picture
from tests.library.samples import REQUEST, STORED, a_task

PICTURE = Output(0, MediaKind.IMAGE, url="https://cdn/secret-url")
VIDEO = Output(0, MediaKind.VIDEO, url="https://cdn/secret-url")


@pytest.fixture
def folder(tmp_path: Path) -> LibraryFolder:
    folder = LibraryFolder(tmp_path / "Pictures" / "Kling Desktop")
    folder.prepare()
    return folder


def finished(folder: LibraryFolder, data: bytes, extension: str = "png", **changes: object):
    task = a_task(**changes)
    output = VIDEO if extension == "mp4" else PICTURE
    downloaded = arrive(folder.part(task, output), data, extension)
    return task, folder.finish(task, output, downloaded)


def files_in(root: Path) -> set[str]:
    found = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return {path.as_posix() for path in found}


def test_a_result_gets_a_name_that_people_and_programs_can_read(folder: LibraryFolder) -> None:
    data = picture()
    task, output = finished(folder, data)
    assert str(output.file) == f"2025/10/A lamp in the rain {task.id[:8]}-0.png"
    assert output.file is not None
    assert (folder.root / output.file).read_bytes() == data
    assert output.state is OutputState.SAVED
    assert (output.width, output.height, output.size_bytes) == (64, 36, len(data))
    assert output.sha256 == hashlib.sha256(data).hexdigest()
    assert not any((folder.root / ".parts").iterdir())


def test_a_video_is_measured_by_its_boxes(folder: LibraryFolder) -> None:
    _, output = finished(folder, mp4(1080, 1920, 10.04), "mp4")
    assert (output.width, output.height, output.duration_s) == (1080, 1920, 10.04)


@pytest.mark.parametrize(
    ("data", "extension"),
    [
        (picture()[:-20], "png"),
        (picture("JPEG", (300, 300))[:-300], "jpg"),
        (picture("JPEG"), "png"),
        (b"<html>", "png"),
        (b"", "png"),
        (mp4()[:-10], "mp4"),
        (mp4(0, 0), "mp4"),
        (mp4(duration_s=0), "mp4"),
        (b"<html>not a video</html>", "mp4"),
        (b"\x00\x00\x00\x08moov" * 2000, "mp4"),
    ],
)
def test_c34_what_does_not_decode_is_never_saved_and_fetched_afresh(
    folder: LibraryFolder, data: bytes, extension: str
) -> None:
    before = files_in(folder.root)
    with pytest.raises(AppError) as caught:
        finished(folder, data, extension)
    assert not isinstance(caught.value, StorageError)
    assert caught.value.record.remedy is Remedy.RETRY
    assert files_in(folder.root) == before


def test_a_bomb_is_refused_from_its_header(folder: LibraryFolder) -> None:
    header = bytearray(picture())
    header[16:24] = (65000).to_bytes(4) * 2
    with pytest.raises(AppError):
        finished(folder, bytes(header))


def test_a_shorter_file_than_was_received_is_refused(folder: LibraryFolder) -> None:
    task = a_task()
    downloaded = arrive(folder.part(task, PICTURE), picture(), "png")
    with pytest.raises(AppError):
        folder.finish(task, PICTURE, replace(downloaded, size_bytes=downloaded.size_bytes + 1))


def test_c23_nothing_is_overwritten_and_the_same_bytes_are_not_kept_twice(
    folder: LibraryFolder,
) -> None:
    task, first = finished(folder, picture())
    assert first.file is not None
    other = picture(colour="red")
    downloaded = arrive(folder.part(task, PICTURE), other, "png")
    second = folder.finish(task, PICTURE, downloaded)
    assert second.file is not None
    assert second.file.name == f"{first.file.stem} (2).png"
    again = folder.finish(task, PICTURE, arrive(folder.part(task, PICTURE), picture(), "png"))
    assert again.file == first.file
    assert (folder.root / first.file).read_bytes() == picture()
    assert (folder.root / second.file).read_bytes() == other


def test_a_watermarked_copy_stands_beside_its_result(folder: LibraryFolder) -> None:
    task, output = finished(folder, picture())
    part = folder.part(task, output, watermarked=True)
    assert part != folder.part(task, output)
    downloaded = arrive(part, picture(colour="red"), "png")
    marked = folder.finish(task, output, downloaded, watermarked=True)
    assert output.file is not None
    assert marked == replace(
        output, watermarked_file=output.file.with_stem(output.file.stem + "-watermarked")
    )


KILLED = """
import os, pathlib, pickle, signal, sys
from kling_desktop.library.files import LibraryFolder
root, note = sys.argv[1:]
folder = LibraryFolder(pathlib.Path(root))
folder.prepare()
folder.finish(*pickle.loads(pathlib.Path(note).read_bytes()))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_c18_a_result_whose_row_was_never_written_is_adopted(
    folder: LibraryFolder, tmp_path: Path
) -> None:
    import pickle

    task = a_task()
    downloaded = arrive(folder.part(task, PICTURE), picture(), "png")
    note = tmp_path / "note"
    note.write_bytes(pickle.dumps((task, PICTURE, downloaded)))
    killed = subprocess.run([sys.executable, "-c", KILLED, folder.root, note], check=False)
    assert killed.returncode == -signal.SIGKILL
    before = files_in(folder.root)
    adopted = folder.adopt(task, PICTURE)
    assert adopted is not None
    assert adopted.file is not None
    assert adopted.state is OutputState.SAVED
    assert adopted.sha256 == downloaded.sha256
    assert (adopted.width, adopted.height) == (64, 36)
    assert files_in(folder.root) == before
    assert folder.adopt(task, replace(PICTURE, index=1)) is None
    assert folder.adopt(a_task(), PICTURE) is None


def test_a_strangers_file_under_our_name_is_not_adopted(folder: LibraryFolder) -> None:
    task, output = finished(folder, picture())
    assert output.file is not None
    (folder.root / output.file).write_bytes(b"something else")
    assert folder.adopt(task, PICTURE) is None
    saved = folder.finish(task, PICTURE, arrive(folder.part(task, PICTURE), picture(), "png"))
    assert saved.file is not None
    assert saved.file != output.file


def test_d07_a_drive_that_is_gone_is_noticed_before_anything_is_written(
    folder: LibraryFolder,
) -> None:
    task = a_task()
    downloaded = arrive(folder.part(task, PICTURE), picture(), "png")
    folder.root.rename(folder.root.with_name("elsewhere"))
    for _ in range(2):
        for use in (
            folder.check,
            lambda: folder.part(task, PICTURE),
            lambda: folder.finish(task, PICTURE, downloaded),
            lambda: folder.adopt(task, PICTURE),
            lambda: folder.keep_input(a_copy(b"lamp"), "x", NO_EDIT),
        ):
            with pytest.raises(StorageError) as caught:
                use()
            assert caught.value.record.remedy is Remedy.FIND_LIBRARY
        folder.root.mkdir(exist_ok=True)  # the bare mount point
    assert list(folder.root.iterdir()) == []


def test_another_library_in_its_place_is_not_taken_for_it(folder: LibraryFolder) -> None:
    folder.root.rename(folder.root.with_name("elsewhere"))
    LibraryFolder(folder.root).prepare()
    with pytest.raises(StorageError):
        folder.check()


def test_a_known_library_is_never_made_anew(folder: LibraryFolder, tmp_path: Path) -> None:
    id = folder.prepare()
    assert LibraryFolder(folder.root).prepare(id) == id
    with pytest.raises(StorageError):
        LibraryFolder(folder.root).prepare("another")
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(StorageError):
        LibraryFolder(empty).prepare(id)
    assert list(empty.iterdir()) == []


@pytest.mark.parametrize("marker", ["", "[]", '{"format": 1}', '{"format": 99, "id": "x"}'])
def test_a_damaged_or_newer_marker_is_refused_and_kept(folder: LibraryFolder, marker: str) -> None:
    (folder.root / MARKER).write_text(marker)
    with pytest.raises(StorageError) as caught:
        LibraryFolder(folder.root).prepare()
    assert caught.value.record.remedy is Remedy.FIND_LIBRARY
    assert (folder.root / MARKER).read_text() == marker


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_refused(folder: LibraryFolder) -> None:
    folder.root.chmod(0o500)
    with pytest.raises(StorageError):
        folder.check()
    folder.root.chmod(0o700)


def test_d28_the_folder_is_private(folder: LibraryFolder) -> None:
    _, output = finished(folder, picture())
    assert output.file is not None
    for path in (folder.root, (folder.root / output.file).parent):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert json.loads((folder.root / MARKER).read_text())["format"] == 1


def a_copy(original: bytes, sent: bytes | None = None) -> UploadCopy:
    facts = ImageFacts("JPEG", 640, 480, len(sent or original))
    return UploadCopy(original, "jpg", sent or original, "jpg", facts)


def test_an_input_is_kept_once_with_the_bytes_really_sent(folder: LibraryFolder) -> None:
    original, edit = b"original" * 1000, Edit(quarter_turns=1)
    before = files_in(folder.root)
    kept = folder.keep_input(a_copy(original, b"sent"), "private folder/lamp.jpg", edit)
    assert folder.original_path(kept).read_bytes() == original
    assert folder.input_path(kept).read_bytes() == b"sent"
    assert kept.name == "lamp.jpg"
    after = files_in(folder.root)
    assert len(after - before) == 2
    assert (kept.width, kept.height, kept.edit) == (640, 480, edit)
    assert folder.keep_input(a_copy(original, b"sent"), "lamp.jpg", edit) == kept
    assert files_in(folder.root) == after
    as_it_is = folder.keep_input(a_copy(original), "lamp.jpg", NO_EDIT)
    assert as_it_is.sent_sha256 == as_it_is.original_sha256 == kept.original_sha256
    assert folder.input_path(as_it_is) == folder.original_path(as_it_is)
    sha = kept.sent_sha256
    assert folder.input_path(kept).relative_to(folder.root) == Path(f"inputs/{sha[:2]}/{sha}.jpg")


def test_a_kept_input_that_lost_bytes_is_put_right(folder: LibraryFolder) -> None:
    kept = folder.keep_input(a_copy(b"original"), "lamp.jpg", NO_EDIT)
    folder.input_path(kept).write_bytes(b"orig")
    folder.keep_input(a_copy(b"original"), "lamp.jpg", NO_EDIT)
    assert folder.input_path(kept).read_bytes() == b"original"


@pytest.mark.parametrize(
    "changes",
    [
        {"sent_sha256": "../../../etc/passwd"},
        {"sent_sha256": "A" * 64},
        {"sent_extension": "jpg/../x"},
        {"sent_extension": ""},
        {"sent_extension": "html5x"},
    ],
)
def test_an_edited_sidecar_leads_nowhere_else(
    folder: LibraryFolder, changes: dict[str, str]
) -> None:
    with pytest.raises(StorageError):
        folder.input_path(replace(STORED, **changes))


@given(prompt=st.text(max_size=300), index=st.integers(0, 10**6))
@settings(deadline=None)
def test_c24_no_prompt_makes_a_name_that_escapes_or_cannot_be_written(
    prompt: str, index: int
) -> None:
    task = a_task(request=replace(REQUEST, prompt=prompt))
    name = names.result_name(task, replace(PICTURE, index=index), "png", watermarked=True)
    assert len(name.parts) == 3
    year, month, file = name.parts
    assert (year, month) == ("2025", "10")
    assert len(file.encode()) < 255 - len(".json.bad.10")
    assert not set(file) & set('/\\:*?"<>|\0\n\r\t')
    assert all(c.isprintable() for c in file)
    assert file == file.strip(" .")
    words = names.words(prompt, MediaKind.IMAGE)
    assert 0 < len(words) <= 60
    assert len(words.encode()) <= 150


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("", "picture"),
        ("../../etc/passwd", "etc passwd"),
        ("CON", "picture"),
        ("lpt1", "picture"),
        ("nul. ", "picture"),
        ("Cafe\u0301 au lait.", "Café au lait"),
        ("‮gnp.exe", "gnp exe"),
        ("🐱🐱🐱", "picture"),
        ("雨の中のランプ", "雨の中のランプ"),
        ("a\nb\0c   d", "a b c d"),
        ("\ud800 lone", "lone"),
        ("x" * 500, "x" * 60),
        ("雨" * 200, "雨" * 50),
    ],
)
def test_c24_the_words_of_a_name(prompt: str, expected: str) -> None:
    assert names.words(prompt, MediaKind.IMAGE) == expected


def test_c25_only_known_extensions_and_our_own_ids_make_names() -> None:
    with pytest.raises(BugError):
        names.result_name(a_task(), PICTURE, "exe", watermarked=False)
    with pytest.raises(BugError):
        names.result_name(a_task(), VIDEO, "png", watermarked=False)
    with pytest.raises(BugError):
        names.part_name(a_task(id="../../../etc/passwd"), PICTURE, watermarked=False)
