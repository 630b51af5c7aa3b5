"""Lists of the shelf as models: rows are frozen values, one role gives the whole of it."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QPersistentModelIndex, Qt

from kling_desktop.domain.shelf import PictureSet, ShelfPicture
from kling_desktop.text import t, tn

ITEM = Qt.ItemDataRole.UserRole + 1
_Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


class _Rows(QAbstractListModel):
    """A list that is replaced as a whole, but only where it differs."""

    def __init__(self) -> None:
        super().__init__()
        self._items: list[Any] = []

    def items(self) -> Sequence[Any]:
        """What is shown."""
        return self._items

    def set_items(self, items: Sequence[Any]) -> None:
        """Show these."""
        items = list(items)
        if items == self._items:
            return
        is_same_length = len(items) == len(self._items)
        if is_same_length and [i.id for i in items] == [i.id for i in self._items]:
            self._items = items
            self.dataChanged.emit(self.index(0), self.index(len(items) - 1))
            return
        self.beginResetModel()
        self._items = items
        self.endResetModel()

    def row_of(self, id: str) -> int:
        """The row of an item, -1 when it is not shown."""
        return next((row for row, item in enumerate(self._items) if item.id == id), -1)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Flat."""
        return 0 if parent.isValid() else len(self._items)

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> Any:  # noqa: ANN401 - Qt's
        """The item, and its words for those who cannot see it."""
        if not index.isValid():
            return None
        item = self._items[index.row()]
        if role == ITEM:
            return item
        if role in (_Role.DisplayRole, _Role.AccessibleTextRole):
            return self.title(item)
        if role == _Role.AccessibleDescriptionRole:
            return self.described(item)
        if role == _Role.ToolTipRole:
            return "\n".join(filter(None, (self.title(item), self.described(item))))
        return None

    def title(self, item: Any) -> str:  # noqa: ANN401 - of the subclass
        """What it is called."""
        raise NotImplementedError

    def described(self, item: Any) -> str:  # noqa: ANN401 - of the subclass
        """What else is to be known."""
        raise NotImplementedError


class PictureRows(_Rows):
    """Pictures, which can be carried to a slot. `carried` makes what is carried of one."""

    def __init__(
        self, carried: Callable[[ShelfPicture], QMimeData], held_in: Callable[[str], str]
    ) -> None:
        super().__init__()
        self._carried = carried
        self._held_in = held_in

    def title(self, item: ShelfPicture) -> str:
        """Its own name or its file's."""
        return item.title

    def described(self, item: ShelfPicture) -> str:
        """Its tags, and the slot that holds it."""
        slot = self._held_in(item.id)
        parts = [", ".join(item.tags), t("in slot {slot}", slot=slot) if slot else ""]
        return ", ".join(part for part in parts if part)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """It may be carried away."""
        usual = super().flags(index)
        return usual | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else usual

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """One picture at a time."""
        return self._carried(self._items[indexes[0].row()])


class SetRows(_Rows):
    """Sets of pictures."""

    def title(self, item: PictureSet) -> str:
        """Its name."""
        return item.name

    def described(self, item: PictureSet) -> str:
        """What it holds."""
        return holdings(item)


def holdings(wanted: PictureSet) -> str:
    """ "2 subjects, scene, style"."""
    subjects = sum(image is not None for image in wanted.subjects)
    parts = [tn("{count} subject", "{count} subjects", subjects)] if subjects else []
    if wanted.scene is not None:
        parts.append(t("scene"))
    if wanted.style is not None:
        parts.append(t("style"))
    return ", ".join(parts)
