"""The pieces a task is drawn of: mosaic, journey line, buttons, state icon."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap, QPolygonF

from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import covered, edge, fill, rounded_path, text
from kling_desktop.ui.tasks import time_words
from kling_desktop.ui.tasks.task_words import Journey, Mark, Tone
from kling_desktop.ui.theme import Radius, Theme, Type

_GAP_PX = 3
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)


def tone_color(theme: Theme, tone: Tone) -> QColor:
    """The colour of a state icon; titles of warnings and failures carry it too."""
    return {
        Tone.BUSY: theme.accent_text,
        Tone.GOOD: theme.success,
        Tone.WARNING: theme.warning,
        Tone.DANGER: theme.danger,
        Tone.QUIET: theme.text_2,
    }[tone]


def title_color(theme: Theme, tone: Tone) -> QColor:
    """The colour of a title."""
    return tone_color(theme, tone) if tone in (Tone.WARNING, Tone.DANGER) else theme.text_1


def mosaic_boxes(count: int, box: QRectF) -> list[QRectF]:
    """The cells of one to four pictures in a square, 1 px apart."""
    half = (box.width() - 1) / 2
    left, top = box.left(), box.top()
    right, low = left + half + 1, top + half + 1
    if count == 1:
        return [box]
    if count == 2:
        return [QRectF(left, top, half, box.height()), QRectF(right, top, half, box.height())]
    tall = QRectF(left, top, half, box.height())
    corners = [QRectF(right, top, half, half), QRectF(right, low, half, half)]
    if count == 3:
        return [tall, *corners]
    return [QRectF(left, top, half, half), corners[0], QRectF(left, low, half, half), corners[1]]


def paint_mosaic(
    painter: QPainter, box: QRectF, pictures: Sequence[QPixmap | None], look: Look
) -> None:
    """One to four input pictures in a square with round corners; an unknown one stays a tone.

    What was found on an account has none.
    """
    painter.save()
    painter.setClipPath(rounded_path(box, Radius.PICTURE + 1))
    painter.fillRect(box, look.theme.pressed if not pictures else look.theme.line)
    if not pictures:
        look.paint_icon(painter, "home", box, look.theme.text_2)
    for picture, cell in zip(pictures, mosaic_boxes(len(pictures), box), strict=False):
        if picture is None:
            painter.fillRect(cell, look.theme.pressed)
        elif picture.isNull():
            painter.fillRect(cell, look.theme.pressed)
            look.paint_icon(painter, "link", cell, look.theme.text_2)
        else:
            painter.save()
            painter.setClipRect(cell, Qt.ClipOperation.IntersectClip)
            covered_in(painter, picture, cell)
            painter.restore()
    painter.restore()


def covered_in(painter: QPainter, picture: QPixmap, cell: QRectF) -> None:
    """A picture that fills a cell whose corners are clipped already."""
    size = picture.size()
    scale = max(cell.width() / size.width(), cell.height() / size.height())
    width, height = cell.width() / scale, cell.height() / scale
    source = QRectF((size.width() - width) / 2, (size.height() - height) / 2, width, height)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawPixmap(cell, picture, source)


def paint_result(painter: QPainter, box: QRectF, picture: QPixmap | None, look: Look) -> None:
    """A finished result, or its tone while it is loading."""
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    if picture is None or picture.isNull():
        fill(painter, box, look.theme.pressed, Radius.PICTURE)
        return
    covered(painter, picture, box, Radius.PICTURE)


def paint_journey(painter: QPainter, box: QRectF, journey: Journey, theme: Theme) -> None:
    """Four segments: past, now at its share, coming; unsure hatched, stopped with a notch."""
    width = (box.width() - 3 * _GAP_PX) / 4
    for number, mark in enumerate(journey.marks()):
        cell = QRectF(box.left() + number * (width + _GAP_PX), box.top(), width, box.height())
        _paint_segment(painter, cell, mark, journey.share, theme)


def _paint_segment(painter: QPainter, cell: QRectF, mark: Mark, share: float, theme: Theme) -> None:
    radius = cell.height() / 2
    if mark is Mark.PAST:
        fill(painter, cell, theme.text_3, radius)
    elif mark is Mark.STOPPED:
        fill(painter, cell, theme.danger, radius)
        notch = QRectF(cell.center().x() - 1, cell.top() - 1, 2, cell.height() + 2)
        painter.fillRect(notch, theme.panel)
    else:
        fill(painter, cell, theme.line_control, radius)
    if mark is Mark.NOW:
        done = QRectF(cell)
        done.setWidth(max(cell.height(), cell.width() * min(share, 1.0)))
        fill(painter, done, theme.accent_text, radius)
    elif mark is Mark.UNSURE:
        _paint_hatching(painter, cell, theme)


def _paint_hatching(painter: QPainter, cell: QRectF, theme: Theme) -> None:
    painter.save()
    painter.setClipPath(rounded_path(cell, cell.height() / 2))
    painter.fillRect(cell, theme.warning_fill)
    painter.setPen(QPen(theme.warning, 1.6))
    x = cell.left() - cell.height()
    while x < cell.right():
        painter.drawLine(QPointF(x, cell.bottom()), QPointF(x + cell.height(), cell.top()))
        x += 4
    painter.restore()
    edge(painter, cell, theme.warning, cell.height() / 2)


def paint_button(
    painter: QPainter, box: QRectF, words: str, look: Look, *, is_link: bool, state: str
) -> None:
    """A button in a row. `state` is "", "hover", "pressed" or "focus"."""
    theme = look.theme
    font = look.font(Type.SMALL_MEDIUM)
    if is_link:
        if state in ("hover", "pressed"):
            fill(painter, box, theme.hover if state == "hover" else theme.pressed, Radius.FIELD)
        text(painter, box, words, font, theme.accent_text, _CENTRE)
    else:
        ground = {"hover": theme.hover, "pressed": theme.pressed}.get(state, theme.control)
        fill(painter, box, ground, Radius.FIELD)
        edge(painter, box, theme.line_control, Radius.FIELD)
        painter.setFont(font)
        painter.setPen(theme.text_1)
        painter.drawText(box, _CENTRE | int(Qt.TextFlag.TextWordWrap), words)
    if state == "focus":
        edge(painter, box.adjusted(-3, -3, 3, 3), theme.focus, Radius.FIELD + 3, 2)


def paint_state(
    painter: QPainter, box: QRectF, icon: str, color: QColor, look: Look, turn: float
) -> None:
    """The state icon, 16 px; `turn` from 0 to 1 is how far the working arcs have come round."""
    if not turn:
        look.paint_icon(painter, icon, box, color)
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    centre = QPointF(round(box.center().x()), round(box.center().y()))
    painter.translate(centre)
    painter.rotate(360 * turn)
    look.paint_icon(painter, icon, QRectF(-8, -8, 16, 16), color)
    painter.restore()


def pill_size(look: Look, words: str) -> QSizeF:
    """How large the sandbox's pill is."""
    metrics = QFontMetricsF(look.font(Type.MICRO))
    return QSizeF(metrics.horizontalAdvance(words) + 36, max(20.0, metrics.height() + 4))


def paint_pill(
    painter: QPainter, box: QRectF, words: str, look: Look, *, is_on_picture: bool = False
) -> None:
    """The sandbox's pill: violet fill, or violet scrim over a picture; tray icon, word."""
    theme = look.theme
    fill(
        painter,
        box,
        theme.sandbox_scrim if is_on_picture else theme.sandbox_fill,
        box.height() / 2,
    )
    color = theme.on_scrim if is_on_picture else theme.sandbox
    icon = QRectF(box.left() + 7, box.top(), 16, box.height())
    look.paint_icon(painter, "sandbox", icon, color)
    text(painter, box.adjusted(27, 0, -4, 0), words, look.font(Type.MICRO), color)


def paint_length(painter: QPainter, box: QRectF, duration_s: float, look: Look) -> None:
    """Play sign and length on a scrim, at the bottom left of a video."""
    theme = look.theme
    font = look.font(Type.MICRO)
    words = time_words.span(round(duration_s * 1000))
    width = QFontMetricsF(font).horizontalAdvance(words) + 30
    high = max(20.0, QFontMetricsF(font).height() + 4)
    badge = QRectF(box.left() + 4, box.bottom() - high - 4, min(width, box.width() - 8), high)
    fill(painter, badge, theme.scrim, high / 2)
    fill_play(painter, QPointF(badge.left() + 9, badge.center().y()), theme.on_scrim)
    text(painter, badge.adjusted(20, 0, -4, 0), words, font, theme.on_scrim)


def fill_play(painter: QPainter, left: QPointF, color: QColor, size: float = 8) -> None:
    """A filled triangle that points right, its left side centred on `left`."""
    shape = QPolygonF(
        [
            left + QPointF(0, -size / 2),
            left + QPointF(size * 0.85, 0),
            left + QPointF(0, size / 2),
        ]
    )
    painter.setPen(
        QPen(color, 1, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    painter.setBrush(color)
    painter.drawPolygon(shape)
