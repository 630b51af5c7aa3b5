"""One picture large: fitted or at a zoom, moved by wheel, drag and keys."""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from kling_desktop.text import t
from kling_desktop.ui.look import Look

_ASIDE_PX, _MARGIN_PX = 72, 16
_NARROW, _WIDE, _STEP = 0.05, 16.0, 1.2


class Stage(QWidget):
    """`zoom` is device pixels per pixel of the picture; None means fitted.

    `zoomed` is emitted when it changes, with the zoom that is shown.
    """

    zoomed = Signal(float)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._picture = QPixmap()
        self._is_final = False
        self._full = (0, 0)
        self._zoom: float | None = None
        self._shift = QPointF()
        self._held: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(t("Picture"))
        look.changed.connect(self.update)

    def show_picture(self, picture: QPixmap, width: int, height: int, *, is_final: bool) -> None:
        """A picture that is `width` by `height` px in full; a small one stands in until then."""
        if (width, height) != self._full:
            self._zoom, self._shift = None, QPointF()
        self._picture, self._full, self._is_final = picture, (width, height), is_final
        self.update()
        self.zoomed.emit(self.zoom())

    @property
    def has_picture(self) -> bool:
        """Whether the result itself is shown, no longer a small one in its place."""
        return self._is_final and not self._picture.isNull()

    @property
    def is_fitted(self) -> bool:
        """Whether the whole picture is shown."""
        return self._zoom is None

    def zoom(self) -> float:
        """What is shown now, 1 for a device pixel each."""
        return self._fitting() if self._zoom is None else self._zoom

    def set_zoom(self, zoom: float | None, about: QPointF | None = None) -> None:
        """Zoom to this, keeping the point `about` where it is."""
        before, centre = self.zoom(), QPointF(self.rect().center())
        about = about or centre
        self._zoom = None if zoom is None else min(max(zoom, _NARROW), _WIDE)
        if self._zoom is None:
            self._shift = QPointF()
        else:
            grown = self._zoom / before
            self._shift = (self._shift + centre - about) * grown + about - centre
            self._keep_near()
        self.update()
        self.zoomed.emit(self.zoom())

    def _ratio(self) -> float:
        return self.devicePixelRatioF()

    def _fitting(self) -> float:
        width, height = self._full
        if not width or not height:
            return 1.0
        # Room at the sides for the arrows.
        aside = _ASIDE_PX if self.width() > 600 else _MARGIN_PX
        room = self.rect().adjusted(aside, _MARGIN_PX, -aside, -_MARGIN_PX)
        scale = min(room.width() / width, room.height() / height) * self._ratio()
        return max(_NARROW, min(scale, 2.0))

    def picture_box(self) -> QRectF:
        """Where the picture stands."""
        scale = self.zoom() / self._ratio()
        width, height = self._full[0] * scale, self._full[1] * scale
        centre = QRectF(self.rect()).center() + self._shift
        box = QRectF(centre.x() - width / 2, centre.y() - height / 2, width, height)
        box.moveTo(round(box.x()), round(box.y()))
        return box

    def _keep_near(self) -> None:
        """A picture is never pushed out of sight."""
        box = self.picture_box()
        across = max(0.0, (box.width() - self.width()) / 2 + _MARGIN_PX)
        down = max(0.0, (box.height() - self.height()) / 2 + _MARGIN_PX)
        self._shift = QPointF(
            min(max(self._shift.x(), -across), across), min(max(self._shift.y(), -down), down)
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Picture on the surface of the viewer."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.theme.viewer)
        if self._picture.isNull():
            if self._is_final:
                self._paint_missing(painter)
            return
        # Beyond twice the size single pixels are what one wants to see.
        smooth = self.zoom() < 2.0
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawPixmap(self.picture_box(), self._picture, QRectF(self._picture.rect()))

    def _paint_missing(self, painter: QPainter) -> None:
        painter.setPen(self._look.theme.text_2)
        words = t("This file cannot be shown. It may have been moved or deleted.")
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        painter.drawText(QRectF(self.rect()), flags, words)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the mouse."""
        steps = event.angleDelta().y() / 120
        if steps:
            self.set_zoom(self.zoom() * _STEP**steps, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a picture that is larger than its place."""
        if event.button() is Qt.MouseButton.LeftButton and not self.is_fitted:
            self._held = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move it."""
        if self._held is not None:
            self._shift += event.position() - self._held
            self._held = event.position()
            self._keep_near()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._held = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Between fitted and one pixel each."""
        self.set_zoom(1.0 if self.is_fitted else None, event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Plus, minus, 0 fits, 1 shows each pixel; what is zoomed in moves by Shift and arrows."""
        key = event.key()
        zooms = {
            Qt.Key.Key_Plus: self.zoom() * _STEP,
            Qt.Key.Key_Equal: self.zoom() * _STEP,
            Qt.Key.Key_Minus: self.zoom() / _STEP,
            Qt.Key.Key_1: 1.0,
            Qt.Key.Key_0: None,
        }
        moves = {
            Qt.Key.Key_Left: (1, 0),
            Qt.Key.Key_Right: (-1, 0),
            Qt.Key.Key_Up: (0, 1),
            Qt.Key.Key_Down: (0, -1),
        }
        if key in zooms:
            self.set_zoom(zooms[Qt.Key(key)])
        elif key in moves and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            across, down = moves[Qt.Key(key)]
            self._shift += QPointF(across, down) * 64
            self._keep_near()
            self.update()
        else:
            event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A fitted picture stays fitted."""
        super().resizeEvent(event)
        self._keep_near()
        self.zoomed.emit(self.zoom())
