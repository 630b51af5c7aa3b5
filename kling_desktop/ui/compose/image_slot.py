"""One place for a picture: takes drops, keys and clicks, and says what it was asked to do."""

from dataclasses import dataclass, replace

from PySide6.QtCore import (
    QEvent,
    QMimeData,
    QPoint,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QEnterEvent,
    QFocusEvent,
    QIcon,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu, QPushButton, QWidget

from kling_desktop.domain.media import Fit
from kling_desktop.text import t
from kling_desktop.ui.compose.fixes import Mending
from kling_desktop.ui.compose.slot_menu import slot_menu
from kling_desktop.ui.compose.slot_paint import SlotView, paint_slot
from kling_desktop.ui.compose.slot_parts import BUTTON_WIDTH_PX, Caption, ScrimButton
from kling_desktop.ui.compose.verdict import SlotState, Verdict
from kling_desktop.ui.look import Look, announce

_CHECKING_AFTER_MS = 150
_DRAG_PX = 96
_INSET_PX = 6
_Key = QKeySequence.StandardKey


@dataclass(frozen=True, slots=True)
class Held:
    """Something held over a slot, or dropped into it."""

    place: str
    mime: QMimeData


@dataclass(frozen=True, slots=True)
class Step:
    """A swap asked for by the keyboard: from this slot towards an arrow key."""

    place: str
    key: Qt.Key


class ImageSlot(QAbstractButton):
    """The picture of one place. It decides nothing: each signal carries what was asked of it.

    `held` comes as something is dragged over it, `let_go` as it leaves. The caption below and the
    button `fix_button` in it are widgets of their own, so that the focus ring goes around the
    picture alone.
    """

    choose_wanted = Signal(str)
    paste_wanted = Signal(str)
    copy_wanted = Signal(str)
    folder_wanted = Signal(str)
    shelf_wanted = Signal(str)
    fetch_wanted = Signal(str)
    pin_wanted = Signal(str)
    take_out_wanted = Signal(str)
    crop_wanted = Signal(str)
    trim_wanted = Signal(str)
    sent_wanted = Signal(str)
    fix_wanted = Signal(object)
    swap_wanted = Signal(object)
    lift_wanted = Signal(str)
    held = Signal(object)
    let_go = Signal()
    dropped = Signal(object)

    def __init__(self, look: Look, place: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.place = place
        self.caption = Caption(self, look, parent)
        self._look = look
        self._view = SlotView("", Verdict(SlotState.EMPTY))
        self._is_acceptable = False
        self._grabbed_at: QPoint | None = None
        self._crop_button = ScrimButton(self, look, "crop", -1)
        self._crop_button.clicked.connect(self._on_trim)
        self._menu_button = ScrimButton(self, look, "more", 1)
        self._menu_button.clicked.connect(self._show_menu)
        self.fix_button = QPushButton(parent)
        self.fix_button.setProperty("kind", "small")
        self.fix_button.hide()
        self.fix_button.clicked.connect(self._on_fix)
        self._slow = QTimer(self, singleShot=True, interval=_CHECKING_AFTER_MS)
        self._slow.timeout.connect(self._on_slow)
        self.setObjectName(place)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.clicked.connect(self._on_clicked)
        look.changed.connect(self.update)

    @property
    def view(self) -> SlotView:
        """What is shown, with the pointer and the focus counted in."""
        parts = (self, self._crop_button, self._menu_button)
        is_pointed_at = self.underMouse() or any(part.hasFocus() for part in parts)
        is_held = self._view.verdict.state is SlotState.EMPTY and self.hasFocus()
        hint = t("Drop or choose")
        if is_held:
            hint = t("Enter to choose")
        elif self.underMouse():
            hint = t("Choose or paste")
        is_hover = self.underMouse() if self.is_empty else is_pointed_at
        return replace(self._view, hint=hint, is_pointed_at=is_hover)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is in it."""
        return self._view.verdict.state is SlotState.EMPTY

    @property
    def has_file(self) -> bool:
        """Whether a picture is in it that is on this computer."""
        return not self.is_empty and self._view.verdict.state is not SlotState.ADDRESS

    @property
    def has_address(self) -> bool:
        """Whether it holds the address of a picture on the web."""
        return self._view.verdict.state is SlotState.ADDRESS

    @property
    def can_be_cropped(self) -> bool:
        """Whether there is a picture that can be opened."""
        return self.has_file and self._view.is_openable

    def show_view(self, view: SlotView, name: str) -> None:
        """Show this; `name` is what people and screen readers call the slot."""
        is_same = replace(view, is_slow=self._view.is_slow) == self._view
        if is_same and name == self.accessibleName():
            return  # most drafts differ in one field; nothing is painted for the others
        was = self._view.verdict
        self._view = replace(view, is_slow=self._is_slow(view))
        self.setAccessibleName(name)
        self.setAccessibleDescription(view.verdict.sentence)
        self.setToolTip("" if self.is_empty else view.verdict.sentence)
        self._menu_button.setVisible(not self.is_empty and view.drag is None)
        self._menu_button.setAccessibleName(t("Menu of {slot}", slot=name))
        self._crop_button.setVisible(self.can_be_cropped and view.drag is None)
        self._crop_button.setAccessibleName(t("Crop {slot} here", slot=name))
        self._crop_button.setToolTip(t("Crop here (Enter opens it large)"))
        self._show_fix(name)
        if view.verdict != was and view.verdict.state is not SlotState.CHECKING:
            announce(self, f"{name}: {view.verdict.sentence}")
        self._refresh()

    def _show_fix(self, name: str) -> None:
        fix = next(iter(self._view.fixes), None)
        self.fix_button.setVisible(fix is not None and not self.isHidden())
        if fix is not None:
            self.fix_button.setText(fix.short)
            self.fix_button.setAccessibleName(f"{name}: {fix.words}")
            self.fix_button.setToolTip(fix.words)
            icon = self._look.icon(fix.icon, self._look.theme.text_1, 16)
            # Two words and a button with a picture find no room beside each other.
            self.fix_button.setIcon(icon if fix.edit.fit is Fit.CROP else QIcon())

    def _is_slow(self, view: SlotView) -> bool:
        if view.verdict.state is not SlotState.CHECKING:
            self._slow.stop()
            return False
        if not self._view.is_slow and not self._slow.isActive():
            self._slow.start()
        return self._view.is_slow

    @Slot()
    def _on_slow(self) -> None:
        self._view = replace(self._view, is_slow=True)
        self._refresh()

    def _refresh(self) -> None:
        self.update()
        self.caption.update()
        self._menu_button.update()
        self._crop_button.update()

    def answer(self, *, is_acceptable: bool) -> None:
        """Whether what is held over it may be dropped here."""
        self._is_acceptable = is_acceptable

    def sizeHint(self) -> QSize:
        """The size of the plan."""
        return QSize(156, 112)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the slot in its present look."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_slot(painter, QRectF(self.rect()), self.view, self._look)

    def resizeEvent(self, event: QEvent) -> None:
        """Keep the bar in the corner."""
        is_mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        for number, button in enumerate((self._menu_button, self._crop_button), 1):
            aside = _INSET_PX + number * BUTTON_WIDTH_PX
            left = aside - BUTTON_WIDTH_PX if is_mirrored else self.width() - aside
            button.move(left, _INSET_PX)

    # Pointer and focus

    def enterEvent(self, event: QEnterEvent) -> None:
        """Say what a click does."""
        super().enterEvent(event)
        self._refresh()

    def leaveEvent(self, event: QEvent) -> None:
        """Be quiet again."""
        super().leaveEvent(event)
        self._refresh()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Say what Enter does."""
        super().focusInEvent(event)
        self._refresh()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Be quiet again."""
        super().focusOutEvent(event)
        self._refresh()

    @Slot()
    def _on_clicked(self) -> None:
        self.choose_wanted.emit(self.place)

    @Slot()
    def _on_trim(self) -> None:
        self.trim_wanted.emit(self.place)

    @Slot()
    def _on_fix(self) -> None:
        if self._view.fixes:
            self.fix_wanted.emit(Mending(self.place, self._view.fixes[0]))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A picture may be picked up from here."""
        super().mousePressEvent(event)
        self._grabbed_at = None if self.is_empty else event.position().toPoint()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click chooses for an empty slot; a filled one only takes the focus."""
        if not self.is_empty:
            self.setDown(False)
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A filled slot opens its picture to be cropped."""
        if self.can_be_cropped:
            self.crop_wanted.emit(self.place)
        else:
            super().mouseDoubleClickEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pick the picture up once the pointer has gone far enough."""
        start = self._grabbed_at
        if start is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        moved = (event.position().toPoint() - start).manhattanLength()
        if moved >= QApplication.startDragDistance():
            self._grabbed_at = None
            self.setDown(False)
            self.lift_wanted.emit(self.place)

    def lift(self, mime: QMimeData) -> None:
        """Carry the picture about until it is dropped somewhere."""
        drag = QDrag(self)
        drag.setMimeData(mime)
        if self._view.preview is not None:
            drag.setPixmap(_small(self._view.preview, self.devicePixelRatioF()))
        drag.exec(Qt.DropAction.CopyAction | Qt.DropAction.MoveAction)

    # Keys and menu

    def event(self, event: QEvent) -> bool:
        """Keep the keys of the clipboard from the window while the slot has the focus."""
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and (event.matches(_Key.Paste) or event.matches(_Key.Copy) or _is_delete(event))
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, C, clipboard, Del, Alt with arrows."""
        key = Qt.Key(event.key())
        if event.matches(_Key.Paste):
            self.paste_wanted.emit(self.place)
        elif event.matches(_Key.Copy):
            self.copy_wanted.emit(self.place)
        elif _is_delete(event):
            self.take_out_wanted.emit(self.place)
        elif key in _OPENING and self.can_be_cropped and not _is_combined(event):
            self.crop_wanted.emit(self.place)
        elif key in _ENTER:
            self.choose_wanted.emit(self.place)
        elif event.modifiers() & Qt.KeyboardModifier.AltModifier and key in _ARROWS:
            self.swap_wanted.emit(Step(self.place, key))
        elif key in _ARROWS:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu at the pointer, or below the slot when a key asked for it."""
        self.menu().popup(event.globalPos())

    @Slot()
    def _show_menu(self) -> None:
        button = self._menu_button
        self.menu().popup(button.mapToGlobal(QPoint(0, button.height() + 4)))

    def menu(self) -> QMenu:
        """What can be done here; gone when it closes."""
        return slot_menu(self._look, self)

    # Drag and drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Ask what may be said of it; taken on in any case, so that the refusal can be shown."""
        self._is_acceptable = False
        self.held.emit(Held(self.place, event.mimeData()))
        event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """The pointer shows whether it may be dropped."""
        if self._is_acceptable:
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """It went on."""
        self.let_go.emit()

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand it over."""
        self.let_go.emit()
        self.dropped.emit(Held(self.place, event.mimeData()))
        event.acceptProposedAction()


_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_OPENING = (*_ENTER, Qt.Key.Key_C)
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


def _is_delete(event: QKeyEvent) -> bool:
    return event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


def _is_combined(event: QKeyEvent) -> bool:
    keypad = Qt.KeyboardModifier.KeypadModifier
    return bool(event.modifiers() & ~keypad)


def _small(preview: QPixmap, ratio: float) -> QPixmap:
    side = round(_DRAG_PX * ratio)
    small = preview.scaled(
        side,
        side,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    small.setDevicePixelRatio(ratio)
    return small
