"""What a finished file is: pictures are decoded to their last pixel, videos by their boxes."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kling_desktop.domain.errors import AppError, ErrorRecord, Remedy
from kling_desktop.library.pillow import TooManyPixelsError, open_picture
from kling_desktop.text import t

_FORMATS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}
_ABOVE_TRACKS = (b"moov", b"trak")
_FIXED_POINT = 16  # tkhd gives width and height as 16.16
_LARGEST_HEADER = 1024


@dataclass(frozen=True, slots=True)
class Extent:
    """How large a result is, in pixels and seconds; zero or None where the file does not say."""

    width: int
    height: int
    duration_s: float | None = None


def extent(path: Path, extension: str) -> Extent:
    """Read the whole of a picture, or the boxes of a video.

    Raises AppError for a file that is not whole or not what it says it is; the remedy is another
    download. Raises OSError when the disk does not give it.
    """
    if extension in _FORMATS:
        return _picture(path, _FORMATS[extension])
    if extension == "mp4":
        return _mp4(path)
    return Extent(0, 0)


def _picture(path: Path, format: str) -> Extent:
    with path.open("rb") as file:
        try:
            with open_picture(file, (format,)) as picture:
                picture.load()
                width, height = picture.size
            with open_picture(file, (format,)) as picture:
                picture.verify()  # PNG: every chunk to the last, which decoding leaves unread
        except TooManyPixelsError as problem:
            raise damaged(t("It claims more pixels than can be opened safely.")) from problem
        except Exception as problem:  # Pillow raises anything at all on a broken file
            if isinstance(problem, OSError) and problem.errno is not None:
                raise  # the disk's own
            raise damaged(t("It cannot be decoded to its end.")) from problem
    return Extent(width, height)


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int
    end: int


def _mp4(path: Path) -> Extent:
    width = height = 0
    duration_s = 0.0
    is_fragmented = False
    with path.open("rb") as file:
        for box in _boxes(file, 0, file.seek(0, 2), _ABOVE_TRACKS):
            if box.kind == b"mvhd":
                duration_s = _duration(_payload(file, box))
            elif box.kind == b"tkhd":
                wide, high = _frame(_payload(file, box))
                width, height = max(width, wide), max(height, high)
            is_fragmented |= box.kind == b"moof"
    if not (width and height) or not (duration_s or is_fragmented):
        raise damaged(t("It holds no moving picture."))
    return Extent(width, height, duration_s or None)


def _boxes(file: BinaryIO, start: int, end: int, levels: tuple[bytes, ...]) -> Iterator[_Box]:
    """Every box between two offsets, and those inside the box named first in `levels`, and so on.

    ISO 14496-12. Raises AppError where a box ends behind its surroundings: the file is cut off.
    """
    while start < end:
        file.seek(start)
        head = file.read(16)
        length, kind = int.from_bytes(head[:4]), head[4:8]
        inner = start + 8
        if length == 1:
            length, inner = int.from_bytes(head[8:16]), start + 16
        elif length == 0:
            length = end - start
        if length < inner - start or start + length > end:
            raise damaged(t("It was cut off."))
        yield _Box(kind, inner, start + length)
        if levels and kind == levels[0]:
            yield from _boxes(file, inner, start + length, levels[1:])
        start += length


def _payload(file: BinaryIO, box: _Box) -> bytes:
    file.seek(box.start)
    return file.read(min(box.end - box.start, _LARGEST_HEADER))


def _duration(mvhd: bytes) -> float:
    is_long = mvhd[:1] == b"\x01"
    at, length = (20, 8) if is_long else (12, 4)
    scale = int.from_bytes(mvhd[at : at + 4])
    return int.from_bytes(mvhd[at + 4 : at + 4 + length]) / scale if scale else 0.0


def _frame(tkhd: bytes) -> tuple[int, int]:
    end = 96 if tkhd[:1] == b"\x01" else 84
    wide, high = tkhd[end - 8 : end - 4], tkhd[end - 4 : end]
    return int.from_bytes(wide) >> _FIXED_POINT, int.from_bytes(high) >> _FIXED_POINT


def damaged(detail: str) -> AppError:
    """What to raise for a result that must be fetched again."""
    return AppError(ErrorRecord(t("A result arrived damaged"), detail, Remedy.RETRY))
