"""The menu bar: every command of the window with its words and keys, in the usual places."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QToolButton, QWidget

from kling_desktop.text import t
from kling_desktop.ui.look import Look

SEPARATOR = ""
# Fusion gives this button no more.
_EXTENSION_PX = 12


@dataclass(frozen=True, slots=True)
class Command:
    """One menu entry: its words (with `&` for the mnemonic), what it does, its keys."""

    words: str
    run: Callable[[], object]
    keys: QKeySequence | QKeySequence.StandardKey | str = ""
    role: QAction.MenuRole = QAction.MenuRole.NoRole


@dataclass(frozen=True, slots=True)
class Choices:
    """A menu within a menu: one of several values is on. `chosen` is told which."""

    words: str
    choices: Sequence[tuple[str, str]]
    value: Callable[[], str]
    chosen: Callable[[str], object]


Menu = list[Command | Choices | QAction | str]


def fill_menu_bar(bar: QMenuBar, window: QWidget, menus: Mapping[str, Menu]) -> None:
    """Build `menus` into `bar`; an empty text is a separator, a QAction is taken as it is.

    Actions are added to `window` too, so that their keys work while the bar is out of sight.
    """
    for title, entries in menus.items():
        menu = bar.addMenu(title)
        for entry in entries:
            match entry:
                case QAction():
                    menu.addAction(entry)
                    window.addAction(entry)
                case Choices():
                    _add_choices(menu, entry)
                case Command():
                    action = _action(entry, window)
                    menu.addAction(action)
                    window.addAction(action)
                case _:
                    menu.addSeparator()


def show_the_rest(bar: QMenuBar, look: Look) -> None:
    """Give the button behind which Qt puts menus without room an icon and a name."""
    button = bar.findChild(QToolButton, "qt_menubar_ext_button")
    assert isinstance(button, QToolButton)
    button.setAccessibleName(t("More menus"))
    button.setToolTip(t("More menus"))
    button.setIconSize(QSize(_EXTENSION_PX, _EXTENSION_PX))

    def dress() -> None:
        button.setIcon(look.icon("more", look.theme.text_1, _EXTENSION_PX))

    look.changed.connect(dress)
    dress()


def _action(command: Command, window: QWidget) -> QAction:
    action = QAction(command.words, window)
    action.setMenuRole(command.role)
    if command.keys:
        action.setShortcut(QKeySequence(command.keys))
    action.triggered.connect(lambda _checked=False: command.run())
    return action


def _add_choices(menu: QMenu, entry: Choices) -> None:
    inside = menu.addMenu(entry.words)
    group = QActionGroup(inside)
    actions = {value: inside.addAction(words) for value, words in entry.choices}
    for value, action in actions.items():
        action.setCheckable(True)
        group.addAction(action)
        action.triggered.connect(lambda _checked=False, v=value: entry.chosen(v))

    def show_value() -> None:
        actions[entry.value()].setChecked(True)

    inside.aboutToShow.connect(show_value)


def titles() -> tuple[str, ...]:
    """The menus in their order."""
    return (t("&File"), t("&Edit"), t("&View"), t("&Task"), t("&Picture"), t("&Help"))
