"""Every way a picture comes in, and what is said of what does not."""

import os
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import pytest
from PySide6.QtCore import QByteArray, QMimeData, Qt, QThreadPool, QUrl
from PySide6.QtGui import QGuiApplication, QImage

from kling_desktop.domain.errors import ErrorRecord
from kling_desktop.domain.facts import PictureBrought, TaskRejected
from kling_desktop.domain.media import FileImage, StoredImage, UrlImage
from kling_desktop.domain.problems import Problem, Rule
from kling_desktop.settings import WebPictures
from kling_desktop.ui.compose.gathering import MOST_FROM_FOLDER
from kling_desktop.ui.compose.questions import QuestionCard
from kling_desktop.ui.compose.verdict import SlotState
from kling_desktop.ui.library.carry import files_to_carry
from tests.ui.compose.conftest import Bench, files

ADDRESS = "https://images.example.org/vase.png"
CONTROL = Qt.KeyboardModifier.ControlModifier


def web(*addresses: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl(address) for address in addresses])
    return mime


def words(text: str) -> QMimeData:
    mime = QMimeData()
    mime.setText(text)
    return mime


def note(bench: Bench) -> str:
    return bench.form.grid._note.words()


def names(bench: Bench) -> list[str]:
    images = bench.panel.draft().subjects
    return [image.path.name for image in images if isinstance(image, FileImage)]


def card(bench: Bench) -> QuestionCard:
    (found,) = bench.panel.findChildren(QuestionCard)
    return found


def answer(bench: Bench, text: str) -> None:
    next(button for button in card(bench).buttons() if button.text() == text).click()
    bench.settle()


def png(width: int = 400, height: int = 300) -> bytes:
    from io import BytesIO

    from PIL import Image

    buffer = BytesIO()
    Image.new("RGB", (width, height), "teal").save(buffer, "PNG")
    return buffer.getvalue()


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


# The web


def test_e12_an_address_is_only_kept_after_the_person_chose_so(bench: Bench):
    chosen: list[str] = []
    bench.form.grid.filler.web.choice_made.connect(chosen.append)
    bench.drop("style", web(ADDRESS))
    assert bench.panel.draft().style is None
    assert "images.example.org" in card(bench).accessibleName()
    answer(bench, "The provider fetches it")
    assert bench.panel.draft().style == UrlImage(ADDRESS)
    said = bench.slot("style").view.verdict
    assert (said.state, said.title) == (SlotState.ADDRESS, "images.example.org")
    assert chosen == [WebPictures.HAND_ON]
    assert card(bench).isHidden()
    bench.drop("scene", web(ADDRESS + "?2"))
    assert bench.panel.draft().scene == UrlImage(ADDRESS + "?2"), "asked once"
    assert bench.bridge.asked == []


def test_e12_one_answer_holds_for_all_that_wait(bench: Bench):
    bench.drop("subjects[0]", web(ADDRESS + "?1", ADDRESS + "?2"))
    bench.drop("scene", web(ADDRESS + "?3"))
    answer(bench, "The provider fetches it")
    draft = bench.panel.draft()
    assert [image for image in draft.subjects if image] == [
        UrlImage(ADDRESS + "?1"),
        UrlImage(ADDRESS + "?2"),
    ]
    assert draft.scene == UrlImage(ADDRESS + "?3")


def test_a_picture_that_is_fetched_first_lands_as_a_file(bench: Bench, picture):
    bench.drop("style", web(ADDRESS))
    answer(bench, "Fetch it first")
    assert bench.bridge.asked == [("bring_picture", ADDRESS)]
    assert note(bench) == "Fetching 1 picture from the web…"
    vase = picture("web-vase.png")
    bench.bridge.picture_brought.emit(PictureBrought(ADDRESS, vase))
    bench.settle()
    assert bench.panel.draft().style == FileImage(vase)
    assert bench.slot("style").view.verdict.state is SlotState.READY
    assert note(bench) == ""


def test_a_picture_that_arrives_late_takes_nobodys_place(bench: Bench, picture):
    bench.form.grid.filler.web.choose(WebPictures.FETCH)
    bench.drop("subjects[1]", web(ADDRESS))
    bench.drop("subjects[1]", files(picture("mine.png")))
    bench.bridge.picture_brought.emit(PictureBrought(ADDRESS, picture("late.png")))
    assert names(bench) == ["late.png", "mine.png"]


def test_an_address_in_a_slot_can_be_fetched_into_it_later(bench: Bench, picture):
    bench.form.grid.filler.web.choose(WebPictures.HAND_ON)
    bench.drop("scene", web(ADDRESS))
    entries = {action.text(): action for action in bench.slot("scene").menu().actions()}
    entries["Fetch it now"].trigger()
    assert bench.bridge.asked == [("bring_picture", ADDRESS)]
    vase = picture("web-vase.png")
    bench.bridge.picture_brought.emit(PictureBrought(ADDRESS, vase))
    assert bench.panel.draft().scene == FileImage(vase)


def test_a_picture_is_put_on_the_shelf_from_its_slots_menu(ready: Bench):
    image = ready.panel.draft().subjects[0]
    entries = {action.text(): action for action in ready.slot("subjects[0]").menu().actions()}
    entries["Put on the shelf"].trigger()
    assert ready.bridge.asked == [("shelve", str(image))]


def test_what_could_not_be_fetched_is_said_and_not_lost(bench: Bench):
    bench.form.grid.filler.web.choose(WebPictures.FETCH)
    bench.drop("scene", web(ADDRESS))
    error = ErrorRecord("The picture could not be fetched", "The server cannot be reached.")
    bench.bridge.picture_brought.emit(PictureBrought(ADDRESS, error=error))
    assert "The server cannot be reached." in card(bench).accessibleName()
    answer(bench, "Try again")
    assert bench.bridge.asked == [("bring_picture", ADDRESS)] * 2
    bench.bridge.picture_brought.emit(PictureBrought(ADDRESS, error=error))
    answer(bench, "The provider fetches it")
    assert bench.panel.draft().scene == UrlImage(ADDRESS)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("https://192.168.1.20/vase.png", "no provider reaches it"),
        ("http://localhost:8000/vase.png", "no provider reaches it"),
        ("https://nas.local/vase.png", "no provider reaches it"),
        ("https://me:secret@example.org/vase.png", "with a password"),
        ("ftp://example.org/vase.png", "Not a web address"),
    ],
)
def test_e12_private_and_strange_addresses_are_refused_with_words(bench: Bench, address, why):
    assert not bench.drag("subjects[0]", web(address))
    bench.leave("subjects[0]")
    bench.drop("subjects[0]", web(address))
    assert bench.panel.draft().places() == ()
    assert why in note(bench)
    assert "secret" not in note(bench)
    assert card(bench).isHidden()


def test_e12_a_file_address_in_words_is_the_file(bench: Bench, picture):
    vase = picture("vase.png")
    bench.drop("subjects[0]", words(vase.as_uri()))
    assert bench.panel.draft().subjects[0] == FileImage(vase)


def test_e12_a_picture_written_out_in_its_address_becomes_a_file(bench: Bench, tmp_path: Path):
    bench.drop("subjects[0]", words("data:image/png;base64," + b64encode(png()).decode()))
    image = bench.panel.draft().subjects[0]
    assert isinstance(image, FileImage)
    assert image.path.parent == tmp_path / "pasted"
    assert image.path.read_bytes() == png()
    assert bench.slot("subjects[0]").view.verdict.state is SlotState.READY


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("data:text/html;base64,PGI+", "Not a picture"),
        ("data:image/svg+xml,<svg/>", "Not a picture: svg+xml"),
        ("data:image/png;base64,%%%", "It cannot be read"),
        ("data:image/png;base64," + "A" * (64 * 1024 * 1024 + 1), "Larger than can be opened"),
    ],
)
def test_e12_other_written_out_addresses_are_refused(bench: Bench, address: str, why: str):
    bench.drop("subjects[0]", words(address))
    assert bench.panel.draft().places() == ()
    assert why in note(bench)


def test_e12_text_is_refused(bench: Bench):
    bench.drop("subjects[0]", words("a vase, half sunk in sand"))
    assert note(bench) == "The text: Not a picture: text."


def test_e12_what_nobody_knows_is_refused_in_words_too(bench: Bench):
    mime = QMimeData()
    mime.setData("application/x-mail-attachment", QByteArray(b"42"))
    assert not bench.drag("subjects[0]", mime)
    bench.leave("subjects[0]")
    bench.drop("subjects[0]", mime)
    assert note(bench) == "What was given: No picture in it."


def test_of_a_linked_picture_the_picture_is_meant_and_not_the_page(bench: Bench):
    bench.form.grid.filler.web.choose(WebPictures.HAND_ON)
    mime = web("https://shop.example.org/vases")
    mime.setHtml(f'<a href="https://shop.example.org/vases"><img alt="" src="{ADDRESS}"></a>')
    bench.drop("subjects[0]", mime)
    assert bench.panel.draft().subjects[0] == UrlImage(ADDRESS)


def test_pixels_win_over_the_address_beside_them(bench: Bench):
    mime = web(ADDRESS)
    mime.setData("image/png", QByteArray(png()))
    bench.drop("subjects[0]", mime)
    image = bench.panel.draft().subjects[0]
    assert isinstance(image, FileImage)
    assert image.path.read_bytes() == png(), "as it was encoded, not made anew"


# The clipboard


def test_what_is_pasted_without_a_focused_slot_goes_into_the_next_free_one(ready: Bench, picture):
    QGuiApplication.clipboard().setMimeData(files(picture("pasted.png")))
    ready.panel.actions_by_name()["paste"].trigger()
    ready.settle()
    assert names(ready) == ["vase.png", "pasted.png"]


def test_with_every_slot_full_nothing_is_replaced_by_a_paste(bench: Bench, picture):
    bench.drop("subjects[0]", files(*(picture(f"{n}.png") for n in range(4))))
    QGuiApplication.clipboard().setMimeData(files(picture("pasted.png")))
    bench.panel.actions_by_name()["paste"].trigger()
    bench.settle()
    assert names(bench) == ["0.png", "1.png", "2.png", "3.png"]
    assert note(bench) == "1 more picture found no free slot."


def test_a_copied_address_in_words_can_be_pasted(bench: Bench, qtbot):
    bench.form.grid.filler.web.choose(WebPictures.HAND_ON)
    QGuiApplication.clipboard().setText(f" {ADDRESS}\n")
    qtbot.keyClick(bench.slot("subjects[0]"), Qt.Key.Key_V, CONTROL)
    assert bench.panel.draft().subjects[0] == UrlImage(ADDRESS)


def test_e16_a_very_large_bitmap_is_asked_about_and_can_be_left(bench: Bench, tmp_path: Path):
    large = QImage(8000, 4600, QImage.Format.Format_Grayscale8)
    mime = QMimeData()
    mime.setImageData(large)
    bench.drop("subjects[0]", mime)
    assert "8000 × 4600 pixels, 140 MB" in card(bench).accessibleName()
    assert bench.panel.draft().places() == ()
    assert not (tmp_path / "pasted").exists()
    assert card(bench).buttons()[0].text() == "Leave it out", "the safe answer is the first"
    answer(bench, "Leave it out")
    assert bench.panel.draft().places() == ()
    bench.drop("subjects[0]", mime)
    answer(bench, "Take it in")
    assert bench.panel.draft().places() == ("subjects[0]",)


@pytest.mark.parametrize("is_encoded", [True, False])
def test_e16_more_pixels_than_can_be_opened_are_refused_unread(bench: Bench, tmp_path, is_encoded):
    mime = QMimeData()
    if is_encoded:
        head = b"IHDR\0\0\xfd\xe8\0\0\xfd\xe8\x08\x02\0\0\0"
        chunk = b"\0\0\0\r" + head + crc32(head).to_bytes(4)
        mime.setData("image/png", QByteArray(b"\x89PNG\r\n\x1a\n" + chunk + bytes(4) + b"IDAT"))
    else:
        mime.setImageData(QImage(12_000, 10_000, QImage.Format.Format_Mono))
    bench.drop("subjects[0]", mime)
    assert bench.panel.draft().places() == ()
    assert note(bench) == "The picture: More pixels than can be opened safely."
    assert not (tmp_path / "pasted").exists()


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
