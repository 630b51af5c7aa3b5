"""What the app leaves in the clipboard when it ends."""

from typing import cast

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication, QImage
from shiboken6 import Shiboken


def leave_clipboard() -> None:
    """Leave a picture or words in place of what was made in Python.

    Qt lets go of the clipboard after the interpreter has ended, and asks Python for what it made.
    What another program holds there stays.
    """
    clipboard = QGuiApplication.clipboard()
    mime = cast(QMimeData | None, clipboard.mimeData())  # Qt's stubs forget the empty one
    if mime is None or not Shiboken.createdByPython(mime):
        return
    picture, words = mime.imageData() if mime.hasImage() else None, mime.text()
    if isinstance(picture, QImage) and not picture.isNull():
        clipboard.setImage(picture)
    else:
        clipboard.setText(words)
