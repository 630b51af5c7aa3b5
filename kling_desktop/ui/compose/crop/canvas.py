"""The picture with its frame, large: moved and changed by pointer and keys."""

from fractions import Fraction

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QEnterEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QTransform,
)

from kling_desktop.domain.media import Crop
from kling_desktop.text import t
from kling_desktop.ui.compose.crop import geometry
from kling_desktop.ui.compose.crop.cut import Cut, ratio_words
from kling_desktop.ui.compose.crop.cut_model import CutModel
from kling_desktop.ui.compose.crop.frame_paint import FrameView, handle_at, paint_frame
from kling_desktop.ui.compose.crop.geometry import Handle
from kling_desktop.ui.library.stage import Stage
from kling_desktop.ui.look import Look, announce

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_FAR_PX = 10
_CURSORS = {
    Handle.FRAME: Qt.CursorShape.SizeAllCursor,
    Handle.TOP_LEFT: Qt.CursorShape.SizeFDiagCursor,
    Handle.BOTTOM_RIGHT: Qt.CursorShape.SizeFDiagCursor,
    Handle.TOP_RIGHT: Qt.CursorShape.SizeBDiagCursor,
    Handle.BOTTOM_LEFT: Qt.CursorShape.SizeBDiagCursor,
    Handle.LEFT: Qt.CursorShape.SizeHorCursor,
    Handle.RIGHT: Qt.CursorShape.SizeHorCursor,
    Handle.TOP: Qt.CursorShape.SizeVerCursor,
    Handle.BOTTOM: Qt.CursorShape.SizeVerCursor,
}


class CropCanvas(Stage):
    """Shows the cut of a model and lets it be changed. Zooms and moves as the viewer does.

    Arrows move the frame by a pixel, with Shift by ten; with Alt or Ctrl they change its size.
    What lies outside the frame is pushed about with the pointer when the picture is zoomed in.
    """

    double_clicked = Signal()

    def __init__(self, look: Look, model: CutModel) -> None:
        super().__init__(look)
        self._look = look
        self._model = model
        self._upright = QImage()
        self._shown: tuple[int, bool] | None = None
        self._scaled = QPixmap()
        self._turned = QPixmap()
        self._handle: Handle | None = None
        self._start = QPointF()
        self._before: Cut | None = None
        self._hides_rest = False
        self._is_loaded = False
        self.setMouseTracking(True)
        self.setAccessibleName(t("Frame"))
        model.changed.connect(self._on_changed)

    def wait_for_picture(self) -> None:
        """There is none yet."""
        self._upright, self._is_loaded = QImage(), False
        self.update()

    def show_upright(self, picture: QImage) -> None:
        """The picture as EXIF has it upright, small or not; a null one cannot be shown."""
        self._upright, self._is_loaded = picture, True
        self._shown = None
        self._on_changed()

    @property
    def is_loaded(self) -> bool:
        """Whether the picture is there, or will never be."""
        return self._is_loaded

    @property
    def has_upright(self) -> bool:
        """Whether there is something to see."""
        return not self._upright.isNull()

    @property
    def held(self) -> Handle | None:
        """The handle in hand."""
        return self._handle

    def frame_box(self) -> QRectF:
        """Where the frame stands on the widget."""
        return self._on_screen(self._model.cut.frame)

    def hide_rest(self, hides: bool) -> None:
        """Show only what is kept."""
        if hides != self._hides_rest:
            self._hides_rest = hides
            self.update()

    @Slot()
    def _on_changed(self) -> None:
        cut = self._model.cut
        if not self._upright.isNull():
            wanted = (cut.edit.quarter_turns, cut.edit.is_mirrored)
            if wanted != self._shown:
                self._shown = wanted
                self._turned = QPixmap.fromImage(_turned(self._upright, *wanted))
                extent = cut.extent
                self.show_picture(self._turned, extent.width, extent.height, is_final=True)
                self._scaled = QPixmap()
        self.setAccessibleDescription(frame_sentence(cut))
        self.update()

    # Painting

    def _on_screen(self, crop: Crop) -> QRectF:
        box, extent = self.picture_box(), self._model.cut.extent
        scale_x, scale_y = box.width() / extent.width, box.height() / extent.height
        return QRectF(
            box.left() + crop.left * scale_x,
            box.top() + crop.top * scale_y,
            crop.width * scale_x,
            crop.height * scale_y,
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Picture, then frame."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.theme.viewer)
        if self._upright.isNull():
            self._paint_nothing(painter)
            return
        box = self.picture_box()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.zoom() < 2.0)
        painter.drawPixmap(box, self._fitting_pixmap(box), QRectF())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cut = self._model.cut
        width, height = cut.frame.width, cut.frame.height
        view = FrameView(
            room=QRectF(self.rect()),
            picture=box,
            frame=self.frame_box(),
            widest=cut.limits.widest,
            least=cut.bounds.least_px * box.width() / cut.extent.width,
            least_words=t("At least {limit} px", limit=cut.bounds.least_px),
            held=self._handle,
            label=f"{size_words(width, height)}\n{ratio_words(width, height)}",
            hides_rest=self._hides_rest,
        )
        paint_frame(painter, view, self._look)

    def _paint_nothing(self, painter: QPainter) -> None:
        words = t("Opening the picture…")
        if self._is_loaded:
            words = t("This file cannot be shown. It may have been moved or deleted.")
        painter.setPen(self._look.theme.text_2)
        painter.drawText(QRectF(self.rect()), int(Qt.AlignmentFlag.AlignCenter), words)

    def _fitting_pixmap(self, box: QRectF) -> QPixmap:
        """A version made for the present size, kept for as long as that stays."""
        ratio = self.devicePixelRatioF()
        size = QSize(round(box.width() * ratio), round(box.height() * ratio))
        if size.width() >= self._turned.width():
            return self._turned
        if self._scaled.size() != size:
            self._scaled = self._turned.scaled(
                size,
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        return self._scaled

    # Pointer

    def _pixels(self, way: QPointF) -> tuple[int, int]:
        """A way on the widget in pixels of the picture."""
        box, extent = self.picture_box(), self._model.cut.extent
        return (
            round(way.x() * extent.width / box.width()),
            round(way.y() * extent.height / box.height()),
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of a handle or of the frame; elsewhere of the picture."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() is Qt.MouseButton.LeftButton and self.has_upright:
            self._handle = handle_at(event.position(), self.frame_box())
        if self._handle is None:
            super().mousePressEvent(event)
            return
        self._model.end()
        self._start, self._before = event.position(), self._model.cut
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what is in hand; else show what could be taken."""
        if self._handle is not None and self._before is not None:
            across, down = self._pixels(event.position() - self._start)
            self._model.set(self._before.dragged(self._handle, across, down), "drag")
            return
        super().mouseMoveEvent(event)
        if not event.buttons():
            self._point(event.position())

    def _point(self, place: QPointF) -> None:
        found = handle_at(place, self.frame_box()) if self.has_upright else None
        if found is not None:
            self.setCursor(_CURSORS[found])
        else:
            self.unsetCursor()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if self._handle is None:
            super().mouseReleaseEvent(event)
            return
        self._handle, self._before = None, None
        self._model.end()
        self.tell()
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Inside the frame it is applied, outside the zoom changes."""
        if handle_at(event.position(), self.frame_box()) is Handle.FRAME:
            self.double_clicked.emit()
        else:
            super().mouseDoubleClickEvent(event)

    def scale_frame(self, factor: float) -> None:
        """The frame larger or smaller about its middle, its shape kept."""
        self._model.set(self._model.cut.scaled(factor), "scale")
        self.tell()

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows; what is not known here goes on to the editor."""
        key = Qt.Key(event.key())
        if key not in _ARROWS or not self.has_upright:
            event.ignore()
            return
        modifiers = event.modifiers()
        step = _FAR_PX if modifiers & Qt.KeyboardModifier.ShiftModifier else 1
        across, down = (step * way for way in _ARROWS[key])
        resizes = bool(
            modifiers & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier)
        )
        cut = self._model.cut
        if resizes:
            changed = cut.resized(across, down)
        else:
            changed = cut.with_frame(geometry.moved(cut.frame, across, down, cut.extent))
        self._model.set(changed, f"size {key}" if resizes else f"move {key}")
        self.tell()

    def tell(self) -> None:
        """Let a screen reader say where the frame is now."""
        announce(self, frame_sentence(self._model.cut))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The ring is drawn around the frame's own widget."""
        super().focusInEvent(event)
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show what could be taken."""
        super().enterEvent(event)
        self._point(event.position())


def size_words(width: int, height: int) -> str:
    """`1200 × 800 px`."""
    return t("{width} × {height} px", width=width, height=height)


def frame_sentence(cut: Cut) -> str:
    """Where the frame stands and what may be said of it, for those who do not see it."""
    frame = cut.frame
    return t(
        "{size}, {ratio}, {left} px from the left, {top} px from the top. {verdict}.",
        size=size_words(frame.width, frame.height),
        ratio=ratio_words(frame.width, frame.height),
        left=frame.left,
        top=frame.top,
        verdict=verdict_words(cut),
    )


def verdict_words(cut: Cut) -> str:
    """Whether what is kept may be sent, in two or three words."""
    width, height = cut.size
    if not cut.is_narrow_enough:
        frame = cut.frame
        is_wide = Fraction(frame.width, frame.height) > 1
        return t("Too wide") if is_wide else t("Too tall")
    if not cut.is_large_enough:
        return t("Too small")
    return t("{ratio} fits", ratio=ratio_words(width, height))


def _turned(picture: QImage, quarter_turns: int, is_mirrored: bool) -> QImage:
    if quarter_turns:
        picture = picture.transformed(QTransform().rotate(90 * quarter_turns))
    return picture.flipped(Qt.Orientation.Horizontal) if is_mirrored else picture
