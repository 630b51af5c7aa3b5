"""What the editor changes: an `Edit` of one picture, and the steps a person takes. Pure; no Qt."""

from dataclasses import dataclass, replace
from fractions import Fraction

from kling_desktop.domain.fitting import is_allowed, placement
from kling_desktop.domain.media import Crop, Edit, Fit, ImageLimits
from kling_desktop.ui.compose.crop import geometry
from kling_desktop.ui.compose.crop.geometry import Bounds, Extent, Handle

FREE, WHOLE = "free", "whole"
SHAPES = (FREE, WHOLE, "1:1", "4:3", "3:2", "16:9", "21:9", "3:4", "2:3", "9:16")


@dataclass(frozen=True, slots=True)
class Cut:
    """One picture being cut. Its methods give the next one; nothing else changes.

    `upright` is its size as EXIF has it, before any turn. `shape` is one of `SHAPES`, or any other
    `width:height` that was locked by hand.
    """

    upright: Extent
    limits: ImageLimits
    edit: Edit
    shape: str = FREE

    @property
    def extent(self) -> Extent:
        """The size of the whole picture as it is turned now."""
        return self.upright.turned if self.edit.quarter_turns % 2 else self.upright

    @property
    def frame(self) -> Crop:
        """What is kept."""
        crop = self.edit.crop
        return geometry.whole(self.extent) if crop is None else geometry.within(crop, self.extent)

    @property
    def ratio(self) -> Fraction | None:
        """The locked width : height, None when it is free."""
        if self.shape == WHOLE:
            return Fraction(self.extent.width, self.extent.height)
        return None if self.shape == FREE else fraction(self.shape)

    @property
    def bounds(self) -> Bounds:
        """What the frame keeps to while it is dragged."""
        least = 1 if self.edit.enlarges else self.limits.side_px
        return Bounds(self.extent, least, self.limits.widest, self.ratio)

    @property
    def is_narrow_enough(self) -> bool:
        """Whether the shape is one that may be sent, as it is or filled up."""
        frame = self.frame
        is_filled = self.edit.fit is not Fit.NONE
        return is_filled or is_allowed((frame.width, frame.height), self.limits.widest)

    @property
    def is_large_enough(self) -> bool:
        """Whether no side is too short, or it will be enlarged."""
        frame = self.frame
        return min(frame.width, frame.height) >= self.limits.side_px or self.edit.enlarges

    @property
    def is_whole_allowed(self) -> bool:
        """Whether the whole picture may be sent without being filled up."""
        return is_allowed((self.extent.width, self.extent.height), self.limits.widest)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the upload copy, in pixels."""
        extent = self.extent
        placed = placement(extent.width, extent.height, self.edit, self.limits)
        return placed.width, placed.height

    # Steps

    def opened(self) -> "Cut":
        """As the editor takes it up: a proposed cut has become a frame, all of it no frame."""
        extent, edit = self.extent, self.edit
        kept = placement(extent.width, extent.height, edit, self.limits).crop
        crop = None if kept == geometry.whole(extent) else kept
        fit = Fit.NONE if edit.fit is Fit.CROP else edit.fit
        return replace(self, edit=replace(edit, crop=crop, fit=fit))

    def proposed(self) -> "Cut":
        """The widest frame that may be sent, where the present one may not."""
        if self.is_narrow_enough:
            return self
        return replace(self, edit=replace(self.edit, fit=Fit.CROP)).opened()

    def with_frame(self, crop: Crop) -> "Cut":
        """Another part is kept; all of it is no crop at all."""
        kept = None if crop == geometry.whole(self.extent) else crop
        if kept == self.edit.crop and self.edit.fit is not Fit.CROP:
            return self
        return replace(self, edit=replace(self.edit, crop=kept, fit=Fit.NONE))

    def dragged(self, handle: Handle, across: int, down: int) -> "Cut":
        """A handle was taken so far from where it stands now."""
        return self.with_frame(geometry.dragged(self.frame, handle, across, down, self.bounds))

    def resized(self, wider: int, taller: int) -> "Cut":
        """Larger or smaller by so many pixels."""
        return self.with_frame(geometry.resized(self.frame, wider, taller, self.bounds))

    def scaled(self, factor: float) -> "Cut":
        """The frame so many times as large about its middle, its shape kept."""
        return self.with_frame(geometry.scaled(self.frame, factor, self.bounds))

    def shaped(self, shape: str) -> "Cut":
        """The frame in another shape; `WHOLE` keeps everything, `FREE` leaves it as it is."""
        cut = replace(self, shape=shape)
        if shape == FREE:
            return cut
        if shape == WHOLE:
            return cut.with_frame(geometry.whole(self.extent))
        return cut.with_frame(geometry.shaped(self.frame, cut.bounds))

    def locked(self) -> "Cut":
        """The present shape kept from now on."""
        frame = self.frame
        return replace(self, shape=f"{frame.width}:{frame.height}")

    def sized(self, width: int | None, height: int | None) -> "Cut":
        """The frame with a typed width or height, about its middle, as far as there is room."""
        frame, bounds = self.frame, self.bounds
        wider = 0 if width is None else width - frame.width
        taller = 0 if height is None else height - frame.height
        return self.with_frame(
            geometry.about(
                frame, *_size(geometry.resized(frame, wider, taller, bounds)), self.extent
            )
        )

    def turned(self, *, is_clockwise: bool) -> "Cut":
        """A quarter turn as it is seen; the frame goes along."""
        cut = self
        for _ in range(1 if is_clockwise else 3):
            cut = cut._turned()
        return cut

    def _turned(self) -> "Cut":
        # The mirror comes after the turns: seen from before it, clockwise is the other way round.
        step = 3 if self.edit.is_mirrored else 1
        crop = self.edit.crop
        edit = replace(
            self.edit,
            quarter_turns=(self.edit.quarter_turns + step) % 4,
            crop=None if crop is None else geometry.turned(crop, self.extent),
        )
        return replace(self, edit=edit, shape=_turned_shape(self.shape))

    def mirrored(self) -> "Cut":
        """Left and right exchanged."""
        crop = self.edit.crop
        kept = None if crop is None else geometry.mirrored(crop, self.extent)
        edit = replace(self.edit, is_mirrored=not self.edit.is_mirrored, crop=kept)
        return replace(self, edit=edit)

    def flipped(self) -> "Cut":
        """Top and bottom exchanged: half a turn, and left and right exchanged."""
        return self._turned()._turned().mirrored()

    def filled(self, *, is_filled: bool) -> "Cut":
        """The whole picture kept and filled up to the allowed shape, or no longer so."""
        if not is_filled:
            return replace(self, edit=replace(self.edit, fit=Fit.NONE))
        return replace(self, edit=replace(self.edit, crop=None, fit=Fit.PAD), shape=FREE)

    def enlarging(self, *, enlarges: bool) -> "Cut":
        """Whether what is too small is made larger."""
        return replace(self, edit=replace(self.edit, enlarges=enlarges))

    def on(self, background: str) -> "Cut":
        """Another colour below what is transparent and around what is filled up."""
        return replace(self, edit=replace(self.edit, background=background))

    def reset(self) -> "Cut":
        """Everything as the file has it."""
        return replace(self, edit=Edit(background=self.edit.background), shape=FREE)


def fraction(shape: str) -> Fraction:
    """The width : height of `16:9`."""
    width, _, height = shape.partition(":")
    return Fraction(int(width), int(height))


def ratio_words(width: int, height: int) -> str:
    """`2:1`, `3:2`, or `1.78:1` where there is no short name."""
    shape = Fraction(width, height).limit_denominator(_LONGEST_NAME)
    # A name is given only where the picture has that shape to the pixel.
    is_exact = abs(width - height * shape) <= max(shape, 1) / 2
    if is_exact and shape.numerator <= 2 * _LONGEST_NAME:
        return f"{shape.numerator}:{shape.denominator}"
    return f"{width / height:.2f}:1" if width >= height else f"1:{height / width:.2f}"


_LONGEST_NAME = 16


def _turned_shape(shape: str) -> str:
    if shape in (FREE, WHOLE):
        return shape
    width, _, height = shape.partition(":")
    return f"{height}:{width}"


def _size(crop: Crop) -> tuple[int, int]:
    return crop.width, crop.height
