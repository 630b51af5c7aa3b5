"""What the editor is given, and what it gives back."""

from dataclasses import dataclass
from pathlib import Path

from kling_desktop.domain.media import Edit, ImageLimits
from kling_desktop.ui.compose.copies import LocalImage


@dataclass(frozen=True, slots=True)
class CropTask:
    """A picture to be cut: where it stands, its file, its upright size in pixels, the rules.

    `start` is an edit that was begun elsewhere, None to begin with the one of the image.
    """

    place: str
    name: str
    image: LocalImage
    file: Path
    file_name: str
    width: int
    height: int
    limits: ImageLimits
    provider: str
    start: Edit | None = None


@dataclass(frozen=True, slots=True)
class Cropped:
    """What came of it: the picture of that place is wanted with `edit`."""

    place: str
    image: LocalImage
    edit: Edit
