"""From the bytes of any picture to those of its upload copy: the same for the same.

What a provider takes goes byte for byte less its notes. Everything else is decoded, brought to
plain colours, edited as the person wants it, and written anew.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageColor, JpegImagePlugin

from kling_desktop.domain.fitting import Placement, placement
from kling_desktop.domain.media import Crop, Edit, ImageFault, ImageLimits, Mend, Note
from kling_desktop.images import jpeg, notes, png
from kling_desktop.images.colour import Coloured, has_sound_profile, plain
from kling_desktop.images.encode import FULL_COLOUR, Encoded, encoded
from kling_desktop.images.opened import FaultError, Header, pixels

_TURNABLE_SAMPLINGS = (0, 2)  # 4:4:4 and 4:2:0 are the same on their side
_STRIPPERS = {"JPEG": jpeg.without_metadata, "PNG": png.without_metadata}
_TURNS = (
    None,
    Image.Transpose.ROTATE_270,
    Image.Transpose.ROTATE_180,
    Image.Transpose.ROTATE_90,
)
# How EXIF's number is made upright (Exif 2.32, tag 0x0112).
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# These leave each pixel what it was, so a JPEG may keep its own tables.
_WHERE_PIXELS_LIE = frozenset((Mend.TURNED, Mend.MIRRORED))
_WHITE = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Mended:
    """The bytes to send, what they are, and what they differ by."""

    data: bytes
    format: str
    width: int
    height: int
    mends: tuple[Mend, ...]
    is_transparent: bool
    left_out: tuple[Note, ...]
    profile: str


def mended(data: bytes, header: Header, edit: Edit, limits: ImageLimits) -> Mended:
    """What would be sent of a whole picture: `data` itself where nothing needs mending.

    Raises FaultError when it cannot be read to its end.
    """
    source = pixels(io.BytesIO(data), header.format)
    bare = _bare(data, header.format, keeps_profile=has_sound_profile(source))
    left_out = _left_out(source, data, bare)
    coloured = plain(source)
    upright, turns = _turned(coloured.picture, header, edit)
    placed = placement(*upright.size, edit, limits)
    mends = [*_of_pixels(header, coloured), *turns, *_of_place(placed, upright.size)]
    is_taken = bare is not None and header.format in limits.formats
    kept = set(mends) <= {Mend.FIRST_FRAME} and is_taken
    if bare is not None and kept and len(bare) <= limits.size_bytes:
        written = Encoded(bare, header.format, *upright.size)
    else:
        picture = _placed(_flattened(upright, edit), placed, edit)
        written = _turned_jpeg(source, picture, mends, limits) or encoded(
            picture, limits, is_lossless=header.is_lossless
        )
        mends += _of_file(written, header.format, mends)
    if left_out:
        mends.append(Mend.METADATA)
    return Mended(
        data=_stripped(written),
        format=written.format,
        width=written.width,
        height=written.height,
        mends=_in_order(mends),
        is_transparent=coloured.is_transparent,
        left_out=left_out,
        profile=coloured.profile,
    )


def is_transparent(data: bytes, header: Header) -> bool:
    """Whether a picture that goes as it stands has pixels that are. Raises FaultError."""
    picture = pixels(io.BytesIO(data), header.format)
    _bare(data, header.format, keeps_profile=True)
    return picture.has_transparency_data and plain(picture).is_transparent


def _bare(data: bytes, format: str, *, keeps_profile: bool) -> bytes | None:
    """The same picture without notes; None where it has to be written anew for that."""
    if format not in _STRIPPERS:
        return None
    try:
        return _STRIPPERS[format](data, keeps_profile=keeps_profile)
    except jpeg.OddError:  # decoders step over it; a provider's may not
        return None
    except ValueError as problem:
        raise FaultError(ImageFault.DAMAGED) from problem


def _left_out(source: Image.Image, data: bytes, bare: bytes | None) -> tuple[Note, ...]:
    if bare is None:
        return notes.found(source)
    return (notes.found(source) or (Note.OTHER,)) if bare != data else ()


def _stripped(written: Encoded) -> bytes:
    return (
        _STRIPPERS[written.format](written.data) if written.format in _STRIPPERS else written.data
    )


def _turned(picture: Image.Image, header: Header, edit: Edit) -> tuple[Image.Image, list[Mend]]:
    mends: list[Mend] = []
    by_exif = _UPRIGHT.get(header.orientation)
    by_hand = _TURNS[edit.quarter_turns % 4]
    for turn in (by_exif, by_hand):
        if turn is not None:
            picture = picture.transpose(turn)
            mends = [Mend.TURNED]
    if edit.is_mirrored:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        mends.append(Mend.MIRRORED)
    return picture, mends


def _flattened(picture: Image.Image, edit: Edit) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    flat = Image.new("RGB", picture.size, _background(edit))
    flat.paste(picture, mask=picture.getchannel("A"))
    return flat


def _placed(picture: Image.Image, placed: Placement, edit: Edit) -> Image.Image:
    size = (placed.part_width, placed.part_height)
    part = placed.crop
    box = (part.left, part.top, part.left + part.width, part.top + part.height)
    if placed.is_scaled:
        picture = picture.resize(size, Image.Resampling.LANCZOS, box=box)
    elif box != (0, 0, *picture.size):
        picture = picture.crop(box)
    if not placed.is_padded:
        return picture
    canvas = Image.new("RGB", (placed.width, placed.height), _background(edit))
    canvas.paste(picture, (placed.left, placed.top))
    return canvas


def _background(edit: Edit) -> tuple[int, int, int]:
    try:
        red, green, blue, *_ = ImageColor.getrgb(edit.background)
    except ValueError:  # a recipe that was edited by hand
        return _WHITE
    return red, green, blue


def _turned_jpeg(
    source: Image.Image, picture: Image.Image, mends: list[Mend], limits: ImageLimits
) -> Encoded | None:
    """A JPEG that is only turned, with the tables of the original.

    It is neither worse nor much larger than that; None where that is not to be had.
    """
    if not mends or not set(mends) <= _WHERE_PIXELS_LIE or "JPEG" not in limits.formats:
        return None
    if not isinstance(source, JpegImagePlugin.JpegImageFile):
        return None
    target = io.BytesIO()
    sampling = JpegImagePlugin.get_sampling(source)
    sampling = sampling if sampling in _TURNABLE_SAMPLINGS else FULL_COLOUR
    try:
        picture.save(target, "JPEG", qtables=source.quantization, subsampling=sampling)
    except (ValueError, OSError):  # tables that may be read and not written
        return None
    data = target.getvalue()
    return Encoded(data, "JPEG", *picture.size) if len(data) <= limits.size_bytes else None


def _of_pixels(header: Header, coloured: Coloured) -> Iterator[Mend]:
    if header.frames > 1:
        yield Mend.FIRST_FRAME
    if coloured.is_changed or header.is_deep:
        yield Mend.COLOUR
    if coloured.is_transparent:
        yield Mend.FLATTENED


def _of_place(placed: Placement, size: tuple[int, int]) -> Iterator[Mend]:
    if placed.crop != Crop(0, 0, *size):
        yield Mend.CROPPED
    if placed.is_padded:
        yield Mend.PADDED
    if placed.is_scaled:
        is_larger = placed.part_width > placed.crop.width
        yield Mend.ENLARGED if is_larger else Mend.REDUCED


def _of_file(written: Encoded, format: str, mends: list[Mend]) -> Iterator[Mend]:
    if written.is_reduced:
        yield Mend.REDUCED
    if written.format != format:
        yield Mend.FORMAT
    elif written.is_squeezed or set(mends) <= {Mend.FIRST_FRAME}:
        yield Mend.RECOMPRESSED


def _in_order(mends: list[Mend]) -> tuple[Mend, ...]:
    return tuple(mend for mend in Mend if mend in mends)
