"""Pillow with our own limit of pixels. Import it only where a picture is really opened."""

from typing import BinaryIO

from PIL import Image

from kling_desktop.domain.media import LARGEST_PIXELS

# Pillow warns above its limit and refuses above twice that; `open_picture` refuses above it.
Image.MAX_IMAGE_PIXELS = LARGEST_PIXELS


class TooManyPixelsError(Exception):
    """The header claims more pixels than are opened safely."""


def open_picture(file: BinaryIO, formats: tuple[str, ...]) -> Image.Image:
    """The picture, its header read and nothing decoded. Raises whatever Pillow does."""
    picture = Image.open(file, formats=formats)
    if picture.width * picture.height > LARGEST_PIXELS:
        raise TooManyPixelsError
    return picture
