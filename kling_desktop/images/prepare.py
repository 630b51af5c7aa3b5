"""Upload copies, for sending and for showing what is sent. Blocking: never in the GUI's thread."""

from pathlib import Path

from kling_desktop.domain.errors import AppError, ErrorRecord, Remedy
from kling_desktop.domain.media import COMMON_LIMITS, NO_EDIT, Edit, ImageLimits, UploadCopy
from kling_desktop.text import t


def upload_copy(
    path: Path, edit: Edit = NO_EDIT, limits: ImageLimits = COMMON_LIMITS
) -> UploadCopy:
    """What to send of a picture: the same bytes for the same file, edit and limits.

    It may still break a rule that only an edit can mend: `facts.problems` says so. Raises AppError
    when the file cannot be read as a picture.
    """
    from kling_desktop.images.copies import FaultyError, mended_copy

    try:
        return mended_copy(path, edit, limits)
    except FaultyError as problem:
        raise AppError(_unreadable(path)) from problem


def copy_as_it_stands(path: Path) -> UploadCopy:
    """The original, whatever it holds. Raises AppError when it cannot be read as a picture."""
    from kling_desktop.images.copies import FaultyError, same_copy

    try:
        return same_copy(path)
    except FaultyError as problem:
        raise AppError(_unreadable(path)) from problem


def _unreadable(path: Path) -> ErrorRecord:
    return ErrorRecord(
        t("A picture cannot be read"),
        t("“{name}” cannot be read as a picture. Nothing was sent.", name=path.name),
        Remedy.EDIT_REQUEST,
    )
