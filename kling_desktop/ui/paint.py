"""Strokes that several widgets and delegates share, drawn from the theme's tokens."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap

from kling_desktop.ui.look import Look
from kling_desktop.ui.theme import Radius, Type


def fill(painter: QPainter, box: QRectF, color: QColor, radius: float = 0) -> None:
    """A filled box with round corners and no edge."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(box, radius, radius)


def edge(
    painter: QPainter,
    box: QRectF,
    color: QColor,
    radius: float = 0,
    width: float = 1,
    style: Qt.PenStyle = Qt.PenStyle.SolidLine,
) -> None:
    """The outline of a box, drawn inside it so that nothing is clipped.

    A broken line is as wide as whole device pixels allow: half a pixel would blur every dash.
    """
    if style is Qt.PenStyle.DashLine:
        ratio = painter.device().devicePixelRatioF()
        width = max(1, int(width * ratio)) / ratio
    pen = QPen(color, width, style)
    if style is Qt.PenStyle.DashLine:
        pen.setDashPattern([4 / width, 3 / width])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inset = width / 2
    painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), radius, radius)


def text(
    painter: QPainter,
    box: QRectF,
    words: str,
    font: QFont,
    color: QColor,
    flags: int = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter),
) -> None:
    """One line of text, shortened at its end where it does not fit."""
    painter.setFont(font)
    painter.setPen(color)
    line = QFontMetricsF(font).elidedText(words, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, flags, line)


def fitted(picture: QPixmap, box: QRectF) -> QRectF:
    """Where a whole picture stands in `box`, centred, on whole pixels."""
    size = picture.deviceIndependentSize()
    if size.isEmpty():
        return QRectF()
    scale = min(box.width() / size.width(), box.height() / size.height())
    width, height = round(size.width() * scale), round(size.height() * scale)
    left = round(box.center().x() - width / 2)
    top = round(box.center().y() - height / 2)
    return QRectF(left, top, width, height)


def covered(painter: QPainter, picture: QPixmap, box: QRectF, radius: float) -> None:
    """A picture that fills `box`, its middle shown, with round corners."""
    size = picture.size()
    if size.isEmpty():
        return
    scale = max(box.width() / size.width(), box.height() / size.height())
    width, height = box.width() / scale, box.height() / scale
    source = QRectF((size.width() - width) / 2, (size.height() - height) / 2, width, height)
    painter.save()
    painter.setClipPath(rounded_path(box, radius))
    painter.drawPixmap(box, picture, source)
    painter.restore()


def rounded_path(box: QRectF, radius: float) -> QPainterPath:
    """The shape of a box with round corners."""
    path = QPainterPath()
    path.addRoundedRect(box, radius, radius)
    return path


def tag(
    painter: QPainter,
    corner: QPointF,
    words: str,
    look: Look,
    *,
    background: QColor | None = None,
    color: QColor | None = None,
    icon: str = "",
) -> QRectF:
    """A small label on a scrim at `corner` (its top left), 20 high. Returns its box."""
    theme = look.theme
    font = look.font(Type.MICRO)
    color = color or theme.on_scrim
    height = max(20.0, QFontMetricsF(font).height() + 4)
    lead = 20 if icon else 0
    width = max(height, QFontMetricsF(font).horizontalAdvance(words) + 14 + lead)
    box = QRectF(corner.x(), corner.y(), width, height)
    fill(painter, box, background or theme.scrim, Radius.TAG)
    if icon:
        look.paint_icon(painter, icon, QRectF(box.left() + 4, box.top(), 18, height), color)
    inner = box.adjusted(lead, 0, 0, 0)
    text(painter, inner, words, font, color, int(Qt.AlignmentFlag.AlignCenter))
    return box
