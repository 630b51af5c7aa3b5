"""The steps that make an upload copy. Each takes bytes and gives bytes, the same for the same.

Formats that no step here knows go unmended, and the domain's limits refuse them; a conversion is
one more entry in `STEPS`.
"""

import io
from collections.abc import Callable, Mapping
from types import MappingProxyType

from PIL import Image, ImageOps, JpegImagePlugin

from kling_desktop.domain.media import ImageFault
from kling_desktop.images import jpeg, png
from kling_desktop.images.opened import FaultError, Header, pixels

Step = Callable[[bytes, Header], bytes]

_FULL_COLOUR = 0  # Pillow's number for 4:4:4
_TURNABLE_SAMPLINGS = (0, 2)  # 4:4:4 and 4:2:0 are the same on their side


def mended(data: bytes, header: Header) -> bytes:
    """What would be sent of a whole picture: `data` itself where nothing needs mending.

    Raises FaultError when it cannot be read to its end.
    """
    for step in STEPS.get(header.format, ()):
        data = step(data, header)
    return data


def _is_whole(data: bytes, header: Header) -> bytes:
    pixels(io.BytesIO(data), header.format).close()
    return data


def _turned(data: bytes, header: Header) -> bytes:
    if header.orientation == 1:
        return data
    with pixels(io.BytesIO(data), header.format) as picture:
        turned = ImageOps.exif_transpose(picture)
        target = io.BytesIO()
        if header.format == "PNG":
            turned.save(target, "PNG", icc_profile=picture.info.get("icc_profile"))
        else:
            _save_jpeg(picture, turned, target)
    return target.getvalue()


def _save_jpeg(picture: Image.Image, turned: Image.Image, target: io.BytesIO) -> None:
    # With the tables of the original the copy is neither worse nor much larger than it. Not
    # optimised: for that libjpeg needs the whole picture in a buffer that Pillow guesses too small.
    assert isinstance(picture, JpegImagePlugin.JpegImageFile)
    sampling = JpegImagePlugin.get_sampling(picture)
    turned.save(
        target,
        "JPEG",
        qtables=picture.quantization,
        subsampling=sampling if sampling in _TURNABLE_SAMPLINGS else _FULL_COLOUR,
        icc_profile=picture.info.get("icc_profile"),
    )


def _bare(data: bytes, header: Header) -> bytes:
    strip = jpeg.without_metadata if header.format == "JPEG" else png.without_metadata
    try:
        return strip(data)
    except ValueError as problem:
        raise FaultError(ImageFault.DAMAGED) from problem


STEPS: Mapping[str, tuple[Step, ...]] = MappingProxyType(
    {"JPEG": (_is_whole, _turned, _bare), "PNG": (_is_whole, _turned, _bare)}
)
