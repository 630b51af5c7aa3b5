"""The crop editor over the whole window: the picture with its frame, the panel beside it."""

from dataclasses import replace

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.domain.media import NO_EDIT, Edit, ImageLimits
from kling_desktop.text import t
from kling_desktop.ui.columns import Surface
from kling_desktop.ui.compose.copies import CopyOf, Sent, sent, upright
from kling_desktop.ui.compose.crop.canvas import CropCanvas, size_words, verdict_words
from kling_desktop.ui.compose.crop.crop_panel import CropPanel
from kling_desktop.ui.compose.crop.cut import SHAPES, WHOLE, Cut, ratio_words
from kling_desktop.ui.compose.crop.cut_model import CutModel
from kling_desktop.ui.compose.crop.geometry import Extent
from kling_desktop.ui.compose.crop.keys_line import KeysLine
from kling_desktop.ui.compose.crop.task import Cropped, CropTask
from kling_desktop.ui.compose.crop.zoom_bar import ZoomBar
from kling_desktop.ui.latest import Latest
from kling_desktop.ui.look import Look, announce
from kling_desktop.ui.theme import Height, Space, Type
from kling_desktop.ui.widgets import ElidedLabel

# Decoded no larger than this: a picture of 100 megapixels takes 64 MB to show, not 400.
LONGEST_PX = 4096
_THUMB_PX = 512
_COPY_AFTER_MS = 250
_SHORTEST_PX = 40
_Control = Qt.KeyboardModifier.ControlModifier


class CropEditor(QWidget):
    """`applied` carries a `Cropped`; nothing else changes anything.

    `closed` asks to go back to the form, to the place that it carries.
    """

    applied = Signal(object)
    closed = Signal(str)

    def __init__(self, look: Look, copy_of: CopyOf) -> None:
        super().__init__()
        self._look, self._copy_of = look, copy_of
        self._task: CropTask | None = None
        self._shown_edit: Edit | None = None
        self._model = CutModel(Cut(Extent(1, 1), ImageLimits(), NO_EDIT), self)
        self.canvas = CropCanvas(look, self._model)
        self.panel = CropPanel(look, self._model)
        self._zoom = ZoomBar(look, self.canvas)
        self._back, self._about = QToolButton(), ElidedLabel()
        self._fault, self._fault_icon = ElidedLabel(), QLabel()
        self._loading, self._copying = Latest(self), Latest(self)
        self._soon = QTimer(self, singleShot=True, interval=_COPY_AFTER_MS)
        self._build()
        self._connect()
        self._dress()

    def _build(self) -> None:
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(self._header())
        left.addWidget(self.canvas, 1)
        left.addWidget(KeysLine(self._look))
        side = Surface(self._look, "panel")
        inner = QVBoxLayout(side)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self.panel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(side)

    def _header(self) -> QWidget:
        header = Surface(self._look, "viewer")
        row = QHBoxLayout(header)
        row.setContentsMargins(Space.S, 0, Space.M, 0)
        row.setSpacing(Space.S)
        self._back.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        row.addWidget(self._back)
        row.addWidget(self._about)
        row.addWidget(self._fault_icon)
        row.addWidget(self._fault)
        row.addStretch(1)
        for label in (self._about, self._fault):
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
            label.setMinimumWidth(_SHORTEST_PX)
        # Where there is no room for both, the figures of the file give way.
        row.setStretchFactor(self._fault, 0)
        row.addWidget(self._zoom)
        return header

    def _connect(self) -> None:
        self._back.clicked.connect(self.leave)
        self.panel.apply_wanted.connect(self.apply)
        self.canvas.double_clicked.connect(self.apply)
        self._model.changed.connect(self._soon.start)
        self._soon.timeout.connect(self._make_copy)
        self._loading.done.connect(self._on_loaded)
        self._copying.done.connect(self._on_copied)
        self._look.changed.connect(self._dress)

    # For the window

    def open(self, task: CropTask) -> None:
        """Begin with a picture as it is wanted now; it appears once it is decoded."""
        self._task, self._shown_edit = task, None
        extent = Extent(task.width, task.height)
        self._back.setText(task.name)
        self._back.setAccessibleName(t("Back to the form, {slot} as it was", slot=task.name))
        size = size_words(task.width, task.height)
        self._about.set_words(f"{task.file_name}, {size}")
        self._show_fault(task)
        self.panel.show_provider(task.provider)
        self.canvas.wait_for_picture()
        self.canvas.set_zoom(None)
        self._model.begin(Cut(extent, task.limits, task.image.edit).opened())
        if task.start is not None:
            self._model.set(Cut(extent, task.limits, task.start).opened())
        copy_of = self._copy_of
        self._loading.ask(
            (task.file, task.place),
            lambda: upright(task.image, task.file, task.limits, copy_of, LONGEST_PX),
        )
        self.canvas.setFocus()

    @property
    def cut(self) -> Cut:
        """What stands there now."""
        return self._model.cut

    @property
    def is_loaded(self) -> bool:
        """Whether the picture itself is shown."""
        return self.canvas.is_loaded

    @property
    def has_copy(self) -> bool:
        """Whether what would be sent is shown for the present cut."""
        return self._shown_edit == self._model.cut.edit

    def _show_fault(self, task: CropTask) -> None:
        """What the provider would say of the whole picture."""
        cut = Cut(Extent(task.width, task.height), task.limits, NO_EDIT)
        words = ""
        if not cut.is_whole_allowed:
            words = t(
                "{ratio}, {provider} takes at most {limit}:1",
                ratio=ratio_words(max(task.width, task.height), min(task.width, task.height)),
                provider=task.provider,
                limit=f"{float(task.limits.widest):g}",
            )
        elif not cut.is_large_enough:
            words = t("At least {limit} px each side", limit=task.limits.side_px)
        self._fault.set_words(words)
        self._fault.setVisible(bool(words))
        self._fault_icon.setVisible(bool(words))

    @Slot(object)
    def _on_loaded(self, picture: QImage) -> None:
        self.canvas.show_upright(picture)

    @Slot()
    def _make_copy(self) -> None:
        if self._task is None:
            return
        image = replace(self._task.image, edit=self._model.cut.edit)
        limits, copy_of = self._task.limits, self._copy_of
        self._copying.ask(image, lambda: sent(image, limits, copy_of, _THUMB_PX))

    @Slot(object)
    def _on_copied(self, found: Sent) -> None:
        if self._task is not None and found.image.edit == self._model.cut.edit:
            self._shown_edit = found.image.edit
            self.panel.facts.show_sent(found, self._task.limits)

    @Slot()
    def apply(self) -> None:
        """Hand the edit over, or say why it cannot be sent like this."""
        cut = self._model.cut
        if not (cut.is_narrow_enough and cut.is_large_enough):
            self.panel.say_why()
            announce(self, self.panel.note.words())
            return
        task = self._task
        if task is not None:
            self.applied.emit(Cropped(task.place, task.image, cut.edit))
        self.leave()

    @Slot()
    def leave(self) -> None:
        """Back to the form, everything as it was."""
        task, self._task = self._task, None
        self._soon.stop()
        self._loading.forget()
        self._copying.forget()
        self.canvas.wait_for_picture()
        if task is not None:
            self.closed.emit(task.place)

    # Keys

    def event(self, event: QEvent) -> bool:
        """Keep the keys of the form and of the library from the window while this is open."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            is_for_all = event.matches(QKeySequence.StandardKey.Quit)
            if not (is_for_all or event.key() == Qt.Key.Key_F11):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Whatever the focused part does not take for itself."""
        key, modifiers = event.key(), event.modifiers()
        focused = self.focusWidget()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if isinstance(focused, QAbstractButton) and focused is not self.panel.apply:
                focused.click()
            else:
                self.apply()
        elif key == Qt.Key.Key_Escape:
            self.leave()
        elif key == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.canvas.hide_rest(True)
        elif modifiers & _Control:
            self._control_key(event)
        elif not self._letter(key, is_shifted=bool(modifiers & Qt.KeyboardModifier.ShiftModifier)):
            super().keyPressEvent(event)

    def _control_key(self, event: QKeyEvent) -> None:
        key = event.key()
        is_shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if key == Qt.Key.Key_Y or (key == Qt.Key.Key_Z and is_shifted):
            self._model.redo()
        elif key == Qt.Key.Key_Z:
            self._model.undo()
        elif key == Qt.Key.Key_0:
            self.canvas.set_zoom(None)
        else:
            super().keyPressEvent(event)
            return
        announce(self, verdict_words(self._model.cut))

    def _letter(self, key: int, *, is_shifted: bool) -> bool:
        panel, cut = self.panel, self._model.cut
        if key == Qt.Key.Key_R:
            panel.turn(is_clockwise=not is_shifted)
        elif key == Qt.Key.Key_M:
            panel.step(cut.flipped if is_shifted else cut.mirrored)
        elif key == Qt.Key.Key_L:
            panel.toggle_lock()
        elif Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
            shape = SHAPES[(key - Qt.Key.Key_1) % 10]
            if shape != WHOLE or cut.is_whole_allowed:
                panel.step(lambda: cut.shaped(shape))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self._zoom.step(-1 if key == Qt.Key.Key_Minus else 1)
            return True
        else:
            return False
        self.canvas.tell()
        return True

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """The rest comes back."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.canvas.hide_rest(False)
        else:
            super().keyReleaseEvent(event)

    @Slot()
    def _dress(self) -> None:
        look = self._look
        self._back.setIcon(look.icon("chevron-left", look.theme.text_1, 16))
        self._back.setFont(look.font(Type.STRONG))
        self._about.setFont(look.font(Type.SMALL))
        self._about.setProperty("tone", "second")
        self._fault.setFont(look.font(Type.SMALL_MEDIUM))
        ratio = self.devicePixelRatioF()
        warning = look.pixmap("warning", look.theme.text_1, 16, ratio)
        self._fault_icon.setPixmap(warning)
        header = self._back.parentWidget()
        assert header is not None
        header.setFixedHeight(look.fit(Height.TALL))
