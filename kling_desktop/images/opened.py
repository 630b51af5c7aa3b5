"""A picture file of any kind, opened with care: content before extension, header before pixels."""

import os
import stat
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from kling_desktop.domain.media import LARGEST_PIXELS, ImageFault

# Known by name, so that a refusal can say what it is. EPS is not among them: Pillow would start
# another program for it.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "ICO", "PSD", "JPEG2000")
_HEIF_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc"))
_ORIENTATION = 0x0112
_SIDEWAYS = frozenset((5, 6, 7, 8))

# Pillow warns above its limit and refuses above twice that; `opened` refuses above it.
Image.MAX_IMAGE_PIXELS = LARGEST_PIXELS


class FaultError(Exception):
    """The file cannot be looked at as a picture, and why."""

    def __init__(self, fault: ImageFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Header:
    """What the first bytes say. Width and height as seen, `orientation` as EXIF numbers it."""

    format: str
    width: int
    height: int
    orientation: int
    size_bytes: int


@contextmanager
def opened(path: Path) -> Generator[BinaryIO]:
    """A regular file, links followed; never waits on a pipe. Raises FaultError."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except (FileNotFoundError, NotADirectoryError) as problem:
        raise FaultError(ImageFault.MISSING) from problem
    except (OSError, ValueError) as problem:  # ValueError: a NUL in the name
        raise FaultError(ImageFault.UNREADABLE) from problem
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise FaultError(ImageFault.UNREADABLE)
        yield file


def header(file: BinaryIO) -> Header:
    """What the file says of itself, no pixel decoded. Raises FaultError."""
    size_bytes = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(12)
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return Header("HEIC", 0, 0, 1, size_bytes)
    try:
        with Image.open(file, formats=FORMATS) as picture:
            width, height = picture.size
            orientation = _orientation(picture)
            # Pillow calls a JPEG with further pictures behind it by another name.
            format = "JPEG" if picture.format == "MPO" else picture.format or ""
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        raise FaultError(ImageFault.TOO_MANY_PIXELS) from problem
    except Exception as problem:  # Pillow raises anything at all on a broken file
        raise _fault_of(problem, ImageFault.NOT_A_PICTURE) from problem
    if width * height > LARGEST_PIXELS:
        raise FaultError(ImageFault.TOO_MANY_PIXELS)
    if orientation in _SIDEWAYS:
        width, height = height, width
    return Header(format, width, height, orientation, size_bytes)


def pixels(file: BinaryIO, format: str) -> Image.Image:
    """The picture decoded to its last pixel. Raises FaultError DAMAGED when it cannot be."""
    try:
        picture = Image.open(file, formats=(format,))
        picture.load()
    except Exception as problem:
        raise _fault_of(problem, ImageFault.DAMAGED) from problem
    return picture


def _orientation(picture: Image.Image) -> int:
    try:
        value = picture.getexif().get(_ORIENTATION, 1)
    except Exception:  # broken EXIF turns nothing, and is not sent either
        return 1
    return value if value in range(1, 9) else 1


def _fault_of(problem: Exception, otherwise: ImageFault) -> FaultError:
    is_the_disks = isinstance(problem, OSError) and problem.errno is not None
    return FaultError(ImageFault.UNREADABLE if is_the_disks else otherwise)
