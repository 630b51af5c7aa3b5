"""What lands in the slots, however it comes: drops, keys, clipboard, from slot to slot."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QFileDialog

from kling_desktop.domain.media import FileImage
from kling_desktop.domain.providers import TaskKind
from kling_desktop.images.inspect import inspect
from kling_desktop.ui.compose.offers import SLOT_MIME
from kling_desktop.ui.compose.verdict import SlotState, verdict
from kling_desktop.ui.pictures import read_image
from tests.ui.compose.conftest import Bench, files

ADDRESS = "https://images.example.org/vase.png"


def state(bench: Bench, place: str) -> SlotState:
    return bench.slot(place).view.verdict.state


def test_a_dropped_file_is_looked_at_and_ready(bench: Bench, picture):
    vase = picture("vase.png")
    bench.drop("subjects[2]", files(vase))
    assert bench.panel.draft().subjects[2] == FileImage(vase)
    view = bench.slot("subjects[2]").view
    assert (view.verdict.state, view.verdict.figure) == (SlotState.READY, "400 × 300")
    assert view.preview is not None


def test_several_files_fill_the_next_free_slots_in_order(bench: Bench, picture):
    bench.drop("subjects[1]", files(picture("taken.png")))
    dropped = [picture(f"{name}.png") for name in "abcde"]
    bench.drop("subjects[0]", files(*dropped))
    subjects = bench.panel.draft().subjects
    inside = [image.path.name for image in subjects if isinstance(image, FileImage)]
    assert inside == ["a.png", "taken.png", "b.png", "c.png"]
    assert bench.form.grid._note.words() == "2 more pictures found no free slot."


def test_in_a_mixed_drop_each_slot_answers_for_its_own(bench: Bench, picture, tmp_path: Path):
    mixed = files(picture("a.png"), tmp_path / "notes.txt", tmp_path, picture("b.png"))
    assert bench.drag("subjects[0]", mixed)
    answers = [bench.slot(f"subjects[{n}]").view.drag for n in range(4)]
    assert [(answer.is_allowed, answer.words) for answer in answers if answer] == [
        (True, "Drop as subject 1"),
        (False, "Not a picture: .txt"),
        (True, "Drop the pictures of this folder"),
        (True, "Drop as subject 4"),
    ]
    bench.leave("subjects[0]")
    assert bench.slot("subjects[0]").view.drag is None
    assert bench.panel.draft().places() == ()


@pytest.mark.parametrize("name", ["notes.txt", "film.mp4", "page.html"])
def test_what_is_no_picture_is_refused_before_the_drop(bench: Bench, tmp_path: Path, name: str):
    assert not bench.drag("scene", files(tmp_path / name))
    bench.drop("scene", files(tmp_path / name))
    assert bench.panel.draft().scene is None


def test_a_text_file_with_a_pictures_name_is_found_out_in_its_slot(bench: Bench, tmp_path: Path):
    liar = tmp_path / "vase.png"
    liar.write_text("no picture at all")
    bench.drop("subjects[0]", files(liar))
    said = bench.slot("subjects[0]").view.verdict
    assert (said.state, said.title) == (SlotState.REFUSED, "Not a picture")


def test_a_refusal_names_rule_and_figure(bench: Bench, picture):
    bench.drop("subjects[1]", files(picture("small.png", 310, 299)))
    said = bench.slot("subjects[1]").view.verdict
    assert said.rule == "310 × 299 px: at least 300 px each side"
    assert bench.slot("subjects[1]").accessibleDescription() == (
        "Subject 2 is 310 × 299 px: at least 300 px each side."
    )


def test_an_address_that_is_not_of_the_web_is_refused(bench: Bench):
    mime = QMimeData()
    mime.setUrls([QUrl("javascript:alert(1)")])
    assert not bench.drag("subjects[0]", mime)


def test_pixels_from_a_browser_become_a_file_of_the_app(bench: Bench, tmp_path: Path):
    pixels = QImage(500, 400, QImage.Format.Format_RGB32)
    pixels.fill(QColor("teal"))
    mime = QMimeData()
    mime.setImageData(pixels)
    mime.setUrls([QUrl(ADDRESS)])
    bench.drop("subjects[0]", mime)
    image = bench.panel.draft().subjects[0]
    assert isinstance(image, FileImage)
    assert image.path.parent == tmp_path / "pasted"
    assert state(bench, "subjects[0]") is SlotState.READY


def test_copy_and_paste_carry_a_picture_to_another_slot(ready: Bench, qtbot):
    qtbot.keyClick(ready.slot("subjects[0]"), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(ready.slot("scene"), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    ready.settle()
    draft = ready.panel.draft()
    assert draft.scene == draft.subjects[0] is not None


def test_del_takes_out_and_undo_brings_back(ready: Bench, qtbot):
    before = ready.panel.draft()
    qtbot.keyClick(ready.slot("subjects[0]"), Qt.Key.Key_Delete)
    assert ready.panel.draft().subjects[0] is None
    ready.panel.actions_by_name()["undo"].trigger()
    assert ready.panel.draft() == before


def test_alt_and_an_arrow_swaps_and_the_focus_goes_along(ready: Bench, qtbot):
    image = ready.panel.draft().subjects[0]
    alt = Qt.KeyboardModifier.AltModifier
    qtbot.keyClick(ready.slot("subjects[0]"), Qt.Key.Key_Right, alt)
    qtbot.keyClick(ready.slot("subjects[1]"), Qt.Key.Key_Down, alt)
    qtbot.keyClick(ready.slot("subjects[3]"), Qt.Key.Key_Down, alt)
    draft = ready.panel.draft()
    assert (draft.style, draft.places()) == (image, ())


def test_a_picture_dragged_to_another_slot_changes_places_with_it(ready: Bench, picture):
    ready.drop("scene", files(picture("dunes.png")))
    before = ready.panel.draft()
    mime = QMimeData()
    mime.setData(SLOT_MIME, b"subjects[0]")
    ready.drag("scene", mime)
    answer = ready.slot("scene").view.drag
    assert answer is not None
    assert answer.words == "Swap with 1"
    ready.drop("scene", mime)
    assert ready.panel.draft().scene == before.subjects[0]
    assert ready.panel.draft().subjects[0] == before.scene


def test_enter_asks_for_files_and_takes_all_of_them(bench: Bench, picture, qtbot):
    qtbot.keyClick(bench.slot("subjects[1]"), Qt.Key.Key_Return)
    (dialog,) = bench.panel.window().findChildren(QFileDialog)
    chosen = [picture("a.png"), picture("b.png")]
    dialog.filesSelected.emit([str(path) for path in chosen])
    dialog.close()
    subjects = bench.panel.draft().subjects
    assert subjects == (None, FileImage(chosen[0]), FileImage(chosen[1]), None)


def test_a_file_mended_in_its_place_is_judged_anew_when_chosen_again(bench: Bench, picture):
    small = picture("vase.png", 100, 100)
    bench.drop("subjects[0]", files(small))
    assert state(bench, "subjects[0]") is SlotState.REFUSED
    picture("vase.png", 400, 400)
    bench.drop("subjects[0]", files(small))
    assert state(bench, "subjects[0]") is SlotState.READY


def test_the_menu_offers_only_what_can_be_done(ready: Bench):
    def offered(place: str) -> list[str]:
        menu = ready.slot(place).menu()
        words = [action.text() for action in menu.actions() if not action.isSeparator()]
        menu.deleteLater()
        return words

    assert offered("subjects[1]") == ["Choose…", "Paste here"]
    assert offered("subjects[0]") == [
        "Replace…",
        "Crop and turn…",
        "What is sent…",
        "Paste here",
        "Copy",
        "Use in every task",
        "Show in folder",
        "Put on the shelf",
        "Take out",
    ]


def test_video_calls_them_pictures_and_keeps_scene_and_style(ready: Bench, picture):
    ready.drop("scene", files(picture("dunes.png")))
    before = ready.panel.draft()
    ready.panel._kind.button("video").click()
    assert ready.panel.draft().kind is TaskKind.VIDEO
    assert ready.slot("subjects[0]").accessibleName() == "Picture 1"
    assert ready.slot("scene").isHidden()
    assert ready.form.grid._note.words() == "The scene is kept, not sent: video has none."
    ready.panel._kind.button("image").click()
    assert ready.panel.draft() == before
    assert ready.form.grid._note.words() == ""


def test_a_preview_is_turned_and_small(tmp_path: Path):
    from PIL import Image

    path = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (2000, 1000), "teal").save(path, exif=exif)
    preview = read_image(path, 640)
    assert (preview.width(), preview.height()) == (320, 640)


def test_a_bomb_is_not_decoded_for_its_preview(tmp_path: Path):
    path = tmp_path / "bomb.ppm"
    path.write_bytes(b"P6 20000 20000 255\n" + b"\0" * 100)
    assert read_image(path, 640).isNull()


def test_what_the_provider_has_no_place_for_is_kept_and_said(picture):
    image = FileImage(picture("style.png"))
    facts = inspect(image.path)
    said = verdict("style", image, facts, None, "PowerTokens does not take this: Style.")
    assert (said.state, said.title) == (SlotState.NOT_SENT, "Kept, not sent")
    assert "PowerTokens" in said.rule
    assert "PowerTokens" in said.sentence
