"""Pictures by their address: asked about, fetched, handed on or refused, written out in itself."""

from base64 import b64encode
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QMimeData

from kling_desktop.domain.errors import ErrorRecord
from kling_desktop.domain.facts import PictureBrought
from kling_desktop.domain.media import FileImage, UrlImage
from kling_desktop.settings import WebPictures
from kling_desktop.ui.compose.verdict import SlotState
from tests.ui.compose.conftest import Bench, files
from tests.ui.compose.given import ADDRESS, answer, card, names, note, png, web, words


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
