"""What the shelf shows: what stands in `shelf.json`, and what tasks have used besides."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from kling_desktop.domain.media import StoredImage
from kling_desktop.domain.shelf import PictureSet, Shelf, ShelfPicture
from kling_desktop.domain.tasks import Task

_RECENT = 12


class Order(StrEnum):
    """How pictures follow each other."""

    LAST_USE = "last_use"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Usage:
    """In how many tasks a picture was, and when the last of them was made."""

    tasks: int = 0
    last_at_ms: int = 0


class Stock(QObject):
    """Shelf and tasks as one. `changed` when either says something new."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._shelf = Shelf()
        self._images: dict[str, StoredImage] = {}
        self._usage: dict[str, Usage] = {}
        self._counted: set[str] = set()

    @property
    def shelf(self) -> Shelf:
        """What stands in the file."""
        return self._shelf

    def set_shelf(self, shelf: Shelf) -> None:
        """Show another state of the file."""
        self._shelf = shelf
        self.changed.emit()

    def count(self, tasks: Iterable[Task]) -> None:
        """Take in tasks; each counts once, however often it is told."""
        before = len(self._counted)
        for task in tasks:
            if task.id not in self._counted:
                self._count(task)
        if len(self._counted) > before:
            self.changed.emit()

    def _count(self, task: Task) -> None:
        self._counted.add(task.id)
        used = {
            i.original_sha256: i for _, i in task.request.images() if isinstance(i, StoredImage)
        }
        for id, image in used.items():
            was = self._usage.get(id, Usage())
            at_ms = max(was.last_at_ms, task.created_at_ms)
            if at_ms == task.created_at_ms:
                self._images[id] = image
            self._usage[id] = Usage(was.tasks + 1, at_ms)

    def usage(self, picture: ShelfPicture) -> Usage:
        """How much a picture was used."""
        return self._usage.get(picture.id, Usage())

    def all(self) -> list[ShelfPicture]:
        """Every picture that is shown, with or without a name."""
        named = {picture.id: picture for picture in self._shelf.pictures}
        used = (ShelfPicture(image) for id, image in self._images.items() if id not in named)
        return [picture for picture in (*named.values(), *used) if not picture.is_hidden]

    def pictures(
        self, words: str = "", tag: str = "", order: Order = Order.LAST_USE, *, recent: bool = False
    ) -> list[ShelfPicture]:
        """Those that match, in order; with `recent` only the last few that were used or added."""
        found = sorted(self.all(), key=lambda picture: picture.title.casefold())
        if order is Order.LAST_USE or recent:
            found.sort(key=self._last_ms, reverse=True)
        if recent:
            found = found[:_RECENT]
        return [p for p in found if p.matches(words) and (not tag or tag in p.tags)]

    def _last_ms(self, picture: ShelfPicture) -> int:
        return max(self.usage(picture).last_at_ms, picture.added_at_ms)

    def sets(self, words: str = "") -> list[PictureSet]:
        """The sets that match, the newest first."""
        found = [each for each in self._shelf.sets if each.matches(words)]
        return sorted(found, key=lambda each: each.created_at_ms, reverse=True)

    def known(self, picture: ShelfPicture) -> ShelfPicture:
        """The present state of a picture."""
        return self._shelf.picture(picture.id) or replace(picture, name="", tags=())
