"""Upload copies: turned as the camera meant, free of position and other metadata. Blocking."""

from dataclasses import dataclass
from pathlib import Path

from kling_desktop.domain.errors import AppError, ErrorRecord, Remedy
from kling_desktop.images.inspect import LARGEST_READ_BYTES
from kling_desktop.text import t

_EXTENSIONS = {"JPEG": "jpg", "JPEG2000": "jp2"}


@dataclass(frozen=True, slots=True)
class UploadCopy:
    """The bytes to send; None when the original goes as it is.

    Extensions are by content, without a dot. Width and height are those of what is sent, in pixels.
    """

    data: bytes | None
    extension: str
    original_extension: str
    width: int
    height: int


def upload_copy(path: Path) -> UploadCopy:
    """What to send of a picture: the same bytes for the same file.

    Raises AppError when it cannot be read as a picture.
    """
    return _copy(path, is_mended=True)


def copy_as_it_stands(path: Path) -> UploadCopy:
    """The original, whatever it holds. Raises AppError when it cannot be read as a picture."""
    return _copy(path, is_mended=False)


def _copy(path: Path, *, is_mended: bool) -> UploadCopy:
    from kling_desktop.images import mend, opened

    try:
        with opened.opened(path) as file:
            header = opened.header(file)
            data = None
            if is_mended and header.size_bytes <= LARGEST_READ_BYTES:
                file.seek(0)
                original = file.read()
                sent = mend.mended(original, header)
                data = None if sent == original else sent
    except (opened.FaultError, OSError) as problem:
        raise AppError(_unreadable(path)) from problem
    extension = _EXTENSIONS.get(header.format, header.format.lower())
    return UploadCopy(data, extension, extension, header.width, header.height)


def _unreadable(path: Path) -> ErrorRecord:
    return ErrorRecord(
        t("A picture cannot be read"),
        t("“{name}” cannot be read as a picture. Nothing was sent.", name=path.name),
        Remedy.EDIT_REQUEST,
    )
