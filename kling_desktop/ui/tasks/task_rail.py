"""The tasks as a narrow rail: a mosaic each, with its state and a small journey line."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.domain.tasks import Task, TaskState
from kling_desktop.text import t
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.paint import fill
from kling_desktop.ui.tasks import task_paint
from kling_desktop.ui.tasks.queue_model import QueueModel, QueueRole
from kling_desktop.ui.tasks.task_layout import MOSAIC_PX
from kling_desktop.ui.tasks.task_pictures import TaskPictures
from kling_desktop.ui.tasks.task_words import Mark, TaskRow, whole_journey
from kling_desktop.ui.theme import Height, Radius, Theme

_ROW_PX, _HEADING_PX, _DISC_PX, _LINE_PX = 62, 17, 20, 4


class TaskRail(QWidget):
    """64 px beside the library in a narrow window. Any press opens the whole panel."""

    open_wanted = Signal()

    def __init__(self, desk: Desk, model: QueueModel) -> None:
        super().__init__()
        self._desk = desk
        self._open = QToolButton()
        self._list = QListView()
        self._pictures = TaskPictures(desk, self)
        self._build(model)
        self._dress()
        self._open.clicked.connect(self.open_wanted)
        self._list.clicked.connect(self._on_clicked)
        self._list.activated.connect(self._on_clicked)
        self._pictures.pictures.ready.connect(self._on_ready)
        desk.look.changed.connect(self._dress)

    def _build(self, model: QueueModel) -> None:
        self._open.setAccessibleName(t("Open the tasks panel"))
        self._open.setToolTip(t("Open the tasks panel (F8)"))
        self._open.setFixedSize(Height.TOOL, Height.TOOL)
        self._open.setIconSize(QSize(20, 20))
        self._list.setModel(model)
        self._list.setItemDelegate(_RailDelegate(self._desk, self._pictures, self))
        self._list.setAccessibleName(t("Tasks"))
        self._list.setFrameShape(QListView.Shape.NoFrame)
        self._list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setMouseTracking(True)
        self._list.viewport().setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(0, 6, 0, 6)
        head.addWidget(self._open, 0, Qt.AlignmentFlag.AlignCenter)
        column.addLayout(head)
        column.addWidget(self._list, 1)

    @Slot()
    def _dress(self) -> None:
        self._open.setIcon(self._desk.look.icon("side-panel"))
        self._list.viewport().update()

    @Slot(QModelIndex)
    def _on_clicked(self, _index: QModelIndex) -> None:
        self.open_wanted.emit()

    @Slot(str)
    def _on_ready(self, _sha256: str) -> None:
        self._list.viewport().update()


class _RailDelegate(QStyledItemDelegate):
    def __init__(self, desk: Desk, pictures: TaskPictures, parent: QWidget) -> None:
        super().__init__(parent)
        self._look, self._pictures = desk.look, pictures

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """A square and its line; a heading is a separator, and the first is none."""
        if isinstance(index.data(QueueRole.TASK), Task):
            return QSize(Height.TOOL, _ROW_PX)
        return QSize(Height.TOOL, _HEADING_PX if index.row() else 4)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """The task at a glance."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box, theme = QRectF(option.rect), self._look.theme
        task = index.data(QueueRole.TASK)
        left = box.left() + (box.width() - MOSAIC_PX) / 2
        if not isinstance(task, Task):
            if index.row():
                painter.fillRect(QRectF(left, box.top() + 4, MOSAIC_PX, 1), theme.line)
            painter.restore()
            return
        self._paint_task(painter, option, task, index.data(QueueRole.ROW), left)
        painter.restore()

    def _paint_task(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        task: Task,
        row: TaskRow,
        left: float,
    ) -> None:
        look, theme, top = self._look, self._look.theme, option.rect.top() + 4
        square = QRectF(left, top, MOSAIC_PX, MOSAIC_PX)
        if option.state & QStyle.StateFlag.State_MouseOver:
            fill(painter, square.adjusted(-5, -4, 5, 14), theme.hover, Radius.ROW)
        ratio = option.widget.devicePixelRatioF() if option.widget else 1.0
        task_paint.paint_mosaic(painter, square, self._pictures.inputs(task, ratio), look)
        disc = QRectF(square.right() - 15, square.bottom() - 15, _DISC_PX, _DISC_PX)
        fill(painter, disc, theme.panel, _DISC_PX / 2)
        color = task_paint.tone_color(theme, row.tone)
        look.paint_icon(painter, row.icon, disc.adjusted(1, 1, -1, -1), color)
        bar = QRectF(left, square.bottom() + 6, MOSAIC_PX, _LINE_PX)
        self._paint_line(painter, bar, task, row, theme)

    def _paint_line(
        self, painter: QPainter, bar: QRectF, task: Task, row: TaskRow, theme: Theme
    ) -> None:
        journey = whole_journey(task, row)
        if task.state is TaskState.DONE:
            width = (bar.width() - 9) / 4
            for number in range(4):
                cell = QRectF(bar.left() + number * (width + 3), bar.top(), width, bar.height())
                fill(painter, cell, theme.success, bar.height() / 2)
            return
        assert journey.mark is not Mark.PAST
        task_paint.paint_journey(painter, bar, journey, theme)
