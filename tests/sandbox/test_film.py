"""A film lasts as long as was asked, in the size asked, and QtMultimedia plays it."""

import io
from typing import Any

import pytest
from PIL import Image

from kling_desktop.sandbox.film import FRAMES_PER_S, frame_size, frames
from kling_desktop.sandbox.mp4 import write_mp4

COLOURS = ((190, 60, 50), (60, 160, 80), (50, 80, 190))


def stills() -> list[Image.Image]:
    return [Image.new("RGB", (640, 640), colour) for colour in COLOURS]


def middle(image: Image.Image) -> tuple[int, ...]:
    colour = image.getpixel((image.width // 2, image.height // 2))
    assert isinstance(colour, tuple)
    return colour


@pytest.mark.parametrize(
    ("ratio", "mode", "size"),
    [
        ("16:9", "std", (1280, 720)),
        ("9:16", "std", (720, 1280)),
        ("1:1", "std", (720, 720)),
        ("16:9", "pro", (1920, 1080)),
        ("9:16", "pro", (1080, 1920)),
        ("1:1", "pro", (1080, 1080)),
    ],
)
def test_modes_are_720p_and_1080p(ratio, mode, size):
    assert frame_size(ratio, mode) == size


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_every_picture_has_its_time_and_melts_into_the_next(count):
    colours = [*COLOURS, (200, 190, 60)][:count]
    pictures = [Image.new("RGB", (400, 300), colour) for colour in colours]
    painted = [
        middle(Image.open(io.BytesIO(jpeg)))
        for jpeg in frames(pictures, (160, 90), 5, is_watermarked=False)
    ]
    assert len(painted) == 5 * FRAMES_PER_S

    def near(colour: tuple[int, ...]) -> list[int]:
        return [
            index
            for index, seen in enumerate(painted)
            if all(abs(a - b) < 8 for a, b in zip(seen, colour, strict=True))
        ]

    shown = [near(colour) for colour in colours]
    assert all(len(indexes) >= 6 for indexes in shown)
    assert [indexes[0] for indexes in shown] == sorted(indexes[0] for indexes in shown)
    assert (shown[0][0], shown[-1][-1]) == (0, len(painted) - 1)


def test_the_camera_moves(make_pattern):
    jpegs = list(frames([make_pattern(1)], (320, 180), 5, is_watermarked=False))
    assert len(set(jpegs)) > 0.9 * len(jpegs)


@pytest.mark.qt_log_level_fail("CRITICAL")
def test_qt_plays_it_with_the_right_length_size_and_colours(qtbot, tmp_path):
    core = pytest.importorskip("PySide6.QtCore")
    media = pytest.importorskip("PySide6.QtMultimedia", exc_type=ImportError)
    size = frame_size("16:9", "std")
    file = tmp_path / "film.mp4"
    with file.open("wb") as stream:
        jpegs = frames(stills(), size, 5, is_watermarked=False)
        write_mp4(stream, jpegs, width_px=size[0], height_px=size[1], frames_per_s=FRAMES_PER_S)
    assert file.stat().st_size < 15_000_000

    player, sink = media.QMediaPlayer(), media.QVideoSink()
    seen: dict[int, tuple[int, int, int]] = {}

    def look(frame: Any) -> None:
        image = frame.toImage()
        assert (image.width(), image.height()) == size
        colour = image.pixelColor(size[0] // 2, size[1] // 2)
        seen[frame.startTime() // 1000] = (colour.red(), colour.green(), colour.blue())

    sink.videoFrameChanged.connect(lambda frame: look(frame) if frame.isValid() else None)
    player.setVideoSink(sink)
    player.setPlaybackRate(8.0)
    player.setSource(core.QUrl.fromLocalFile(str(file)))
    player.play()
    ended = media.QMediaPlayer.MediaStatus.EndOfMedia
    qtbot.waitUntil(lambda: player.mediaStatus() == ended, timeout=20_000)
    assert abs(player.duration() - 5_000) <= 200
    player.stop()
    times = sorted(seen)
    for moment, colour in ((times[0], COLOURS[0]), (times[-1], COLOURS[2])):
        assert all(abs(a - b) < 16 for a, b in zip(seen[moment], colour, strict=True))
    assert max(times) > 4_000
