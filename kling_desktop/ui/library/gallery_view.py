"""The grid: an item view over the justified layout, quick whatever the library holds."""

from pathlib import Path

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    Qt,
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
)
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem

from kling_desktop.domain.media import Asset
from kling_desktop.text import t
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.library import day_words
from kling_desktop.ui.library.asset_delegate import AssetDelegate
from kling_desktop.ui.library.carry import files_to_carry
from kling_desktop.ui.library.gallery_model import GalleryModel
from kling_desktop.ui.library.justified_view import JustifiedView
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


class GalleryView(JustifiedView):
    """Tiles under day headings.

    `opened` carries the asset that was double clicked or entered; `menu_wanted` where its menu
    belongs on the screen.
    """

    opened = Signal(object)
    menu_wanted = Signal(object, QPoint)

    def __init__(self, desk: Desk, gallery: GalleryModel, row_height: int = 140) -> None:
        super().__init__(desk.look, gallery, row_height)
        self._desk = desk
        self._pictures = Pictures(small_pictures(desk, self), self)
        self._tiles = AssetDelegate(desk.look, self._pictures, desk.library, self)
        self._hovered = QPersistentModelIndex()
        self._build()
        self._pictures.ready.connect(self._on_picture_ready)
        desk.look.changed.connect(self._on_look_changed)
        gallery.modelAboutToBeReset.connect(self._on_reset)
        self.verticalScrollBar().valueChanged.connect(self._pictures.forget_waiting)

    def _build(self) -> None:
        self.setItemDelegate(self._tiles)
        self.setAccessibleName(t("Library"))
        self.setFrameShape(QAbstractItemView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragEnabled(True)
        self.setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)

    @Slot()
    def _on_reset(self) -> None:
        self._hovered = QPersistentModelIndex()

    def current_asset(self) -> Asset | None:
        """The asset the keyboard is at."""
        index = self.currentIndex()
        return self._gallery.asset(index.row()) if index.isValid() else None

    def chosen_assets(self) -> list[Asset]:
        """The selected ones, newest first."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        return [self._gallery.asset(row) for row in rows]

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
