"""Files on their way out: by drag or through the clipboard."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QUrl

from kling_desktop.ui.library.posters import VIDEO_SUFFIXES
from kling_desktop.ui.pictures import read_image


def files_to_carry(files: Sequence[Path]) -> QMimeData:
    """The files as addresses, and the picture itself when it is one picture alone."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    if len(files) == 1 and files[0].suffix.lower() not in VIDEO_SUFFIXES:
        image = read_image(files[0])
        if not image.isNull():
            data.setImageData(image)
    return data
