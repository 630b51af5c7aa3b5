"""The results as rows, newest first: read page by page from the index as the view scrolls."""

import bisect
import time
from collections.abc import Callable
from enum import IntEnum

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from kling_desktop.domain.errors import AppError, ErrorRecord
from kling_desktop.domain.media import Asset, MediaKind
from kling_desktop.library.index import Gallery, GalleryFilter, cursor_of
from kling_desktop.ui.library import day_words

Index = QModelIndex | QPersistentModelIndex

PAGE = 200


class GalleryRole(IntEnum):
    """What the delegate asks for."""

    ASSET = Qt.ItemDataRole.UserRole + 1


class GalleryModel(QAbstractListModel):
    """Assets that fit the filter, as far as they were read. `failed` carries an ErrorRecord.

    `counted` is emitted with the number of all that fit, read or not, whenever it changes.
    """

    failed = Signal(object)
    counted = Signal(object)

    def __init__(
        self,
        gallery: Gallery,
        parent: QObject | None = None,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        super().__init__(parent)
        self._gallery, self._now_ms = gallery, now_ms
        self._filter = GalleryFilter()
        self._assets: list[Asset] = []
        self._is_complete = True
        self._count = 0

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many were read."""
        return 0 if parent.isValid() else len(self._assets)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The asset; words for tooltip and screen reader."""
        if not index.isValid():
            return None
        asset = self._assets[index.row()]
        if role == GalleryRole.ASSET:
            return asset
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return day_words.name_of(asset)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return day_words.described(asset, self._now_ms())
        if role == Qt.ItemDataRole.ToolTipRole:
            return asset.prompt or None
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Results can be chosen and dragged out."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flag = Qt.ItemFlag
        return flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsDragEnabled

    def canFetchMore(self, parent: Index) -> bool:
        """Whether the index holds more."""
        return not parent.isValid() and not self._is_complete

    def fetchMore(self, parent: Index) -> None:
        """Read the next page."""
        if self.canFetchMore(parent):
            page = self._read(self._assets[-1] if self._assets else None)
            if page:
                first = len(self._assets)
                self.beginInsertRows(QModelIndex(), first, first + len(page) - 1)
                self._assets += page
                self.endInsertRows()

    @property
    def filter(self) -> GalleryFilter:
        """What is looked for."""
        return self._filter

    def set_filter(self, filter: GalleryFilter) -> None:
        """Look for this instead."""
        if filter != self._filter:
            self._filter = filter
            self.reload()

    def reload(self) -> None:
        """Read the first page anew."""
        self.beginResetModel()
        self._is_complete = False
        self._assets = self._read(None)
        self.endResetModel()
        self._recount()

    def add(self, asset: Asset) -> None:
        """A result came home: put it where it belongs, if it fits the filter."""
        if not self._fits(asset):
            return
        place = bisect.bisect_left(self._assets, _key(asset), key=_key)
        if place < len(self._assets) and self._assets[place].file == asset.file:
            self._assets[place] = asset
            index = self.index(place)
            self.dataChanged.emit(index, index)
            return
        if place < len(self._assets) or self._is_complete:
            self.beginInsertRows(QModelIndex(), place, place)
            self._assets.insert(place, asset)
            self.endInsertRows()
        self._recount()

    def asset(self, row: int) -> Asset:
        """One of those that were read."""
        return self._assets[row]

    def assets(self) -> list[Asset]:
        """Those that were read, newest first."""
        return list(self._assets)

    def index_of(self, asset: Asset) -> QModelIndex:
        """Where an asset is shown; invalid when it is not."""
        place = bisect.bisect_left(self._assets, _key(asset), key=_key)
        is_there = place < len(self._assets) and self._assets[place].file == asset.file
        return self.index(place) if is_there else QModelIndex()

    def tile(self, row: int) -> tuple[str, float]:
        """The day and the ratio of an asset, for the layout."""
        asset = self._assets[row]
        ratio = asset.width / asset.height if asset.width and asset.height else 1.0
        return day_words.day(asset.created_at_ms, self._now_ms()), ratio

    @property
    def total(self) -> int:
        """How many fit the filter, read or not."""
        return self._count

    def _fits(self, asset: Asset) -> bool:
        wanted = self._filter
        if wanted.media is not None and asset.media is not wanted.media:
            return False
        if not wanted.text.strip():
            return True
        # Which words fit only the index knows; a search is read anew where it is short enough.
        page = self._read(None, size=1, keeps_state=True)
        return any(found.file == asset.file for found in page)

    def _read(
        self, after: Asset | None, size: int = PAGE, *, keeps_state: bool = False
    ) -> list[Asset]:
        cursor = None if after is None else cursor_of(after)
        try:
            page = self._gallery.page(self._filter, cursor, size)
        except AppError as problem:
            self._is_complete = True
            self._tell(problem.record)
            return []
        if not keeps_state:
            self._is_complete = len(page) < size
        return page

    def _recount(self) -> None:
        try:
            self._count = self._gallery.count(self._filter)
        except AppError as problem:
            self._tell(problem.record)
        self.counted.emit(self._count)

    def _tell(self, record: ErrorRecord) -> None:
        self.failed.emit(record)


def kind_filter(text: str, media: MediaKind | None) -> GalleryFilter:
    """The filter of the search field and the chips."""
    return GalleryFilter(" ".join(text.split()), media)


def _key(asset: Asset) -> tuple[int, str]:
    return -asset.created_at_ms, asset.file.as_posix()
