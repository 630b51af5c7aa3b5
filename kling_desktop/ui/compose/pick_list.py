"""A list to pick from, with a search above it: the heart of each card."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.text import t
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import fill, text
from kling_desktop.ui.theme import Radius, Space, Type

_Index = QModelIndex | QPersistentModelIndex
_MOST_ROWS = 6
_TOOLTIP_COLUMNS, _TOOLTIP_LINES = 72, 12
_TITLE, _LINE, _NUMBER, _SEARCHED = (Qt.ItemDataRole.UserRole + n for n in range(1, 5))
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_ENTERS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: what it is called, and in small what it holds."""

    title: str
    line: str = ""


class PickList(QWidget):
    """`picked` carries the number of an entry, `remove_wanted` and `change_wanted` too (Del, F2).

    The search has the keyboard; up, down and Enter go to the list.
    """

    picked = Signal(int)
    remove_wanted = Signal(int)
    change_wanted = Signal(int)

    def __init__(self, look: Look, name: str, nothing: str) -> None:
        super().__init__()
        self._look = look
        self._entries: Sequence[Entry] = ()
        self._model = QStandardItemModel(self)
        self._found = QSortFilterProxyModel(self)
        self._found.setSourceModel(self._model)
        self._found.setFilterRole(_SEARCHED)
        self._found.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.search = QLineEdit()
        self.search.setProperty("kind", "search")
        self.search.setPlaceholderText(t("Search"))
        self.search.setAccessibleName(t("Search in: {name}", name=name))
        self.list = QListView()
        self.list.setAccessibleName(name)
        self._nothing = QLabel(nothing)
        self._nothing.setProperty("tone", "second")
        self._nothing.setWordWrap(True)
        self._build()
        self._connect()

    def _build(self) -> None:
        self.list.setModel(self._found)
        self.list.setItemDelegate(_EntryDelegate(self._look, self.list))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.viewport().setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        for part in (self.search, self.list, self._nothing):
            column.addWidget(part)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._on_searched)
        self.search.installEventFilter(self)
        self.list.installEventFilter(self)
        self.list.clicked.connect(self._on_clicked)
        self._look.changed.connect(self._fit)

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """List these; the search starts anew."""
        self._entries = entries
        self._model.clear()
        for number, entry in enumerate(entries):
            item = QStandardItem(entry.title)
            item.setData(entry.title, _TITLE)
            item.setData(entry.line, _LINE)
            item.setData(number, _NUMBER)
            item.setData(f"{entry.title}\n{entry.line}", _SEARCHED)
            item.setToolTip(wrapped(entry.line or entry.title))
            self._model.appendRow(item)
        self.search.clear()
        self.search.setVisible(len(entries) > 1)
        self._go_to_first()
        self._fit()

    def take_keyboard(self) -> None:
        """The search, or the list where there is nothing to search."""
        target = self.search if not self.search.isHidden() else self.list
        target.setFocus(Qt.FocusReason.PopupFocusReason)

    def current(self) -> int | None:
        """The number of the entry that Enter would pick."""
        index = self.list.currentIndex()
        return index.data(_NUMBER) if index.isValid() else None

    @Slot(str)
    def _on_searched(self, words: str) -> None:
        self._found.setFilterFixedString(words)
        self._go_to_first()

    def _go_to_first(self) -> None:
        self.list.setCurrentIndex(self._found.index(0, 0))

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        self.picked.emit(index.data(_NUMBER))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """One keyboard for search and list."""
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if watched is self.search and event.key() in _MOVES:
            self.list.event(event)
            return True
        return self._is_command(event, in_list=watched is self.list)

    def _is_command(self, event: QKeyEvent, *, in_list: bool) -> bool:
        number = self.current()
        if number is None:
            return False
        if event.key() in _ENTERS:
            self.picked.emit(number)
        elif event.key() == Qt.Key.Key_F2:
            self.change_wanted.emit(number)
        elif event.key() == Qt.Key.Key_Delete and (in_list or not self.search.text()):
            self.remove_wanted.emit(number)
        else:
            return False
        return True

    @Slot()
    def _fit(self) -> None:
        rows = min(_MOST_ROWS, len(self._entries))
        has_lines = any(entry.line for entry in self._entries)
        self.list.setFixedHeight(rows * _row_height(self._look, has_line=has_lines))
        self.list.setVisible(bool(self._entries))
        self._nothing.setVisible(not self._entries)
        self._nothing.setFont(self._look.font(Type.SMALL))


class _EntryDelegate(QStyledItemDelegate):
    def __init__(self, look: Look, parent: QObject) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """One line, or two."""
        return QSize(0, _row_height(self._look, has_line=bool(index.data(_LINE))))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """The name, and what it holds."""
        look, theme = self._look, self._look.theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect)  # type: ignore[attr-defined]
        state = option.state  # type: ignore[attr-defined]
        if state & QStyle.StateFlag.State_Selected:
            fill(painter, box, theme.selection, Radius.FIELD)
        elif state & QStyle.StateFlag.State_MouseOver:
            fill(painter, box, theme.hover, Radius.FIELD)
        inner = box.adjusted(Space.S, Space.XS, -Space.S, -Space.XS)
        line: str = index.data(_LINE)
        if line:
            upper = look.line_height(Type.BODY)
            below = inner.adjusted(0, upper, 0, 0)
            text(painter, below, _one_line(line), look.font(Type.SMALL), theme.text_2)
            inner.setHeight(upper)
        text(painter, inner, _one_line(index.data(_TITLE)), look.font(Type.BODY), theme.text_1)
        painter.restore()


def wrapped(words: str) -> str:
    """A long text as a tooltip: plain text does not wrap there by itself."""
    return "\n".join(textwrap.wrap(words, _TOOLTIP_COLUMNS, max_lines=_TOOLTIP_LINES))


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _row_height(look: Look, *, has_line: bool) -> int:
    lines = look.line_height(Type.BODY) + (look.line_height(Type.SMALL) if has_line else 0)
    return max(32, lines + 2 * Space.XS + 2)
