"""What would really be sent of a picture, and how it looks before anything is done to it.

Both functions block: they run off the GUI thread.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtGui import QImage

from kling_desktop.domain.errors import AppError
from kling_desktop.domain.media import (
    NO_EDIT,
    FileImage,
    ImageFacts,
    ImageLimits,
    StoredImage,
    UploadCopy,
)
from kling_desktop.ui.pictures import read_image, read_picture

LocalImage = FileImage | StoredImage
CopyOf = Callable[[LocalImage, ImageLimits], UploadCopy]


@dataclass(frozen=True, slots=True)
class Sent:
    """What would be sent: its figures, and the copy itself, small. `words` say why there is none.

    `is_same`: the file goes as it is, byte for byte.
    """

    image: LocalImage
    facts: ImageFacts
    preview: QImage
    is_same: bool = False
    words: str = ""


def sent(image: LocalImage, limits: ImageLimits, copy_of: CopyOf, longest_px: int) -> Sent:
    """Make the upload copy and show it at most `longest_px` long."""
    try:
        copy = copy_of(image, limits)
    except AppError as problem:
        return Sent(image, ImageFacts(), QImage(), words=problem.record.detail)
    preview = read_picture(copy.sent, longest_px)
    return Sent(image, copy.facts, preview, is_same=copy.sent == copy.original)


def upright(
    image: LocalImage, file: Path, limits: ImageLimits, copy_of: CopyOf, longest_px: int
) -> QImage:
    """The picture as its file has it, turned by EXIF only; null when it cannot be shown."""
    picture = read_image(file, longest_px)
    if picture.isNull():
        # A kind that only the upload copy's own reader knows.
        picture = sent(replace(image, edit=NO_EDIT), limits, copy_of, longest_px).preview
    return picture
