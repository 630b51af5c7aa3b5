"""The only way out of the window into other programs: results and folders, never by a shell.

What stands in a sidecar or on a server never decides what is opened: a result lies inside the
library and has the extension of a picture or a video, whatever its entry says.
"""

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

_OPENED = frozenset({".png", ".jpg", ".jpeg", ".webp", ".mp4", ".webm", ".mov"})


def open_result(file: Path, library: Path) -> bool:
    """Hand a result to the system's own program for it; False when it is none of ours."""
    real = file.resolve()
    is_ours = real.is_relative_to(library.resolve()) and real.is_file()
    if not is_ours or real.suffix.lower() not in _OPENED:
        return False
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(real)))


def open_folder(folder: Path) -> bool:
    """Show a folder in the system's file manager; False when it is no folder."""
    return folder.is_dir() and QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder.resolve())))


def reveal(file: Path, library: Path) -> bool:
    """Show the folder of a result, only ever one inside the library."""
    folder = file.parent.resolve()
    return folder.is_relative_to(library.resolve()) and open_folder(folder)
