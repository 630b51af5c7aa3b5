"""The upload copy as it would go: the picture, its figures, what was done to it."""

from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from kling_desktop.domain.media import Mend
from kling_desktop.text import t
from kling_desktop.ui.columns import Surface
from kling_desktop.ui.compose.copies import Sent, sent
from kling_desktop.ui.compose.crop.background_button import BackgroundButton
from kling_desktop.ui.compose.crop.sent_facts import SentFacts
from kling_desktop.ui.compose.crop.task import Cropped, CropTask
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.focus_ring import FocusRing
from kling_desktop.ui.latest import Latest
from kling_desktop.ui.paragraph import Paragraph
from kling_desktop.ui.theme import Space, Type

_PICTURE = QSize(432, 300)
_PREVIEW_PX = 1024
_FILLED = frozenset((Mend.FLATTENED, Mend.PADDED))


class SentWindow(QWidget):
    """A small window of its own, gone when it is closed. `edited` carries a `Cropped`."""

    edited = Signal(object)

    def __init__(self, desk: Desk, task: CropTask, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._desk, self._task = desk, task
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(t("What is sent: {slot}", slot=task.name))
        look = desk.look
        self._name = QLabel(task.file_name)
        self.facts = SentFacts(look, _PICTURE, is_stacked=True)
        self.background = BackgroundButton(look)
        self._fill_row = QWidget()
        self._close = QPushButton(t("Close"))
        self._copying = Latest(self)
        self._build()
        self._ring = FocusRing(self, look)
        self._copying.done.connect(self._on_copied)
        self.background.chosen.connect(self._on_background)
        self._close.clicked.connect(self.close)
        self._fit()
        self._ask()

    def _build(self) -> None:
        look = self._desk.look
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        surface = Surface(look, "panel")
        outer.addWidget(surface)
        column = QVBoxLayout(surface)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.M)
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        column.addWidget(self._name)
        column.addWidget(self.facts)
        row = QHBoxLayout(self._fill_row)
        row.setContentsMargins(0, 0, 0, 0)
        words = Paragraph(t("Behind transparent parts and around the picture"), "second")
        words.setFont(look.font(Type.SMALL))
        row.addWidget(words, 1)
        row.addWidget(self.background)
        self._fill_row.hide()
        column.addWidget(self._fill_row)
        column.addStretch(1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        self._close.setProperty("kind", "large")
        foot.addWidget(self._close)
        column.addLayout(foot)
        self._name.setFont(look.font(Type.TITLE))

    def _ask(self) -> None:
        task, copy_of = self._task, self._desk.copy_of
        self.background.show_color(task.image.edit.background)
        self._copying.ask(task.image, lambda: sent(task.image, task.limits, copy_of, _PREVIEW_PX))

    @Slot(object)
    def _on_copied(self, found: Sent) -> None:
        self.facts.show_sent(found, self._task.limits)
        self._fill_row.setVisible(not _FILLED.isdisjoint(found.facts.mends))

        self._fit()

    def _fit(self) -> None:
        """Make room for what is said."""
        width = _PICTURE.width() + 2 * Space.XL
        layout = self.layout()
        assert layout is not None
        layout.activate()
        needed = max(layout.heightForWidth(width), layout.sizeHint().height())
        self.resize(width, max(self.height() if self.isVisible() else 0, needed))

    @Slot(str)
    def _on_background(self, color: str) -> None:
        before = self._task.image
        edit = replace(before.edit, background=color)
        self._task = replace(self._task, image=replace(before, edit=edit))
        self.edited.emit(Cropped(self._task.place, before, edit))
        self._ask()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
