"""Where things lie in a painted picture. Pure numbers, in pixels."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt

from kling_desktop.sandbox.brush import Box, Size

_AREA_PX = 1360 * 765
_NARROWEST, _BROADEST = 0.62, 1.45  # shapes of a card, width by height
_ROWS = {  # how many cards in each row
    "tall": {1: (1,), 2: (1, 1), 3: (1, 2), 4: (2, 2)},
    "square": {1: (1,), 2: (2,), 3: (1, 2), 4: (2, 2)},
    "wide": {1: (1,), 2: (2,), 3: (3,), 4: (4,)},
}
_LEANS = (0.5, 0.18, 0.82)  # where a lone card stands, from left to right
_STEPS = ((0.5, 0.5), (0.15, 0.85), (0.85, 0.15))  # where cards stand in turn, from top to bottom


@dataclass(frozen=True, slots=True)
class Layout:
    """A canvas of `size`, the picture proper in `inner`, and the cards with their subject."""

    size: Size
    frame: int
    inner: Box
    cards: tuple[tuple[int, Box], ...]


def picture_size(aspect_ratio: str) -> Size:
    """About a megapixel in exactly this ratio: 16:9 is 1360 x 765."""
    wide, high = (int(part) for part in aspect_ratio.split(":"))
    unit = isqrt(_AREA_PX // (wide * high))
    return wide * unit, high * unit


def lay_out(
    aspect_ratio: str, shapes: Sequence[float], variant: int, *, has_scene: bool, has_style: bool
) -> Layout:
    """Arrange one card per shape (width by height). A scene is given more air."""
    width, height = picture_size(aspect_ratio)
    short = min(width, height)
    frame = round(short * 0.05) if has_style else 0
    inner = (frame, frame, width - frame, height - frame)
    margin = round(short * 0.07)
    top = frame + round(short * (0.15 if has_scene else 0.07))
    area = (frame + margin, top, width - frame - margin, height - frame - margin)
    rows = _ROWS["tall" if width < 0.9 * height else "square" if width < 1.45 * height else "wide"]
    order = list(range(len(shapes)))
    if variant % 2:
        order.reverse()
    fill = 0.82 if has_scene else 0.94
    boxes = _boxes(area, rows[len(order)], [shapes[index] for index in order], variant, fill)
    return Layout((width, height), frame, inner, tuple(zip(order, boxes, strict=True)))


def _boxes(
    area: Box, rows: tuple[int, ...], shapes: Sequence[float], variant: int, fill: float
) -> list[Box]:
    left, top, right, bottom = area
    row_height = (bottom - top) / len(rows)
    boxes: list[Box] = []
    for row, count in enumerate(rows):
        row_top = top + row * row_height
        row_shapes = shapes[len(boxes) : len(boxes) + count]
        row_area = (left, row_top, right, row_top + row_height)
        boxes += _row(row_area, row_shapes, variant, fill)
    return boxes


def _row(
    area: tuple[float, float, float, float], shapes: Sequence[float], variant: int, fill: float
) -> list[Box]:
    """Cards of one height side by side, as large as fits, spread evenly."""
    left, top, right, bottom = area
    clamped = [min(_BROADEST, max(_NARROWEST, shape)) for shape in shapes]
    gap = 0.05 * (bottom - top)
    room = (right - left) - gap * (len(clamped) - 1)
    height = min((bottom - top) * fill, room * max(fill, 0.9) / sum(clamped))
    slack = (right - left) - height * sum(clamped) - gap * (len(clamped) - 1)
    lean = _LEANS[variant // 2 % 3] if len(clamped) == 1 else 0.5
    x = left + slack * lean
    boxes: list[Box] = []
    for index, shape in enumerate(clamped):
        drop = _STEPS[variant % 3][index % 2] if len(clamped) > 1 else 0.6
        y = top + (bottom - top - height) * drop
        boxes.append((round(x), round(y), round(x + height * shape), round(y + height)))
        x += height * shape + gap
    return boxes
