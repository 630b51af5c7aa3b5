"""The tasks column: header, list, money line; and what a person does with a task."""

import time
from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.domain.decisions import is_undecided
from kling_desktop.domain.drafts import draft_of
from kling_desktop.domain.facts import EngineState, Progressed
from kling_desktop.domain.findings import Stray, StrayAnswer
from kling_desktop.domain.tasks import FETCHED, SETTLED, Task, TaskState
from kling_desktop.text import t
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.look import announce
from kling_desktop.ui.tasks.choices import Decision
from kling_desktop.ui.tasks.deciding import Deciding
from kling_desktop.ui.tasks.details_card import DetailsCard
from kling_desktop.ui.tasks.empty_queue import EmptyQueue
from kling_desktop.ui.tasks.queue_model import QueueModel
from kling_desktop.ui.tasks.queue_view import QueueView
from kling_desktop.ui.tasks.result_asset import asset_of
from kling_desktop.ui.tasks.stopping import StopQuestion
from kling_desktop.ui.tasks.strays_card import StraysCard
from kling_desktop.ui.tasks.task_words import Action, action_words, menu_of
from kling_desktop.ui.theme import Height, Space, Type
from kling_desktop.ui.widgets import line

_TOLD = {
    TaskState.DONE,
    TaskState.DONE_PARTIAL,
    TaskState.REFUSED,
    TaskState.REMOTE_FAILED,
    TaskState.NEEDS_DECISION,
}


class QueuePanel(QWidget):
    """Shows the ledger's tasks; every step a person takes goes out as a signal.

    Signals with a string carry our task id; `link` also the provider's. `show_wanted` carries an
    Asset, `recall_wanted` a Draft, `stray_answered` a Stray and what was said of it.
    """

    look_again = Signal(str)
    download_again = Signal(str)
    send_again = Signal(str)
    stop_following = Signal(str)
    link = Signal(str, str)
    close_task = Signal(str)
    stray_answered = Signal(object, StrayAnswer)
    pause = Signal()
    resume = Signal()
    show_wanted = Signal(object)
    recall_wanted = Signal(object)
    accounts_wanted = Signal()

    def __init__(
        self, desk: Desk, now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    ) -> None:
        super().__init__()
        self._desk, self._now_ms = desk, now_ms
        self.model = QueueModel(desk.profiles, self, now_ms)
        self.view = QueueView(desk, self.model)
        self._deciding = Deciding(desk.look, self.model, self.view, now_ms)
        self._engine = EngineState.RUNNING
        self._pause = QToolButton()
        self._more = QToolButton()
        self._title = QLabel(t("Tasks"))
        self._strays_card = StraysCard(desk.look, desk.profiles)
        self._strays: Sequence[Stray] = ()
        self._pages = QStackedWidget()
        self._money = QLabel()
        self._question = StopQuestion(desk.look, asks_first=desk.asks_before_stopping)
        self._build()
        self._connect()
        self._dress()
        self._show_page()

    def _build(self) -> None:
        look = self._desk.look
        self._more.setAccessibleName(t("More about tasks"))
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.setMenu(self._more_menu())
        self._pages.addWidget(EmptyQueue(look))
        self._pages.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header())
        column.addWidget(self._strays_card)
        column.addWidget(self._question)
        column.addWidget(self._pages, 1)
        column.addWidget(line(look, self))
        foot = QHBoxLayout()
        foot.setContentsMargins(Space.PANEL, 0, Space.PANEL, 0)
        foot.addWidget(self._money, 1)
        column.addLayout(foot)
        # A sum is never cut short: where it needs two lines it gets them.
        self._money.setWordWrap(True)
        self._money.setProperty("tone", "second")

    def _header(self) -> QWidget:
        header = QWidget()
        row = QHBoxLayout(header)
        row.setContentsMargins(Space.PANEL, 0, Space.S, 0)
        row.setSpacing(Space.XS)
        row.addWidget(self._title, 1)
        row.addWidget(self._pause)
        row.addWidget(self._more)
        return header

    def _more_menu(self) -> QMenu:
        menu = _menu(self)
        menu.addAction(t("Look at all of them again"), self._look_at_all)
        menu.addAction(t("Pause or go on sending"), self._toggle_pause)
        self._found = menu.addAction(t("Found on your accounts…"), self.show_strays)
        self._found.setVisible(False)
        return menu

    def _connect(self) -> None:
        self._pause.clicked.connect(self._toggle_pause)
        self._question.meant.connect(self.stop_following)
        self._question.answered.connect(self.view.setFocus)
        self.view.chosen.connect(self._on_chosen)
        self.view.result_chosen.connect(self._on_result_chosen)
        self.view.menu_wanted.connect(self._on_menu_wanted)
        self.view.escaped.connect(self._on_dismissed)
        self._deciding.answered.connect(self._on_answered)
        self._strays_card.answered.connect(self.stray_answered)
        self._strays_card.dismissed.connect(self._on_strays_dismissed)
        self._desk.look.changed.connect(self._dress)

    def set_tasks(self, tasks: Iterable[Task]) -> None:
        """Show exactly these."""
        self._deciding.end()
        self.model.reset(tasks)
        self._show_page()

    def apply(self, task: Task) -> None:
        """A task has changed, or is new."""
        before = self.model.task(task.id)
        has_moved_on = before is None or before.state is not task.state
        self._deciding.before_change(task, moves_on=has_moved_on)
        self.model.apply(task)
        self._deciding.after_change(task)
        self._question.follow(task)
        self._show_page()
        is_told = task.state in _TOLD and not task.is_watched and self.model.is_shown(task.id)
        if has_moved_on and before is not None and is_told:
            announce(self, self.model.row_of(task).title)

    def progress(self, progress: Progressed) -> None:
        """Bytes went or came."""
        self.model.progress(progress)

    def set_strays(self, strays: Sequence[Stray]) -> None:
        """These are offered, once a person wants to see them."""
        self._strays = strays
        self._strays_card.show_strays(strays, self._now_ms())
        self._found.setVisible(bool(strays))

    @Slot()
    def show_strays(self) -> None:
        """Open the card with what was found on the accounts."""
        self._strays_card.show_strays(self._strays, self._now_ms())
        self._strays_card.setVisible(bool(self._strays))
        self._strays_card.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_task(self, id: str) -> None:
        """Go to a task and open what is known of it."""
        task = self.model.task(id)
        if task is None or not self.model.index_of(id).isValid():
            return
        if is_undecided(task):
            self._deciding.begin(task)
        else:
            self._unfold_details(task)

    @Slot()
    def download_waiting(self) -> None:
        """Fetch every result that is still only at its provider."""
        for task in list(self.model.tasks()):
            if task.state in FETCHED:
                self.download_again.emit(task.id)

    @Slot()
    def _on_strays_dismissed(self) -> None:
        self._strays_card.hide()
        self.view.setFocus()

    @Slot()
    def focus_list(self) -> None:
        """Take the keyboard. No focus proxy does this: Tab would never leave the panel again."""
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def set_engine_state(self, state: EngineState) -> None:
        """The engine was paused, resumed, lost or found the network."""
        self._engine = state
        self.model.set_engine_state(state)
        self._dress()

    def showEvent(self, event: QShowEvent) -> None:
        """Where it has moved to another parent, the style sheet took its fonts back."""
        super().showEvent(event)
        self._dress()

    def changeEvent(self, event: QEvent) -> None:
        """Larger text needs taller lines."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._dress()

    def _show_page(self) -> None:
        has_rows = self.model.rowCount() > 0
        self._pages.setCurrentIndex(1 if has_rows else 0)
        self._money.setText(self.model.spent_today())

    @Slot()
    def _dress(self) -> None:
        look = self._desk.look
        is_paused = self._engine is EngineState.PAUSED
        words = t("Go on sending") if is_paused else t("Pause sending")
        self._pause.setIcon(look.icon("play" if is_paused else "on-hold"))
        self._pause.setToolTip(words)
        self._pause.setAccessibleName(words)
        self._more.setIcon(look.icon("more"))
        for button in (self._pause, self._more):
            button.setIconSize(QSize(20, 20))
            button.setFixedSize(Height.TOOL, Height.TOOL)
        self._title.setFont(look.font(Type.TITLE))
        header = self._title.parentWidget()
        assert header is not None
        header.setFixedHeight(look.fit(Height.TALL))
        self._money.setFont(look.font(Type.SMALL))
        self._money.setMinimumHeight(look.fit(Height.TALL))

    @Slot()
    def _toggle_pause(self) -> None:
        signal = self.resume if self._engine is EngineState.PAUSED else self.pause
        signal.emit()

    @Slot()
    def _look_at_all(self) -> None:
        for task in list(self.model.tasks()):
            if task.state not in SETTLED | {TaskState.FROZEN, TaskState.SENDING}:
                self.look_again.emit(task.id)

    @Slot(str, Action)
    def _on_chosen(self, id: str, action: Action) -> None:
        task = self.model.task(id)
        if task is not None:
            self._steps()[action](task)

    def _steps(self) -> dict[Action, Callable[[Task], None]]:
        copy = QGuiApplication.clipboard().setText
        return {
            Action.KEEP_CHECKING: self._keep_checking,
            Action.LOOK_AGAIN: lambda task: self.look_again.emit(task.id),
            Action.DOWNLOAD_AGAIN: lambda task: self.download_again.emit(task.id),
            Action.STOP_FOLLOWING: self._stop,
            Action.CHANGE_REQUEST: self._recall,
            Action.MAKE_AGAIN: self._recall,
            Action.ACCOUNTS: lambda _task: self.accounts_wanted.emit(),
            Action.DECIDE: self._deciding.begin,
            Action.DETAILS: self._unfold_details,
            Action.SHOW: lambda task: self._on_result_chosen(task.id, 0),
            Action.COPY_PROMPT: lambda task: copy(task.request.prompt),
            Action.COPY_ID: lambda task: copy(task.task_id or task.external_task_id),
        }

    @Slot(bool)
    def set_asks_before_stopping(self, is_on: bool) -> None:
        """Whether a person is asked before a task is left to itself."""
        self._question.asks_first = is_on

    def _stop(self, task: Task) -> None:
        self._question.ask(task, self.model.profile(task).title)

    def _recall(self, task: Task) -> None:
        self.recall_wanted.emit(draft_of(task.request, task.provider))

    @Slot(str, int)
    def _on_result_chosen(self, id: str, number: int) -> None:
        task = self.model.task(id)
        if task is not None and number < len(task.saved):
            profile = self.model.profile(task)
            self.show_wanted.emit(asset_of(task, task.saved[number], is_free=profile.is_free))

    def _keep_checking(self, task: Task) -> None:
        for each in self._deciding.tasks_of(task):
            self.look_again.emit(each.id)

    def _unfold_details(self, task: Task) -> None:
        self._deciding.end()
        card = DetailsCard(self._desk.look, task, self.model.profile(task), self._now_ms())
        card.dismissed.connect(self._on_dismissed)
        self.view.unfold(task.id, card)
        card.setFocus(Qt.FocusReason.TabFocusReason)

    @Slot()
    def _on_dismissed(self) -> None:
        self._deciding.end()
        self.view.setFocus()

    @Slot(str, Decision, str)
    def _on_answered(self, id: str, decision: Decision, task_id: str) -> None:
        if decision is Decision.LINK:
            self.link.emit(id, task_id)
            return
        signals = {
            Decision.KEEP_CHECKING: self.look_again,
            Decision.CLOSE: self.close_task,
            Decision.SEND_AGAIN: self.send_again,
        }
        signals[decision].emit(id)

    @Slot(QAction)
    def _on_menu_chosen(self, entry: QAction) -> None:
        self._on_chosen(*entry.data())

    @Slot(str, QPoint)
    def _on_menu_wanted(self, id: str, at: QPoint) -> None:
        task = self.model.task(id)
        if task is None:
            return
        menu = _menu(self)
        for action in menu_of(task, self.model.row_of(task)):
            entry = QAction(action_words(action), menu)
            entry.setData((id, action))
            menu.addAction(entry)
        menu.triggered.connect(self._on_menu_chosen)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)


def _menu(parent: QWidget) -> QMenu:
    menu = QMenu(parent)
    menu.setWindowFlags(
        menu.windowFlags()
        | Qt.WindowType.FramelessWindowHint
        | Qt.WindowType.NoDropShadowWindowHint
    )
    menu.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
    return menu
