"""The window's menus: which commands stand where, and who is told of them."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenuBar

from kling_desktop.settings import WebPictures
from kling_desktop.text import t
from kling_desktop.ui.columns import Columns
from kling_desktop.ui.compose.compose_panel import ComposePanel
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.library.library_panel import LibraryPanel
from kling_desktop.ui.menus import (
    SEPARATOR,
    Choices,
    Command,
    Menu,
    fill_menu_bar,
    show_the_rest,
    titles,
)
from kling_desktop.ui.tasks.queue_panel import QueuePanel

_Key = QKeySequence.StandardKey
_ROLE = QAction.MenuRole


class WindowMenus(QObject):
    """Menus and their keys. Each signal carries what was chosen; the panels are told directly."""

    accounts_wanted = Signal()
    shelf_wanted = Signal()
    appearance_chosen = Signal(str)
    web_pictures_chosen = Signal(str)
    asks_before_twins_chosen = Signal(bool)
    asks_before_stopping_chosen = Signal(bool)

    def __init__(
        self,
        desk: Desk,
        window: QMainWindow,
        compose: ComposePanel,
        queue: QueuePanel,
        columns: Columns,
    ) -> None:
        super().__init__(window)
        self._desk, self._window = desk, window
        self._compose, self._queue, self._columns = compose, queue, columns

    def fill(self, bar: QMenuBar, library: LibraryPanel) -> None:
        """Build them into `bar`."""
        fill_menu_bar(bar, self._window, self._menus(library))
        show_the_rest(bar, self._desk.look)

    def _menus(self, library: LibraryPanel) -> dict[str, Menu]:
        file, edit, view, task, picture, help_ = titles()
        compose = self._compose.actions_by_name()
        return {
            file: self._file_menu(library),
            edit: self._edit_menu(library),
            view: self._view_menu(),
            task: self._task_menu(),
            picture: [
                *(compose[f"slot {number}"] for number in range(1, 7)),
                SEPARATOR,
                compose["pin"],
            ],
            help_: self._help_menu(),
        }

    def _file_menu(self, library: LibraryPanel) -> Menu:
        return [
            Command(t("&Open pictures…"), self._compose.choose_pictures, _Key.Open),
            Command(t("&Accounts…"), self.accounts_wanted.emit),
            Command(t("Show &library folder"), library.show_folder),
            SEPARATOR,
            Command(t("&Quit"), self._window.close, _Key.Quit, _ROLE.QuitRole),
        ]

    def _edit_menu(self, library: LibraryPanel) -> Menu:
        compose = self._compose.actions_by_name()
        return [
            compose["undo"],
            compose["redo"],
            SEPARATOR,
            compose["paste"],
            compose["clear"],
            self._web_menu(),
            SEPARATOR,
            compose["history"],
            compose["templates"],
            compose["presets"],
            compose["save preset"],
            SEPARATOR,
            Command(t("&Find in the library"), library.focus_search, _Key.Find),
        ]

    def _web_menu(self) -> Choices:
        web = self._compose.grid.filler.web
        choices = (
            (WebPictures.ASK, t("&Ask")),
            (WebPictures.FETCH, t("&Fetch them first")),
            (WebPictures.HAND_ON, t("The &provider fetches them")),
        )
        words = t("Pictures from the &web")
        return Choices(words, choices, lambda: web.choice, self._choose_web_pictures)

    def _choose_web_pictures(self, choice: str) -> None:
        self._compose.grid.filler.web.choose(WebPictures(choice))
        self.web_pictures_chosen.emit(choice)

    def _task_menu(self) -> Menu:
        desk, panel = self._desk, self._queue
        twins = self._switch(t("Ask before &repeating a task"), desk.asks_before_twins)
        twins.toggled.connect(self._compose.set_asks_before_twins)
        twins.toggled.connect(self.asks_before_twins_chosen)
        stopping = self._switch(t("Ask before &stopping to follow"), desk.asks_before_stopping)
        stopping.toggled.connect(panel.set_asks_before_stopping)
        stopping.toggled.connect(self.asks_before_stopping_chosen)
        return [
            self._compose.actions_by_name()["generate"],
            SEPARATOR,
            Command(t("&Pause sending"), desk.bridge.pause),
            Command(t("&Go on sending"), desk.bridge.resume),
            SEPARATOR,
            twins,
            stopping,
        ]

    def _switch(self, words: str, is_on: bool) -> QAction:
        action = QAction(words, self._window)
        action.setCheckable(True)
        action.setChecked(is_on)
        return action

    def _view_menu(self) -> Menu:
        return [
            Command(t("Fold &compose column"), self._columns.toggle_compose, "F7"),
            Command(t("&Tasks panel"), self._columns.toggle_tasks, "F8"),
            Command(t("&Shelf"), self.shelf_wanted.emit, "F9"),
            Command(t("&Reset layout"), self._columns.reset),
            SEPARATOR,
            Command(t("As the s&ystem"), lambda: self._choose_look("system")),
            Command(t("&Light"), lambda: self._choose_look("light")),
            Command(t("&Dark"), lambda: self._choose_look("dark")),
            SEPARATOR,
            Command(t("F&ull screen"), self._toggle_full_screen, "F11"),
        ]

    def _help_menu(self) -> Menu:
        return [
            Command(t("&Shortcuts"), self._show_shortcuts, "Ctrl+/"),
            Command(t("&About Kling Desktop"), self._show_about, role=_ROLE.AboutRole),
        ]

    def _show_shortcuts(self) -> None:
        from kling_desktop.ui.dialogs.about import ShortcutsWindow

        ShortcutsWindow(self._desk.look, self._window).show()

    def _show_about(self) -> None:
        from kling_desktop.ui.dialogs.about import AboutWindow

        AboutWindow(self._desk.look, self._window).show()

    def _choose_look(self, choice: str) -> None:
        self._desk.look.choose(choice)
        self.appearance_chosen.emit(choice)

    def _toggle_full_screen(self) -> None:
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)
