"""Draws an image slot in each of its looks. No state of its own."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPixmap

from kling_desktop.text import t
from kling_desktop.ui.compose.fixes import Fix, Shares
from kling_desktop.ui.compose.verdict import SlotState, Verdict
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import edge, fill, fitted, rounded_path, tag, text
from kling_desktop.ui.theme import Radius, Type

_INSET = 6
_PADDING = 10
_WRAPPED = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextWordWrap)
_CENTRED = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
_OPACITY = {
    SlotState.CHECKING: 0.45,
    SlotState.REFUSED: 0.22,
    SlotState.NOT_SENT: 0.35,
}
_LIFTED = 0.3
_NOT_OFFERED = 0.4


@dataclass(frozen=True, slots=True)
class DragAnswer:
    """What a slot says to something held over it."""

    is_allowed: bool
    words: str


@dataclass(frozen=True, slots=True)
class SlotView:
    """All that a slot shows. `tag` stands in its corner.

    `fixes` would mend what is refused, `cut` is what the proposed crop would keep. `is_openable`:
    there is a picture that can be decoded. `is_pinned`: it is used in every task. Where
    nothing `is_offered` the slot takes no picture.
    """

    tag: str
    verdict: Verdict
    preview: QPixmap | None = None
    fixes: tuple[Fix, ...] = ()
    cut: Shares | None = None
    is_openable: bool = False
    drag: DragAnswer | None = None
    hint: str = ""
    is_lifted: bool = False
    is_pinned: bool = False
    is_offered: bool = True
    is_pointed_at: bool = False
    is_slow: bool = False


def slot_columns(look: Look, width: int) -> int:
    """Two slots side by side, one where the person's text is too large for half the column."""
    return 2 if width // 2 >= 8 * look.line_height(Type.SMALL) else 1


def slot_height(look: Look, width: int, *, is_low: bool) -> int:
    """The height of a slot's picture: grows with the column and with the person's text."""
    plan = 80 if is_low else min(144, round(width * 112 / 156))
    words = 3 * look.line_height(Type.SMALL) + look.line_height(Type.MICRO) + 24
    return max(plan, words)


def paint_slot(painter: QPainter, box: QRectF, view: SlotView, look: Look) -> None:
    """Draw the whole slot into `box`."""
    if view.drag is not None:
        _paint_drag(painter, box, view, view.drag, look)
    elif view.verdict.state is SlotState.EMPTY:
        painter.setOpacity(1.0 if view.is_offered else _NOT_OFFERED)
        _paint_empty(painter, box, view, look)
    else:
        _paint_filled(painter, box, view, look)


def _paint_drag(
    painter: QPainter, box: QRectF, view: SlotView, answer: DragAnswer, look: Look
) -> None:
    theme = look.theme
    surface = theme.selection if answer.is_allowed else theme.danger_fill
    color = theme.accent_text if answer.is_allowed else theme.danger
    fill(painter, box, surface, Radius.FIELD)
    if answer.is_allowed:
        edge(painter, box, theme.focus, Radius.FIELD, 2)
    else:
        edge(painter, box, color, Radius.FIELD, 2, Qt.PenStyle.DashLine)
    _paint_tag(painter, box, view, look, is_on_picture=False)
    icon = "drop" if answer.is_allowed else "stop"
    _icon_and_words(painter, box, icon, answer.words, look, color, is_strong=True)


def _paint_empty(painter: QPainter, box: QRectF, view: SlotView, look: Look) -> None:
    theme = look.theme
    if view.is_pointed_at:
        fill(painter, box, theme.hover, Radius.FIELD)
    color = theme.focus if view.is_pointed_at else theme.dash
    edge(painter, box, color, Radius.FIELD, 1.5, Qt.PenStyle.DashLine)
    _paint_tag(painter, box, view, look, is_on_picture=False)
    words = theme.text_1 if view.is_pointed_at else theme.text_2
    _icon_and_words(painter, box, "plus", view.hint, look, words)


def _icon_and_words(
    painter: QPainter,
    box: QRectF,
    icon: str,
    words: str,
    look: Look,
    color: QColor,
    *,
    is_strong: bool = False,
) -> None:
    """An icon with a line or two of words below it, together in the middle."""
    font = look.font(Type.SMALL_STRONG if is_strong else Type.SMALL)
    room = box.adjusted(_PADDING, 0, -_PADDING, 0)
    metrics = QFontMetricsF(font)
    needed = metrics.boundingRect(QRectF(0, 0, room.width(), 999), _CENTRED, words).height()
    top = round(box.center().y() - (20 + 4 + needed) / 2) + 2
    look.paint_icon(painter, icon, QRectF(box.left(), top, box.width(), 20), color)
    painter.setFont(font)
    painter.setPen(color)
    below = QRectF(room.left(), top + 24, room.width(), box.bottom() - top - 24)
    painter.drawText(below, _CENTRED, words)


def _paint_filled(painter: QPainter, box: QRectF, view: SlotView, look: Look) -> None:
    theme, state = look.theme, view.verdict.state
    fill(painter, box, theme.sunken, Radius.FIELD)
    cut = None if view.is_lifted else view.cut
    if view.preview is not None:
        _paint_picture(painter, box, view.preview, _opacity(view))
        if cut is not None:
            _paint_cut(painter, fitted(view.preview, box), cut, look)
    if state is SlotState.REFUSED:
        edge(painter, box, theme.danger, Radius.FIELD, 1.5)
    elif view.is_lifted:
        edge(painter, box, theme.dash, Radius.FIELD, 1.5, Qt.PenStyle.DashLine)
    else:
        edge(painter, box, theme.line, Radius.FIELD)
    if state is SlotState.CHECKING and view.is_slow:
        _paint_checking(painter, box, look)
    if state is SlotState.ADDRESS:
        upper = QRectF(box.left(), box.top() + _INSET, box.width(), box.height() * 0.5)
        look.paint_icon(painter, "link", upper, theme.text_2)
    if cut is not None and view.preview is not None:
        _paint_rule(painter, box, view.verdict.rule, look)
    elif view.verdict.title:
        _paint_reason(painter, box, view.verdict, look)
    _paint_tag(painter, box, view, look, is_on_picture=True)


def _opacity(view: SlotView) -> float:
    if view.is_lifted:
        return _LIFTED
    state = view.verdict.state
    is_quick = state is SlotState.CHECKING and not view.is_slow
    if is_quick or view.cut is not None:
        return 1.0
    return _OPACITY.get(state, 1.0)


def _paint_picture(painter: QPainter, box: QRectF, preview: QPixmap, opacity: float) -> None:
    place = fitted(preview, box)
    device = painter.device()
    ratio = device.devicePixelRatioF() if device else 1.0
    size = QSizeF(place.width() * ratio, place.height() * ratio).toSize()
    small = preview.scaled(
        size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    painter.save()
    painter.setOpacity(opacity)
    painter.setClipPath(rounded_path(box, Radius.FIELD))
    painter.drawPixmap(place, small, QRectF(small.rect()))
    painter.restore()


def _paint_cut(painter: QPainter, place: QRectF, cut: Shares, look: Look) -> None:
    """The proposed cut: what falls away is darkened, the limit is a white line."""
    kept = QRectF(
        QPointF(place.left() + place.width() * cut.left, place.top() + place.height() * cut.top),
        QPointF(
            place.left() + place.width() * cut.right, place.top() + place.height() * cut.bottom
        ),
    )
    is_level = kept.width() < place.width()
    before, after = QRectF(place), QRectF(place)
    if is_level:
        before.setRight(kept.left())
        after.setLeft(kept.right())
        lines = ((kept.topLeft(), kept.bottomLeft()), (kept.topRight(), kept.bottomRight()))
    else:
        before.setBottom(kept.top())
        after.setTop(kept.bottom())
        lines = ((kept.topLeft(), kept.topRight()), (kept.bottomLeft(), kept.bottomRight()))
    for part in (before, after):
        painter.fillRect(part, look.theme.cut_away)
    painter.setPen(QPen(look.theme.on_scrim, 1.5))
    for start, end in lines:
        painter.drawLine(start, end)


def _paint_checking(painter: QPainter, box: QRectF, look: Look) -> None:
    painter.save()
    painter.setClipPath(rounded_path(box, Radius.FIELD))
    line = QRectF(box.left(), box.bottom() - 3, box.width() * 0.6, 3)
    fill(painter, line, look.theme.accent_text)
    painter.restore()


def _paint_reason(painter: QPainter, box: QRectF, said: Verdict, look: Look) -> None:
    """Title and rule at the bottom, the title just above however many lines the rule needs."""
    room = box.adjusted(_PADDING, 0, -_PADDING, -8)
    strong, plain = look.font(Type.SMALL_STRONG), look.font(Type.SMALL)
    rule = QFontMetricsF(plain).boundingRect(room, _WRAPPED, said.rule)
    painter.setFont(plain)
    painter.setPen(look.theme.text_1)
    painter.drawText(room, _WRAPPED, said.rule)
    line = QFontMetricsF(strong).height()
    title = QRectF(room.left(), rule.top() - line, room.width(), line)
    text(painter, title, said.title, strong, look.theme.text_1)


def _paint_rule(painter: QPainter, box: QRectF, rule: str, look: Look) -> None:
    """The rule alone on a scrim: the picture shows what is wrong."""
    font = look.font(Type.SMALL)
    room = box.adjusted(_INSET + 7, 0, -_INSET - 7, -_INSET - 2)
    words = QFontMetricsF(font).boundingRect(room, _WRAPPED, rule)
    fill(painter, words.adjusted(-7, -2, 7, 2), look.theme.scrim, Radius.TAG)
    painter.setFont(font)
    painter.setPen(look.theme.on_scrim)
    painter.drawText(room, _WRAPPED, rule)


def _tag_words(view: SlotView) -> str:
    """Short where the buttons need the room."""
    if view.is_pinned and not view.is_pointed_at:
        return t("{slot}, every task", slot=view.tag)
    return view.tag


def _paint_tag(
    painter: QPainter, box: QRectF, view: SlotView, look: Look, *, is_on_picture: bool
) -> None:
    corner = QPointF(box.left() + _INSET, box.top() + _INSET)
    if is_on_picture:
        drawn = tag(painter, corner, _tag_words(view), look)
        if look.theme.is_dark:
            # The scrim alone would be lost on a dark picture.
            edge(painter, drawn, look.theme.line_control, Radius.TAG)
    else:
        theme = look.theme
        tag(painter, corner, view.tag, look, background=theme.pressed, color=theme.text_2)


_TONES = {
    SlotState.READY: "success",
    SlotState.CHANGED: "warning",
    SlotState.REFUSED: "danger",
    SlotState.ADDRESS: "accent_text",
}


def caption_width(said: Verdict, look: Look) -> int:
    """What icon and words of a caption need, in logical pixels."""
    words = QFontMetricsF(look.font(Type.SMALL_MEDIUM)).horizontalAdvance(said.words)
    return round(words) + 22 + 2


def paint_caption(painter: QPainter, box: QRectF, view: SlotView, look: Look) -> None:
    """Icon and words at the left, one figure at the right where there is room for it."""
    said, theme = view.verdict, look.theme
    if said.state is SlotState.CHECKING and not view.is_slow:
        return
    strong, plain = look.font(Type.SMALL_MEDIUM), look.font(Type.SMALL)
    color: QColor = getattr(theme, _TONES.get(said.state, "text_2"))
    left = box.left()
    if said.icon:
        look.paint_icon(painter, said.icon, QRectF(left, box.top(), 16, box.height()), color)
        left += 22
    is_muted = said.state is SlotState.EMPTY
    font = plain if is_muted else strong
    words = QFontMetricsF(font).horizontalAdvance(said.words)
    room = QRectF(left, box.top(), box.right() - left, box.height())
    text(painter, room, said.words, font, theme.text_2 if is_muted else color)
    figure = said.sent_figure if view.is_pointed_at and said.sent_figure else said.figure
    if QFontMetricsF(plain).horizontalAdvance(figure) + words + 8 <= room.width():
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        text(painter, room, figure, plain, theme.text_2, right)
