from dataclasses import replace

from kling_desktop.domain.drafts import Draft
from kling_desktop.domain.media import FileImage, StoredImage, UrlImage
from kling_desktop.domain.shelf import PictureSet, Shelf, ShelfPicture, neat_name, neat_tags

MARA = StoredImage("a" * 64, "jpg", "b" * 64, "jpg", "IMG_0042.jpg", 640, 480)
STUDIO = StoredImage("c" * 64, "png", "c" * 64, "png", "grey.png", 640, 480)


def test_a_picture_is_there_once_whatever_copy_of_it_was_sent() -> None:
    shelf = Shelf().with_picture(ShelfPicture(MARA, "Mara"))
    other_copy = replace(MARA, sent_sha256="d" * 64)
    shelf = shelf.with_picture(ShelfPicture(other_copy, "Mara again"))
    assert [picture.name for picture in shelf.pictures] == ["Mara again"]
    assert shelf.name_of(MARA) == "Mara again"
    assert shelf.name_of(UrlImage("https://example.org/a.png")) == ""


def test_every_word_of_a_search_must_stand_somewhere() -> None:
    picture = ShelfPicture(MARA, "Mara", ("person", "yellow coat"))
    assert picture.matches("")
    assert picture.matches("MARA coat")
    assert picture.matches("img_0042")
    assert not picture.matches("mara studio")


def test_a_picture_without_a_name_is_called_by_its_file() -> None:
    assert ShelfPicture(MARA).title == "IMG_0042"


def test_tags_in_use_come_most_frequent_first_and_hidden_pictures_do_not_count() -> None:
    shelf = Shelf(
        (
            ShelfPicture(MARA, tags=("person", "coat")),
            ShelfPicture(STUDIO, tags=("coat",)),
            ShelfPicture(replace(STUDIO, original_sha256="e" * 64), tags=("x",), is_hidden=True),
        )
    )
    assert shelf.tags() == ("coat", "person")


def test_a_set_fills_all_slots_and_keeps_the_texts() -> None:
    wanted = PictureSet("1", "Mara in the studio", (MARA, None, None, None), scene=STUDIO)
    before = Draft(
        provider="kling",
        prompt="walks",
        subjects=(None, FileImage(__file__), None, None),  # type: ignore[arg-type]
        style=STUDIO,
    )
    after = wanted.fill(before)
    assert (after.subjects, after.scene, after.style) == ((MARA, None, None, None), STUDIO, None)
    assert after.prompt == "walks"


def test_names_and_tags_are_made_neat() -> None:
    assert neat_name("  Mara\n in\tred \0") == "Mara in red"
    assert len(neat_name("x" * 500)) == 80
    assert neat_tags("Person,  yellow   coat,person,, ") == ("person", "yellow coat")
    assert len(neat_tags(",".join(map(str, range(100))))) == 12
