"""Motion JPEG in an ISO media file: the whole container, written here.

Why no H.264: its encoders bring a copyleft licence or a patent pool and 30 to 80 MB into the
bundle, for a free preview. Pillow encodes JPEG already and FFmpeg, which QtMultimedia plays with,
decodes it in an MP4 by the registered object type 0x6C (ISO/IEC 14496-1, table 5; 14496-12 and
-14 for the boxes). Every frame is a key frame, so seeking is exact.
"""

import struct
from collections.abc import Iterable
from typing import BinaryIO

_OBJECT_TYPE_JPEG = 0x6C
_STREAM_TYPE_VISUAL = 0x04
_TICKS_PER_FRAME = 1
_MOVIE_TICKS_PER_S = 1000
_UNITY_MATRIX = struct.pack(">9I", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
_LANGUAGE_UNDETERMINED = 0x55C4


def write_mp4(
    stream: BinaryIO, jpegs: Iterable[bytes], *, width_px: int, height_px: int, frames_per_s: int
) -> None:
    """Write `jpegs` as the frames of a silent video. `stream` must be seekable, at its start.

    Raises OSError, and ValueError above 4 GB.
    """
    stream.write(_box(b"ftyp", b"isom" + struct.pack(">I", 0x200) + b"isomiso2mp41"))
    data_start = stream.tell()
    stream.write(_box(b"mdat"))
    sizes: list[int] = []
    for jpeg in jpegs:
        stream.write(jpeg)
        sizes.append(len(jpeg))
    data_size = 8 + sum(sizes)
    if data_start + data_size >= 1 << 32:
        raise ValueError("a video of more than 4 GB")
    track = _track(sizes, data_start + 8, (width_px, height_px), frames_per_s)
    stream.write(_box(b"moov", _movie_header(len(sizes), frames_per_s), track))
    stream.seek(data_start)
    stream.write(struct.pack(">I", data_size))


def _box(name: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + name + body


def _full_box(name: bytes, *parts: bytes, version_and_flags: int = 0) -> bytes:
    return _box(name, struct.pack(">I", version_and_flags), *parts)


def _movie_ticks(frames: int, frames_per_s: int) -> int:
    return frames * _MOVIE_TICKS_PER_S // frames_per_s


def _movie_header(frames: int, frames_per_s: int) -> bytes:
    duration = _movie_ticks(frames, frames_per_s)
    return _full_box(
        b"mvhd",
        struct.pack(">4I", 0, 0, _MOVIE_TICKS_PER_S, duration),
        struct.pack(">IH10x", 1 << 16, 1 << 8),  # normal speed, full volume
        _UNITY_MATRIX,
        bytes(24),
        struct.pack(">I", 2),  # the next track's number
    )


def _track(sizes: list[int], offset: int, size_px: tuple[int, int], frames_per_s: int) -> bytes:
    width, height = size_px
    header = _full_box(
        b"tkhd",
        struct.pack(">5I", 0, 0, 1, 0, _movie_ticks(len(sizes), frames_per_s)),
        bytes(16),
        _UNITY_MATRIX,
        struct.pack(">2I", width << 16, height << 16),
        version_and_flags=3,  # enabled, in the movie
    )
    ticks = len(sizes) * _TICKS_PER_FRAME
    media_header = _full_box(
        b"mdhd", struct.pack(">4I2H", 0, 0, frames_per_s, ticks, _LANGUAGE_UNDETERMINED, 0)
    )
    handler = _full_box(b"hdlr", bytes(4) + b"vide" + bytes(12) + b"Video\0")
    here = _full_box(b"url ", version_and_flags=1)  # the frames are in this file
    references = _box(b"dinf", _full_box(b"dref", struct.pack(">I", 1), here))
    video_header = _full_box(b"vmhd", bytes(8), version_and_flags=1)
    information = _box(b"minf", video_header, references, _sample_table(sizes, offset, size_px))
    return _box(b"trak", header, _box(b"mdia", media_header, handler, information))


def _sample_table(sizes: list[int], offset: int, size_px: tuple[int, int]) -> bytes:
    """All frames lie in one chunk, each one tick long."""
    count = len(sizes)
    return _box(
        b"stbl",
        _full_box(b"stsd", struct.pack(">I", 1), _sample_entry(size_px, max(sizes, default=0))),
        _full_box(b"stts", struct.pack(">3I", 1, count, _TICKS_PER_FRAME)),
        _full_box(b"stsc", struct.pack(">4I", 1, 1, count, 1)),
        _full_box(b"stsz", struct.pack(f">2I{count}I", 0, count, *sizes)),
        _full_box(b"stco", struct.pack(">2I", 1, offset)),
    )


def _sample_entry(size_px: tuple[int, int], largest_bytes: int) -> bytes:
    resolution = 72 << 16  # dots per inch, as the format asks for
    return _box(
        b"mp4v",
        struct.pack(">6xH16x2H", 1, *size_px),
        struct.pack(">2I4xH", resolution, resolution, 1),
        bytes(32),  # no compressor name
        struct.pack(">Hh", 24, -1),
        _elementary_stream(largest_bytes),
    )


def _elementary_stream(largest_bytes: int) -> bytes:
    """The descriptor that says "JPEG"."""
    decoder = _descriptor(
        0x04,
        struct.pack(">2B", _OBJECT_TYPE_JPEG, _STREAM_TYPE_VISUAL << 2 | 1)
        + largest_bytes.to_bytes(3, "big")
        + struct.pack(">2I", 0, 0),
    )
    layer = _descriptor(0x06, b"\x02")  # as MP4 files predefine it
    return _full_box(b"esds", _descriptor(0x03, struct.pack(">HB", 1, 0) + decoder + layer))


def _descriptor(tag: int, body: bytes) -> bytes:
    return bytes((tag, len(body))) + body
