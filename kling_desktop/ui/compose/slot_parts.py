"""What stands on and below the picture of a slot: the caption, and buttons on a scrim."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from kling_desktop.ui.compose.slot_paint import paint_caption
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import fill
from kling_desktop.ui.theme import Radius

if TYPE_CHECKING:
    from kling_desktop.ui.compose.image_slot import ImageSlot

BUTTON_WIDTH_PX, BUTTON_HEIGHT_PX = 28, 24


class Caption(QWidget):
    """The line below a slot."""

    def __init__(self, slot: "ImageSlot", look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._slot = slot
        self._look = look
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        paint_caption(QPainter(self), QRectF(self.rect()), self._slot.view, self._look)


class ScrimButton(QAbstractButton):
    """On a scrim in the corner; always there for keys and screen readers, seen when pointed at.

    `side` is -1 where it is the first of a bar, 1 the last: only there the corners are round.
    """

    def __init__(self, slot: "ImageSlot", look: Look, icon: str, side: int) -> None:
        super().__init__(slot)
        self._slot = slot
        self._look = look
        self._icon_name, self._side = icon, side
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedSize(BUTTON_WIDTH_PX, BUTTON_HEIGHT_PX)
        self.hide()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the scrim."""
        super().focusInEvent(event)
        self._slot.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide it."""
        super().focusOutEvent(event)
        self._slot.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Nothing, unless the slot is pointed at."""
        if not self._slot.view.is_pointed_at:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        # Beyond the edge, where it is cut off, the bar goes on in its other button.
        side = -self._side if self.isRightToLeft() else self._side
        ground = box.adjusted(-Radius.FIELD * (side > 0), 0, Radius.FIELD * (side < 0), 0)
        fill(painter, ground, self._look.theme.scrim, Radius.FIELD)
        self._look.paint_icon(painter, self._icon_name, box, self._look.theme.on_scrim)
