"""Where everything of a task row stands: computed from words, widths and font metrics alone."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF

from kling_desktop.domain.tasks import Output, Task
from kling_desktop.text import t
from kling_desktop.ui.look import Look
from kling_desktop.ui.tasks.task_paint import pill_size
from kling_desktop.ui.tasks.task_words import TaskRow, action_words
from kling_desktop.ui.theme import Space, Type

MARGIN_PX, MOSAIC_PX, ICON_PX, LINE_PX, THUMB_PX = 4, 40, 16, 4, 44
_PAD_X, _PAD_Y, _GAP = 12, 10, 10
_THUMB_GAP = 4
_WRAP = int(Qt.TextFlag.TextWordWrap)


@dataclass(frozen=True, slots=True)
class TaskLayout:
    """Boxes relative to the row's own top left. A null box is not shown."""

    height: int
    card: QRectF
    mosaic: QRectF
    icon: QRectF
    title: QRectF
    second: QRectF
    journey: QRectF
    thumbs: tuple[QRectF, ...]
    pill: QRectF
    meta: QRectF
    fact: QRectF
    buttons: tuple[QRectF, ...]


def lay_out(look: Look, task: Task, row: TaskRow, width: int, *, is_open: bool) -> TaskLayout:
    """The boxes of a row `width` px wide. An open row shows its buttons in the card below it."""
    return _Layout(look, task, row, width, is_open=is_open).result()


class _Layout:
    """Goes down the row once; `_y` is where the next line begins."""

    def __init__(self, look: Look, task: Task, row: TaskRow, width: int, *, is_open: bool) -> None:
        self._look, self._task, self._row = look, task, row
        self._left = float(MARGIN_PX + _PAD_X + MOSAIC_PX + _GAP)
        self._right = float(width - MARGIN_PX - _PAD_X)
        self._top = float(MARGIN_PX + _PAD_Y)
        self._width = width
        self._y = self._top
        self._is_open = is_open
        self._small = look.font(Type.SMALL)

    def result(self) -> TaskLayout:
        icon, title = self._title()
        second = self._second()
        thumbs, pill = self._thumbs()
        journey = self._journey()
        meta = self._meta()
        buttons = self._buttons()
        fact = self._fact(meta, buttons)
        bottom = max(self._y, self._top + MOSAIC_PX) + Space.S
        return TaskLayout(
            height=round(bottom) + MARGIN_PX,
            card=QRectF(MARGIN_PX, MARGIN_PX, self._width - 2 * MARGIN_PX, bottom - MARGIN_PX),
            mosaic=QRectF(MARGIN_PX + _PAD_X, self._top, MOSAIC_PX, MOSAIC_PX),
            icon=icon,
            title=title,
            second=second,
            journey=journey,
            thumbs=thumbs,
            pill=pill,
            meta=meta,
            fact=fact,
            buttons=buttons,
        )

    def _title(self) -> tuple[QRectF, QRectF]:
        font = self._look.font(Type.STRONG)
        line = QFontMetricsF(font).height() + 2
        icon = QRectF(self._left, self._top + (line - ICON_PX) / 2, ICON_PX, ICON_PX)
        left = self._left + ICON_PX + 5
        height = _wrapped(font, self._row.title, self._right - left, lines=4) + 2
        self._y = self._top + height
        return icon, QRectF(left, self._top, self._right - left, height)

    def _second(self) -> QRectF:
        if not self._row.second:
            return QRectF()
        lines = 6 if self._row.is_sentence else 1
        height = _wrapped(self._small, self._row.second, self._right - self._left, lines)
        box = QRectF(self._left, self._y + 2, self._right - self._left, height)
        self._y = box.bottom()
        return box

    def _thumbs(self) -> tuple[tuple[QRectF, ...], QRectF]:
        saved = self._task.saved if self._row.has_results else ()
        size = pill_size(self._look, t("Sandbox"))
        pill = size.width() if self._row.is_sandbox and saved else 0.0
        if not saved:
            return (), QRectF()
        room = self._right - self._left
        beside = room - pill - Space.S if pill else room
        widths = thumb_widths(saved, beside)
        if sum(widths) + _THUMB_GAP * (len(widths) - 1) > beside + 0.5:
            # The pictures come first: the pill goes below rather than take their room.
            widths = thumb_widths(saved, room)
        boxes: list[QRectF] = []
        x, y = self._left, self._y + Space.S
        for width in widths:
            if x + width > self._right + 0.5 and boxes:
                x, y = self._left, y + THUMB_PX + _THUMB_GAP
            boxes.append(QRectF(x, y, width, THUMB_PX))
            x += width + _THUMB_GAP
        self._y = y + THUMB_PX
        if not pill:
            return tuple(boxes), QRectF()
        corner = QPointF(x + Space.XS, y + (THUMB_PX - size.height()) / 2)
        if corner.x() + size.width() > self._right + 0.5:
            corner = QPointF(self._left, self._y + Space.S)
            self._y += Space.S + size.height()
        return tuple(boxes), QRectF(corner, size)

    def _journey(self) -> QRectF:
        if self._row.journey is None:
            return QRectF()
        box = QRectF(self._left, self._y + Space.S, self._right - self._left, LINE_PX)
        self._y = box.bottom()
        return box

    def _meta(self) -> QRectF:
        if not self._row.meta and (not self._row.fact or self._row.actions):
            return QRectF()
        metrics = QFontMetricsF(self._small)
        fact = metrics.horizontalAdvance(self._row.fact) + Space.S if self._row.fact else 0
        # Both figures hold money or time: where they do not fit side by side they get two lines.
        room = self._right - self._left
        is_one_line = metrics.horizontalAdvance(self._row.meta) + fact <= room
        width = room - fact if is_one_line else room
        height = _wrapped(self._small, self._row.meta, width, lines=3)
        box = QRectF(self._left, self._y + 5, width, height)
        self._y = box.bottom() + (metrics.height() if fact and not is_one_line else 0)
        return box

    def _fact(self, meta: QRectF, buttons: tuple[QRectF, ...]) -> QRectF:
        metrics = QFontMetricsF(self._small)
        width = metrics.horizontalAdvance(self._row.fact) + 1
        if not self._row.fact:
            return QRectF()
        if meta.isNull():
            line = buttons[-1] if buttons else QRectF()
            if line.right() + Space.S > self._right - width:
                # No room beside the last button: a line of its own.
                line = QRectF(0, self._y + Space.XS, 0, metrics.height())
                self._y = line.bottom()
            return QRectF(self._right - width, line.top(), width, line.height())
        is_below = meta.width() + width > self._right - self._left + 1
        top = meta.bottom() if is_below else meta.top()
        return QRectF(self._right - width, top, width, metrics.height())

    def _buttons(self) -> tuple[QRectF, ...]:
        if self._is_open or not self._row.actions:
            return ()
        metrics = QFontMetricsF(self._look.font(Type.SMALL_MEDIUM))
        high = max(24.0, metrics.height() + 8)
        x, y = self._left, self._y + Space.S
        boxes: list[QRectF] = []
        room = self._right - self._left
        for action in self._row.actions:
            wanted = metrics.horizontalAdvance(action_words(action)) + 16
            # Words that are wider than the column stand on two lines.
            tall = high + metrics.height() if wanted > room else high
            width = min(wanted, room)
            if x + width > self._right and boxes:
                x, y = self._left, boxes[-1].bottom() + Space.XS
            boxes.append(QRectF(x, y, width, tall))
            x += width + Space.S
        self._y = boxes[-1].bottom() + 2
        return tuple(boxes)


def thumb_widths(outputs: tuple[Output, ...], room: float) -> list[float]:
    """Widths of results `THUMB_PX` high by their true ratio; narrowed a little to share one line.

    Up to four stand on one line as long as each keeps two thirds of its width.
    """
    ratios = [o.width / o.height if o.width and o.height else 1.0 for o in outputs]
    widths = [min(THUMB_PX * ratio, room) for ratio in ratios]
    free = room - _THUMB_GAP * (len(widths) - 1)
    needed = sum(widths)
    if len(widths) <= 4 and free < needed <= free * 1.5:
        return [width * free / needed for width in widths]
    return widths


def _wrapped(font: QFont, words: str, width: float, lines: int) -> float:
    metrics = QFontMetricsF(font)
    if lines == 1:
        return metrics.height()
    box = QRectF(0, 0, max(width, 1), metrics.height() * lines)
    needed = metrics.boundingRect(box, _WRAP, words).height()
    return min(max(needed, metrics.height()), metrics.height() * lines)
