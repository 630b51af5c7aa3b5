"""Bare pixels of a drag or of the clipboard: how many there are, and how they become a file."""

import hashlib
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData
from PySide6.QtGui import QImage, QImageReader, QImageWriter

from kling_desktop.domain.media import LARGEST_PIXELS, FileImage
from kling_desktop.text import t
from kling_desktop.ui.compose.offers import ENCODED_PIXELS

# A screen of 8K has 33 million: whatever is larger is asked about before it fills the disk.
MANY_PIXELS = 36_000_000
_LARGEST_BYTES = 256 * 1024 * 1024
_BYTES_PER_PIXEL = 4


@dataclass(frozen=True, slots=True)
class Pixels:
    """A picture without a file: as it was encoded by the other program, or decoded."""

    width: int
    height: int
    data: bytes = b""
    extension: str = "png"
    image: QImage | None = None

    @property
    def count(self) -> int:
        """How many pixels it has."""
        return self.width * self.height

    @property
    def memory_bytes(self) -> int:
        """What it takes in memory when it is decoded."""
        return self.count * _BYTES_PER_PIXEL

    @property
    def refusal(self) -> str:
        """Why it is not taken, "" when it may be."""
        if not self.count:
            return t("It cannot be read")
        if self.count > LARGEST_PIXELS or len(self.data) > _LARGEST_BYTES:
            return t("More pixels than can be opened safely")
        return ""

    def save(self, folder: Path) -> FileImage:
        """Write it as a file into `folder`. Blocking, long for many pixels. Raises OSError."""
        with new_file(folder, self.extension) as (part, keep):
            if self.image is None:
                part.write_bytes(self.data)
            elif not QImageWriter(str(part), QByteArray(b"png")).write(self.image):
                raise OSError(t("The picture could not be written."))
            return FileImage(keep())


@contextmanager
def new_file(folder: Path, extension: str) -> Generator[tuple[Path, Callable[[], Path]]]:
    """A free name to write to, and what gives it its own: the same bytes have the same name.

    Nothing stays of it unless it was kept. Blocking. Raises OSError.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = folder / f"{token_hex(16)}.part"

    def keep() -> Path:
        with part.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return part.replace(folder / f"pasted-{digest[:16]}.{extension}")

    try:
        yield part, keep
    finally:
        part.unlink(missing_ok=True)


def pixels_of(mime: QMimeData) -> Pixels:
    """The pixels that a drag or the clipboard holds; without any when they cannot be read.

    What another program encoded is kept so, and only its header is looked at.
    """
    for format, extension in ENCODED_PIXELS.items():
        if format in mime.formats():
            data = mime.data(format)
            size = _size(data)
            if size != (0, 0):
                return Pixels(*size, bytes(data.data()), extension)
    image = mime.imageData()
    if isinstance(image, QImage) and not image.isNull():
        return Pixels(image.width(), image.height(), image=image)
    return Pixels(0, 0)


def _size(data: QByteArray) -> tuple[int, int]:
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    size = QImageReader(buffer).size()
    return (size.width(), size.height()) if size.isValid() else (0, 0)
