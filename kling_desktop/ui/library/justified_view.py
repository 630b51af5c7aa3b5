"""An item view over the justified layout: geometry, scrolling, paging and the keyboard's way."""

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    QTimer,
)
from PySide6.QtGui import QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView

from kling_desktop.ui.library.gallery_model import GalleryModel
from kling_desktop.ui.library.justified import Box, Justified, Measure
from kling_desktop.ui.look import Look
from kling_desktop.ui.theme import Space, Type

MARGIN_PX = Space.PANEL
_AHEAD_PX = 1200


class JustifiedView(QAbstractItemView):
    """Where every tile is. More pages are read as their place comes near.

    What is seen does not jump when results come in above it or the width changes.
    """

    def __init__(self, look: Look, gallery: GalleryModel, row_height: int) -> None:
        super().__init__()
        self._look, self._gallery = look, gallery
        self._row_height = row_height
        # The next page waits for the event loop, so that many changes ask once.
        self._settling = QTimer(self, singleShot=True, interval=0)
        self._settling.timeout.connect(self._fetch_ahead)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._layout = Justified(self._measure())
        self.setModel(gallery)

    def set_row_height(self, row_height: int) -> None:
        """Larger or smaller tiles; what was in the middle stays there."""
        middle = self.indexAt(self.viewport().rect().center())
        self._row_height = row_height
        self._lay_out()
        if middle.isValid():
            self.scrollTo(middle, QAbstractItemView.ScrollHint.PositionAtCenter)

    def _measure(self) -> Measure:
        # The scroll bar stands in the margin: its coming and going never moves a row.
        width = max(120, self.width() - MARGIN_PX * 2)
        return Measure(width, self._row_height, self._look.fit(36, Type.STRONG))

    def _lay_out(self) -> None:
        self._layout.set_measure(self._measure())
        self.updateGeometries()
        self.viewport().update()
        self._settling.start()

    def reset(self) -> None:
        """The model shows something else."""
        super().reset()
        self._layout.reset([self._gallery.tile(n) for n in range(self._gallery.rowCount())])
        self.verticalScrollBar().setValue(0)
        self._lay_out()

    def rowsInserted(
        self, parent: QModelIndex | QPersistentModelIndex, start: int, end: int
    ) -> None:
        """A page from below, or one new result; what is seen does not jump."""
        is_page = start == self._layout.count
        anchor, distance = self._anchor()
        if anchor >= start:
            anchor += end - start + 1
        if is_page:
            self._layout.append(self._gallery.tile(n) for n in range(start, end + 1))
        else:
            for number in range(start, end + 1):
                self._layout.insert(number, *self._gallery.tile(number))
        super().rowsInserted(parent, start, end)
        self._lay_out()
        self._hold(anchor, distance)

    def rowsAboutToBeRemoved(
        self, parent: QModelIndex | QPersistentModelIndex, start: int, end: int
    ) -> None:
        """Results go."""
        super().rowsAboutToBeRemoved(parent, start, end)
        for _ in range(start, end + 1):
            self._layout.remove(start)
        self._lay_out()

    def _anchor(self) -> tuple[int, int]:
        """The topmost tile in view and how far it is from the top; -1 at the very beginning."""
        offset = self.verticalOffset()
        first = self._layout.numbers(offset, offset + 1).start
        if not offset or first >= self._layout.count:
            return -1, 0
        return first, self._layout.box(first).y - offset

    def _hold(self, number: int, distance: int) -> None:
        if 0 <= number < self._layout.count:
            self.verticalScrollBar().setValue(self._layout.box(number).y - distance)

    def _fetch_ahead(self) -> None:
        bottom = self.verticalOffset() + self.viewport().height()
        if self._layout.height < bottom + _AHEAD_PX:
            root = QModelIndex()
            if self._gallery.canFetchMore(root):
                self._gallery.fetchMore(root)

    def updateGeometries(self) -> None:
        """The scroll bar knows how high everything is."""
        super().updateGeometries()
        bar, page = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(0, self._layout.height + Space.S - page))
        bar.setPageStep(page)
        bar.setSingleStep(max(24, self._row_height // 3))

    def verticalOffset(self) -> int:
        """How far the grid is scrolled."""
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        """It never scrolls sideways."""
        return 0

    def isIndexHidden(self, index: QModelIndex | QPersistentModelIndex) -> bool:
        """None is."""
        return False

    def visualRect(self, index: QModelIndex | QPersistentModelIndex) -> QRect:
        """Where a tile is in the viewport."""
        if not index.isValid() or index.row() >= self._layout.count:
            return QRect()
        return self._place(self._layout.box(index.row()))

    def _place(self, box: Box) -> QRect:
        x = box.x + MARGIN_PX
        if self.isRightToLeft():
            x = self.width() - x - box.width
        return QRect(x, box.y - self.verticalOffset(), box.width, box.height)

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The tile under a point of the viewport."""
        x = self.width() - point.x() if self.isRightToLeft() else point.x()
        number = self._layout.at(x - MARGIN_PX, point.y() + self.verticalOffset())
        return QModelIndex() if number is None else self._gallery.index(number)

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Bring a tile into view, the first row together with its heading."""
        if not index.isValid() or index.row() >= self._layout.count:
            return
        box, page = self._layout.box(index.row()), self.viewport().height()
        top, bottom = box.y - 44, box.y + box.height + Space.S
        bar = self.verticalScrollBar()
        if hint is QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(box.y + box.height // 2 - page // 2)
        elif top < bar.value() or hint is QAbstractItemView.ScrollHint.PositionAtTop:
            bar.setValue(top)
        elif bottom > bar.value() + page:
            bar.setValue(bottom - page)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Another part is seen, and the next page may be near."""
        self.viewport().update()
        self._settling.start()

    def moveCursor(
        self,
        cursorAction: QAbstractItemView.CursorAction,
        modifiers: Qt.KeyboardModifier,
    ) -> QModelIndex:
        """Arrows, Home, End, Page up and down."""
        count = self._layout.count
        if not count:
            return QModelIndex()
        action = QAbstractItemView.CursorAction
        now = self.currentIndex().row()
        if now < 0:
            return self._gallery.index(0)
        page = max(1, self.viewport().height() // (self._row_height + 8))
        sideways = {
            action.MoveLeft: -1,
            action.MovePrevious: -1,
            action.MoveRight: 1,
            action.MoveNext: 1,
        }
        upright = {
            action.MoveUp: -1,
            action.MoveDown: 1,
            action.MovePageUp: -page,
            action.MovePageDown: page,
        }
        if cursorAction in sideways:
            number = now + sideways[cursorAction]
        elif cursorAction in upright:
            number = self._layout.beside(now, upright[cursorAction])
        else:
            number = 0 if cursorAction is action.MoveHome else count - 1
        return self._gallery.index(min(max(number, 0), count - 1))

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Everything that a rectangle of the viewport touches."""
        offset = self.verticalOffset()
        area = rect.normalized()
        selection = QItemSelection()
        for number in self._layout.numbers(area.top() + offset, area.bottom() + offset + 1):
            index = self._gallery.index(number)
            if self.visualRect(index).intersects(area):
                selection.select(index, index)
        self.selectionModel().select(selection, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """Where the rings of the selected ones are."""
        region = QRegion()
        for index in selection.indexes():
            region += self.visualRect(index).adjusted(-4, -4, 4, 4)
        return region

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rows are filled to the new edge; what was on top stays there."""
        number, distance = self._anchor()
        super().resizeEvent(event)
        self._lay_out()
        self._hold(number, distance)
