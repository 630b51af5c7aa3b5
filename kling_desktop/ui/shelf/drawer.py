"""The shelf as a drawer over the library: not modal, closed by Esc, open while one drags.

It gives its commands to the bridge and its pictures to the slots.
"""

from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from time import time_ns

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from kling_desktop.domain.errors import StorageError
from kling_desktop.domain.facts import ShelfChanged
from kling_desktop.domain.media import FileImage, ImageSource, UrlImage
from kling_desktop.domain.shelf import PictureSet, ShelfPicture
from kling_desktop.text import t
from kling_desktop.ui.columns import Surface
from kling_desktop.ui.compose.offers import SLOT_MIME, offers
from kling_desktop.ui.compose.slot_filler import PLACES, SlotFiller
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.paint import fill
from kling_desktop.ui.shelf.footer import ShelfFooter
from kling_desktop.ui.shelf.shelf_view import ShelfView
from kling_desktop.ui.shelf.stock import Stock
from kling_desktop.ui.theme import Height, Space, Type
from kling_desktop.ui.widgets import line

SHADOW_PX = 32
_LONGEST_SUGGESTION = 40


class ShelfDrawer(QWidget):
    """Pictures and sets that were used before. `closed` when it wants to be put away."""

    closed = Signal()

    def __init__(self, desk: Desk, filler: SlotFiller) -> None:
        super().__init__()
        self._desk, self._filler = desk, filler
        self.stock = Stock(self)
        self._trouble = QLabel()
        self._read()
        self.view = ShelfView(desk, self.stock, filler)
        self.footer = ShelfFooter(desk.look)
        self._title, self._add, self._close = QLabel(t("Shelf")), QToolButton(), QToolButton()
        self._surface = Surface(desk.look, "panel")
        self._is_awaited = ""
        self._build()
        self._connect()
        self._dress()
        self._show_in_hand()

    def _read(self) -> None:
        try:
            self.stock.set_shelf(self._desk.shelf())
        except StorageError as problem:
            self._trouble.setText(f"{problem.record.title}. {problem.record.detail}")
        self._trouble.setVisible(bool(self._trouble.text()))

    def _build(self) -> None:
        self.setAccessibleName(t("Shelf"))
        self.setAcceptDrops(True)
        outer = QHBoxLayout(self)
        is_mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        shadow = (SHADOW_PX, 0, 0, 0) if is_mirrored else (0, 0, SHADOW_PX, 0)
        outer.setContentsMargins(*shadow)
        outer.addWidget(self._surface)
        column = QVBoxLayout(self._surface)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._head = QWidget()
        row = QHBoxLayout(self._head)
        row.setContentsMargins(Space.PANEL, 0, Space.M, 0)
        row.addWidget(self._title)
        row.addStretch(1)
        row.addWidget(self._add)
        row.addWidget(self._close)
        self._trouble.setWordWrap(True)
        self._trouble.setProperty("tone", "danger")
        self._trouble.setContentsMargins(Space.PANEL, 0, Space.PANEL, Space.S)
        for part in (self._head, self._trouble):
            column.addWidget(part)
        column.addWidget(self.view, 1)
        column.addWidget(line(self._desk.look))
        column.addWidget(self.footer)
        for button, words in ((self._add, t("Add pictures…")), (self._close, t("Close the shelf"))):
            button.setAccessibleName(words)
            button.setToolTip(words)

    def _connect(self) -> None:
        self._add.clicked.connect(self._on_add)
        self._close.clicked.connect(self.closed)
        self._desk.bridge.shelf_changed.connect(self._on_shelf_changed)
        self.view.in_hand_changed.connect(self._show_in_hand)
        self.view.save_set_wanted.connect(self.save_set)
        self.view.pictures.put_wanted.connect(self._on_put)
        self.view.sets.fill_wanted.connect(self._on_fill)
        for shown in (self.view.pictures, self.view.sets):
            shown.rename_wanted.connect(self.footer.rename)
            shown.remove_wanted.connect(self._on_remove)
        self.footer.described.connect(self._on_described)
        self.footer.removed.connect(self._on_remove)
        self._desk.look.changed.connect(self._dress)

    def focus_search(self) -> None:
        """The keyboard goes to the search."""
        self.view.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # What a person does

    @Slot(str, object)
    def _on_put(self, place: str, picture: ShelfPicture) -> None:
        self.footer.forget_undo()
        self._filler.put(place, [picture.image])

    @Slot(object)
    def _on_fill(self, wanted: PictureSet) -> None:
        self.footer.forget_undo()
        self._filler.fill(wanted)

    @Slot()
    def save_set(self) -> None:
        """Keep what stands in the slots as a new set, and let its name be typed."""
        draft = self._filler.draft
        wanted = PictureSet(
            id=token_hex(16),
            name=self._suggested_name(),
            subjects=draft.subjects,
            scene=draft.scene,
            style=draft.style,
            created_at_ms=time_ns() // 1_000_000,
        )
        self._is_awaited = wanted.id
        self.view.search.clear()
        self._desk.bridge.save_set(wanted)

    def _suggested_name(self) -> str:
        draft = self._filler.draft
        images = (*draft.subjects, draft.scene, draft.style)
        names = [name for image in images if (name := self.stock.shelf.name_of(image))]
        words = ", ".join(dict.fromkeys(names)) or " ".join(draft.prompt.split())
        if len(words) > _LONGEST_SUGGESTION:
            words = words[:_LONGEST_SUGGESTION].rpartition(" ")[0].rstrip(",")
        return words or t("Set {number}", number=len(self.stock.shelf.sets) + 1)

    @Slot(str, str)
    def _on_described(self, name: str, tags: str) -> None:
        held = self.view.in_hand()
        if isinstance(held, ShelfPicture):
            self._desk.bridge.describe_picture(held.image, name, tags)
        elif held is not None and name.strip():
            self._desk.bridge.save_set(replace(held, name=name))

    @Slot()
    def _on_remove(self) -> None:
        held, bridge = self.view.in_hand(), self._desk.bridge
        if isinstance(held, ShelfPicture):
            bridge.take_off_shelf(held.image)
            words = t("“{name}” is off the shelf.", name=held.title)
            self.footer.offer_undo(words, lambda: bridge.shelve((held.image,)))
        elif held is not None:
            bridge.remove_set(held.id)
            words = t("The set “{name}” is gone.", name=held.name)
            self.footer.offer_undo(words, lambda: bridge.save_set(held))

    @Slot()
    def _on_add(self) -> None:
        dialog = QFileDialog(self.window(), t("Add pictures to the shelf"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self._on_files)
        dialog.open()

    @Slot(list)
    def _on_files(self, files: list[str]) -> None:
        self._desk.bridge.shelve(tuple(FileImage(Path(file)) for file in files))

    # What is told

    @Slot(object)
    def _on_shelf_changed(self, fact: ShelfChanged) -> None:
        self._trouble.hide()
        self.stock.set_shelf(fact.shelf)
        if self._is_awaited and self.view.choose(self._is_awaited):
            self._is_awaited = ""
            self.footer.rename()

    @Slot()
    def _show_in_hand(self) -> None:
        held = self.view.in_hand()
        if isinstance(held, ShelfPicture):
            now_ms = time_ns() // 1_000_000
            self.footer.show_picture(held, self.stock.usage(held), now_ms)
        elif held is not None:
            self.footer.show_set(held)
        else:
            self.footer.show_nothing()

    # Drops: what is let go here stays on the shelf

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Pictures of this computer, and those from a slot."""
        if self._brought(event):
            event.acceptProposedAction()
            self.footer.say(t("Drop it here to keep it on the shelf."))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """It went on."""
        self._show_in_hand()

    def dropEvent(self, event: QDropEvent) -> None:
        """Keep them."""
        self._show_in_hand()
        self._desk.bridge.shelve(self._brought(event))
        event.acceptProposedAction()

    def _brought(self, event: QDropEvent) -> tuple[ImageSource, ...]:
        if event.source() is self.view.pictures:
            return ()
        mime = event.mimeData()
        if mime.hasFormat(SLOT_MIME):
            place = bytes(mime.data(SLOT_MIME).data()).decode(errors="replace")
            image = self._filler.draft.image(place) if place in PLACES else None
            return (image,) if image is not None and not isinstance(image, UrlImage) else ()
        return tuple(picture for offer in offers(mime) if (picture := offer.picture))

    # Look and keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc puts it away."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _dress(self) -> None:
        look = self._desk.look
        self._head.setFixedHeight(look.fit(Height.TALL))
        self._title.setFont(look.font(Type.TITLE))
        for button, icon in ((self._add, "plus"), (self._close, "x")):
            button.setIcon(look.icon(icon))
            button.setIconSize(QSize(20, 20))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The shadow, towards the library only, as a few soft steps."""
        painter = QPainter(self)
        shade = self._desk.look.theme.shadow
        is_mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        for step in range(0, SHADOW_PX, 4):
            color = shade.toRgb()
            color.setAlpha(round(shade.alpha() * (1 - step / SHADOW_PX) ** 2 / 2))
            left = SHADOW_PX - 4 - step if is_mirrored else self.width() - SHADOW_PX + step
            fill(painter, QRectF(left, 0, 4, self.height()), color)
