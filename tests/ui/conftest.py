"""What holds for every test with widgets."""

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication


@pytest.fixture(scope="session", autouse=True)
def emptied_clipboard(qapp: QApplication):
    """Qt lets go of the clipboard after the interpreter has ended; nothing of Python is in it."""
    yield
    QGuiApplication.clipboard().clear()
