"""A list in one of the person's own files: shown by cards, changed by them, deleted with undo."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar, cast

from PySide6.QtCore import QObject, Signal

from kling_desktop.ui.kept_file import KeptFile

Json = dict[str, Any]
Item = TypeVar("Item")


class KeptList(QObject, Generic[Item]):
    """The entries under one name of a file, newest first. `changed` follows every change.

    What stands in an entry beside what we understand is written back, and so are entries of which
    we understand nothing.
    """

    changed = Signal()

    def __init__(
        self,
        file: KeptFile,
        name: str,
        read: Callable[[object], Item | None],
        write: Callable[[Item], Json],
    ) -> None:
        super().__init__(file)
        self.file = file
        self._name, self._write = name, write
        self._entries: list[tuple[Item, Json]] = []
        self._foreign: list[object] = []
        self._removed: tuple[int, tuple[Item, Json]] | None = None
        for entry in file.entries(name):
            item = read(entry)
            if item is None:
                self._foreign.append(entry)
            else:
                self._entries.append((item, cast(Json, entry)))

    @property
    def items(self) -> Sequence[Item]:
        """What is kept."""
        return [item for item, _raw in self._entries]

    def add(self, item: Item) -> None:
        """Keep one more, as the first."""
        self._entries.insert(0, (item, {}))
        self._save()

    def set_items(self, items: Sequence[Item]) -> None:
        """Keep these instead."""
        raw = {id(item): values for item, values in self._entries}
        self._entries = [(item, raw.get(id(item), {})) for item in items]
        self._save()

    def change(self, number: int, item: Item) -> None:
        """Put another in the place of one."""
        self._entries[number] = (item, self._entries[number][1])
        self._save()

    def remove(self, number: int) -> None:
        """Take one out; `put_back` undoes it."""
        self._removed = (number, self._entries.pop(number))
        self._save()

    def put_back(self) -> None:
        """Undo the last removal, once."""
        if self._removed is not None:
            number, entry = self._removed
            self._removed = None
            self._entries.insert(number, entry)
            self._save()

    def _save(self) -> None:
        written = [raw | self._write(item) for item, raw in self._entries]
        self.file.write({self._name: [*written, *self._foreign]})
        self.changed.emit()
