"""A picture file of any kind, opened with care: content before extension, header before pixels."""

import importlib
import io
import os
import stat
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from PIL import Image

from kling_desktop.domain.media import LARGEST_PIXELS, ImageFault
from kling_desktop.images.inspect import IsWanted, always
from kling_desktop.images.kinds import HEIC, is_heif, is_raw, undecodable_kind

# What Pillow may try. EPS is not among them: Pillow would start another program for it.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "ICO", "PSD", "JPEG2000")
_OUR_NAMES = {"MPO": "JPEG", "HEIF": HEIC}  # a JPEG with more pictures behind it is a JPEG
_ONE_FRAME = frozenset(("JPEG", "PSD", "ICO", HEIC))  # layers, sizes and previews are no frames
_LOSSY = frozenset(("JPEG", "WEBP", "AVIF", HEIC, "JPEG2000"))
_LOSSLESS_WEBP = b"VP8L"
_UPRIGHT_WHEN_DECODED = frozenset(("TIFF", HEIC))
_HEAD_BYTES = 1024
_PIECE_BYTES = 1024 * 1024
_DEPTH_AT = 24  # bits a sample in a PNG's header
_ORIENTATION = 0x0112
_SIDEWAYS = frozenset((5, 6, 7, 8))

# Pillow warns above its limit and refuses above twice that; `header` refuses above it.
Image.MAX_IMAGE_PIXELS = LARGEST_PIXELS


class FaultError(Exception):
    """The file cannot be looked at as a picture, and why. `format` is known for UNSUPPORTED."""

    def __init__(self, fault: ImageFault, format: str = "") -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.format = format


@dataclass(frozen=True, slots=True)
class Header:
    """What the file says of itself. Width and height as seen, `orientation` as EXIF numbers it.

    `orientation` is 1 where the decoder turns by itself. `is_deep`: a PNG of 16 bits a sample,
    which Pillow reduces without a word. `is_lossless`: nothing was lost when it was written.
    """

    format: str
    width: int
    height: int
    orientation: int = 1
    frames: int = 1
    is_deep: bool = False
    is_lossless: bool = True


class _InPieces(io.FileIO):
    """A file of which no piece is read any more once nobody waits for it."""

    def __init__(self, descriptor: int, is_wanted: IsWanted) -> None:
        super().__init__(descriptor)
        self._is_wanted = is_wanted

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 as the standard library has it
        """At most a piece. Raises FaultError when nobody waits."""
        if not self._is_wanted():
            raise FaultError(ImageFault.UNREADABLE)
        return super().readinto(memoryview(buffer)[:_PIECE_BYTES])


@contextmanager
def opened(path: Path, is_wanted: IsWanted = always) -> Generator[BinaryIO]:
    """A regular file, links followed; never waits on a pipe. Raises FaultError.

    Reading it raises FaultError UNREADABLE at the next piece once `is_wanted` says no.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except (FileNotFoundError, NotADirectoryError) as problem:
        raise FaultError(ImageFault.MISSING) from problem
    except (OSError, ValueError) as problem:  # ValueError: a NUL in the name
        raise FaultError(ImageFault.UNREADABLE) from problem
    with io.BufferedReader(_InPieces(descriptor, is_wanted)) as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise FaultError(ImageFault.UNREADABLE)
        yield file


def header(file: BinaryIO) -> Header:
    """What the file says of itself, no pixel decoded. Raises FaultError."""
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    if kind := undecodable_kind(head):
        raise FaultError(ImageFault.UNSUPPORTED, kind)
    file.seek(0)
    try:
        with Image.open(file, formats=_formats(head)) as picture:
            found = _read(picture, head)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        raise FaultError(ImageFault.TOO_MANY_PIXELS) from problem
    except FaultError:
        raise
    except Exception as problem:  # Pillow raises anything at all on a broken file
        raise _fault_of(problem, ImageFault.NOT_A_PICTURE) from problem
    _check_pixels(found.width, found.height)
    return found


def pixels(file: BinaryIO, format: str) -> Image.Image:
    """The first picture decoded to its last pixel, not turned by EXIF where `header` says so.

    Raises FaultError DAMAGED when it cannot be decoded.
    """
    try:
        picture = Image.open(file, formats=("HEIF" if format == HEIC else format,))
        _check_pixels(*picture.size)  # again: the file may have been written over
        picture.load()
    except FaultError:
        raise
    except Exception as problem:
        raise _fault_of(problem, ImageFault.DAMAGED) from problem
    return picture


def _check_pixels(width: int, height: int) -> None:
    if width * height > LARGEST_PIXELS:
        raise FaultError(ImageFault.TOO_MANY_PIXELS)


def _formats(head: bytes) -> tuple[str, ...]:
    if not is_heif(head):
        return FORMATS
    # Its libraries are large: they are loaded when the first such file comes along.
    plugin: Any = importlib.import_module("pillow_heif")
    plugin.register_heif_opener(thumbnails=False)
    return ("AVIF", "HEIF")


def _read(picture: Image.Image, head: bytes) -> Header:
    format = _OUR_NAMES.get(picture.format or "", picture.format or "")
    if format == "TIFF" and is_raw(picture, head):
        raise FaultError(ImageFault.UNSUPPORTED, "RAW")
    width, height = picture.size
    orientation = 1 if format in _UPRIGHT_WHEN_DECODED else _orientation(picture)
    if orientation in _SIDEWAYS:
        width, height = height, width
    frames = 1 if format in _ONE_FRAME else int(getattr(picture, "n_frames", 1))
    is_deep = format == "PNG" and head[_DEPTH_AT] > 8
    is_lossless = format not in _LOSSY or (format == "WEBP" and _LOSSLESS_WEBP in head)
    return Header(format, width, height, orientation, frames, is_deep, is_lossless)


def _orientation(picture: Image.Image) -> int:
    try:
        value = picture.getexif().get(_ORIENTATION, 1)
    except Exception:  # broken EXIF turns nothing, and is not sent either
        return 1
    return value if value in range(1, 9) else 1


def _fault_of(problem: Exception, otherwise: ImageFault) -> FaultError:
    is_the_disks = isinstance(problem, OSError) and problem.errno is not None
    return FaultError(ImageFault.UNREADABLE if is_the_disks else otherwise)
