"""Paints a task row and answers clicks on what it painted: buttons and result thumbnails."""

from collections import OrderedDict
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QMouseEvent, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from kling_desktop.domain.tasks import Task
from kling_desktop.text import t
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import edge, fill, text
from kling_desktop.ui.tasks import task_paint
from kling_desktop.ui.tasks.queue_model import Heading, QueueRole
from kling_desktop.ui.tasks.task_layout import TaskLayout, lay_out
from kling_desktop.ui.tasks.task_pictures import TaskPictures
from kling_desktop.ui.tasks.task_words import (
    Action,
    Section,
    TaskRow,
    Tone,
    action_words,
    section_name,
)
from kling_desktop.ui.theme import Radius, Space, Type

Index = QModelIndex | QPersistentModelIndex

HEADING_PX = 28
_LAYOUTS_KEPT = 512
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True, slots=True)
class Spot:
    """What of a row lies under a point: a button's action, or the number of a result."""

    action: Action | None = None
    result: int | None = None


NOWHERE = Spot()


class TaskDelegate(QStyledItemDelegate):
    """Draws from the theme and a cached layout. `pressed` tells which step was clicked.

    `focused` is the button of the current row that Tab has reached, `open_id` the row under which
    a card stands, `turn` how far the working arcs have come round.
    """

    pressed = Signal(str, Action)
    result_pressed = Signal(str, int)

    def __init__(self, look: Look, pictures: TaskPictures, parent: QObject) -> None:
        super().__init__(parent)
        self._look, self._pictures = look, pictures
        self._layouts: OrderedDict[tuple[object, ...], TaskLayout] = OrderedDict()
        self._down: tuple[str, Spot] | None = None
        self.hovered: tuple[str, Spot] = ("", NOWHERE)
        self.focused: int | None = None
        self.has_keyboard = False
        self.open_id = ""
        self.open_height = 0
        self.turn = 0.0
        look.changed.connect(self.forget_layouts)

    def forget_layouts(self) -> None:
        """Fonts have changed."""
        self._layouts.clear()

    def layout(self, task: Task, row: TaskRow, width: int) -> TaskLayout:
        """The boxes of a row, relative to its top left."""
        is_open = task.id == self.open_id
        key = (row, task.id, task.revision, len(task.saved), width, is_open)
        found = self._layouts.get(key)
        if found is None:
            found = lay_out(self._look, task, row, width, is_open=is_open)
            self._layouts[key] = found
            if len(self._layouts) > _LAYOUTS_KEPT:
                self._layouts.popitem(last=False)
        return found

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Heights come from the state and the font."""
        width = _width(option)
        task = index.data(QueueRole.TASK)
        if task is None:
            return QSize(width, self._look.fit(HEADING_PX, Type.SMALL_STRONG))
        height = self.layout(task, index.data(QueueRole.ROW), width).height
        return QSize(width, height + (self.open_height if task.id == self.open_id else 0))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """A heading, or a task."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        task = index.data(QueueRole.TASK)
        if task is None:
            heading = index.data(QueueRole.HEADING)
            if heading is not None:
                self._paint_heading(painter, QRectF(option.rect), heading)
        else:
            painter.translate(option.rect.topLeft())
            row = index.data(QueueRole.ROW)
            self._paint_task(painter, option, task, row)
        painter.restore()

    def _paint_heading(self, painter: QPainter, box: QRectF, heading: Heading) -> None:
        look, theme = self._look, self._look.theme
        font = look.font(Type.SMALL_STRONG)
        words = section_name(heading.section)
        line = box.adjusted(Space.PANEL, 0, -Space.PANEL, 0)
        text(painter, line, words, font, theme.text_2)
        painter.setFont(font)
        after = painter.fontMetrics().horizontalAdvance(words) + Space.S
        text(painter, line.adjusted(after, 0, 0, 0), str(heading.count), font, theme.text_3)

    def _paint_task(
        self, painter: QPainter, option: QStyleOptionViewItem, task: Task, row: TaskRow
    ) -> None:
        width = option.rect.width()
        boxes = self.layout(task, row, width)
        ratio = _ratio(option.widget)
        self._paint_card(painter, option, task, row, boxes)
        pictures = self._pictures.inputs(task, ratio)
        task_paint.paint_mosaic(painter, boxes.mosaic, pictures, self._look)
        self._paint_words(painter, row, boxes)
        if row.journey:
            task_paint.paint_journey(painter, boxes.journey, row.journey, self._look.theme)
        self._paint_results(painter, task, boxes, ratio)
        self._paint_buttons(painter, option, task, row, boxes)

    def _paint_card(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        task: Task,
        row: TaskRow,
        boxes: TaskLayout,
    ) -> None:
        theme = self._look.theme
        card = QRectF(boxes.card)
        if task.id == self.open_id:
            card.setHeight(card.height() + self.open_height)
        state = option.state
        if row.section is Section.NEEDS_YOU:
            fill(painter, card, theme.warning_fill, Radius.ROW)
        elif state & QStyle.StateFlag.State_Selected:
            fill(painter, card, theme.selection, Radius.ROW)
        elif state & QStyle.StateFlag.State_MouseOver or task.id == self.open_id:
            fill(painter, card, theme.hover, Radius.ROW)
        is_current = bool(state & QStyle.StateFlag.State_HasFocus) and self.has_keyboard
        is_chosen_card = (
            row.section is Section.NEEDS_YOU and state & QStyle.StateFlag.State_Selected
        )
        if is_current and self.focused is None:
            edge(painter, card, theme.focus, Radius.ROW, 2)
        elif is_chosen_card:
            edge(painter, card, theme.warning, Radius.ROW)

    def _paint_words(self, painter: QPainter, row: TaskRow, boxes: TaskLayout) -> None:
        look, theme = self._look, self._look.theme
        turn = self.turn if row.icon == "working" else 0.0
        color = task_paint.tone_color(theme, row.tone)
        task_paint.paint_state(painter, boxes.icon, row.icon, color, look, turn)
        painter.setFont(look.font(Type.STRONG))
        painter.setPen(task_paint.title_color(theme, row.tone))
        painter.drawText(boxes.title, _LEFT, row.title)
        small = look.font(Type.SMALL)
        if row.is_sentence:
            painter.setFont(small)
            painter.setPen(theme.text_2)
            painter.drawText(boxes.second, _LEFT, row.second)
        else:
            text(painter, boxes.second, row.second, small, theme.text_2)
        if not boxes.meta.isNull():
            painter.setFont(small)
            painter.setPen(theme.text_2)
            painter.drawText(boxes.meta, _LEFT, row.meta)
        if not boxes.fact.isNull():
            text(painter, boxes.fact, row.fact, small, theme.text_2, _RIGHT)

    def _paint_results(
        self, painter: QPainter, task: Task, boxes: TaskLayout, ratio: float
    ) -> None:
        look = self._look
        for number, (output, box) in enumerate(zip(task.saved, boxes.thumbs, strict=False)):
            picture = self._pictures.result(output, ratio)
            task_paint.paint_result(painter, box, picture, look)
            if output.duration_s is not None:
                task_paint.paint_length(painter, box, output.duration_s, look)
            if self.hovered == (task.id, Spot(result=number)):
                edge(painter, box, look.theme.focus, Radius.PICTURE, 2)
        if not boxes.pill.isNull():
            task_paint.paint_pill(painter, boxes.pill, t("Sandbox"), look)

    def _paint_buttons(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        task: Task,
        row: TaskRow,
        boxes: TaskLayout,
    ) -> None:
        has_focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
        for number, (action, box) in enumerate(zip(row.actions, boxes.buttons, strict=False)):
            spot = (task.id, Spot(action))
            state = "hover" if self.hovered == spot else ""
            if has_focus and self.focused == number:
                state = "focus"
            if self._down == spot:
                state = "pressed"
            task_paint.paint_button(
                painter,
                box,
                action_words(action),
                self._look,
                is_link=action is Action.DETAILS,
                state=state,
            )

    def spot(self, task: Task, row: TaskRow, rect: QRect, at: QPoint | QPointF) -> Spot:
        """What lies under a point of the view."""
        inside = QPointF(at) - QPointF(rect.topLeft())
        boxes = self.layout(task, row, rect.width())
        for action, box in zip(row.actions, boxes.buttons, strict=False):
            if box.contains(inside):
                return Spot(action)
        for number, box in enumerate(boxes.thumbs):
            if box.contains(inside):
                return Spot(result=number)
        return NOWHERE

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        """A button answers when the mouse is let go over it, as every button does."""
        task = index.data(QueueRole.TASK)
        if task is None or not isinstance(event, QMouseEvent):
            return False
        if event.button() is not Qt.MouseButton.LeftButton:
            return False
        spot = self.spot(task, index.data(QueueRole.ROW), option.rect, event.position())
        if event.type() is QEvent.Type.MouseButtonPress:
            self._down = (task.id, spot) if spot != NOWHERE else None
            return spot != NOWHERE
        if event.type() is QEvent.Type.MouseButtonRelease:
            was, self._down = self._down, None
            if spot != NOWHERE and was == (task.id, spot):
                self._press(task, spot)
                return True
        return False

    def _press(self, task: Task, spot: Spot) -> None:
        if spot.action is not None:
            self.pressed.emit(task.id, spot.action)
        elif spot.result is not None:
            self.result_pressed.emit(task.id, spot.result)

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """A card stands in the lower part of its row, on the row's own ground."""
        height = self.open_height
        box = option.rect
        editor.setGeometry(box.left() + 4, box.bottom() + 1 - height - 4, box.width() - 8, height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A card keeps its own keys: it is no editor of a value."""
        return False


def is_working(row: TaskRow) -> bool:
    """Whether the row's icon turns."""
    return row.icon == "working" and row.tone is Tone.BUSY


def _width(option: QStyleOptionViewItem) -> int:
    view = option.widget
    return view.viewport().width() if isinstance(view, QListView) else option.rect.width()


def _ratio(widget: QWidget | None) -> float:
    return widget.devicePixelRatioF() if widget is not None else 1.0
