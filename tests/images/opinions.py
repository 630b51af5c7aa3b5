"""What Qt, a second decoder, thinks of a file."""

from PIL import Image, ImageChops, ImageStat
from PySide6.QtCore import QBuffer, QByteArray
from PySide6.QtGui import QColorSpace, QImage, QImageReader

from kling_desktop.domain.media import ImageLimits


def by_qt(data: bytes) -> tuple[str, QImage]:
    """Format and picture; it has to be readable and upright without being turned."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAllocationLimit(1024)
    format, image = bytes(reader.format().data()).decode(), reader.read()
    assert not image.isNull(), reader.errorString()
    assert reader.transformation().value == 0
    return format, image


def breaches(data: bytes, limits: ImageLimits) -> list[str]:
    """The rules that a file breaks, in Qt's opinion, and what a decoder may get wrong."""
    format, image = by_qt(data)
    short, long = sorted((image.width(), image.height()))
    space = image.colorSpace()
    is_plain = not space.isValid() or space.primaries() is QColorSpace.Primaries.SRgb
    found = {
        "format": format.upper() not in limits.formats,
        "size_bytes": len(data) > limits.size_bytes,
        "side_px": short < limits.side_px,
        "ratio": long > limits.widest * short,
        "depth": image.depth() > 32,
        "colours": not is_plain,
        "transparency": image.hasAlphaChannel() and not is_opaque(image),
    }
    return [rule for rule, is_broken in found.items() if is_broken]


def is_opaque(image: QImage) -> bool:
    """Whether no pixel lets anything through."""
    rgba = image.convertToFormat(QImage.Format.Format_RGBA8888)
    return set(bytes(rgba.constBits())[3::4]) == {255}


def seen_by_qt(data: bytes) -> Image.Image:
    """The picture as Qt shows it."""
    image = by_qt(data)[1].convertToFormat(QImage.Format.Format_RGBX8888)
    return Image.frombytes(
        *("RGBX", (image.width(), image.height()), bytes(image.constBits())),
        *("raw", "RGBX", image.bytesPerLine()),
    ).convert("RGB")


def distance(one: Image.Image, other: Image.Image) -> float:
    """Root mean square of the difference, in the channel where it is greatest."""
    assert one.size == other.size
    difference = ImageChops.difference(one.convert("RGB"), other.convert("RGB"))
    return max(ImageStat.Stat(difference).rms)
