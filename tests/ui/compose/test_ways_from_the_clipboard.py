"""What is pasted: into which slot, and how large it may be."""

from pathlib import Path
from zlib import crc32

import pytest
from PySide6.QtCore import QByteArray, QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QImage

from kling_desktop.domain.media import UrlImage
from kling_desktop.settings import WebPictures
from tests.ui.compose.conftest import Bench, files
from tests.ui.compose.given import ADDRESS, answer, card, names, note

CONTROL = Qt.KeyboardModifier.ControlModifier


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
