"""Two small windows of plain facts: what this is, and which keys do what."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from kling_desktop import __version__
from kling_desktop.text import t
from kling_desktop.ui.columns import Surface
from kling_desktop.ui.look import Look
from kling_desktop.ui.theme import Space, Type


class FactsWindow(QWidget):
    """A small window with one column of facts, gone when it is closed."""

    def __init__(self, look: Look, parent: QWidget, title: str) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.resize(480, 320)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        surface = Surface(look, "panel")
        outer.addWidget(surface)
        self.column = QVBoxLayout(surface)
        self.column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.XL)
        self.column.setSpacing(Space.S)


class AboutWindow(FactsWindow):
    """Name, version, and whose libraries it stands on."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent, t("About Kling Desktop"))
        heading = QLabel(f"Kling Desktop {__version__}")
        heading.setFont(look.font(Type.DISPLAY))
        self.column.addWidget(heading)
        for sentence in (
            t("Pictures and videos from your own reference images."),
            t("Free software under the MIT licence."),
            t(
                "It stands on Qt and PySide6 (LGPL), httpx, Pillow, keyring, Starlette, uvicorn, "
                "PyJWT and platformdirs."
            ),
            t("It is not made by Kling, CometAPI or PowerTokens."),
        ):
            label = QLabel(sentence)
            label.setWordWrap(True)
            label.setProperty("tone", "second")
            self.column.addWidget(label)
        self.column.addStretch(1)


class ShortcutsWindow(FactsWindow):
    """Every key of the window in one list."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent, t("Shortcuts"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.XL)
        grid.setVerticalSpacing(Space.S)
        for row, (keys, what) in enumerate(_shortcuts()):
            name = QLabel(keys)
            name.setFont(look.font(Type.STRONG))
            grid.addWidget(name, row, 0)
            grid.addWidget(QLabel(what), row, 1)
        grid.setColumnStretch(1, 1)
        self.column.addLayout(grid)
        self.column.addStretch(1)


def _shortcuts() -> list[tuple[str, str]]:
    return [
        ("Ctrl+Enter", t("Generate")),
        ("Ctrl+1 … Ctrl+6", t("Go to a slot: four subjects, scene, style")),
        ("Ctrl+V", t("Paste a picture into the slot in focus, or the next free one")),
        ("Alt+←  Alt+→", t("Swap the picture with its neighbour")),
        (t("Enter"), t("Crop and turn the picture in focus")),
        ("Del", t("Take the picture out")),
        ("Ctrl+Z  Ctrl+Shift+Z", t("Undo and redo in the form")),
        ("@", t("Mention a picture in the prompt")),
        ("Ctrl+↑  Ctrl+↓", t("Earlier prompts, in the prompt")),
        ("Ctrl+H  Ctrl+T", t("Prompts used before, prompt templates")),
        ("Ctrl+B  Ctrl+Shift+B", t("Presets, keep this form")),
        ("Ctrl+F", t("Find in the library")),
        ("Enter", t("Open the result, or do the task's next step")),
        ("Esc", t("Back to the library")),
        ("F7  F8  F9  F11", t("Compose column, tasks panel, shelf, full screen")),
        ("1 … 6", t("On the shelf: put the picture into that slot")),
    ]
