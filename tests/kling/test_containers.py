"""A file is what its bytes say, and whole only if its container ends."""

import io
from pathlib import Path

import pytest
from PIL import Image

from kling_desktop.kling.containers import extension_of, is_whole


def picture(format: str) -> bytes:
    image = Image.effect_noise((64, 48), 60).convert("RGB")
    written = io.BytesIO()
    image.save(written, format)
    return written.getvalue()


def box(kind: bytes, content: bytes = b"") -> bytes:
    return (len(content) + 8).to_bytes(4) + kind + content


FTYP = box(b"ftyp", b"isom\0\0\2\0isomiso2avc1mp41")
LARGE_MDAT = (1).to_bytes(4) + b"mdat" + (16 + 100).to_bytes(8) + bytes(100)
MP4 = FTYP + box(b"moov", bytes(200)) + box(b"mdat", bytes(500))
EBML = b"\x1a\x45\xdf\xa3" + b"\x87" + b"\x42\x82\x84webm"
SEGMENT = b"\x18\x53\x80\x67"

WHOLE = {
    "png": picture("PNG"),
    "jpg": picture("JPEG"),
    "webp": picture("WEBP"),
    "mp4": MP4,
    "webm": EBML + SEGMENT + b"\x40\xc8" + bytes(200),
}


@pytest.mark.parametrize("extension", WHOLE)
def test_a_whole_file_is_known_and_whole(tmp_path: Path, extension):
    file = tmp_path / "file"
    file.write_bytes(WHOLE[extension])
    assert extension_of(WHOLE[extension][:64]) == extension
    assert is_whole(file, extension)


@pytest.mark.parametrize("extension", WHOLE)
def test_a_file_cut_anywhere_is_not_whole(tmp_path: Path, extension):
    data = WHOLE[extension]
    file = tmp_path / "file"
    for length in [*range(16, len(data), max(1, len(data) // 40)), len(data) - 1]:
        file.write_bytes(data[:length])
        assert not is_whole(file, extension), length


@pytest.mark.parametrize(
    ("data", "whole"),
    [
        (FTYP + box(b"mdat", bytes(10)), False),  # no moov: nothing can play it
        (MP4 + b"\0\0\0\4free", False),
        (FTYP + box(b"moov") + LARGE_MDAT, True),
        (FTYP + box(b"moov") + LARGE_MDAT[:-1], False),
        (FTYP + box(b"moov") + b"\0\0\0\0mdat" + bytes(9), True),
        (b"", False),
    ],
)
def test_the_boxes_of_an_mp4_add_up(tmp_path: Path, data, whole):
    file = tmp_path / "file"
    file.write_bytes(data)
    assert is_whole(file, "mp4") is whole


@pytest.mark.parametrize("unknown", [b"\xff", b"\x01" + b"\xff" * 7])
def test_a_webm_of_unknown_length_has_nothing_to_add_up(tmp_path: Path, unknown):
    file = tmp_path / "file"
    file.write_bytes(EBML + SEGMENT + unknown + bytes(10))
    assert is_whole(file, "webm")


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"<!DOCTYPE html><html>",
        b'{"code":1}',
        b"GIF89a",
        b"MZ\x90\0",
        b"#!/bin/sh\n",
        b"\0\0\0\x18ftypheic\0\0\0\0",
        b"\0\0\0\x18ftypavif\0\0\0\0",
        b"RIFF\0\0\0\0WAVE",
        b"\x1a\x45\xdf\xa3\x87\x42\x82\x88matroska",
        b"<svg xmlns=",
    ],
)
def test_everything_else_is_nothing_that_we_save(head):
    assert extension_of(head) is None
