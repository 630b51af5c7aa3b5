"""The foot of the shelf: name and tags of what is in hand, and a way back after a removal."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.domain.shelf import LONGEST_NAME, PictureSet, ShelfPicture
from kling_desktop.text import t, tn
from kling_desktop.ui.look import Look, announce
from kling_desktop.ui.shelf.stock import Usage
from kling_desktop.ui.tasks import time_words
from kling_desktop.ui.theme import Space, Type
from kling_desktop.ui.widgets import ElidedLabel


class ShelfFooter(QWidget):
    """Edits the item in hand. `described` carries name and tags once they were left."""

    described = Signal(str, str)
    removed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._shown = ("", "")
        self._undo: Callable[[], None] | None = None
        self.name, self.tags = QLineEdit(), QLineEdit()
        self._hint = QLabel()
        self._facts = ElidedLabel()
        self._remove = QPushButton()
        self._offer = QWidget()
        self._offer_words = QLabel()
        self._offer_words.setWordWrap(True)
        self._back = QPushButton(t("Undo"))
        self._item = QWidget()
        self._build()
        for field in (self.name, self.tags):
            field.editingFinished.connect(self._on_edited)
        self._remove.clicked.connect(self.removed)
        self._back.clicked.connect(self._on_back)
        look.changed.connect(self._dress)
        self._dress()
        self.show_nothing()

    def _build(self) -> None:
        self.name.setAccessibleName(t("Name"))
        self.name.setPlaceholderText(t("Name"))
        self.name.setMaxLength(LONGEST_NAME)
        self.tags.setAccessibleName(t("Tags, with commas between them"))
        self.tags.setPlaceholderText(t("Tags: person, yellow coat"))
        for label in (self._facts, self._offer_words, self._hint):
            label.setProperty("tone", "second")
        for button in (self._remove, self._back):
            button.setProperty("kind", "link")
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.PANEL, Space.M, Space.PANEL, Space.M)
        column.setSpacing(Space.S)
        inside = QVBoxLayout(self._item)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(Space.S)
        fields = QHBoxLayout()
        fields.setSpacing(Space.S)
        fields.addWidget(self.name, 2)
        fields.addWidget(self.tags, 3)
        inside.addLayout(fields)
        inside.addLayout(_row(self._facts, self._remove))
        column.addWidget(self._item)
        column.addWidget(self._hint)
        offer = QHBoxLayout(self._offer)
        offer.setContentsMargins(0, 0, 0, 0)
        offer.addWidget(self._offer_words, 1)
        offer.addWidget(self._back)
        column.addWidget(self._offer)
        self._hint.setWordWrap(True)
        self._offer.hide()

    def show_picture(self, picture: ShelfPicture, usage: Usage, now_ms: int) -> None:
        """This picture is in hand."""
        self._show(picture.name, ", ".join(picture.tags), has_tags=True)
        self._remove.setText(t("Take off"))
        self._facts.set_words(_used(usage, now_ms))
        self._hint.setText(t("1 to 4, 5, 6: into that slot. Enter: into the next free one."))

    def show_set(self, wanted: PictureSet) -> None:
        """This set is in hand."""
        self._show(wanted.name, "", has_tags=False)
        self._remove.setText(t("Remove the set"))
        self._facts.set_words("")
        self._hint.setText(t("Enter fills the form with it. The prompt stays."))

    def show_nothing(self) -> None:
        """Nothing is in hand."""
        self._item.hide()
        self._hint.setText(t("Drag a picture into a slot, or drop one here to keep it."))

    def say(self, words: str) -> None:
        """A word in between, until the next `show`."""
        self._hint.setText(words)

    def _show(self, name: str, tags: str, *, has_tags: bool) -> None:
        self._item.show()
        self.tags.setVisible(has_tags)
        for field, words in ((self.name, name), (self.tags, tags)):
            if field.text() != words and not (field.hasFocus() and self._shown == (name, tags)):
                field.setText(words)
                field.setCursorPosition(0)  # its beginning is what people know it by
        self._shown = (name, tags)

    def rename(self) -> None:
        """The name may be typed over."""
        self.name.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.name.selectAll()

    def offer_undo(self, words: str, undo: Callable[[], None]) -> None:
        """Something went; this brings it back."""
        self._undo = undo
        self._offer_words.setText(words)
        self._offer.show()
        announce(self, words)

    def forget_undo(self) -> None:
        """The next step was made."""
        self._undo = None
        self._offer.hide()

    @Slot()
    def _on_back(self) -> None:
        undo = self._undo
        self.forget_undo()
        if undo is not None:
            undo()

    @Slot()
    def _on_edited(self) -> None:
        now = (self.name.text(), self.tags.text())
        if now != self._shown and not self._item.isHidden():
            self._shown = now
            self.described.emit(*now)

    @Slot()
    def _dress(self) -> None:
        small = self._look.font(Type.SMALL)
        for label in (self._facts, self._hint, self._offer_words):
            label.setFont(small)


def _row(label: QWidget, button: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(label, 1)
    row.addWidget(button)
    return row


def _used(usage: Usage, now_ms: int) -> str:
    if not usage.tasks:
        return t("Not used in a task yet")
    return tn(
        "Used in {count} task, last {when}",
        "Used in {count} tasks, last {when}",
        usage.tasks,
        when=time_words.clock(usage.last_at_ms, now_ms),
    )
