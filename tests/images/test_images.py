import io
import os
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageOps, ImageStat, PngImagePlugin

from kling_desktop.domain.errors import AppError
from kling_desktop.domain.media import COMMON_LIMITS, ImageFault
from kling_desktop.domain.problems import Rule
from kling_desktop.images import jpeg, png
from kling_desktop.images.inspect import inspect, inspect_as_it_stands
from kling_desktop.images.prepare import copy_as_it_stands, upload_copy
from tests.images.makers import SRGB, drawing, private_exif

SECRETS = (b"SECRETCAMERA", b"SECRETCOMMENT", b"SECRETXMP", b"SECRETTEXT", b"SECRETTRAILER")


def a_jpeg(
    path: Path, orientation: int = 1, picture: Image.Image | None = None, **options: object
) -> Path:
    with_everything: dict[str, object] = {
        "exif": private_exif(orientation),
        "comment": b"SECRETCOMMENT",
        "xmp": b"SECRETXMP",
        "icc_profile": SRGB,
        "quality": 90,
    }
    (picture or drawing()).save(path, "JPEG", **(with_everything | options))
    path.write_bytes(path.read_bytes() + b"SECRETTRAILER")
    return path


def a_png(path: Path, orientation: int = 1, picture: Image.Image | None = None) -> Path:
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "SECRETTEXT")
    text.add_itxt("XML:com.adobe.xmp", "SECRETXMP")
    options = {"exif": private_exif(orientation), "pnginfo": text, "icc_profile": SRGB}
    (picture or drawing()).save(path, "PNG", **options)
    path.write_bytes(path.read_bytes() + b"SECRETTRAILER")
    return path


def sent(path: Path) -> bytes:
    return upload_copy(path).sent


def look(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def distance(one: Image.Image, other: Image.Image) -> float:
    """Root mean square of the difference, in the channel where it is greatest."""
    difference = ImageChops.difference(one.convert("RGB"), other.convert("RGB"))
    return max(ImageStat.Stat(difference).rms)


def test_a_picture_of_noise_that_barely_compresses_can_be_turned(tmp_path: Path) -> None:
    noise = Image.merge("RGB", [Image.effect_noise((900, 700), 200) for _ in range(3)])
    path = a_jpeg(tmp_path / "noise.jpg", 6, noise, quality=100, subsampling=0)
    data = sent(path)
    assert look(data).size == (700, 900)
    assert len(data) < path.stat().st_size * 1.1


@pytest.mark.parametrize("make", [a_jpeg, a_png])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_what_is_sent_is_turned_and_says_nothing_of_its_owner(
    tmp_path: Path, make, orientation: int
) -> None:
    path = make(tmp_path / "photo", orientation)
    original = path.read_bytes()
    seen = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    copy = upload_copy(path)
    assert path.read_bytes() == copy.original == original
    picture = look(copy.sent)
    assert not picture.getexif()
    for secret in SECRETS:
        assert secret not in copy.sent
    assert (copy.facts.width, copy.facts.height) == picture.size == seen.size
    assert distance(picture, seen) <= (0 if make is a_png else 2)
    assert upload_copy(path) == copy


@pytest.mark.parametrize("make", [a_jpeg, a_png])
def test_an_upright_picture_keeps_every_pixel(tmp_path: Path, make) -> None:
    path = make(tmp_path / "photo")
    assert ImageChops.difference(look(sent(path)), Image.open(path)).getbbox() is None
    assert len(sent(path)) < path.stat().st_size


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_a_picture_without_metadata_goes_as_it_is(tmp_path: Path, format: str) -> None:
    path = tmp_path / "photo.bin"
    drawing().save(path, format)
    copy = upload_copy(path)
    assert copy.sent == copy.original == path.read_bytes()
    assert copy.sent_extension == copy.original_extension == {"JPEG": "jpg", "PNG": "png"}[format]
    assert (copy.facts.width, copy.facts.height, copy.facts.mends) == (640, 400, ())


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_jpegs_of_every_make_survive(
    tmp_path: Path, orientation: int, subsampling: int, progressive: bool, mode: str
) -> None:
    options = {"progressive": progressive, "icc_profile": None, "restart_marker_rows": 1}
    if mode == "RGB":
        options["subsampling"] = subsampling
    path = a_jpeg(tmp_path / "photo.jpg", orientation, drawing(mode), **options)
    picture = look(sent(path))
    assert picture.mode == mode.replace("CMYK", "RGB")
    seen = ImageOps.exif_transpose(Image.open(path))
    assert distance(picture, seen) < 3


@pytest.mark.parametrize("orientation", [1, 3, 8])
@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_pngs_of_every_mode_survive_without_loss(
    tmp_path: Path, orientation: int, mode: str
) -> None:
    path = a_png(tmp_path / "photo.png", orientation, drawing(mode))
    result, seen = look(sent(path)), ImageOps.exif_transpose(Image.open(path))
    assert result.mode in ("L", "RGB", "RGBA")
    assert result.convert("RGBA").tobytes() == seen.convert("RGBA").tobytes()


def test_further_pictures_behind_the_first_are_not_sent(tmp_path: Path) -> None:
    path = tmp_path / "phone.jpg"
    drawing().save(path, "MPO", save_all=True, append_images=[drawing(size=(300, 300))])
    assert inspect(path).format == "JPEG"
    data = sent(path)
    assert data.count(b"\xff\xd8\xff") == 1
    assert look(data).format == "JPEG"
    animation = tmp_path / "moving.png"
    drawing().save(animation, "PNG", save_all=True, append_images=[drawing().rotate(90)])
    assert getattr(look(sent(animation)), "n_frames", 1) == 1


def test_the_preview_in_a_jfif_head_is_not_sent() -> None:
    buffer = io.BytesIO()
    drawing().save(buffer, "JPEG")
    data = buffer.getvalue()
    head = b"\xff\xe0" + (16 + 3).to_bytes(2) + data[6:18] + b"\x01\x01" + b"PIX"
    bare = jpeg.without_metadata(data[:2] + head + data[20:])
    assert bare == data


def test_facts_are_those_of_what_would_be_sent(tmp_path: Path) -> None:
    path = a_jpeg(tmp_path / "photo.jpg", 6)
    facts = inspect(path)
    assert (facts.format, facts.width, facts.height) == ("JPEG", 400, 640)
    assert facts.size_bytes == len(sent(path))
    assert facts.fault is None
    as_it_stands = inspect_as_it_stands(path)
    assert as_it_stands.size_bytes == path.stat().st_size
    as_it_is = copy_as_it_stands(path)
    assert as_it_is.sent == as_it_is.original == path.read_bytes()


@pytest.mark.parametrize("format", ["WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_another_kind_is_named_whatever_its_extension_if_nothing_may_be_mended(
    tmp_path: Path, format: str
) -> None:
    path = tmp_path / "photo.jpg"
    drawing().save(path, format)
    facts = inspect_as_it_stands(path)
    assert (facts.format, facts.width, facts.height) == (format, 640, 400)
    assert facts.size_bytes == path.stat().st_size
    assert [problem.rule for problem in facts.problems("scene", COMMON_LIMITS)] == [Rule.FORMAT]
    assert copy_as_it_stands(path).original_extension == format.lower()


def fault(path: Path) -> ImageFault | None:
    found = inspect(path).fault
    assert inspect_as_it_stands(path).fault is found
    if found is not None:
        with pytest.raises(AppError):
            upload_copy(path)
    return found


@pytest.mark.parametrize(
    "data",
    [b"", b"just text", b"<html><svg/></html>", b"\xff\xd8\xff", b"\x89PNG", b"RIFF\0\0\0\0WEBP"],
)
def test_what_is_no_picture_is_said_so(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(data)
    assert fault(path) is ImageFault.NOT_A_PICTURE


@pytest.mark.parametrize("make", [a_jpeg, a_png])
@pytest.mark.parametrize("lost", [20, 40, 500])
def test_a_cut_off_picture_is_damaged(tmp_path: Path, make, lost: int) -> None:
    path = make(tmp_path / "photo")
    path.write_bytes(path.read_bytes().removesuffix(b"SECRETTRAILER")[:-lost])
    assert fault(path) is ImageFault.DAMAGED


def test_a_changed_bit_in_a_png_is_damage(tmp_path: Path) -> None:
    path = a_png(tmp_path / "photo.png")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert fault(path) is ImageFault.DAMAGED


@pytest.mark.parametrize("side", [10_001, 65_000])
def test_a_bomb_is_refused_from_its_header(tmp_path: Path, side: int) -> None:
    head = struct.pack(">4sIIBBBBB", b"IHDR", side, side, 8, 2, 0, 0, 0)
    chunk = (13).to_bytes(4) + head + zlib.crc32(head).to_bytes(4)
    path = tmp_path / "bomb.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk + b"\x00\x00\x00\x10IDAT")
    assert path.stat().st_size < 70
    assert fault(path) is ImageFault.TOO_MANY_PIXELS


def test_e11_what_is_no_regular_file_never_hangs(tmp_path: Path) -> None:
    pipe, loop, link = tmp_path / "pipe", tmp_path / "loop", tmp_path / "link.jpg"
    os.mkfifo(pipe)
    loop.symlink_to(loop)
    link.symlink_to(a_jpeg(tmp_path / "photo.jpg"))
    device = tmp_path / "device.png"
    device.symlink_to("/dev/zero")
    dangling = tmp_path / "dangling"
    dangling.symlink_to(tmp_path / "nowhere")
    assert fault(pipe) is ImageFault.UNREADABLE
    assert fault(loop) is ImageFault.UNREADABLE
    assert fault(device) is ImageFault.UNREADABLE
    assert fault(tmp_path) is ImageFault.UNREADABLE
    assert fault(Path("nul\0")) is ImageFault.UNREADABLE
    assert fault(dangling) is ImageFault.MISSING
    assert fault(tmp_path / "gone.png") is ImageFault.MISSING
    assert fault(link / "below.png") is ImageFault.MISSING
    assert fault(link) is None


def test_a_giant_file_is_judged_by_its_size_alone(tmp_path: Path) -> None:
    path = a_png(tmp_path / "giant.png")
    os.truncate(path, 3 * 1024**3)  # sparse
    facts = inspect(path)
    (problem,) = facts.problems("scene", COMMON_LIMITS)
    assert (problem.rule, problem.value) == (Rule.SIZE, str(3 * 1024**3))


@given(
    spoilt=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=8),
    length=st.floats(0, 1),
)
@settings(deadline=None, max_examples=100)
@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_no_damage_raises_anything_but_value_errors(
    format: str, spoilt: list[tuple[float, int]], length: float
) -> None:
    buffer = io.BytesIO()
    drawing(size=(80, 60)).save(buffer, format, exif=private_exif(6))
    data = bytearray(buffer.getvalue())
    for place, value in spoilt:
        data[int(place * len(data))] = value
    strip = jpeg.without_metadata if format == "JPEG" else png.without_metadata
    try:
        bare = strip(bytes(data[: int(length * len(data))]))
    except ValueError:
        return
    assert strip(bare) == bare
