"""Files, folders and results on their way in; the same twice, and one that was changed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QMimeData, QThreadPool

from kling_desktop.domain.errors import ErrorRecord
from kling_desktop.domain.facts import TaskRejected
from kling_desktop.domain.media import FileImage, StoredImage
from kling_desktop.domain.problems import Problem, Rule
from kling_desktop.ui.compose.gathering import MOST_FROM_FOLDER
from kling_desktop.ui.compose.verdict import SlotState
from kling_desktop.ui.library.carry import files_to_carry
from tests.ui.compose.conftest import Bench, files
from tests.ui.compose.given import names, note, png

# Files


def test_e10_each_bad_file_is_told_and_the_rest_of_the_drop_goes_on(
    bench: Bench, picture, tmp_path: Path
):
    empty, liar, gone = tmp_path / "empty.png", tmp_path / "liar.jpg", picture("gone.png")
    empty.touch()
    liar.write_text("no picture at all")
    mime = files(tmp_path / "notes.txt", gone, empty, liar, picture("good.png"))
    gone.unlink()
    bench.drop("subjects[0]", mime)
    assert names(bench) == ["gone.png", "empty.png", "liar.jpg", "good.png"]
    said = [bench.slot(f"subjects[{n}]").view.verdict.title for n in range(4)]
    assert said == ["File not found", "Not a picture", "Not a picture", ""]
    assert bench.slot("subjects[3]").view.verdict.state is SlotState.READY
    assert note(bench) == "notes.txt: Not a picture: .txt."


@contextmanager
def nobody() -> Iterator[None]:
    """Root may read everything, so it is nobody for a while."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
@pytest.mark.parametrize("is_folder", [True, False])
def test_e10_a_file_that_may_not_be_read_is_told_in_its_slot(bench: Bench, tmp_path, is_folder):
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "vase.png").write_bytes(png())
    (closed if is_folder else closed / "vase.png").chmod(0)
    with nobody():
        bench.drop("subjects[0]", files(closed / "vase.png"))
    assert bench.slot("subjects[0]").view.verdict.title == "Cannot be read"
    closed.chmod(0o700)


def test_many_refusals_are_counted_after_the_first(bench: Bench, tmp_path: Path):
    bench.drop("subjects[0]", files(*(tmp_path / f"{n}.txt" for n in range(5))))
    assert note(bench).startswith("0.txt: Not a picture: .txt. 1.txt")
    assert note(bench).endswith("2 more were not taken.")


def test_a_remark_goes_with_the_next_step(bench: Bench, picture, tmp_path: Path):
    bench.drop("subjects[0]", files(tmp_path / "notes.txt"))
    assert note(bench)
    bench.drop("subjects[0]", files(picture("good.png")))
    assert note(bench) == ""


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("vase.lnk", "A shortcut: choose the picture itself"),
        ("walk.mp4", "A video, not a picture"),
        ("mail.eml", "Not a picture: .eml"),
    ],
)
def test_e11_what_only_leads_to_a_picture_is_refused_by_name(bench: Bench, tmp_path, name, why):
    assert not bench.drag("scene", files(tmp_path / name))
    held = bench.slot("scene").view.drag
    assert held is not None
    assert held.words == why


@pytest.mark.skipif(os.name == "nt", reason="no pipes among files")
def test_e11_pipes_devices_and_links_to_them_are_never_opened(bench: Bench, picture, tmp_path):
    pipe, to_pipe = tmp_path / "pipe.png", tmp_path / "to pipe.png"
    to_device, loop, dangling = (tmp_path / f"{n}.png" for n in ("device", "loop", "dangling"))
    os.mkfifo(pipe)
    to_pipe.symlink_to(pipe)
    to_device.symlink_to("/dev/zero")
    loop.symlink_to(loop)
    dangling.symlink_to(tmp_path / "nowhere.png")
    good = tmp_path / "link to good.png"
    good.symlink_to(picture("good.png"))
    bench.drop("subjects[0]", files(pipe, to_pipe, to_device, loop, dangling, good))
    assert names(bench) == ["dangling.png", "link to good.png"]
    assert bench.slot("subjects[0]").view.verdict.title == "File not found"
    assert bench.slot("subjects[1]").view.verdict.state is SlotState.READY
    assert note(bench).startswith("pipe.png: Not an ordinary file. to pipe.png: Not")


def test_e11_a_folder_gives_its_pictures_in_order(bench: Bench, picture, tmp_path: Path):
    folder = tmp_path / "holiday"
    (folder / "more").mkdir(parents=True)
    for name in ("10.png", "9.png", "more/1.png", "notes.txt", ".hidden.png"):
        picture("any.png").rename(folder / name)
    if os.name != "nt":
        os.mkfifo(folder / "pipe.png")
        (folder / "around").symlink_to(tmp_path)
    bench.drop("subjects[0]", files(folder))
    assert names(bench) == ["9.png", "10.png", "1.png"]


def test_e11_a_folder_without_pictures_says_so(bench: Bench, tmp_path: Path):
    (tmp_path / "empty").mkdir()
    bench.drop("subjects[0]", files(tmp_path / "empty"))
    assert note(bench) == "empty: No pictures in this folder."


def test_e11_ten_thousand_files_are_bounded_and_counted(bench: Bench, picture, tmp_path: Path):
    good = picture("good.png")
    bench.drop("subjects[0]", files(good, *(tmp_path / f"{n}.png" for n in range(10_000))))
    assert len(bench.panel.draft().places()) == 4
    assert note(bench) == "9997 more pictures found no free slot."


def test_e11_a_huge_folder_is_bounded(bench: Bench, tmp_path: Path):
    folder = tmp_path / "huge"
    folder.mkdir()
    for number in range(MOST_FROM_FOLDER + 6):
        (folder / f"{number}.png").touch()
    bench.drop("subjects[0]", files(folder))
    assert names(bench) == ["0.png", "1.png", "2.png", "3.png"]
    assert note(bench).startswith(f"{MOST_FROM_FOLDER + 2} more pictures found no free slot.")


def test_a_result_dragged_from_the_library_lands_as_its_file(bench: Bench, picture):
    result = picture("a lamp 4f2a91c3-0.png")
    bench.drop("scene", files_to_carry([result]))
    assert bench.panel.draft().scene == FileImage(result)


# Twice, and changed


def test_e18_the_same_picture_in_two_slots_is_allowed_and_told(bench: Bench, picture, tmp_path):
    vase = picture("vase.png")
    copy = tmp_path / "copy of vase.png"
    copy.write_bytes(vase.read_bytes())
    bench.drop("subjects[0]", files(vase))
    bench.drop("scene", files(copy))
    assert bench.panel.draft().scene == FileImage(copy)
    assert note(bench) == "Subject 1, Scene hold the same picture."
    kept = StoredImage(sha(vase), "png", "b" * 64, "jpg", "vase.png", 400, 300)
    bench.form.grid.filler.put("style", [kept])
    assert note(bench) == "Subject 1, Scene, Style hold the same picture."


def sha(path: Path) -> str:
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_e18_the_same_pixels_pasted_twice_are_one_file(bench: Bench, tmp_path: Path):
    for place in ("subjects[0]", "subjects[1]"):
        mime = QMimeData()
        mime.setData("image/png", QByteArray(png()))
        bench.drop(place, mime)
    assert len(list((tmp_path / "pasted").iterdir())) == 1
    assert note(bench) == "Subject 1, Subject 2 hold the same picture."


def test_e19_what_was_seen_goes_along_and_a_changed_file_is_shown_again(bench: Bench, picture):
    vase = picture("vase.png")
    bench.drop("subjects[0]", files(vase))
    seen = sha(vase)
    bench.panel.generate()
    (asked,) = bench.submissions
    assert asked.previewed == ((FileImage(vase), seen),)
    picture("vase.png", 500, 400)
    problem = Problem("subjects[0]", Rule.CHANGED, "", "vase.png")
    error = ErrorRecord("Not sent", "")
    bench.panel.show_rejection(TaskRejected(asked.id, (problem,), error))
    bench.settle()
    said = bench.slot("subjects[0]").view.verdict
    assert (said.title, said.figure) == ("The file has changed", "500 × 400")
    assert "was changed after it was shown" in bench.says()
    bench.panel.generate()
    assert bench.submissions[1].previewed == ((FileImage(vase), sha(vase)),)


def test_a_worker_that_comes_home_to_nobody_harms_nothing(bench: Bench, tmp_path: Path):
    folder = tmp_path / "holiday"
    folder.mkdir()
    bench.drag("subjects[0]", files(folder))
    bench.form.grid.filler.drop("subjects[0]", files(folder))
    bench.panel.recall(replace(bench.panel.draft(), prompt="meanwhile"))
    QThreadPool.globalInstance().waitForDone()
    bench.settle()
    assert bench.panel.draft().prompt == "meanwhile"
