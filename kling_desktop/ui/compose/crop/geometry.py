"""Frames on a picture, in whole pixels: moved, dragged, given a shape. Pure; no Qt.

A frame is a `Crop`. Every function gives one that lies within the picture and is not inverted.
"""

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from math import ceil, floor

from kling_desktop.domain.media import Crop


@dataclass(frozen=True, slots=True)
class Extent:
    """The size of a whole picture in pixels, as it stands after its turns."""

    width: int
    height: int

    @property
    def turned(self) -> "Extent":
        """The same picture on its side."""
        return Extent(self.height, self.width)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a frame keeps to while it is dragged.

    `least_px` is the shortest side, never more than the picture has; `widest` the ratio of the
    longer to the shorter side; `ratio` a locked width : height, None for a free one.
    """

    extent: Extent
    least_px: int = 1
    widest: Fraction | None = None
    ratio: Fraction | None = None

    def __post_init__(self) -> None:
        shortest = min(self.extent.width, self.extent.height)
        object.__setattr__(self, "least_px", max(1, min(self.least_px, shortest)))


class Handle(Enum):
    """What can be taken hold of: which side follows, across and down; (0, 0) is the frame."""

    FRAME = (0, 0)
    TOP_LEFT = (-1, -1)
    TOP = (0, -1)
    TOP_RIGHT = (1, -1)
    RIGHT = (1, 0)
    BOTTOM_RIGHT = (1, 1)
    BOTTOM = (0, 1)
    BOTTOM_LEFT = (-1, 1)
    LEFT = (-1, 0)


def whole(extent: Extent) -> Crop:
    """All of it."""
    return Crop(0, 0, extent.width, extent.height)


def within(crop: Crop, extent: Extent) -> Crop:
    """The nearest frame that lies in the picture: moved first, then made smaller."""
    width = _clamp(crop.width, 1, extent.width)
    height = _clamp(crop.height, 1, extent.height)
    left = _clamp(crop.left, 0, extent.width - width)
    top = _clamp(crop.top, 0, extent.height - height)
    return Crop(left, top, width, height)


def moved(crop: Crop, across: int, down: int, extent: Extent) -> Crop:
    """The frame moved by so many pixels, stopped at the edges."""
    return within(Crop(crop.left + across, crop.top + down, crop.width, crop.height), extent)


def dragged(crop: Crop, handle: Handle, across: int, down: int, bounds: Bounds) -> Crop:
    """The frame after one of its handles was taken so far from where it stands in `crop`.

    The opposite side stays; a side in the middle of a locked frame grows about its middle.
    """
    if handle is Handle.FRAME:
        return moved(crop, across, down, bounds.extent)
    crop = within(crop, bounds.extent)
    toward_x, toward_y = handle.value
    room = _Room(crop, toward_x, toward_y, bounds.extent)
    width = crop.width + toward_x * across
    height = crop.height + toward_y * down
    if bounds.ratio is not None:
        size = _locked(width if toward_x else 0, height if toward_y else 0, room, bounds)
    else:
        size = _free(width, height, room, bounds, handle)
    return room.placed(*size)


def resized(crop: Crop, wider: int, taller: int, bounds: Bounds) -> Crop:
    """The frame made larger or smaller at its right and bottom sides, as the keys do it.

    Where the picture ends, it grows at the other side.
    """
    toward = Handle.BOTTOM_RIGHT
    if bounds.ratio is not None:
        wider, taller = _step(wider, taller, bounds.ratio)
    elif not (wider and taller):
        toward = Handle.RIGHT if wider else Handle.BOTTOM
    beyond_x = max(0, crop.left + crop.width + wider - bounds.extent.width)
    beyond_y = max(0, crop.top + crop.height + taller - bounds.extent.height)
    room = moved(crop, -beyond_x, -beyond_y, bounds.extent)
    return dragged(room, toward, wider, taller, bounds)


def _step(wider: int, taller: int, ratio: Fraction) -> tuple[int, int]:
    """A change of one side as one of both, by at least a pixel of the shorter side."""
    if ratio >= 1:
        short = taller or _away(wider / ratio)
        return _away(short * ratio), short
    short = wider or _away(taller * ratio)
    return short, _away(short / ratio)


def _away(length: Fraction) -> int:
    return ceil(length) if length > 0 else floor(length)


def shaped(crop: Crop, bounds: Bounds) -> Crop:
    """The frame brought into `bounds`: about its middle, about as large as it was."""
    crop = within(crop, bounds.extent)
    extent = bounds.extent
    width, height = crop.width, crop.height
    if bounds.ratio is not None:
        # As much area as before keeps a change of shape and back from shrinking the frame.
        area = width * height
        width = round((area * float(bounds.ratio)) ** 0.5)
        width, height = _locked(width, 0, _All(extent), bounds)
    else:
        width, height = max(width, bounds.least_px), max(height, bounds.least_px)
        width, height = _shortened(width, height, bounds.widest)
    return about(crop, width, height, extent)


def scaled(crop: Crop, factor: float, bounds: Bounds) -> Crop:
    """The frame so many times as large about its middle; its shape stays, or `bounds` has one."""
    crop = within(crop, bounds.extent)
    ratio = bounds.ratio or Fraction(crop.width, crop.height)
    kept = Bounds(bounds.extent, bounds.least_px, bounds.widest, ratio)
    # By a pixel at least, or a small frame would never grow.
    step = _away(Fraction((factor - 1) * crop.width).limit_denominator(1000))
    width, height = _locked(crop.width + step, 0, _All(bounds.extent), kept)
    return about(crop, *_shortened(width, height, bounds.widest), bounds.extent)


def about(crop: Crop, width: int, height: int, extent: Extent) -> Crop:
    """A frame of another size about the middle of this one, pushed into the picture."""
    left = crop.left + (crop.width - width) // 2
    top = crop.top + (crop.height - height) // 2
    return within(Crop(left, top, width, height), extent)


def turned(crop: Crop, extent: Extent) -> Crop:
    """The same part of the picture after a quarter turn clockwise; `extent` is that before it."""
    return Crop(extent.height - crop.top - crop.height, crop.left, crop.height, crop.width)


def mirrored(crop: Crop, extent: Extent) -> Crop:
    """The same part of the picture with left and right exchanged."""
    return Crop(extent.width - crop.left - crop.width, crop.top, crop.width, crop.height)


def flipped(crop: Crop, extent: Extent) -> Crop:
    """The same part of the picture with top and bottom exchanged."""
    return Crop(crop.left, extent.height - crop.top - crop.height, crop.width, crop.height)


class _All:
    """The whole picture as room."""

    def __init__(self, extent: Extent) -> None:
        self.width, self.height = extent.width, extent.height


class _Room:
    """How large a frame can grow while what is not dragged stays, and where it stands then."""

    def __init__(self, crop: Crop, toward_x: int, toward_y: int, extent: Extent) -> None:
        self._crop, self._toward_x, self._toward_y = crop, toward_x, toward_y
        self.width = _reach(crop.left, crop.width, toward_x, extent.width)
        self.height = _reach(crop.top, crop.height, toward_y, extent.height)

    def placed(self, width: int, height: int) -> Crop:
        crop = self._crop
        left = _start(crop.left, crop.width, width, self._toward_x)
        top = _start(crop.top, crop.height, height, self._toward_y)
        return Crop(left, top, width, height)


def _reach(start: int, length: int, toward: int, end: int) -> int:
    if toward > 0:
        return end - start
    if toward < 0:
        return start + length
    doubled_middle = 2 * start + length
    return min(doubled_middle, 2 * end - doubled_middle)


def _start(start: int, length: int, new_length: int, toward: int) -> int:
    if toward > 0:
        return start
    if toward < 0:
        return start + length - new_length
    return (2 * start + length - new_length) // 2


def _free(width: int, height: int, room: _Room, bounds: Bounds, handle: Handle) -> tuple[int, int]:
    width = _clamp(width, bounds.least_px, room.width)
    height = _clamp(height, bounds.least_px, room.height)
    if bounds.widest is None:
        return width, height
    # A side on its own stops where the frame would become too narrow, if it can get that far.
    if handle in (Handle.LEFT, Handle.RIGHT):
        width = min(max(width, ceil(height / bounds.widest)), room.width)
    elif handle in (Handle.TOP, Handle.BOTTOM):
        height = min(max(height, ceil(width / bounds.widest)), room.height)
    return _shortened(width, height, bounds.widest)


def _shortened(width: int, height: int, widest: Fraction | None) -> tuple[int, int]:
    """The longer side cut down to what is allowed."""
    if widest is None:
        return width, height
    return min(width, floor(height * widest)), min(height, floor(width * widest))


def _locked(width: int, height: int, room: _Room | _All, bounds: Bounds) -> tuple[int, int]:
    """The wished size in the locked shape. The shorter side leads: both are true to half a px."""
    assert bounds.ratio is not None
    if bounds.ratio < 1:
        tall, wide = _led(height, width, room.height, room.width, bounds.least_px, 1 / bounds.ratio)
        return wide, tall
    return _led(width, height, room.width, room.height, bounds.least_px, bounds.ratio)


def _led(
    long: int, short: int, long_room: int, short_room: int, least: int, ratio: Fraction
) -> tuple[int, int]:
    wished = max(short, round(long / ratio))
    # The longer side is rounded: half a pixel more than there is still fits.
    most = max(1, min(short_room, floor((long_room + Fraction(1, 2)) / ratio)))
    short = _clamp(wished, min(least, most), most)
    return min(long_room, max(1, round(short * ratio))), short


def _clamp(value: int, least: int, most: int) -> int:
    return max(min(value, most), min(least, most))
