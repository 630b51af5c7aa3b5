"""All the prompts that alternatives make, with their prices, before any of them is queued."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QTextCharFormat,
    QTextLayout,
)
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QListView,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from kling_desktop.domain.alternatives import Piece, Variant
from kling_desktop.domain.money import Estimate
from kling_desktop.text import t, tn
from kling_desktop.ui.compose.fields import FittingRow
from kling_desktop.ui.compose.pick_list import wrapped
from kling_desktop.ui.compose.prices import cost_words
from kling_desktop.ui.compose.text_field import utf16
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import edge, fill, text
from kling_desktop.ui.theme import Radius, Space, Type

_Index = QModelIndex | QPersistentModelIndex

_ROW_PX = 32
_MOST_ROWS = 5
_LARGE_LINE_PX = 24
_ROW = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One prompt and what it costs."""

    variant: Variant
    cost: Estimate

    @property
    def words(self) -> str:
        """The prompt on one line."""
        return " ".join(self.variant.text.split()) or t("No prompt")


class AlternativesPreview(QFrame):
    """A list in which each prompt can be left out. `changed` follows the ticks, `left` the way
    back."""

    changed = Signal()
    left = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._model = _Rows(self)
        self._heading = QLabel()
        self._back = QPushButton(t("Back"))
        self._back.setProperty("kind", "link")
        self._back.setAccessibleDescription(t("Nothing is queued."))
        self.list = _Rowlist(look)
        self.list.setModel(self._model)
        self.list.setAccessibleName(t("Prompts that would be queued"))
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XS, Space.XS, Space.XS, Space.XS)
        column.setSpacing(Space.XS)
        head = FittingRow([(self._heading, 1), (self._back, 0)])
        head.setContentsMargins(Space.S, 0, Space.XS, 0)
        column.addWidget(head)
        column.addWidget(self.list)
        self._model.dataChanged.connect(self._on_ticked)
        self._back.clicked.connect(self.left)
        look.changed.connect(self._dress)
        self.hide()

    def open_with(self, rows: Sequence[PreviewRow], results: int) -> None:
        """Show these, all of them ticked; `results` is what one task makes."""
        self._model.reset(rows, results)
        self.list.setCurrentIndex(self._model.index(0, 0))
        self._on_ticked()
        self._dress()
        self.show()

    @property
    def is_open(self) -> bool:
        """Whether it is being looked at."""
        return not self.isHidden()

    def chosen(self) -> tuple[int, ...]:
        """The numbers of the prompts that are not left out."""
        return self._model.chosen()

    @Slot()
    def _on_ticked(self) -> None:
        chosen, total = len(self.chosen()), self._model.rowCount()
        if chosen == total:
            words = tn("{count} prompt", "{count} prompts", total)
        else:
            words = t("{chosen} of {total} prompts", chosen=chosen, total=total)
        results = chosen * self._model.results
        made = tn("{count} result", "{count} results", results)
        self._heading.setText(t("{prompts}, {results}", prompts=words, results=made))
        self.changed.emit()

    @Slot()
    def _dress(self) -> None:
        look = self._look
        self._heading.setFont(look.font(Type.STRONG))
        most = 3 if _is_stacked(look) else _MOST_ROWS
        rows = min(most, max(1, self._model.rowCount()))
        self.list.setFixedHeight(rows * _row_height(look))
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A surface of its own."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        fill(painter, box, self._look.theme.raised, Radius.CARD)
        edge(painter, box, self._look.theme.line_control, Radius.CARD)


class _Rowlist(QListView):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setItemDelegate(_RowDelegate(look, self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc belongs to the frame around."""
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)


class _Rows(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rows: Sequence[PreviewRow] = ()
        self._left_out: set[int] = set()
        self.results = 1

    def reset(self, rows: Sequence[PreviewRow], results: int) -> None:
        self.beginResetModel()
        self._rows, self.results = tuple(rows), results
        self._left_out.clear()
        self.endResetModel()

    def chosen(self) -> tuple[int, ...]:
        return tuple(n for n in range(len(self._rows)) if n not in self._left_out)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsUserCheckable

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.CheckStateRole:
            is_out = index.row() in self._left_out
            return Qt.CheckState.Unchecked if is_out else Qt.CheckState.Checked
        if role == Qt.ItemDataRole.DisplayRole:
            return row.words
        if role == Qt.ItemDataRole.ToolTipRole:
            return wrapped(row.words)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.words}, {cost_words(row.cost)}"
        return row if role == _ROW else None

    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        self._left_out ^= {index.row()}
        at = self.index(index.row(), 0)
        self.dataChanged.emit(at, at)
        return True


class _RowDelegate(QStyledItemDelegate):
    """A box, the prompt with what changes in it marked, the price."""

    def __init__(self, look: Look, parent: QObject) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """One line."""
        return QSize(0, _row_height(self._look))

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: _Index,
    ) -> bool:
        """All of a row ticks it, and so does Space."""
        is_space = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space
        if event.type() is QEvent.Type.MouseButtonRelease or is_space:
            at = model.index(index.row(), 0)
            return model.setData(at, None, Qt.ItemDataRole.CheckStateRole)
        return False

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Rows that are left out say so in place of their price."""
        look, theme = self._look, self._look.theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect)  # type: ignore[attr-defined]
        state = option.state  # type: ignore[attr-defined]
        is_mirrored = option.direction is Qt.LayoutDirection.RightToLeft  # type: ignore[attr-defined]
        if state & QStyle.StateFlag.State_HasFocus:
            fill(painter, box, theme.selection, Radius.FIELD)
        elif state & QStyle.StateFlag.State_MouseOver:
            fill(painter, box, theme.hover, Radius.FIELD)
        is_on = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        row: PreviewRow = index.data(_ROW)
        inner = box.adjusted(Space.S, 0, -Space.S, 0)
        self._paint_box(painter, _part(inner, 0, 16, is_mirrored), is_on=is_on)
        price = cost_words(row.cost) if is_on else t("left out")
        small = look.font(Type.SMALL)
        width = QFontMetricsF(small).horizontalAdvance(price) + 2
        words = _part(inner, 24, inner.width() - width - 32, is_mirrored)
        at = _part(inner, inner.width() - width, width, is_mirrored)
        if _is_stacked(look):
            words = _part(inner, 24, inner.width() - 24, is_mirrored)
            words.setBottom(box.center().y())
            at = words.translated(0, words.height())
        text(painter, at, price, small, theme.text_2)
        self._paint_prompt(painter, words, row, is_on=is_on)
        painter.restore()

    def _paint_box(self, painter: QPainter, room: QRectF, *, is_on: bool) -> None:
        theme = self._look.theme
        box = QRectF(room.left(), round(room.center().y() - 8), 16, 16)
        if is_on:
            fill(painter, box, theme.accent, Radius.PICTURE)
            self._look.paint_icon(painter, "check", box, theme.on_accent)
        else:
            edge(painter, box, theme.dash, Radius.PICTURE)

    def _paint_prompt(
        self, painter: QPainter, box: QRectF, row: PreviewRow, *, is_on: bool
    ) -> None:
        # One layout for all pieces, so that other writing directions keep their order.
        theme, look = self._look.theme, self._look
        pieces = _in_sight(row.variant.pieces, box.width(), look)
        line = QTextLayout("".join(piece.text for piece in pieces), look.font(Type.SMALL))
        strong = QTextCharFormat()
        strong.setFont(look.font(Type.SMALL_STRONG))
        strong.setForeground(theme.accent_text if is_on else theme.text_2)
        ranges: list[QTextLayout.FormatRange] = []
        start = 0
        for piece in pieces:
            length = utf16(piece.text, len(piece.text))
            if piece.is_chosen:
                ranges.append(_range(start, length, strong))
            start += length
        line.setFormats(ranges)
        line.beginLayout()
        line.createLine().setLineWidth(box.width())
        line.endLayout()
        painter.setClipRect(box)
        painter.setPen(theme.text_1 if is_on else theme.text_2)
        height = line.boundingRect().height()
        line.draw(painter, QPointF(box.left(), box.center().y() - height / 2))


def _range(start: int, length: int, look: QTextCharFormat) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start, made.length = start, length  # type: ignore[misc]
    made.format = look  # type: ignore[misc]
    return made


def _in_sight(pieces: Sequence[Piece], width: float, look: Look) -> list[Piece]:
    """The pieces on one line: what they have in common gives way, so that each choice is seen."""
    plain = QFontMetricsF(look.font(Type.SMALL))
    strong = QFontMetricsF(look.font(Type.SMALL_STRONG))
    shown = [Piece(" ".join(piece.text.split("\n")), piece.is_chosen) for piece in pieces]
    room = width - sum(strong.horizontalAdvance(p.text) for p in shown if p.is_chosen)
    common = [number for number, piece in enumerate(shown) if not piece.is_chosen]
    # The short ones first: what they leave over goes to the longer.
    common.sort(key=lambda number: plain.horizontalAdvance(shown[number].text))
    for left, number in zip(range(len(common), 0, -1), common, strict=True):
        way = Qt.TextElideMode.ElideMiddle
        if number in (0, len(shown) - 1):
            way = Qt.TextElideMode.ElideRight if number else Qt.TextElideMode.ElideLeft
        short = plain.elidedText(shown[number].text, way, max(0.0, room / left))
        shown[number] = Piece(short, is_chosen=False)
        room -= plain.horizontalAdvance(short)
    return shown


def _part(box: QRectF, start: float, width: float, is_mirrored: bool) -> QRectF:
    """A part of a row, counted from the side where reading begins."""
    left = box.right() - start - width if is_mirrored else box.left() + start
    return QRectF(left, box.top(), width, box.height())


def _is_stacked(look: Look) -> bool:
    """Whether the price needs a line of its own, so that the prompt can be read."""
    return look.line_height(Type.SMALL) > _LARGE_LINE_PX


def _row_height(look: Look) -> int:
    lines = 2 if _is_stacked(look) else 1
    return max(look.fit(_ROW_PX, Type.SMALL), lines * look.line_height(Type.SMALL) + Space.S)
