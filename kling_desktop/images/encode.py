"""From pixels to the bytes of a file, the best that fits under a number of bytes. Same in, same
out."""

import io
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from PIL import Image

from kling_desktop.domain.fitting import Size, smaller
from kling_desktop.domain.media import ImageLimits

FULL_COLOUR, HALF_COLOUR = 0, 2  # Pillow's numbers for 4:4:4 and 4:2:0


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a lossy file keeps a picture: 1 to 100, and how finely its colours are kept."""

    level: int
    sampling: int


# From best to least, each smaller than the one before. What is worse than the last is better with
# fewer pixels. 95: above it files only grow.
LADDER = (
    *(Quality(level, FULL_COLOUR) for level in range(95, 79, -1)),
    *(Quality(level, HALF_COLOUR) for level in range(88, 59, -1)),
)

Write = Callable[[Image.Image, "_Bounded", Quality], None]


@dataclass(frozen=True, slots=True)
class Encoded:
    """A file that was written.

    `is_squeezed`: not as well as would be without a limit of bytes. `is_reduced`: with fewer pixels
    than were given.
    """

    data: bytes
    format: str
    width: int
    height: int
    is_squeezed: bool = False
    is_reduced: bool = False


class _TooLargeError(Exception):
    """More was written than may be."""


class _Bounded(io.BytesIO):
    """Gives up as soon as it holds too much."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__()
        self._limit_bytes = limit_bytes

    def write(self, data: bytes, /) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Take more, up to the limit."""
        if self.tell() + len(data) > self._limit_bytes:
            raise _TooLargeError
        return super().write(data)


def encoded(picture: Image.Image, limits: ImageLimits, *, is_lossless: bool) -> Encoded:
    """The picture as a file that `limits` take, the best that fits.

    Without loss where the source had none and that fits; else by the highest quality that does;
    else, with fewer pixels. When even that is too much, the smallest there is.
    """
    if is_lossless and "PNG" in limits.formats:
        exact = _attempt(_png, picture, LADDER[0], limits.size_bytes)
        if exact is not None:
            return Encoded(exact, "PNG", *picture.size)
    format = next((name for name in _WRITERS if name in limits.formats), "JPEG")
    write, scaled = _WRITERS[format], picture
    for size in _sizes(picture.size, limits):
        is_reduced = size != picture.size
        scaled = picture.resize(size, Image.Resampling.LANCZOS) if is_reduced else picture
        if (found := _best(write, scaled, limits.size_bytes)) is not None:
            data, quality = found
            return Encoded(data, format, *size, quality is not LADDER[0], is_reduced)
    least = _attempt(write, scaled, LADDER[-1], sys.maxsize)
    assert least is not None
    return Encoded(least, format, *scaled.size, True, scaled is not picture)


def _sizes(size: Size, limits: ImageLimits) -> Iterator[Size]:
    """The size itself, and then ever smaller ones that keep the rules."""
    next_size: Size | None = size
    while next_size is not None:
        yield next_size
        next_size = smaller(next_size, limits)


def _best(write: Write, picture: Image.Image, limit_bytes: int) -> tuple[bytes, Quality] | None:
    """The file of the highest quality that fits, found by halving; None when none does."""
    if (data := _attempt(write, picture, LADDER[0], limit_bytes)) is not None:
        return data, LADDER[0]
    best: tuple[bytes, Quality] | None = None
    too_large, fits = 0, len(LADDER)
    while fits - too_large > 1:
        middle = (too_large + fits) // 2
        data = _attempt(write, picture, LADDER[middle], limit_bytes)
        if data is None:
            too_large = middle
        else:
            best, fits = (data, LADDER[middle]), middle
    return best


def _attempt(
    write: Write, picture: Image.Image, quality: Quality, limit_bytes: int
) -> bytes | None:
    target = _Bounded(limit_bytes)
    try:
        write(picture, target, quality)
    except _TooLargeError:
        return None
    return target.getvalue()


# Not optimised: for that libjpeg needs the whole picture in a buffer that Pillow guesses too small.
def _jpeg(picture: Image.Image, target: _Bounded, quality: Quality) -> None:
    picture.save(target, "JPEG", quality=quality.level, subsampling=quality.sampling)


def _webp(picture: Image.Image, target: _Bounded, quality: Quality) -> None:
    picture.save(target, "WEBP", quality=quality.level)


def _png(picture: Image.Image, target: _Bounded, quality: Quality) -> None:
    picture.save(target, "PNG")


# In the order in which one is chosen among those that a provider takes.
_WRITERS: Mapping[str, Write] = MappingProxyType({"JPEG": _jpeg, "WEBP": _webp, "PNG": _png})
