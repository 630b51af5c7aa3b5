"""Draws the frame on a picture: what falls away, the handles, the limits. No state of its own."""

from dataclasses import dataclass
from fractions import Fraction

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen

from kling_desktop.text import t
from kling_desktop.ui.compose.crop.geometry import Handle
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import edge, fill
from kling_desktop.ui.theme import Radius, Type

CORNER_PX, BAR_PX, GRIP_PX = 20, 28, 24
FEW_HANDLES_BELOW_PX = 200
_THIRDS, _DARK_EDGE = 0.42, 0.55
_LABEL_GAP_PX = 20
_EDGES = tuple(handle for handle in Handle if 0 in handle.value and handle is not Handle.FRAME)
_CORNERS = tuple(handle for handle in Handle if 0 not in handle.value)


@dataclass(frozen=True, slots=True)
class FrameView:
    """What is drawn, in the widget's pixels. `room` is all of it, `held` the handle in hand.

    `least` is the shortest side that is allowed, named by `least_words`.
    """

    room: QRectF
    picture: QRectF
    frame: QRectF
    widest: Fraction
    least: float = 0
    least_words: str = ""
    held: Handle | None = None
    label: str = ""
    hides_rest: bool = False


def handle_points(frame: QRectF) -> dict[Handle, QPointF]:
    """Where the handles stand: corners only where the frame is small."""
    shown = _CORNERS
    if min(frame.width(), frame.height()) >= FEW_HANDLES_BELOW_PX:
        shown = (*_CORNERS, *_EDGES)
    centre = frame.center()
    half_width, half_height = frame.width() / 2, frame.height() / 2
    return {
        handle: QPointF(
            centre.x() + handle.value[0] * half_width, centre.y() + handle.value[1] * half_height
        )
        for handle in shown
    }


def handle_at(point: QPointF, frame: QRectF) -> Handle | None:
    """What the pointer would take hold of, None outside the frame."""
    reach = GRIP_PX / 2
    for handle, place in handle_points(frame).items():
        if abs(point.x() - place.x()) <= reach and abs(point.y() - place.y()) <= reach:
            return handle
    # The whole of an edge can be taken, not only its bar.
    grown = frame.adjusted(-reach / 2, -reach / 2, reach / 2, reach / 2)
    inner = frame.adjusted(reach / 2, reach / 2, -reach / 2, -reach / 2)
    if inner.contains(point):
        return Handle.FRAME
    if not grown.contains(point) or inner.isEmpty():
        return None
    across = -1 if point.x() < inner.left() else 1 if point.x() > inner.right() else 0
    down = -1 if point.y() < inner.top() else 1 if point.y() > inner.bottom() else 0
    return Handle((across, down))


def paint_frame(painter: QPainter, view: FrameView, look: Look) -> None:
    """Draw it over the picture."""
    _paint_rest(painter, view, look)
    if view.hides_rest:
        return
    if view.held is not None and 0 in view.held.value and view.held is not Handle.FRAME:
        _paint_limits(painter, view, look)
    _paint_thirds(painter, view.frame, look)
    dark = QColor(look.theme.scrim)
    dark.setAlphaF(_DARK_EDGE)
    edge(painter, view.frame.adjusted(-2.5, -2.5, 2.5, 2.5), dark, 0, 1)
    edge(painter, view.frame.adjusted(-1.5, -1.5, 1.5, 1.5), look.theme.on_scrim, 0, 1.5)
    for handle, place in handle_points(view.frame).items():
        corner = min(CORNER_PX, min(view.frame.width(), view.frame.height()) / 4)
        strokes = _strokes(handle, place, corner)
        _paint_handle(painter, strokes, look, is_held=handle is view.held)
    if view.label and view.held is not None:
        _paint_label(painter, view, look)


def _paint_rest(painter: QPainter, view: FrameView, look: Look) -> None:
    away = look.theme.viewer if view.hides_rest else look.theme.cut_away
    picture, frame = view.picture, view.frame
    rows = (
        QRectF(picture.topLeft(), QPointF(picture.right(), frame.top())),
        QRectF(QPointF(picture.left(), frame.top()), frame.bottomLeft()),
        QRectF(frame.topRight(), QPointF(picture.right(), frame.bottom())),
        QRectF(QPointF(picture.left(), frame.bottom()), picture.bottomRight()),
    )
    # Smooth edges of parts that meet would show as a line between them.
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for row in rows:
        if row.width() > 0 and row.height() > 0:
            painter.fillRect(row, away)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _paint_thirds(painter: QPainter, frame: QRectF, look: Look) -> None:
    color = QColor(look.theme.on_scrim)
    color.setAlphaF(_THIRDS)
    painter.setPen(QPen(color, 1))
    for third in (1 / 3, 2 / 3):
        x, y = frame.left() + frame.width() * third, frame.top() + frame.height() * third
        painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
        painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))


def _paint_handle(
    painter: QPainter, strokes: tuple[QRectF, ...], look: Look, *, is_held: bool
) -> None:
    theme = look.theme
    for part in strokes:
        if is_held:
            fill(painter, part.adjusted(-3, -3, 3, 3), theme.on_scrim, 5)
            fill(painter, part.adjusted(-1, -1, 1, 1), theme.accent, 3)
        else:
            fill(painter, part.adjusted(-1, -1, 1, 1), theme.scrim, 1)
            fill(painter, part, theme.on_scrim)


def _strokes(handle: Handle, place: QPointF, corner: float) -> tuple[QRectF, ...]:
    """A bar on an edge; two strokes that meet at a corner, along the inside of the frame."""
    across, down = handle.value
    x, y, thick = place.x(), place.y(), 4
    if not across:
        return (QRectF(x - BAR_PX / 2, y - thick / 2, BAR_PX, thick),)
    if not down:
        return (QRectF(x - thick / 2, y - BAR_PX / 2, thick, BAR_PX),)
    left = x - 2 if across < 0 else x + 2 - corner
    top = y - 2 if down < 0 else y + 2 - corner
    level = QRectF(left, y - 2, corner, thick)
    upright = QRectF(x - 2, top, thick, corner)
    return (level, upright)


def _paint_label(painter: QPainter, view: FrameView, look: Look) -> None:
    """Size and shape beside the handle in hand, on whichever side has room."""
    assert view.held is not None
    lines = view.label.split("\n")
    font = look.font(Type.SMALL_STRONG)
    metrics = QFontMetricsF(font)
    width = max(metrics.horizontalAdvance(line) for line in lines) + 20
    height = metrics.height() * len(lines) + 12
    across, down = view.held.value
    frame = view.frame
    x = frame.center().x() + across * (frame.width() / 2 + _LABEL_GAP_PX)
    y = frame.center().y() + down * (frame.height() / 2 + _LABEL_GAP_PX)
    box = QRectF(x - width / 2 + across * width / 2, y - height / 2 + down * height / 2, 0, 0)
    box.setSize(QRectF(0, 0, width, height).size())
    room = view.room.adjusted(8, 8, -8, -8)
    box.moveLeft(min(max(box.left(), room.left()), room.right() - width))
    box.moveTop(min(max(box.top(), room.top()), room.bottom() - height))
    fill(painter, box, look.theme.scrim, Radius.FIELD)
    painter.setFont(font)
    painter.setPen(look.theme.on_scrim)
    painter.drawText(box.adjusted(10, 6, -10, -6), int(Qt.AlignmentFlag.AlignLeft), view.label)


def _paint_limits(painter: QPainter, view: FrameView, look: Look) -> None:
    """The narrowest and the widest place of the side in hand, and hatching beyond the widest."""
    assert view.held is not None
    across, down = view.held.value
    picture, frame, widest = view.picture, view.frame, float(view.widest)
    fixed, length = (frame.left(), frame.height()) if across else (frame.top(), frame.width())
    if across < 0:
        fixed = frame.right()
    if down < 0:
        fixed = frame.bottom()
    way = across or down
    name = f"{widest:g}"
    near, far = (t("Narrowest 1:{limit}"), t("Widest {limit}:1"))
    if not across:
        near, far = (t("Widest {limit}:1"), t("Narrowest 1:{limit}"))
    nearest, near_words = length / widest, near.format(limit=name)
    if view.least > nearest:
        nearest, near_words = view.least, view.least_words
    for reach, words in ((nearest, near_words), (length * widest, far.format(limit=name))):
        place = fixed + way * reach
        _paint_limit(painter, view, place, words, look, is_far=reach > length)
    beyond = fixed + way * length * widest
    hatched = QRectF(frame)
    if across:
        hatched.setLeft(beyond if way > 0 else picture.left())
        hatched.setRight(picture.right() if way > 0 else beyond)
    else:
        hatched.setTop(beyond if way > 0 else picture.top())
        hatched.setBottom(picture.bottom() if way > 0 else beyond)
    if hatched.width() > 0 and hatched.height() > 0:
        painter.fillRect(hatched, QBrush(look.theme.on_scrim, Qt.BrushStyle.FDiagPattern))


def _paint_limit(
    painter: QPainter, view: FrameView, place: float, words: str, look: Look, *, is_far: bool
) -> None:
    assert view.held is not None
    across, down = view.held.value
    picture, frame = view.picture, view.frame
    span = (picture.left(), picture.right()) if across else (picture.top(), picture.bottom())
    if not span[0] < place < span[1]:
        return
    one, other = QPointF(place, frame.top()), QPointF(place, frame.bottom())
    if not across:
        one, other = QPointF(frame.left(), place), QPointF(frame.right(), place)
    for color, style in ((look.theme.scrim, 3.0), (look.theme.on_scrim, 1.5)):
        pen = QPen(color, style)
        pen.setDashPattern([5 / style, 4 / style])
        painter.setPen(pen)
        painter.drawLine(one, other)
    font = look.font(Type.MICRO)
    metrics = QFontMetricsF(font)
    box = QRectF(0, 0, metrics.horizontalAdvance(words) + 16, metrics.height() + 8)
    # Beside the line, on the side of the frame's middle for the far one.
    way = (across or down) * (-1 if is_far else 1)
    if across:
        box.moveTopLeft(QPointF(place + 8 if way > 0 else place - 8 - box.width(), one.y() + 12))
    else:
        box.moveTopLeft(QPointF(one.x() + 12, place + 8 if way > 0 else place - 8 - box.height()))
    fill(painter, box, look.theme.scrim, Radius.TAG)
    painter.setFont(font)
    painter.setPen(look.theme.on_scrim)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)
