"""The rows of the list of failures that are about pictures, each with its own proof."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QColorSpace, QImage

from kling_desktop.domain.fitting import mending_edits
from kling_desktop.domain.media import (
    COMMON_LIMITS,
    LARGEST_PIXELS,
    NO_EDIT,
    Acceptance,
    Edit,
    Fit,
    ImageFault,
    ImageLimits,
    Mend,
    Note,
)
from kling_desktop.domain.problems import Rule
from kling_desktop.domain.sentences import mend_words
from kling_desktop.images.inspect import inspect
from kling_desktop.images.prepare import upload_copy
from kling_desktop.ui.pictures import read_image
from tests.images.awkward import CASES, Awkward
from tests.images.makers import (
    DISPLAY_P3,
    SECRETS,
    bomb,
    deep_gray,
    drawing,
    moving,
    photograph,
    saved,
    see_through,
    small_bomb,
)
from tests.images.opinions import breaches, by_qt, distance, seen_by_qt
from tests.images.profiles import gray_profile

pytestmark = pytest.mark.usefixtures("qapp")


def of(row: str) -> list[Awkward]:
    return [case for case in CASES if case.row == row]


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_e01_a_bomb_is_refused_though_it_could_be_decoded_to_its_end(tmp_path: Path) -> None:
    path = written(tmp_path / "bomb.png", small_bomb())
    assert path.stat().st_size < 20_000
    assert inspect(path).fault is ImageFault.TOO_MANY_PIXELS
    assert inspect(written(path, bomb(65_000))).fault is ImageFault.TOO_MANY_PIXELS


@pytest.mark.parametrize(("height", "is_taken"), [(10_000, True), (10_001, False)])
def test_e02_pillow_and_qt_stop_at_the_same_pixel(
    tmp_path: Path, height: int, is_taken: bool
) -> None:
    assert LARGEST_PIXELS == 10_000 * 10_000
    path = written(tmp_path / "large.png", saved(Image.new("1", (10_000, height)), "PNG"))
    assert (inspect(path).fault is None) is is_taken
    assert read_image(path).isNull() is not is_taken


@pytest.mark.parametrize("case", of("E03"), ids=lambda case: case.name)
def test_e03_damage_is_refused_or_mended_and_never_sent_blindly(
    tmp_path: Path, case: Awkward
) -> None:
    path = written(tmp_path / case.name, case.data)
    facts = inspect(path)
    if case.acceptance is Acceptance.REFUSED:
        assert facts.fault in (ImageFault.DAMAGED, ImageFault.NOT_A_PICTURE)
    else:
        copy = upload_copy(path)
        assert copy.sent != copy.original
        assert breaches(copy.sent, COMMON_LIMITS) == []


def test_e04_wide_colours_become_what_qt_makes_of_them(tmp_path: Path) -> None:
    picture = Image.blend(drawing(), Image.new("RGB", drawing().size, "gray"), 0.4)
    path = written(tmp_path / "wide.png", saved(picture, "PNG", icc_profile=DISPLAY_P3))
    image = QImage(
        *(picture.tobytes(), *picture.size, picture.width * 3, QImage.Format.Format_RGB888)
    )
    image.setColorSpace(QColorSpace.fromIccProfile(DISPLAY_P3))
    image.convertToColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb))
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    expected = Image.frombytes("RGB", picture.size, bytes(rgb.constBits()))
    got = seen_by_qt(upload_copy(path).sent)
    assert distance(got, expected) < 2
    assert distance(got, picture) > 5
    assert path.read_bytes() == upload_copy(path).original


def test_e04_a_gray_picture_follows_its_profile_too(tmp_path: Path) -> None:
    data = saved(drawing("L"), "PNG", icc_profile=gray_profile(1.0))
    seen = seen_by_qt(upload_copy(written(tmp_path / "gray.png", data)).sent).convert("L")
    # Half of the light is 188 of 255 in sRGB (IEC 61966-2-1).
    middle = drawing("L").tobytes().index(128)
    assert abs(seen.tobytes()[middle] - 188) <= 2


def test_e04_sixteen_bits_keep_their_brightness(tmp_path: Path) -> None:
    path = written(tmp_path / "deep.png", saved(deep_gray(), "PNG"))
    assert distance(seen_by_qt(upload_copy(path).sent), drawing("L")) < 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_e05_a_turned_picture_is_turned_in_the_copy_and_measured_after(
    tmp_path: Path, orientation: int
) -> None:
    path = written(tmp_path / "photo.jpg", photograph(orientation))
    copy = upload_copy(path)
    assert (copy.facts.width, copy.facts.height) == drawing().size
    assert distance(seen_by_qt(copy.sent), drawing()) < 6


@pytest.mark.parametrize("background", ["#ffffff", "#204060"])
def test_e06_what_is_transparent_is_filled_as_chosen(tmp_path: Path, background: str) -> None:
    path = written(tmp_path / "hole.png", saved(see_through(), "PNG"))
    copy = upload_copy(path, Edit(background=background))
    assert copy.facts.is_transparent
    assert copy.facts.acceptance(COMMON_LIMITS) is Acceptance.MENDED
    red, green, blue = bytes.fromhex(background[1:])
    assert seen_by_qt(copy.sent).getpixel((10, 10)) == (red, green, blue)


def test_e06_a_background_that_is_no_colour_is_white(tmp_path: Path) -> None:
    path = written(tmp_path / "hole.png", saved(see_through(), "PNG"))
    assert upload_copy(path, Edit(background="?")).sent == upload_copy(path).sent


@pytest.mark.parametrize("case", of("E07"), ids=lambda case: case.name)
def test_e07_every_kind_is_converted_or_refused_by_its_name(tmp_path: Path, case: Awkward) -> None:
    facts = inspect(written(tmp_path / case.name, case.data), case.edit)
    if case.rules:
        (problem,) = facts.problems("scene", COMMON_LIMITS)
        assert (problem.rule, problem.limit) == (Rule.FORMAT, "JPEG, PNG")
        assert problem.value in ("EPS", "SVG", "PDF", "JPEG XL", "PSD", "MP4", "RAW")
    else:
        assert Mend.FORMAT in facts.mends


def test_e07_eps_never_reaches_ghostscript(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = tmp_path / "started"
    program = written(tmp_path / "gs", f"#!/bin/sh\ntouch {started}\n".encode())
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    for start in (b"", b"\xc5\xd0\xd3\xc6"):
        path = written(tmp_path / "print.jpg", start + saved(drawing(), "EPS"))
        assert inspect(path).fault is ImageFault.UNSUPPORTED
    assert not started.exists()


@pytest.mark.parametrize(
    ("source", "options", "sent"),
    [
        ("BMP", {}, "PNG"),
        ("TIFF", {}, "PNG"),
        ("WEBP", {"lossless": True}, "PNG"),
        ("WEBP", {"quality": 90}, "JPEG"),
        ("AVIF", {"quality": 90}, "JPEG"),
        ("HEIF", {"quality": 90}, "JPEG"),
    ],
)
def test_e07_what_was_exact_stays_exact(
    tmp_path: Path, source: str, options: dict[str, object], sent: str
) -> None:
    copy = upload_copy(written(tmp_path / "picture", saved(drawing(), source, **options)))
    assert copy.facts.format == sent
    assert (distance(seen_by_qt(copy.sent), drawing()) == 0) is (sent == "PNG")


@pytest.mark.parametrize("format", ["GIF", "PNG", "WEBP", "AVIF", "TIFF"])
def test_e08_of_an_animation_the_first_picture_goes_and_it_is_told(
    tmp_path: Path, format: str
) -> None:
    copy = upload_copy(written(tmp_path / "moving", moving(format)))
    assert copy.facts.frames == 3
    assert Mend.FIRST_FRAME in copy.facts.mends
    assert copy.facts.acceptance(COMMON_LIMITS) is Acceptance.MENDED
    assert distance(seen_by_qt(copy.sent), drawing()) < 20


@pytest.mark.parametrize("case", of("E09"), ids=lambda case: case.name)
def test_e09_what_is_offered_for_size_and_shape_mends_it(tmp_path: Path, case: Awkward) -> None:
    path = written(tmp_path / case.name, case.data)
    edits = [case.edit]
    for rule in case.rules:
        edits = [mended for edit in edits for mended in mending_edits(rule, edit)]
    assert edits
    for edit in edits:
        assert breaches(upload_copy(path, edit).sent, COMMON_LIMITS) == []


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_e09_the_edges_are_filled_with_the_background(tmp_path: Path, mode: str) -> None:
    path = written(tmp_path / "wide.png", saved(drawing(mode, (900, 300)), "PNG"))
    copy = upload_copy(path, Edit(fit=Fit.PAD, background="#ff8000"))
    seen = seen_by_qt(copy.sent)
    assert seen.size == (900, 360)
    assert seen.getpixel((0, 0)) == seen.getpixel((899, 359)) == (255, 128, 0)
    assert distance(seen.crop((0, 30, 900, 330)), drawing(mode, (900, 300))) == 0


def test_e09_a_heavy_picture_goes_as_well_as_fits(tmp_path: Path) -> None:
    case = next(case for case in CASES if case.name == "heavy.jpg")
    path = written(tmp_path / case.name, case.data)
    sizes = [len(upload_copy(path, NO_EDIT, limits_of(mb)).sent) for mb in (2, 4, 8)]
    for size_bytes, megabytes in zip(sizes, (2, 4, 8), strict=True):
        assert 0.85 * megabytes * 2**20 < size_bytes <= megabytes * 2**20
    facts = inspect(path, NO_EDIT, limits_of(1))
    assert Mend.REDUCED in facts.mends
    assert facts.acceptance(limits_of(1)) is Acceptance.MENDED


def limits_of(megabytes: int, *formats: str) -> ImageLimits:
    limits = replace(COMMON_LIMITS, size_bytes=megabytes * 2**20)
    return replace(limits, formats=formats) if formats else limits


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_provider_that_takes_one_kind_gets_that_kind(tmp_path: Path, format: str) -> None:
    limits = limits_of(10, format)
    for source in ("JPEG", "PNG", "BMP", "AVIF"):
        path = written(tmp_path / "picture", saved(drawing(), source))
        copy = upload_copy(path, NO_EDIT, limits)
        assert breaches(copy.sent, limits) == []
        assert distance(seen_by_qt(copy.sent), drawing()) < 6


def test_e10_each_file_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    for case in of("E10"):
        facts = inspect(written(tmp_path / case.name, case.data))
        problems = list(facts.problems("scene", COMMON_LIMITS, case.name))
        assert [problem.rule for problem in problems] == list(case.rules)
        assert all(problem.value == case.name for problem in problems)
    assert inspect(tmp_path / "vanished.png").fault is ImageFault.MISSING
    assert inspect(tmp_path).fault is ImageFault.UNREADABLE


def test_e13_what_is_left_out_is_told_exactly(tmp_path: Path) -> None:
    everything = inspect(written(tmp_path / "photo.jpg", photograph()))
    assert everything.left_out == (Note.PLACE, Note.CAMERA, Note.WORDS)
    assert mend_words(Mend.METADATA, everything) == "left out: place, camera, words"
    trailer = inspect(written(tmp_path / "trailer.png", saved(drawing(), "PNG") + b"more"))
    assert trailer.left_out == (Note.OTHER,)
    phone = inspect(written(tmp_path / "phone.heic", photograph(6, "HEIF")))
    assert {Note.PLACE, Note.CAMERA} <= set(phone.left_out)
    assert mend_words(Mend.FORMAT, phone) == "converted from HEIC"
    assert inspect(written(tmp_path / "fine.png", saved(drawing(), "PNG"))).left_out == ()


def test_e04_the_colours_that_were_converted_are_named(tmp_path: Path) -> None:
    data = saved(drawing(), "JPEG", icc_profile=DISPLAY_P3)
    facts = inspect(written(tmp_path / "wide.jpg", data))
    assert mend_words(Mend.COLOUR, facts) == "Wide made sRGB"


def test_e13_nothing_of_the_owner_is_in_any_copy(tmp_path: Path) -> None:
    for case in of("E13"):
        copy = upload_copy(written(tmp_path / case.name, case.data))
        assert any(secret in copy.original for secret in SECRETS)
        assert not any(secret in copy.sent for secret in SECRETS)
        assert Mend.METADATA in copy.facts.mends
        image = by_qt(copy.sent)[1]
        assert [key for key in image.textKeys() if image.text(key)] == []


def test_e17_a_look_ends_at_the_next_piece_once_nobody_waits(tmp_path: Path) -> None:
    file = written(tmp_path / "long.bmp", saved(drawing(size=(2400, 2000)), "BMP"))
    assert inspect(file).fault is None
    answers = iter((True, True, True))
    asked: list[bool] = []

    def is_wanted() -> bool:
        asked.append(next(answers, False))
        return asked[-1]

    assert inspect(file, NO_EDIT, COMMON_LIMITS, is_wanted).fault is ImageFault.UNREADABLE
    assert asked == [True, True, True, False], "nothing was read after the no"
