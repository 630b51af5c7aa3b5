"""The grid: an item view over the justified layout, quick whatever the library holds."""

from pathlib import Path

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem

from kling_desktop.domain.media import Asset
from kling_desktop.text import t
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.library import day_words
from kling_desktop.ui.library.asset_delegate import AssetDelegate
from kling_desktop.ui.library.carry import files_to_carry
from kling_desktop.ui.library.gallery_model import GalleryModel
from kling_desktop.ui.library.justified import Box, Justified, Measure
from kling_desktop.ui.library.posters import small_pictures
from kling_desktop.ui.paint import text
from kling_desktop.ui.pictures import Pictures
from kling_desktop.ui.theme import Space, Type

MARGIN_PX = Space.PANEL
_AHEAD_PX = 1200
_DRAG_PX = 96
_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
    Qt.FocusReason.OtherFocusReason,
)
_Flag = QItemSelectionModel.SelectionFlag


class GalleryView(QAbstractItemView):
    """Tiles under day headings. More pages are read as their place comes near.

    `opened` carries the asset that was double clicked or entered; `menu_wanted` where its menu
    belongs on the screen.
    """

    opened = Signal(object)
    menu_wanted = Signal(object, QPoint)

    def __init__(self, desk: Desk, gallery: GalleryModel, row_height: int = 140) -> None:
        super().__init__()
        self._desk, self._gallery = desk, gallery
        self._row_height = row_height
        self._layout = Justified(self._measure())
        self._pictures = Pictures(small_pictures(desk), self)
        self._tiles = AssetDelegate(desk.look, self._pictures, desk.library, self)
        self._hovered = QPersistentModelIndex()
        # Layout and the next page wait for the event loop, so that many changes cost one.
        self._settling = QTimer(self, singleShot=True, interval=0)
        self._build()
        self._settling.timeout.connect(self._fetch_ahead)
        self._pictures.ready.connect(self._on_picture_ready)
        desk.look.changed.connect(self._on_look_changed)

    def _build(self) -> None:
        self.setItemDelegate(self._tiles)
        self.setModel(self._gallery)
        self.setAccessibleName(t("Library"))
        self.setFrameShape(QAbstractItemView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragEnabled(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always there, so that its coming and going never lays the rows out anew.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.viewport().setAutoFillBackground(False)

    def set_row_height(self, row_height: int) -> None:
        """Larger or smaller tiles; what was in the middle stays there."""
        middle = self.indexAt(self.viewport().rect().center())
        self._row_height = row_height
        self._lay_out()
        if middle.isValid():
            self.scrollTo(middle, QAbstractItemView.ScrollHint.PositionAtCenter)

    def current_asset(self) -> Asset | None:
        """The asset the keyboard is at."""
        index = self.currentIndex()
        return self._gallery.asset(index.row()) if index.isValid() else None

    def chosen_assets(self) -> list[Asset]:
        """The selected ones, newest first."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        return [self._gallery.asset(row) for row in rows]

    def _measure(self) -> Measure:
        width = max(120, self.viewport().width() - MARGIN_PX * 2 + 8)
        return Measure(width, self._row_height, self._desk.look.fit(36, Type.STRONG))

    def _lay_out(self) -> None:
        self._layout.set_measure(self._measure())
        self.updateGeometries()
        self.viewport().update()
        self._settling.start()

    def reset(self) -> None:
        """The model shows something else."""
        super().reset()
        self._hovered = QPersistentModelIndex()
        if hasattr(self, "_settling"):
            self._layout.reset(self._gallery.tile(n) for n in range(self._gallery.rowCount()))
            self.verticalScrollBar().setValue(0)
            self._lay_out()

    def rowsInserted(
        self, parent: QModelIndex | QPersistentModelIndex, start: int, end: int
    ) -> None:
        """A page from below, or one new result; what is seen does not jump."""
        is_page = start == self._layout.count
        anchor = self._anchor()
        if is_page:
            self._layout.append(self._gallery.tile(n) for n in range(start, end + 1))
        else:
            for number in range(start, end + 1):
                self._layout.insert(number, *self._gallery.tile(number))
        super().rowsInserted(parent, start, end)
        self._lay_out()
        self._hold(anchor)

    def rowsAboutToBeRemoved(
        self, parent: QModelIndex | QPersistentModelIndex, start: int, end: int
    ) -> None:
        """Results go."""
        super().rowsAboutToBeRemoved(parent, start, end)
        for _ in range(start, end + 1):
            self._layout.remove(start)
        self._lay_out()

    def _anchor(self) -> tuple[QPersistentModelIndex, int]:
        offset = self.verticalOffset()
        numbers = self._layout.numbers(offset, offset + 1) if offset else range(0)
        if not numbers:
            return QPersistentModelIndex(), 0
        box = self._layout.box(numbers.start)
        return QPersistentModelIndex(self._gallery.index(numbers.start)), box.y - offset

    def _hold(self, anchor: tuple[QPersistentModelIndex, int]) -> None:
        index, distance = anchor
        if index.isValid():
            self.verticalScrollBar().setValue(self._layout.box(index.row()).y - distance)

    def _fetch_ahead(self) -> None:
        bottom = self.verticalOffset() + self.viewport().height()
        if self._layout.height < bottom + _AHEAD_PX:
            root = QModelIndex()
            if self._gallery.canFetchMore(root):
                self._gallery.fetchMore(root)

    def updateGeometries(self) -> None:
        """The scroll bar knows how high everything is."""
        super().updateGeometries()
        if not hasattr(self, "_settling"):
            return
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
            x = self.viewport().width() - x - box.width
        return QRect(x, box.y - self.verticalOffset(), box.width, box.height)

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The tile under a point of the viewport."""
        x = self.viewport().width() - point.x() if self.isRightToLeft() else point.x()
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
        """Another part is seen: only that is decoded, and the next page may be near."""
        self._pictures.forget_waiting()
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

    def paintEvent(self, event: QPaintEvent) -> None:
        """What is seen, and nothing else."""
        painter = QPainter(self.viewport())
        offset, area = self.verticalOffset(), event.rect()
        top, bottom = area.top() + offset, area.bottom() + offset + 1
        for name, count, box in self._layout.headings(top, bottom):
            self._paint_heading(painter, QRectF(self._place(box)), name, count)
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        option.widget = self
        for number in self._layout.numbers(top - 8, bottom + 8):
            index = self._gallery.index(number)
            option.rect = self.visualRect(index)
            option.state = self._state_of(index)
            self._tiles.paint(painter, option, index)

    def _state_of(self, index: QModelIndex) -> QStyle.StateFlag:
        flag = QStyle.StateFlag
        state = flag.State_Enabled
        if self.selectionModel().isSelected(index):
            state |= flag.State_Selected
        if index == self.currentIndex() and self.hasFocus():
            state |= flag.State_HasFocus
        if index == self._hovered:
            state |= flag.State_MouseOver
        return state

    def _paint_heading(self, painter: QPainter, box: QRectF, name: str, count: int) -> None:
        look, theme = self._desk.look, self._desk.look.theme
        strong, small = look.font(Type.STRONG), look.font(Type.SMALL)
        text(painter, box, name, strong, theme.text_1)
        painter.setFont(strong)
        after = painter.fontMetrics().horizontalAdvance(name) + Space.S
        text(painter, box.adjusted(after, 0, 0, 0), day_words.results(count), small, theme.text_2)

    @Slot(str)
    def _on_picture_ready(self, _sha256: str) -> None:
        self.viewport().update()

    @Slot()
    def _on_look_changed(self) -> None:
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rows are filled to the new edge; what was on top stays there."""
        anchor = self._anchor()
        super().resizeEvent(event)
        self._lay_out()
        self._hold(anchor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens; the rest moves."""
        self._tiles.has_keyboard = True
        asset = self.current_asset()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and asset is not None:
            self.opened.emit(asset)
            return
        super().keyPressEvent(event)
        self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard arrives at the newest."""
        super().focusInEvent(event)
        self._tiles.has_keyboard = event.reason() in _BY_KEYBOARD
        if not self.currentIndex().isValid() and self._gallery.rowCount():
            no_choice = _Flag.NoUpdate
            self.selectionModel().setCurrentIndex(self._gallery.index(0), no_choice)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The button on the tile, or the tile."""
        self._tiles.has_keyboard = False
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and self._is_more(index, event.position().toPoint()):
            self.setCurrentIndex(index)
            at = event.globalPosition().toPoint()
            self.menu_wanted.emit(self._gallery.asset(index.row()), at)
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open it."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and not self._is_more(index, event.position().toPoint()):
            self.opened.emit(self._gallery.asset(index.row()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Hover the tile under the mouse."""
        super().mouseMoveEvent(event)
        if not event.buttons():
            self._hover(event.position().toPoint())

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is hovered any more."""
        super().leaveEvent(event)
        self._hovered = QPersistentModelIndex()
        self.viewport().update()

    def _hover(self, at: QPoint) -> None:
        index = self.indexAt(at)
        hovers_more = index.isValid() and self._is_more(index, at)
        if index != self._hovered or hovers_more != self._tiles.hovers_more:
            self._hovered = QPersistentModelIndex(index)
            self._tiles.hovers_more = hovers_more
            self.viewport().update()

    def _is_more(self, index: QModelIndex, at: QPoint) -> bool:
        return self._tiles.more_box(QRectF(self.visualRect(index))).contains(at)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of a tile, at the mouse or, by the menu key, in the tile's middle."""
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        if index.isValid():
            self.setCurrentIndex(index)
            middle = self.viewport().mapToGlobal(self.visualRect(index).center())
            at = event.globalPos() if by_mouse else middle
            self.menu_wanted.emit(self._gallery.asset(index.row()), at)

    def startDrag(self, supportedActions: Qt.DropAction) -> None:
        """Carry the chosen files out."""
        assets = self.chosen_assets()
        files: list[Path] = [self._desk.library / asset.file for asset in assets]
        if not files:
            return
        drag = QDrag(self)
        drag.setMimeData(files_to_carry(files))
        ratio = self.devicePixelRatioF()
        picture = self._tiles.pixmap(assets[0], _DRAG_PX, ratio)
        if picture is not None and not picture.isNull():
            small = picture.scaledToWidth(
                round(_DRAG_PX * ratio), Qt.TransformationMode.SmoothTransformation
            )
            small.setDevicePixelRatio(ratio)
            drag.setPixmap(small)
        drag.exec(Qt.DropAction.CopyAction)
