"""The shelf's search, chips and lists: what is shown of the stock, and what is in hand."""

from PySide6.QtCore import QMimeData, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.domain.errors import AppError
from kling_desktop.domain.media import ImageSource, StoredImage
from kling_desktop.domain.shelf import PictureSet, ShelfPicture
from kling_desktop.text import t
from kling_desktop.ui.compose.offers import for_the_clipboard
from kling_desktop.ui.compose.slot_filler import SlotFiller
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.library.chips import Chips
from kling_desktop.ui.pictures import Pictures, Source, read_image
from kling_desktop.ui.shelf.lists import PictureList, SetList
from kling_desktop.ui.shelf.rows import PictureRows, SetRows
from kling_desktop.ui.shelf.stock import Order, Stock
from kling_desktop.ui.shelf.tiles import PictureTile, SetTile
from kling_desktop.ui.theme import Space, Type

_CACHE_BYTES = 24 * 1024 * 1024
_ALL, _RECENT, _TAG = "all", "recent", "tag "
_MOST_CHIPS = 8


class ShelfView(QWidget):
    """Shows the stock. `in_hand_changed` when another picture or set is the one to be edited.

    `save_set_wanted` asks for a set of what stands in the form.
    """

    in_hand_changed = Signal()
    save_set_wanted = Signal()

    def __init__(self, desk: Desk, stock: Stock, filler: SlotFiller) -> None:
        super().__init__()
        self._desk, self._stock, self._filler = desk, stock, filler
        self._order = Order.LAST_USE
        self._thumbnails = Pictures(self._load, self, _CACHE_BYTES)
        self.search = QLineEdit()
        self._chips: Chips | None = None
        self._chip_values: list[tuple[str, str]] = []
        self.picture_rows = PictureRows(self._carried, filler.slot_of)
        self.set_rows = SetRows()
        tile = PictureTile(desk.look, self._pixmap, filler.slot_of, self)
        self.pictures = PictureList(self.picture_rows, tile)
        self.sets = SetList(self.set_rows, SetTile(desk.look, self._pixmap, self))
        self._labels = {name: QLabel() for name in ("sets", "set count", "pictures", "count")}
        self.save_set = QPushButton(t("Save this form as a set"))
        self._order_button = QPushButton()
        self._nothing = QLabel()
        self._build()
        self._connect()
        self._dress()
        self.refresh()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.search.setPlaceholderText(t("Search names and tags"))
        self.search.setAccessibleName(t("Search names and tags"))
        self.search.setProperty("kind", "search")
        self.search.setClearButtonEnabled(True)
        column.addLayout(_inset(self.search))
        self._chip_row = QHBoxLayout()
        self._chip_row.setContentsMargins(Space.PANEL, Space.S, Space.PANEL, Space.S)
        column.addLayout(self._chip_row)
        column.addWidget(self._scroll(), 1)
        for button in (self.save_set, self._order_button):
            button.setProperty("kind", "link")

    def _scroll(self) -> QScrollArea:
        content = QWidget()
        inside = QVBoxLayout(content)
        inside.setContentsMargins(Space.M, 0, Space.M, Space.M)
        inside.setSpacing(Space.XS)
        labels = self._labels
        self._sets_head = _head(labels["sets"], labels["set count"], self.save_set)
        inside.addWidget(self._sets_head)
        inside.addWidget(self.sets)
        inside.addSpacing(Space.M)
        inside.addWidget(_head(labels["pictures"], labels["count"], self._order_button))
        inside.addWidget(self.pictures)
        self._nothing.setWordWrap(True)
        self._nothing.setProperty("tone", "second")
        self._nothing.setContentsMargins(Space.XS, 0, Space.XS, 0)
        inside.addWidget(self._nothing)
        inside.addStretch(1)
        area = QScrollArea()
        area.setWidget(content)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.viewport().setAutoFillBackground(False)
        content.setAutoFillBackground(False)
        self._area = area
        return area

    def _connect(self) -> None:
        self.search.textChanged.connect(self._on_search)
        self._order_button.clicked.connect(self._on_order)
        self.save_set.clicked.connect(self.save_set_wanted)
        self.pictures.current_changed.connect(self._on_picture_current)
        self.sets.current_changed.connect(self._on_set_current)
        self._stock.changed.connect(self.refresh)
        self._filler.moved.connect(self._on_moved)
        self._thumbnails.ready.connect(self._on_ready)
        self._desk.look.changed.connect(self._dress)

    def in_hand(self) -> ShelfPicture | PictureSet | None:
        """What the foot edits."""
        return self.pictures.current() or self.sets.current()

    def choose(self, id: str) -> bool:
        """Take a picture or set in hand, if it is shown."""
        for view, rows in ((self.pictures, self.picture_rows), (self.sets, self.set_rows)):
            if (row := rows.row_of(id)) >= 0:
                view.setCurrentIndex(rows.index(row))
                self._area.ensureWidgetVisible(view)
                return True
        return False

    @Slot()
    def refresh(self) -> None:
        """Show the stock anew; what is in hand stays so where it is still there."""
        words = self.search.text()
        chip = self._chips.value() if self._chips is not None else _ALL
        self._show_chips()
        tag = chip.removeprefix(_TAG) if chip.startswith(_TAG) else ""
        held = self.in_hand()
        is_recent = chip == _RECENT
        found = self._stock.pictures(words, tag, self._order, recent=is_recent)
        self.picture_rows.set_items(found)
        sets = [] if tag or is_recent else self._stock.sets(words)
        self.set_rows.set_items(sets)
        if held is not None and self.in_hand() is None:
            self.choose(held.id)
        self._show_counts(len(sets), len(found))
        for view in (self.sets, self.pictures):
            view.setVisible(view.model().rowCount() > 0)
            view.fit()
        self.in_hand_changed.emit()

    def _show_counts(self, sets: int, pictures: int) -> None:
        self._labels["set count"].setText(str(sets or ""))
        self._labels["count"].setText(str(pictures or ""))
        self._nothing.setVisible(not pictures)
        is_filtered = bool(self.search.text()) or bool(self._stock.all())
        self._nothing.setText(
            t("Nothing matches.")
            if is_filtered
            else t("Pictures that were sent stand here by themselves. Others can be dropped here.")
        )
        is_empty = not any((*self._filler.draft.subjects, self._filler.draft.scene))
        is_empty = is_empty and self._filler.draft.style is None
        self.save_set.setEnabled(not is_empty)
        self.save_set.setToolTip(t("There is no picture in the form.") if is_empty else "")
        self.save_set.setAccessibleDescription(self.save_set.toolTip())

    def _show_chips(self) -> None:
        tags = self._stock.shelf.tags()[:_MOST_CHIPS]
        values = [(_ALL, t("All")), (_RECENT, t("Recent")), *((_TAG + tag, tag) for tag in tags)]
        if self._chips is not None and self._fitting(values) == self._chip_values:
            return
        before = self._chips.value() if self._chips is not None else _ALL
        if self._chips is not None:
            self._chip_row.removeWidget(self._chips)
            self._chips.deleteLater()
        self._chip_values = self._fitting(values)
        self._chips = Chips(self._desk.look, t("Show"), self._chip_values)
        if before in dict(self._chip_values):
            self._chips.set_value(before)
        self._chips.setMinimumWidth(1)  # too few fit rather than the drawer grows
        self._chips.chosen.connect(self._on_chip)
        self._chip_row.addWidget(self._chips)

    def _fitting(self, values: list[tuple[str, str]]) -> list[tuple[str, str]]:
        metrics = QFontMetrics(self._desk.look.font(Type.SMALL_MEDIUM))
        room = self.width() - 2 * Space.PANEL
        fitting: list[tuple[str, str]] = []
        for value, words in values:
            room -= metrics.horizontalAdvance(words) + 24 + Space.S
            if room < 0 and len(fitting) >= 2:
                break
            fitting.append((value, words))
        return fitting

    # Pictures

    def _load(self, source: Source, longest_px: int) -> QImage:
        try:
            small = self._desk.thumbnails.get(source.file, source.sha256, longest_px)
        except AppError:  # a kind that has no thumbnails
            return read_image(source.file, longest_px)
        return read_image(small, longest_px)

    def _pixmap(self, image: ImageSource, longest_px: float) -> QPixmap | None:
        if not isinstance(image, StoredImage):
            return None
        source = Source(self._desk.input_path(image), image.original_sha256)
        pixmap = self._thumbnails.pixmap(source, longest_px, self.devicePixelRatioF())
        return None if pixmap is None or pixmap.isNull() else pixmap

    def _carried(self, picture: ShelfPicture) -> QMimeData:
        return for_the_clipboard(picture.image, self._desk.input_path(picture.image))

    # What happens

    @Slot(str)
    def _on_ready(self, _sha256: str) -> None:
        self._on_moved()

    @Slot()
    def _on_moved(self) -> None:
        self.pictures.viewport().update()
        self.sets.viewport().update()
        self._show_counts(self.set_rows.rowCount(), self.picture_rows.rowCount())

    @Slot(str)
    def _on_search(self, _words: str) -> None:
        self.refresh()

    @Slot(str)
    def _on_chip(self, _value: str) -> None:
        self.refresh()

    @Slot()
    def _on_order(self) -> None:
        is_by_name = self._order is Order.NAME
        self._order = Order.LAST_USE if is_by_name else Order.NAME
        self._dress()
        self.refresh()

    @Slot()
    def _on_picture_current(self) -> None:
        if self.pictures.current() is not None:
            self.sets.clearSelection()
            self.sets.setCurrentIndex(self.set_rows.index(-1))
        self.in_hand_changed.emit()

    @Slot()
    def _on_set_current(self) -> None:
        if self.sets.current() is not None:
            self.pictures.clearSelection()
            self.pictures.setCurrentIndex(self.picture_rows.index(-1))
        self.in_hand_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other chips fit."""
        super().resizeEvent(event)
        self._show_chips()

    @Slot()
    def _dress(self) -> None:
        look, labels = self._desk.look, self._labels
        labels["sets"].setText(t("Sets"))
        labels["pictures"].setText(t("Pictures"))
        is_by_name = self._order is Order.NAME
        self._order_button.setText(t("By name") if is_by_name else t("By last use"))
        self._order_button.setToolTip(t("The order of the pictures; press to change it"))
        for name, label in labels.items():
            is_count = "count" in name
            label.setFont(look.font(Type.SMALL if is_count else Type.SMALL_STRONG))
            label.setProperty("tone", "third" if is_count else "second")
            label.style().polish(label)
        self._show_chips()
        for view in (self.sets, self.pictures):
            view.doItemsLayout()
            view.fit()


def _inset(widget: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(Space.PANEL, 0, Space.PANEL, 0)
    row.addWidget(widget)
    return row


def _head(label: QLabel, count: QLabel, button: QPushButton) -> QWidget:
    head = QWidget()
    row = QHBoxLayout(head)
    row.setContentsMargins(Space.XS, 0, Space.XS, 0)
    row.setSpacing(Space.S)
    row.addWidget(label)
    row.addWidget(count)
    row.addStretch(1)
    row.addWidget(button)
    return head
