"""The same cut in the slot itself: frame and corners on the picture, the rest in its caption."""

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from kling_desktop.domain.media import COMMON_LIMITS, NO_EDIT
from kling_desktop.text import t
from kling_desktop.ui.compose.copies import CopyOf, LocalImage, upright
from kling_desktop.ui.compose.crop.canvas import CropCanvas
from kling_desktop.ui.compose.crop.cut import Cut, ratio_words
from kling_desktop.ui.compose.crop.cut_model import CutModel
from kling_desktop.ui.compose.crop.geometry import Extent
from kling_desktop.ui.compose.crop.task import Cropped, CropTask
from kling_desktop.ui.compose.image_slot import ImageSlot
from kling_desktop.ui.latest import Latest
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import edge
from kling_desktop.ui.theme import Height, Radius, Space, Type

_MARGIN_PX, _PREVIEW_PX, _WHEEL_SHARE = 6, 1024, 0.04


class SlotCrop(QWidget):
    """Lies over a slot and its caption while its picture is cut there.

    `applied` carries a `Cropped`, `enlarge_wanted` a `CropTask` for the large editor that goes on
    from here, `closed` the place whose slot gets the keyboard back.
    """

    applied = Signal(object)
    enlarge_wanted = Signal(object)
    closed = Signal(str)

    def __init__(self, look: Look, copy_of: CopyOf, parent: QWidget) -> None:
        super().__init__(parent)
        self._look, self._copy_of = look, copy_of
        self._task: CropTask | None = None
        self._slot: ImageSlot | None = None
        self._model = CutModel(Cut(Extent(1, 1), COMMON_LIMITS, NO_EDIT), self)
        self.canvas = _SmallCanvas(look, self._model)
        self._ratio = QLabel()
        self.undo, self.enlarge = QToolButton(), QToolButton()
        self.done = QPushButton(t("Done"))
        self._loading = Latest(self)
        self._build()
        self._loading.done.connect(self.canvas.show_upright)
        self._model.changed.connect(self._on_changed)
        self.undo.clicked.connect(self._model.undo)
        self.enlarge.clicked.connect(self._on_enlarge)
        self.done.clicked.connect(self.apply)
        self.canvas.double_clicked.connect(self.apply)
        look.changed.connect(self._dress)
        self.hide()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(self.canvas, 1)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._ratio, 1)
        for button, words in (
            (self.undo, t("Undo")),
            (self.enlarge, t("Open large")),
        ):
            button.setAccessibleName(words)
            button.setToolTip(words)
            button.setIconSize(QSize(16, 16))
            row.addWidget(button)
        self.done.setProperty("kind", "done")
        row.addSpacing(Space.XS)
        row.addWidget(self.done)
        column.addLayout(row)

    @property
    def place(self) -> str:
        """Where a picture is being cut, "" when none is."""
        return self._task.place if self._task is not None else ""

    @property
    def image(self) -> LocalImage | None:
        """The picture as it was when it was begun."""
        return self._task.image if self._task is not None else None

    def open(self, task: CropTask, slot: ImageSlot) -> None:
        """Begin over this slot."""
        self._leave_slot()
        self._task, self._slot = task, slot
        slot.installEventFilter(self)
        self.canvas.wait_for_picture()
        extent = Extent(task.width, task.height)
        self._model.begin(Cut(extent, task.limits, task.image.edit).opened().proposed())
        copy_of = self._copy_of
        self._loading.ask(
            task, lambda: upright(task.image, task.file, task.limits, copy_of, _PREVIEW_PX)
        )
        self._dress()
        self._follow()
        self.show()
        self.raise_()
        self.canvas.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the slot about."""
        if watched is self._slot and event.type() in (QEvent.Type.Move, QEvent.Type.Resize):
            self._follow()
        return False

    def _follow(self) -> None:
        if self._slot is not None:
            box = self._slot.geometry()
            caption = self._look.fit(Height.SMALL) + Space.XS
            self.setGeometry(QRect(box.left(), box.top(), box.width(), box.height() + caption))
            self._slot.fix_button.hide()

    def _leave_slot(self) -> None:
        slot, self._slot = self._slot, None
        if slot is not None:
            slot.removeEventFilter(self)
            slot.fix_button.setVisible(bool(slot.view.fixes))

    @Slot()
    def apply(self) -> None:
        """Hand the cut over; a frame that does not fit yet stays, and says so."""
        cut, task = self._model.cut, self._task
        if task is None:
            return
        if not (cut.is_narrow_enough and cut.is_large_enough):
            self._on_enlarge()
            return
        self.leave()
        self.applied.emit(Cropped(task.place, task.image, cut.edit))

    @Slot()
    def leave(self) -> None:
        """Back to the slot as it was."""
        task, self._task = self._task, None
        self._loading.forget()
        self._leave_slot()
        had_focus = self.isAncestorOf(self.window().focusWidget() or self.window())
        self.hide()
        if task is not None and had_focus:
            self.closed.emit(task.place)

    @Slot()
    def _on_enlarge(self) -> None:
        task, edit = self._task, self._model.cut.edit
        self.leave()
        if task is not None:
            self.enlarge_wanted.emit(replace(task, start=edit))

    @Slot()
    def _on_changed(self) -> None:
        cut = self._model.cut
        fits = cut.is_narrow_enough and cut.is_large_enough
        self._ratio.setText(ratio_words(*cut.size))
        self._ratio.setProperty("tone", "" if fits else "danger")
        self._ratio.style().polish(self._ratio)
        self.undo.setEnabled(self._model.can_undo)

    @Slot()
    def _dress(self) -> None:
        look = self._look
        height = look.fit(Height.SMALL)
        self._ratio.setFont(look.font(Type.SMALL))
        self.done.setFont(look.font(Type.SMALL_MEDIUM))
        self.done.setFixedHeight(height)
        for button, icon in ((self.undo, "undo"), (self.enlarge, "full-screen")):
            button.setIcon(look.icon(icon, size=16))
            button.setFixedSize(Height.SMALL, height)
        self._follow()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The surface of the form, so that the slot below is not seen."""
        QPainter(self).fillRect(self.rect(), self._look.theme.panel)

    def event(self, event: QEvent) -> bool:
        """Keep Enter, Esc, Del and undo from the form while a picture is cut."""
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter is done, Esc leaves, Ctrl+Z undoes."""
        key, is_control = event.key(), event.modifiers() & Qt.KeyboardModifier.ControlModifier
        focused = self.window().focusWidget()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if isinstance(focused, QToolButton):
                focused.click()
            else:
                self.apply()
        elif key == Qt.Key.Key_Escape:
            self.leave()
        elif key == Qt.Key.Key_Z and is_control:
            self._model.undo()


class _SmallCanvas(CropCanvas):
    """The wheel changes the frame instead of the zoom; the picture is always fitted."""

    def _fitting(self) -> float:
        width, height = self._full
        if not width or not height:
            return 1.0
        room = self.rect().adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
        scale = min(room.width() / width, room.height() / height)
        return max(0.001, scale * self.devicePixelRatioF())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Larger or smaller about its middle."""
        steps = event.angleDelta().y() / 120
        self.scale_frame(1 + _WHEEL_SHARE * steps)
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """With the edge of a slot that is in hand."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge(painter, QRectF(self.rect()), self._look.theme.focus, Radius.FIELD, 2)
