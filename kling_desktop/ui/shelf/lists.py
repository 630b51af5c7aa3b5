"""The two lists of the shelf with their keys. Both are as high as what they hold."""

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QDrag, QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView

from kling_desktop.domain.shelf import PictureSet, ShelfPicture
from kling_desktop.text import t
from kling_desktop.ui.compose.slot_filler import PLACES
from kling_desktop.ui.shelf.rows import ITEM, PictureRows, SetRows
from kling_desktop.ui.shelf.tiles import PICTURE_PX, PictureTile, SetTile

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_DELETE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
_DRAG_PX = 96
_Index = QModelIndex | QPersistentModelIndex


class _ShelfList(QListView):
    """`current_changed` when another item is the one in hand; the rest by key."""

    current_changed = Signal()
    rename_wanted = Signal()
    remove_wanted = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFrameShape(QAbstractItemView.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.setTabKeyNavigation(False)

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        """Tell it, once Qt knows it."""
        super().currentChanged(current, previous)
        self.current_changed.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard arrives at the first one."""
        super().focusInEvent(event)
        model = self.model()
        if not self.currentIndex().isValid() and model.rowCount():
            self.setCurrentIndex(model.index(0, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, F2 and Del; the rest moves."""
        key = Qt.Key(event.key())
        if not self.currentIndex().isValid():
            super().keyPressEvent(event)
        elif key in _ENTER:
            self.use()
        elif key == Qt.Key.Key_F2:
            self.rename_wanted.emit()
        elif key in _DELETE:
            self.remove_wanted.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep Del from the window while the list has the keyboard."""
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in _DELETE
        ):
            event.accept()
            return True
        return super().event(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Use it."""
        if self.indexAt(event.position().toPoint()).isValid():
            self.use()

    def use(self) -> None:
        """Do what the item in hand is there for."""
        raise NotImplementedError

    def needed_height(self) -> int:
        """What all of it takes at this width."""
        count = self.model().rowCount()
        if not count:
            return 0
        self.doItemsLayout()
        return (
            self.visualRect(self.model().index(count - 1, 0)).bottom() + self.verticalOffset() + 1
        )

    @Slot()
    def fit(self) -> None:
        """As high as needed: the drawer scrolls, not the list."""
        self.setFixedHeight(self.needed_height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, another height."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()


class PictureList(_ShelfList):
    """Pictures, three in a row. 1 to 4 put the one in hand into that slot, 5 scene, 6 style.

    `put_wanted` carries place and picture, a place of "" for the next free one.
    """

    put_wanted = Signal(str, object)

    def __init__(self, rows: PictureRows, tile: PictureTile) -> None:
        super().__init__(t("Pictures"))
        self._tile = tile
        self.setModel(rows)
        self.setItemDelegate(tile)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setDragEnabled(True)
        self.setSpacing(0)

    def current(self) -> ShelfPicture | None:
        """The one in hand."""
        return self.currentIndex().data(ITEM)

    def use(self) -> None:
        """Into the next free slot."""
        self.put_wanted.emit("", self.current())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Figures name a slot."""
        number = event.key() - Qt.Key.Key_1
        is_plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if is_plain and 0 <= number < len(PLACES) and self.current() is not None:
            self.put_wanted.emit(PLACES[number], self.current())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width out, so that no strip stays empty at the right."""
        width = self.viewport().width() - 1  # at the full width Qt wraps the last one
        columns = max(1, width // PICTURE_PX)
        self._tile.width = width // columns
        super().resizeEvent(event)

    def startDrag(self, supportedActions: Qt.DropAction) -> None:
        """Carry the one in hand, small."""
        index = self.currentIndex()
        if not index.isValid():
            return
        drag = QDrag(self)
        drag.setMimeData(self.model().mimeData([index]))
        pixmap = self._tile.carried(index.data(ITEM), _DRAG_PX)
        if pixmap is not None:
            drag.setPixmap(pixmap)
        drag.exec(Qt.DropAction.CopyAction)


class SetList(_ShelfList):
    """Sets, one a row. `fill_wanted` carries the one that is to fill the form."""

    fill_wanted = Signal(object)

    def __init__(self, rows: SetRows, tile: SetTile) -> None:
        super().__init__(t("Sets"))
        self._tile = tile
        self.setModel(rows)
        self.setItemDelegate(tile)
        self.setUniformItemSizes(True)

    def current(self) -> PictureSet | None:
        """The one in hand."""
        return self.currentIndex().data(ITEM)

    def use(self) -> None:
        """Fill the form with it."""
        self.fill_wanted.emit(self.current())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The button in the row."""
        super().mouseReleaseEvent(event)
        at = event.position().toPoint()
        index = self.indexAt(at)
        is_left = event.button() is Qt.MouseButton.LeftButton
        if is_left and index.isValid():
            area = QRectF(self.visualRect(index))
            if self._tile.fill_box(area, self.layoutDirection()).contains(event.position()):
                self.use()

    def sizeHint(self) -> QSize:
        """As high as needed."""
        return QSize(0, self.needed_height())
