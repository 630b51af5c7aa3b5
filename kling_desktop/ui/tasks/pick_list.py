"""A short list within a card: entries to pick from, or to tick."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from kling_desktop.ui.look import Look
from kling_desktop.ui.theme import Space, Type

_ROWS_SEEN = 4
_LARGE_LINE_PX = 24
_KEY = Qt.ItemDataRole.UserRole
_On = Qt.CheckState


@dataclass(frozen=True, slots=True)
class Entry:
    """What is behind a line, and its words: they share the line, or take one each if too large."""

    key: str
    words: tuple[str, ...]


class PickList(QListWidget):
    """Some lines are seen, the rest scrolls; Tab enters once, arrows walk, Space ticks.

    `picked` carries the key of the entry that a person went to; `ticked_changed` follows a tick.
    """

    picked = Signal(str)
    ticked_changed = Signal()

    def __init__(self, look: Look, name: str, *, has_ticks: bool) -> None:
        super().__init__()
        self._look, self._has_ticks = look, has_ticks
        self.setAccessibleName(name)
        self.setFont(look.font(Type.SMALL))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setItemDelegate(_Lines(self))
        self.viewport().setAutoFillBackground(False)
        self.itemChanged.connect(self._on_changed)
        self.itemSelectionChanged.connect(self._on_selected)

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show these; what was unticked, or picked, stays so."""
        off, picked = set(self._keys(_On.Unchecked)), self.picked_key()
        self.blockSignals(True)
        self.clear()
        is_large = self._look.line_height(Type.BODY) > _LARGE_LINE_PX
        for entry in entries:
            item = QListWidgetItem(("\n" if is_large else " · ").join(entry.words))
            item.setData(_KEY, entry.key)
            words = ", ".join(entry.words)
            item.setToolTip(words)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
            if self._has_ticks:
                item.setCheckState(_On.Unchecked if entry.key in off else _On.Checked)
            self.addItem(item)
            if entry.key == picked:
                self.setCurrentItem(item)
        self.blockSignals(False)
        lines = max((len(entry.words) for entry in entries), default=1) if is_large else 1
        self._fit(len(entries), lines)

    def _fit(self, count: int, lines: int) -> None:
        line_px = QFontMetrics(self._look.font(Type.SMALL)).lineSpacing() + 1
        delegate = self.itemDelegate()
        assert isinstance(delegate, _Lines)
        delegate.height = max(24, line_px * lines + Space.S)
        # Half a line more says that there are more.
        seen = min(count, _ROWS_SEEN) + (0.5 if count > _ROWS_SEEN else 0)
        self.setFixedHeight(round(delegate.height * seen) + 2)

    def ticked(self) -> list[str]:
        """The keys that are ticked, in order."""
        return self._keys(_On.Checked)

    def tick_only(self, keys: Iterable[str]) -> None:
        """Tick these alone."""
        wanted = set(keys)
        for item in self._items():
            is_on = item.data(_KEY) in wanted
            item.setCheckState(_On.Checked if is_on else _On.Unchecked)

    def picked_key(self) -> str:
        """The entry that was picked, "" at first: the keyboard alone picks none by arriving."""
        return next((str(item.data(_KEY)) for item in self.selectedItems()), "")

    def pick(self, key: str) -> None:
        """Go to an entry, as a person would."""
        for item in self._items():
            if item.data(_KEY) == key:
                self.setCurrentItem(item)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Esc are for the card."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            event.ignore()
            return
        super().keyPressEvent(event)

    def _items(self) -> list[QListWidgetItem]:
        return [self.item(row) for row in range(self.count())]

    def _keys(self, state: Qt.CheckState) -> list[str]:
        if not self._has_ticks:
            return []
        return [str(i.data(_KEY)) for i in self._items() if i.checkState() is state]

    @Slot(QListWidgetItem)
    def _on_changed(self, _item: QListWidgetItem) -> None:
        self.ticked_changed.emit()

    @Slot()
    def _on_selected(self) -> None:
        if key := self.picked_key():
            self.picked.emit(key)


class _Lines(QStyledItemDelegate):
    """Lines of one height."""

    height = 24

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(40, self.height)
