"""The commands of the compose column, for its own buttons and for the window's menus."""

from typing import Protocol

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QToolButton, QWidget

from kling_desktop.text import t

_Key = QKeySequence.StandardKey


class Column(Protocol):
    """What a person can ask of the column."""

    def undo(self) -> None:
        """Take back the last step."""
        ...

    def redo(self) -> None:
        """Do it again."""
        ...

    def paste(self) -> None:
        """Paste a picture."""
        ...

    def clear(self) -> None:
        """Empty the form."""
        ...

    def generate(self) -> None:
        """Buy what stands in the form."""
        ...

    def show_presets(self) -> None:
        """Open the kept forms."""
        ...

    def save_preset(self) -> None:
        """Keep this form."""
        ...

    def show_history(self) -> None:
        """Open the prompts used before."""
        ...

    def show_templates(self) -> None:
        """Open the prompts with gaps."""
        ...

    def focus_slot(self, number: int) -> None:
        """Go to a slot."""
        ...


def actions_of(column: Column, parent: QWidget) -> dict[str, QAction]:
    """Every command by its name, its keys known in all of the window."""

    def action(words: str, run: object = None, keys: object = None) -> QAction:
        made = QAction(words, parent)
        if run is not None:
            made.triggered.connect(run)
        if keys is not None:
            made.setShortcut(QKeySequence(keys))  # type: ignore[call-overload]
        parent.addAction(made)
        return made

    made = {
        "undo": action(t("&Undo"), column.undo, _Key.Undo),
        "redo": action(t("&Redo"), column.redo, _Key.Redo),
        "paste": action(t("&Paste picture"), column.paste, _Key.Paste),
        "clear": action(t("&Clear the form"), column.clear),
        "pin": action(t("Use this picture in &every task")),
        "history": action(t("Prompt &history…"), column.show_history, "Ctrl+H"),
        "templates": action(t("Prompt &templates…"), column.show_templates, "Ctrl+T"),
        "presets": action(t("Pre&sets…"), column.show_presets, "Ctrl+B"),
        "save preset": action(t("&Keep this form…"), column.save_preset, "Ctrl+Shift+B"),
        "generate": action(t("&Generate"), column.generate, "Ctrl+Return"),
    }
    made["pin"].setCheckable(True)
    made["generate"].setShortcuts([QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter")])
    # A key that is held down asks once: the second press would confirm what nobody has read.
    made["generate"].setAutoRepeat(False)
    names = [*(t("Subject {number}", number=n) for n in range(1, 5)), t("Scene"), t("Style")]
    for number, name in enumerate(names, 1):
        made[f"slot {number}"] = action(
            name, lambda _checked=False, n=number: column.focus_slot(n), f"Ctrl+{number}"
        )
    return made


def tool_for(action: QAction) -> QToolButton:
    """A button with an icon for one of the commands."""
    button = QToolButton()
    button.setDefaultAction(action)
    button.setIconSize(QSize(20, 20))
    words = action.text().replace("&", "").removesuffix("…")
    button.setAccessibleName(words)
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(f"{words} ({keys})" if keys else words)
    return button
