"""How pictures and sets of the shelf are drawn."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from kling_desktop.domain.media import ImageSource
from kling_desktop.domain.shelf import PictureSet, ShelfPicture
from kling_desktop.text import t
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import covered, edge, fill, fitted, rounded_path, tag, text
from kling_desktop.ui.shelf.rows import ITEM, holdings
from kling_desktop.ui.theme import Radius, Space, Type

PICTURE_PX, PICTURE_HEIGHT_PX = 120, 84
SET_PX, _SMALL_PX, _MOST_SMALL = 48, 28, 4
_GAP = 4
_Index = QModelIndex | QPersistentModelIndex
_State = QStyle.StateFlag
PixmapOf = Callable[[ImageSource, float], QPixmap | None]
"""The picture at least so many pixels long; None while it is loading or cannot be shown."""


class PictureTile(QStyledItemDelegate):
    """A fitted picture, its name and its tags; in its corner the slot that holds it."""

    def __init__(
        self, look: Look, pixmap_of: PixmapOf, held_in: Callable[[str], str], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._pixmap_of = pixmap_of
        self._held_in = held_in
        self.width = PICTURE_PX

    def carried(self, picture: ShelfPicture, side_px: int) -> QPixmap | None:
        """The picture as it hangs at the pointer."""
        pixmap = self._pixmap_of(picture.image, side_px)
        if pixmap is None:
            return None
        ratio = pixmap.devicePixelRatio()
        side = round(side_px * ratio)
        keep, smooth = (
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        small = pixmap.scaled(side, side, keep, smooth)
        small.setDevicePixelRatio(ratio)
        return small

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Three in a row of the plan; the words as high as they are."""
        lines = self._look.line_height(Type.SMALL_MEDIUM) + self._look.line_height(Type.SMALL)
        return QSize(self.width, PICTURE_HEIGHT_PX + 2 * _GAP + lines + Space.M)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """All of it."""
        picture: ShelfPicture = index.data(ITEM)
        look, theme = self._look, self._look.theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(option.rect)
        box = QRectF(area.left() + _GAP, area.top() + _GAP, area.width() - 2 * _GAP, 84)
        fill(painter, box, theme.sunken, Radius.FIELD)
        pixmap = self._pixmap_of(picture.image, PICTURE_PX)
        if pixmap is not None:
            painter.save()
            painter.setClipPath(rounded_path(box, Radius.FIELD))
            painter.drawPixmap(fitted(pixmap, box), pixmap, QRectF(pixmap.rect()))
            painter.restore()
        edge(painter, box, theme.line, Radius.FIELD)
        if option.state & _State.State_Selected:
            edge(painter, box.adjusted(-3, -3, 3, 3), theme.focus, Radius.ROW, 2)
        elif option.state & _State.State_MouseOver:
            edge(painter, box, theme.dash, Radius.FIELD)
        slot = self._held_in(picture.id)
        if slot:
            drawn = tag(painter, QPointF(box.left() + 6, box.top() + 6), slot, look)
            if theme.is_dark:
                edge(painter, drawn, theme.line_control, Radius.TAG)
        self._paint_words(painter, box, picture)
        painter.restore()

    def _paint_words(self, painter: QPainter, box: QRectF, picture: ShelfPicture) -> None:
        look, theme = self._look, self._look.theme
        strong, small = look.font(Type.SMALL_MEDIUM), look.font(Type.SMALL)
        top = box.bottom() + _GAP
        height = look.line_height(Type.SMALL_MEDIUM)
        first = QRectF(box.left(), top, box.width(), height)
        text(painter, first, picture.title, strong, theme.text_1)
        second = QRectF(box.left(), top + height, box.width(), look.line_height(Type.SMALL))
        text(painter, second, ", ".join(picture.tags), small, theme.text_3)


class SetTile(QStyledItemDelegate):
    """The pictures of a set, its name, what it holds; pointed at, what Enter does."""

    def __init__(self, look: Look, pixmap_of: PixmapOf, parent: QObject) -> None:
        super().__init__(parent)
        self._look = look
        self._pixmap_of = pixmap_of

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """48 high, or more with larger text."""
        lines = self._look.line_height(Type.SMALL_STRONG) + self._look.line_height(Type.SMALL)
        return QSize(0, max(SET_PX, lines + Space.M))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """All of it."""
        wanted: PictureSet = index.data(ITEM)
        theme = self._look.theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(option.rect)
        is_chosen = bool(option.state & _State.State_Selected)
        is_hovered = bool(option.state & _State.State_MouseOver)
        if is_chosen or is_hovered:
            fill(painter, area, theme.selection if is_chosen else theme.hover, Radius.ROW)
        is_mirrored = option.direction is Qt.LayoutDirection.RightToLeft
        left = area.left() + Space.S
        for image in wanted.images()[:_MOST_SMALL]:
            top = round(area.center().y() - _SMALL_PX / 2)
            small = QRectF(left, top, _SMALL_PX, _SMALL_PX)
            self._paint_small(painter, image, _turned(small, area, is_mirrored=is_mirrored))
            left += _SMALL_PX + 2
        words = QRectF(area)
        words.setLeft(area.left() + Space.S + _MOST_SMALL * (_SMALL_PX + 2) + Space.S)
        words.setRight(area.right() - Space.S)
        if is_chosen or is_hovered:
            words.setRight(area.right() - self._fill_width() - 2 * Space.S)
            self._paint_fill(painter, self.fill_box(area, option.direction))
        words = _turned(words, area, is_mirrored=is_mirrored)
        self._paint_words(painter, words, wanted)
        painter.restore()

    def _fill_width(self) -> float:
        metrics = QFontMetricsF(self._look.font(Type.SMALL_MEDIUM))
        return metrics.horizontalAdvance(t("Fill the form")) + 20

    def fill_box(self, area: QRectF, direction: Qt.LayoutDirection) -> QRectF:
        """Where the button stands in a row."""
        height = max(28.0, self._look.line_height(Type.SMALL_MEDIUM) + 10)
        top, width = round(area.center().y() - height / 2), self._fill_width()
        box = QRectF(area.right() - Space.S - width, top, width, height)
        return _turned(box, area, is_mirrored=direction is Qt.LayoutDirection.RightToLeft)

    def _paint_fill(self, painter: QPainter, box: QRectF) -> None:
        theme = self._look.theme
        fill(painter, box, theme.control, Radius.FIELD)
        edge(painter, box, theme.line_control, Radius.FIELD)
        font = self._look.font(Type.SMALL_MEDIUM)
        centred = int(Qt.AlignmentFlag.AlignCenter)
        text(painter, box, t("Fill the form"), font, theme.text_1, centred)

    def _paint_small(self, painter: QPainter, image: ImageSource, box: QRectF) -> None:
        fill(painter, box, self._look.theme.sunken, Radius.PICTURE)
        pixmap = self._pixmap_of(image, _SMALL_PX)
        if pixmap is not None:
            covered(painter, pixmap, box, Radius.PICTURE)
        else:
            self._look.paint_icon(painter, "picture", box, self._look.theme.text_2)

    def _paint_words(self, painter: QPainter, room: QRectF, wanted: PictureSet) -> None:
        look, theme = self._look, self._look.theme
        strong, small = look.font(Type.SMALL_STRONG), look.font(Type.SMALL)
        first, second = look.line_height(Type.SMALL_STRONG), look.line_height(Type.SMALL)
        top = room.center().y() - (first + second) / 2
        name = QRectF(room.left(), top, room.width(), first)
        text(painter, name, wanted.name, strong, theme.text_1)
        below = QRectF(room.left(), top + first, room.width(), second)
        text(painter, below, holdings(wanted), small, theme.text_2)


def _turned(box: QRectF, area: QRectF, *, is_mirrored: bool) -> QRectF:
    """The same place from the other side, where people read from the right."""
    if not is_mirrored:
        return box
    left = area.left() + area.right() - box.right()
    return QRectF(left, box.top(), box.width(), box.height())
