import io
import os
import threading
from pathlib import Path

import pytest
from PIL import Image

from kling_desktop.domain.errors import AppError
from kling_desktop.library.thumbnails import Thumbnails
from tests.library.pictures import picture

SHA = "ab" * 32


@pytest.fixture
def thumbnails(tmp_path: Path) -> Thumbnails:
    return Thumbnails(tmp_path / "cache" / "thumbnails")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(picture("JPEG", (1200, 800)))
    return path


def test_a_thumbnail_is_small_and_in_proportion(thumbnails: Thumbnails, photo: Path) -> None:
    with Image.open(thumbnails.get(photo, SHA, 256)) as small:
        assert small.size == (256, 171)
        assert small.format == "JPEG"


def test_it_is_made_once(thumbnails: Thumbnails, photo: Path) -> None:
    made = thumbnails.get(photo, SHA, 256)
    photo.unlink()
    assert thumbnails.get(photo, SHA, 256) == made


def test_a_small_picture_is_not_blown_up(thumbnails: Thumbnails, tmp_path: Path) -> None:
    path = tmp_path / "small.png"
    path.write_bytes(picture("PNG", (40, 20)))
    with Image.open(thumbnails.get(path, SHA, 256)) as small:
        assert small.size == (40, 20)


def test_transparency_stays(thumbnails: Thumbnails, tmp_path: Path) -> None:
    path = tmp_path / "clear.webp"
    Image.new("RGBA", (600, 600), (255, 0, 0, 0)).save(path, "WEBP", lossless=True)
    with Image.open(thumbnails.get(path, SHA, 64)) as small:
        assert small.format == "PNG"
        assert small.getchannel("A").getextrema() == (0, 0)


def test_it_is_turned_as_the_camera_meant(thumbnails: Thumbnails, tmp_path: Path) -> None:
    path = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (600, 300)).save(path, exif=exif)
    with Image.open(thumbnails.get(path, SHA, 100)) as small:
        assert small.size == (50, 100)
        assert not small.getexif()


@pytest.mark.parametrize("damage", [b"", b"\x00" * 500, b"\xff\xd8 cut off"])
def test_a_damaged_one_is_made_anew(thumbnails: Thumbnails, photo: Path, damage: bytes) -> None:
    made = thumbnails.get(photo, SHA, 256)
    made.write_bytes(damage)
    with Image.open(thumbnails.get(photo, SHA, 256)) as small:
        small.load()


@pytest.mark.parametrize("data", [b"", b"<svg/>", picture("JPEG", (300, 300))[:-500]])
def test_what_is_no_picture_is_refused(thumbnails: Thumbnails, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(data)
    with pytest.raises(AppError):
        thumbnails.get(path, SHA, 256)
    assert not list((tmp_path / "cache").rglob("*.*"))


def test_a_missing_file_and_a_strange_hash_are_refused(
    thumbnails: Thumbnails, photo: Path, tmp_path: Path
) -> None:
    with pytest.raises(AppError):
        thumbnails.get(tmp_path / "gone.png", SHA, 256)
    with pytest.raises(AppError):
        thumbnails.get(photo, "../../x", 256)


def test_the_oldest_go_when_the_cache_is_full(tmp_path: Path) -> None:
    noise = tmp_path / "noise.png"
    Image.effect_noise((100, 100), 90).save(noise, "PNG")
    size = Thumbnails(tmp_path / "one").get(noise, SHA, 100).stat().st_size
    thumbnails = Thumbnails(tmp_path / "cache", budget_bytes=size * 10)
    made: list[Path] = []
    for number in range(25):
        made.append(thumbnails.get(noise, f"{number:064x}", 100))
        os.utime(made[-1], (number, number))
    here = [path for path in made if path.exists()]
    assert 8 <= len(here) <= 10
    assert here == made[-len(here) :]


def test_several_threads_may_want_the_same(thumbnails: Thumbnails, photo: Path) -> None:
    got: list[bytes] = []

    def want() -> None:
        got.append(thumbnails.get(photo, SHA, 64).read_bytes())

    threads = [threading.Thread(target=want) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 4
    for data in got:
        Image.open(io.BytesIO(data)).load()
