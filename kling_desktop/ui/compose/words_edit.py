"""A text field for words: files and pictures that are dropped on it are somebody else's."""

from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QPlainTextEdit

from kling_desktop.ui.compose.offers import offers


class WordsEdit(QPlainTextEdit):
    """What it does not take goes on to the window behind it, as Qt does with every drag."""

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Words, and the addresses that they may be; no picture, no file and no folder."""
        found = offers(source, 1)
        is_picture = any(not o.refusal and not o.address for o in found)
        return not is_picture and super().canInsertFromMimeData(source)
