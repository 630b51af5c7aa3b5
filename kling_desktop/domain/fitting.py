"""Where a picture comes to lie in its upload copy, in whole pixels, so that the rules hold exactly.

Pure: the crop editor, the verdict and the copy itself all ask here.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, isqrt

from kling_desktop.domain.media import LARGEST_PIXELS, Crop, Edit, Fit, ImageLimits
from kling_desktop.domain.problems import Rule

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Placement:
    """Of the turned and mirrored picture `crop` is kept, scaled, and laid on a canvas.

    `width` and `height` are those of the copy, in pixels; the part lies at `left`, `top` and is
    `part_width` by `part_height`. Around it is background, if it is smaller than the copy.
    """

    crop: Crop
    part_width: int
    part_height: int
    left: int
    top: int
    width: int
    height: int

    @property
    def is_padded(self) -> bool:
        """Whether background shows around the picture."""
        return (self.part_width, self.part_height) != (self.width, self.height)

    @property
    def is_scaled(self) -> bool:
        """Whether the part has another size than it had."""
        return (self.part_width, self.part_height) != (self.crop.width, self.crop.height)


def turned_size(width: int, height: int, edit: Edit) -> Size:
    """The size of an upright picture after the quarter turns of `edit`."""
    return (height, width) if edit.quarter_turns % 2 else (width, height)


def placement(width: int, height: int, edit: Edit, limits: ImageLimits) -> Placement:
    """Where a picture of this size, upright and turned already, comes to lie.

    A crop that reaches over the edge is cut back to what is there. What `edit` does not ask for
    is not done, so the copy may still break a rule of `limits`.
    """
    part = within(edit.crop, width, height)
    if edit.fit is Fit.CROP:
        part = _cut(part, limits.widest)
    size = (part.width, part.height)
    canvas = _padded(size, limits.widest) if edit.fit is Fit.PAD else size
    scale = _scale(canvas, edit, limits)
    copy = _scaled(canvas, scale, limits.widest if is_allowed(canvas, limits.widest) else None)
    scaled_width, scaled_height = _scaled(size, scale, None)
    part_width, part_height = min(scaled_width, copy[0]), min(scaled_height, copy[1])
    left, top = (copy[0] - part_width) // 2, (copy[1] - part_height) // 2
    return Placement(part, part_width, part_height, left, top, *copy)


def within(crop: Crop | None, width: int, height: int) -> Crop:
    """The crop cut back to a picture of this size; the whole picture where there is none."""
    if crop is None:
        return Crop(0, 0, width, height)
    left, top = min(max(crop.left, 0), width - 1), min(max(crop.top, 0), height - 1)
    right = min(max(crop.left + crop.width, left + 1), width)
    bottom = min(max(crop.top + crop.height, top + 1), height)
    return Crop(left, top, right - left, bottom - top)


def is_allowed(size: Size, widest: Fraction) -> bool:
    """Whether the longer side is at most `widest` times the shorter."""
    return max(size) <= widest * min(size)


def smaller(size: Size, limits: ImageLimits) -> Size | None:
    """The next size to try when a copy is too many bytes; None when it cannot be smaller.

    A size that keeps the rules of `limits` goes on keeping them.
    """
    keeps_ratio = is_allowed(size, limits.widest)
    least = min(limits.side_px, min(size))
    short = max(least, min(size) * 7 // 8)
    if short == min(size):
        return None
    scale = Fraction(short, min(size))
    return _scaled(size, scale, limits.widest if keeps_ratio else None)


def mending_edits(rule: Rule, edit: Edit) -> tuple[Edit, ...]:
    """The edits that would mend a broken rule beside what `edit` does already, best first.

    Empty where no edit helps: another file is needed.
    """
    if rule is Rule.RATIO:
        return replace(edit, fit=Fit.CROP), replace(edit, fit=Fit.PAD)
    if rule is Rule.SIDE:
        return (replace(edit, enlarges=True),)
    return ()


def _cut(part: Crop, widest: Fraction) -> Crop:
    longest = max(1, int(min(part.width, part.height) * widest))
    width, height = min(part.width, longest), min(part.height, longest)
    left = part.left + (part.width - width) // 2
    top = part.top + (part.height - height) // 2
    return Crop(left, top, width, height)


def _padded(size: Size, widest: Fraction) -> Size:
    shortest = ceil(max(size) / widest)
    return max(size[0], shortest), max(size[1], shortest)


def _scale(canvas: Size, edit: Edit, limits: ImageLimits) -> Fraction:
    short, long = min(canvas), max(canvas)
    if short * long > LARGEST_PIXELS:  # only padding gets there
        return Fraction(isqrt(LARGEST_PIXELS * short // long), short)
    wanted = Fraction(limits.side_px, short)
    grown = int(long * wanted) * limits.side_px
    is_sane = is_allowed(canvas, limits.widest) and grown <= LARGEST_PIXELS
    return wanted if edit.enlarges and wanted > 1 and is_sane else Fraction(1)


def _scaled(size: Size, scale: Fraction, widest: Fraction | None) -> Size:
    width, height = (max(1, int(side * scale)) for side in size)
    if widest is None:
        return width, height
    longest = int(min(width, height) * widest)
    return min(width, longest), min(height, longest)
