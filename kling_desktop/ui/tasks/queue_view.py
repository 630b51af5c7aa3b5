"""The list of tasks: keyboard, hovering, one open card, and the clock of running rows."""

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QListView,
    QStyleOptionViewItem,
    QWidget,
)

from kling_desktop.domain.tasks import Task
from kling_desktop.text import t
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.library.carry import files_to_carry
from kling_desktop.ui.tasks.queue_model import QueueModel, QueueRole
from kling_desktop.ui.tasks.task_delegate import NOWHERE, Spot, TaskDelegate, is_working
from kling_desktop.ui.tasks.task_pictures import TaskPictures
from kling_desktop.ui.tasks.task_words import Action, TaskRow
from kling_desktop.ui.theme import Duration

_ARC_MS, _SECOND_MS = 50, 1000
_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class QueueView(QListView):
    """Rows painted by `TaskDelegate`. One timer ticks, only while something runs and is seen.

    `chosen` carries a task's id and the step taken; `result_chosen` the number of a result;
    `menu_wanted` where the menu of a task belongs on the screen; `escaped` leaves the open card.
    """

    chosen = Signal(str, Action)
    result_chosen = Signal(str, int)
    menu_wanted = Signal(str, QPoint)
    escaped = Signal()

    def __init__(self, desk: Desk, model: QueueModel) -> None:
        super().__init__()
        self._desk, self._queue = desk, model
        self._pictures = TaskPictures(desk, self)
        self._delegate = TaskDelegate(desk.look, self._pictures, self)
        self._timer = QTimer(self)
        # What the model said since the last turn of the event loop: looked at once, not each time.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._changed: list[QPersistentModelIndex] = []
        self._elapsed_ms = 0
        self._carried: tuple[str, int, QPoint] | None = None
        self._open = QPersistentModelIndex()
        self._card: QWidget | None = None
        self._build()
        self._timer.timeout.connect(self._on_timeout)
        self._pictures.pictures.ready.connect(self._on_picture_ready)
        self._delegate.pressed.connect(self.chosen)
        self._delegate.result_pressed.connect(self.result_chosen)
        desk.look.changed.connect(self._on_look_changed)
        for changed in (model.rowsInserted, model.rowsRemoved, model.rowsMoved):
            changed.connect(self._soon.start)
        model.dataChanged.connect(self._on_data_changed)
        self._soon.timeout.connect(self._on_turn)
        model.modelReset.connect(self.look_at_clock)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus_changed)

    def _build(self) -> None:
        self.setModel(self._queue)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName(t("Tasks"))
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.verticalScrollBar().setSingleStep(24)

    def task_at(self, index: QModelIndex) -> Task | None:
        """The task of a row, None for a heading."""
        found = index.data(QueueRole.TASK)
        return found if isinstance(found, Task) else None

    def current_task(self) -> Task | None:
        """The task the keyboard is at."""
        return self.task_at(self.currentIndex())

    def unfold(self, id: str, card: QWidget) -> None:
        """Open `card` under the row of a task, in place of its buttons; another one closes."""
        self.fold()
        index = self._queue.index_of(id)
        if not index.isValid():
            card.deleteLater()
            return
        self._card, self._open = card, QPersistentModelIndex(index)
        self._delegate.open_id = id
        self._fit_card()
        self.setIndexWidget(index, card)
        self._lay_out_card()
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def fold(self) -> None:
        """Close the open card."""
        if self._card is None:
            return
        index = self._queue.index(self._open.row())
        focused = QApplication.focusWidget()
        if focused is not None and self._card.isAncestorOf(focused):
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._card.hide()
        # The view deletes it: deleted behind its back, the next layout would still reach for it.
        self.setIndexWidget(index, None)  # pyright: ignore[reportArgumentType] - Qt takes none
        self._card, self._open = None, QPersistentModelIndex()
        self._delegate.open_id, self._delegate.open_height = "", 0
        self._delegate.sizeHintChanged.emit(index)
        self.scheduleDelayedItemsLayout()

    @property
    def card(self) -> QWidget | None:
        """The card that is open."""
        return self._card

    @property
    def open_id(self) -> str:
        """The task whose card is open, "" when none is."""
        return self._delegate.open_id

    @Slot()
    def refit(self) -> None:
        """The open card has grown or shrunk."""
        if self._card is not None:
            self._fit_card()
            self._lay_out_card()

    @Slot(QWidget, QWidget)
    def _on_focus_changed(self, _old: QWidget | None, now: QWidget | None) -> None:
        """The keyboard never works on a part of the card that cannot be seen."""
        if now is None or self._card is None or not self._card.isAncestorOf(now):
            return
        box = QRect(now.mapTo(self.viewport(), QPoint()), now.size())
        bar, below = self.verticalScrollBar(), box.bottom() + 8 - self.viewport().height()
        if box.top() < 0:
            bar.setValue(bar.value() + box.top() - 8)
        elif below > 0:
            bar.setValue(bar.value() + below)

    def _fit_card(self) -> None:
        assert self._card is not None
        width = self.viewport().width() - 8
        self._card.setFixedWidth(width)
        # From the inside out: what changed within tells its parent only when it is laid out.
        for inner in reversed(self._card.findChildren(QWidget)):
            if (inner_layout := inner.layout()) is not None:
                inner_layout.activate()
        layout = self._card.layout()
        height = layout.totalHeightForWidth(width) if layout else -1
        self._delegate.open_height = height if height > 0 else self._card.sizeHint().height()

    def _lay_out_card(self) -> None:
        self._delegate.sizeHintChanged.emit(self._queue.index(self._open.row()))
        self.scheduleDelayedItemsLayout()
        self.executeDelayedItemsLayout()

    def visible_rows(self) -> list[tuple[QModelIndex, Task, TaskRow]]:
        """The tasks that can be seen."""
        seen: list[tuple[QModelIndex, Task, TaskRow]] = []
        area = self.viewport().rect()
        for number in range(self._queue.rowCount()):
            index = self._queue.index(number)
            rect = self.visualRect(index)
            if rect.top() > area.bottom():
                break
            task = self.task_at(index)
            if task is not None and rect.intersects(area):
                seen.append((index, task, index.data(QueueRole.ROW)))
        return seen

    @Slot()
    def look_at_clock(self) -> None:
        """Run the timer exactly while a visible row needs it."""
        rows = [row for _, _, row in self.visible_rows()] if self.isVisible() else []
        turns = self._desk.look.has_motion and any(is_working(row) for row in rows)
        if not turns and not any(row.is_ticking for row in rows):
            self._timer.stop()
            return
        interval = _ARC_MS if turns else _SECOND_MS
        if not self._timer.isActive() or self._timer.interval() != interval:
            self._timer.start(interval)

    @Slot()
    def _on_timeout(self) -> None:
        self._elapsed_ms += self._timer.interval()
        if self._elapsed_ms >= _SECOND_MS:
            self._elapsed_ms = 0
            self._queue.tick()
        if not self._desk.look.has_motion:
            return
        step = self._timer.interval() / Duration.TURN
        self._delegate.turn = (self._delegate.turn + step) % 1.0 or step
        for index, task, row in self.visible_rows():
            if is_working(row):
                rect = self.visualRect(index)
                icon = self._delegate.layout(task, row, rect.width()).icon.toAlignedRect()
                self.viewport().update(icon.translated(rect.topLeft()).adjusted(-2, -2, 2, 2))

    @Slot(str)
    def _on_picture_ready(self, _sha256: str) -> None:
        self.viewport().update()

    @Slot()
    def _on_look_changed(self) -> None:
        self.scheduleDelayedItemsLayout()
        self.viewport().update()

    @Slot(QModelIndex, QModelIndex)
    def _on_data_changed(self, first: QModelIndex, last: QModelIndex) -> None:
        if first.row() == last.row():
            self._changed.append(QPersistentModelIndex(first))
        self._soon.start()

    @Slot()
    def _on_turn(self) -> None:
        """Rows whose height has changed are laid out anew, and the clock knows what runs."""
        changed, self._changed = self._changed, []
        for row in {index.row() for index in changed if index.isValid()}:
            index = self._queue.index(row)
            if self._wanted(index).height() != self.visualRect(index).height():
                self._delegate.sizeHintChanged.emit(index)
                self.scheduleDelayedItemsLayout()
                break
        self.look_at_clock()

    def _wanted(self, index: QModelIndex) -> QSize:
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        return self._delegate.sizeHint(option, index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the first step, or the button that Tab has reached; Esc closes the card."""
        self._delegate.has_keyboard = True
        task = self.current_task()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and task is not None:
            self._take_step(task)
            return
        if event.key() == Qt.Key.Key_Escape and self.open_id:
            self.escaped.emit()
            return
        self._delegate.focused = None
        super().keyPressEvent(event)
        self.viewport().update()

    def _take_step(self, task: Task) -> None:
        row = self._queue.row_of(task)
        if row.actions:
            self.chosen.emit(task.id, row.actions[self._delegate.focused or 0])
        else:
            self.chosen.emit(task.id, Action.SHOW if task.saved else Action.DETAILS)

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab goes through the current row's buttons before it leaves the list."""
        task = self.current_task()
        if task is None or task.id == self.open_id:
            return super().focusNextPrevChild(next)
        count = len(self._queue.row_of(task).actions)
        now = self._delegate.focused
        wanted = (0 if now is None else now + 1) if next else (-1 if now is None else now - 1)
        is_inside = 0 <= wanted < count
        self._delegate.focused = wanted if is_inside else None
        self._delegate.has_keyboard = True
        self.viewport().update()
        return True if is_inside or (not next and now == 0) else super().focusNextPrevChild(next)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard arrives at the first task."""
        super().focusInEvent(event)
        self._delegate.has_keyboard = event.reason() in _BY_KEYBOARD
        if not self.currentIndex().isValid() and self._queue.rowCount() > 1:
            self.setCurrentIndex(self._queue.index(1))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The ring goes with the focus."""
        super().focusOutEvent(event)
        self._delegate.focused = None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The same steps as a menu, at the mouse or, by the menu key, under the row."""
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        task = self.task_at(index)
        if task is not None:
            under = self.viewport().mapToGlobal(self.visualRect(index).center())
            self.setCurrentIndex(index)
            self.menu_wanted.emit(task.id, event.globalPos() if by_mouse else under)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where a result was taken hold of."""
        self._delegate.has_keyboard = False
        self._carried = None
        id, spot = self._spot(event.position().toPoint())
        if spot.result is not None and event.button() is Qt.MouseButton.LeftButton:
            self._carried = (id, spot.result, event.position().toPoint())
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Hover what lies under the mouse; drag a result out."""
        at = event.position().toPoint()
        if self._carried and (at - self._carried[2]).manhattanLength() > 10:
            self._drag_out()
            return
        if not event.buttons():
            self._hover(*self._spot(at))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is hovered any more."""
        self._hover("", NOWHERE)
        super().leaveEvent(event)

    def _spot(self, at: QPoint) -> tuple[str, Spot]:
        index = self.indexAt(at)
        task = self.task_at(index)
        if task is None:
            return "", NOWHERE
        row = index.data(QueueRole.ROW)
        return task.id, self._delegate.spot(task, row, self.visualRect(index), at)

    def _hover(self, id: str, spot: Spot) -> None:
        if self._delegate.hovered != (id, spot):
            self._delegate.hovered = (id, spot)
            is_live = spot != NOWHERE
            shape = Qt.CursorShape.PointingHandCursor if is_live else Qt.CursorShape.ArrowCursor
            self.viewport().setCursor(shape)
            self.viewport().update()

    def _drag_out(self) -> None:
        assert self._carried is not None
        id, number, _ = self._carried
        self._carried = None
        task = self._queue.task(id)
        if task is None or number >= len(task.saved):
            return
        file = task.saved[number].file
        assert file is not None
        drag = QDrag(self)
        drag.setMimeData(files_to_carry([self._desk.library / file]))
        picture = self._pictures.result(task.saved[number], self.devicePixelRatioF())
        if picture is not None and not picture.isNull():
            drag.setPixmap(picture.scaledToWidth(96, Qt.TransformationMode.SmoothTransformation))
        drag.exec(Qt.DropAction.CopyAction)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The open card is as wide as the list."""
        super().resizeEvent(event)
        self.refit()
        self.look_at_clock()

    def showEvent(self, event: QShowEvent) -> None:
        """Running rows run again."""
        super().showEvent(event)
        self.look_at_clock()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing ticks unseen."""
        super().hideEvent(event)
        self._timer.stop()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """What came into view may run."""
        super().scrollContentsBy(dx, dy)
        self.look_at_clock()
