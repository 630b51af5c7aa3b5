"""What fills the main window: puts the panels together, passes facts and commands between them.

Assembly only; it knows no rule of the business.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Qt, Signal, Slot
from PySide6.QtWidgets import QMainWindow, QMenuBar, QStackedWidget

from kling_desktop.domain.commands import Submission
from kling_desktop.domain.drafts import Draft
from kling_desktop.domain.facts import (
    AssetAdded,
    EngineStateChanged,
    Notice,
    Progressed,
    StraysFound,
    TaskChanged,
    TaskRejected,
    TasksLoaded,
)
from kling_desktop.domain.findings import Stray
from kling_desktop.domain.media import Asset
from kling_desktop.domain.tasks import Task
from kling_desktop.ui.columns import Columns
from kling_desktop.ui.compose.compose_panel import ComposePanel
from kling_desktop.ui.compose.window_drops import WindowDrops
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.focus_ring import FocusRing
from kling_desktop.ui.leaving import Leaving
from kling_desktop.ui.library.library_panel import LibraryPanel
from kling_desktop.ui.notices import DEADLINE, STRAYS, message_of, strays_message, task_of
from kling_desktop.ui.tasks.queue_panel import QueuePanel
from kling_desktop.ui.tasks.task_rail import TaskRail
from kling_desktop.ui.window_menus import WindowMenus

if TYPE_CHECKING:
    from kling_desktop.ui.compose.crop.crop_editor import CropEditor
    from kling_desktop.ui.compose.crop.task import CropTask
    from kling_desktop.ui.dialogs.accounts import AccountsWindow
    from kling_desktop.ui.library.viewer import Viewer
    from kling_desktop.ui.shelf.drawer import ShelfDrawer


class Workplace(QStackedWidget):
    """Compose, library and tasks side by side; viewer and crop editor take all of it when open.

    Menus and their keys go to `window`.
    """

    appearance_chosen = Signal(str)
    base_url_chosen = Signal(str)
    web_pictures_chosen = Signal(str)
    asks_before_twins_chosen = Signal(bool)
    asks_before_stopping_chosen = Signal(bool)

    def __init__(self, desk: Desk, window: QMainWindow) -> None:
        super().__init__(window)
        self._desk, self._window = desk, window
        self._compose = ComposePanel(desk)
        self._library = LibraryPanel(desk)
        self._queue = QueuePanel(desk)
        self._rail = TaskRail(desk, self._queue.model)
        self._viewer: Viewer | None = None
        self._crop_editor: CropEditor | None = None
        self._accounts: AccountsWindow | None = None
        self._shelf: ShelfDrawer | None = None
        self._tasks: dict[str, Task] = {}
        self._strays: frozenset[Stray] = frozenset()
        self._leaving = Leaving(desk.look, window)
        self._columns = Columns(desk.look, self._compose, self._library, self._queue, self._rail)
        self._build()
        self._connect_panels()
        self._connect_menus()
        self._connect_engine()

    def _build(self) -> None:
        self.addWidget(self._columns)
        bar = QMenuBar()
        self._compose.set_menu_bar(bar)
        self._menus = WindowMenus(
            self._desk, self._window, self._compose, self._queue, self._columns
        )
        self._menus.fill(bar, self._library)
        self._ring = FocusRing(self._window, self._desk.look)

    def _connect_panels(self) -> None:
        desk = self._desk
        self._drops = WindowDrops(self._window, self._compose, self._compose.grid.filler)
        self._compose.grid.filler.web.choice_made.connect(self.web_pictures_chosen)
        self._compose.submission_ready.connect(self._on_submission)
        self._compose.accounts_wanted.connect(self.show_accounts)
        self._compose.grid.shelf_wanted.connect(self.toggle_shelf)
        self._compose.grid.edits.crop_wanted.connect(self._crop)
        self._compose.twin_meant.connect(self._on_twin_meant)
        self._compose.noticed.connect(self._on_notice)
        self._library.accounts_wanted.connect(self.show_accounts)
        self._library.samples_wanted.connect(self._compose.fill_samples)
        self._library.show_wanted.connect(self.show_asset)
        self._library.recall_wanted.connect(self._recall)
        self._library.message_pressed.connect(self._on_message_pressed)
        self._queue.show_wanted.connect(self.show_asset)
        self._queue.recall_wanted.connect(self._recall)
        self._queue.accounts_wanted.connect(self.show_accounts)
        self._queue.look_again.connect(desk.bridge.look_again)
        self._queue.download_again.connect(desk.bridge.download_again)
        self._queue.send_again.connect(desk.bridge.send_again)
        self._queue.stop_following.connect(desk.bridge.stop_following)
        self._queue.link.connect(desk.bridge.link)
        self._queue.close_task.connect(desk.bridge.close_task)
        self._queue.stray_answered.connect(desk.bridge.answer_stray)
        self._queue.pause.connect(desk.bridge.pause)
        self._queue.resume.connect(desk.bridge.resume)
        self._rail.open_wanted.connect(self._columns.toggle_tasks)
        self._columns.tasks_opened.connect(self._queue.focus_list)
        self._columns.tasks_closed.connect(self._library.focus_grid)

    def _connect_menus(self) -> None:
        menus = self._menus
        menus.accounts_wanted.connect(self.show_accounts)
        menus.shelf_wanted.connect(self.toggle_shelf)
        menus.appearance_chosen.connect(self.appearance_chosen)
        menus.web_pictures_chosen.connect(self.web_pictures_chosen)
        menus.asks_before_twins_chosen.connect(self.asks_before_twins_chosen)
        menus.asks_before_stopping_chosen.connect(self.asks_before_stopping_chosen)

    def _connect_engine(self) -> None:
        bridge = self._desk.bridge
        bridge.tasks_loaded.connect(self._on_tasks_loaded)
        bridge.task_changed.connect(self._on_task_changed)
        bridge.task_rejected.connect(self._on_task_rejected)
        bridge.asset_added.connect(self._on_asset_added)
        bridge.progressed.connect(self._on_progressed)
        bridge.engine_state_changed.connect(self._on_engine_state_changed)
        bridge.notice.connect(self._on_notice)
        bridge.strays_found.connect(self._on_strays_found)
        bridge.account_changed.connect(self._compose.set_account)

    @Slot(object)
    def _on_submission(self, submission: Submission) -> None:
        self._desk.bridge.submit(submission)

    @Slot(object)
    def _on_twin_meant(self, submission: Submission) -> None:
        self._desk.bridge.submit(replace(submission, twin_is_meant=True))

    @Slot(object)
    def _on_tasks_loaded(self, fact: TasksLoaded) -> None:
        self._queue.set_tasks(fact.tasks)
        self._compose.know_tasks(fact.tasks)
        self._tasks = {task.id: task for task in fact.tasks}
        if self._viewer is not None:
            self._viewer.set_tasks(fact.tasks)

    @Slot(object)
    def _on_task_changed(self, fact: TaskChanged) -> None:
        self._queue.apply(fact.task)
        self._compose.know_tasks([fact.task])
        self._tasks[fact.task.id] = fact.task
        if self._shelf is not None:
            self._shelf.stock.count((fact.task,))
        if self._viewer is not None:
            self._viewer.apply(fact.task)

    @Slot(object)
    def _on_task_rejected(self, fact: TaskRejected) -> None:
        self._compose.show_rejection(fact)

    @Slot(object)
    def _on_asset_added(self, fact: AssetAdded) -> None:
        self._library.add(fact.asset)

    @Slot(object)
    def _on_progressed(self, fact: Progressed) -> None:
        self._queue.progress(fact)

    @Slot(object)
    def _on_engine_state_changed(self, fact: EngineStateChanged) -> None:
        self._queue.set_engine_state(fact.state)

    @Slot(object)
    def _on_notice(self, fact: Notice) -> None:
        self._leaving.follow(fact)
        self._library.show_message(fact.subject, message_of(fact))

    @Slot(object)
    def _on_strays_found(self, fact: StraysFound) -> None:
        self._queue.set_strays(fact.strays)
        is_news = not self._strays.issuperset(fact.strays)
        self._strays = frozenset(fact.strays)
        # Told every hour; what was closed is not said again.
        if is_news or self._library.has_message(STRAYS):
            words = strays_message(fact.strays, self._desk.profiles)
            self._library.show_message(STRAYS, words)

    @Slot(str)
    def _on_message_pressed(self, subject: str) -> None:
        if subject == DEADLINE:
            self._queue.download_waiting()
            return
        self._columns.show_tasks()
        if subject == STRAYS:
            self._queue.show_strays()
        else:
            self._queue.show_task(task_of(subject))

    @Slot()
    def show_accounts(self) -> None:
        """Open the accounts window at the provider in the form."""
        if self._accounts is None:
            from kling_desktop.ui.dialogs.accounts import AccountsWindow

            self._accounts = AccountsWindow(self._desk, self._window)
            self._accounts.base_url_chosen.connect(self.base_url_chosen)
        self._accounts.show_provider(self._compose.draft().provider)

    @Slot()
    def toggle_shelf(self) -> None:
        """Open the shelf beside the slots, or put it away; F9."""
        if self._shelf is not None and self._shelf.isVisible():
            self._close_shelf()
            return
        self._show_columns()
        shelf = self._shelf or self._make_shelf()
        shelf.stock.count(self._tasks.values())
        self._columns.open_drawer(shelf)
        self._compose.grid.show_shelf_open(is_open=True)
        shelf.focus_search()

    def _make_shelf(self) -> "ShelfDrawer":
        from kling_desktop.ui.shelf.drawer import ShelfDrawer

        shelf = self._shelf = ShelfDrawer(self._desk, self._compose.grid.filler)
        shelf.closed.connect(self._close_shelf)
        return shelf

    @Slot()
    def _close_shelf(self) -> None:
        assert self._shelf is not None
        self._shelf.hide()
        self._compose.grid.show_shelf_open(is_open=False)
        self._compose.focus_slot(1)

    @Slot(object)
    def show_asset(self, asset: Asset) -> None:
        """Open the viewer on a result."""
        viewer = self._viewer or self._make_viewer()
        viewer.show_asset(asset, self._library.around(asset))
        self.setCurrentWidget(viewer)
        viewer.setFocus()

    def _make_viewer(self) -> "Viewer":
        from kling_desktop.ui.library.viewer import Viewer

        viewer = self._viewer = Viewer(self._desk)
        viewer.set_tasks(self._tasks.values())
        viewer.closed.connect(self._show_columns)
        viewer.recall_wanted.connect(self._recall)
        self.addWidget(viewer)
        return viewer

    @Slot(object)
    def _crop(self, task: "CropTask") -> None:
        """Open the editor on a picture of the form."""
        editor = self._crop_editor or self._make_crop_editor()
        self.setCurrentWidget(editor)
        editor.open(task)

    def _make_crop_editor(self) -> "CropEditor":
        from kling_desktop.ui.compose.crop.crop_editor import CropEditor

        editor = self._crop_editor = CropEditor(self._desk.look, self._desk.copy_of)
        editor.applied.connect(self._compose.grid.edits.apply)
        editor.closed.connect(self._leave_crop)
        self.addWidget(editor)
        return editor

    @Slot(str)
    def _leave_crop(self, place: str) -> None:
        self.setCurrentWidget(self._columns)
        self._compose.grid.slot(place).setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def _show_columns(self) -> None:
        self.setCurrentWidget(self._columns)
        self._library.focus_grid()

    @Slot(object)
    def _recall(self, draft: Draft) -> None:
        self._show_columns()
        self._compose.recall(draft)

    def restore(self, state: QSettings) -> None:
        """Take the widths and sizes of an earlier run."""
        row_height = state.value("row_height", self._library.row_height())
        self._library.set_row_height(int(str(row_height)))
        self._columns.reset()
        sizes = str(state.value("columns", "")).split()
        if all(size.isdigit() for size in sizes):
            self._columns.restore([int(size) for size in sizes])

    def may_close(self) -> bool:
        """Whether the window may go at once; else the person is asked, and a yes closes it."""
        return self._leaving.may_close()

    def leave(self, state: QSettings) -> None:
        """Remember them, and close what stands open beside the window."""
        state.setValue("columns", " ".join(str(size) for size in self._columns.state()))
        state.setValue("row_height", self._library.row_height())
        self._compose.finish()
        if self._accounts is not None:
            self._accounts.close()
