"""Paints one result: the picture with its badges, the ring of the chosen one, the hover button."""

from pathlib import Path

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRectF, QSize
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from kling_desktop.domain.media import Asset, MediaKind
from kling_desktop.text import t
from kling_desktop.ui.library.gallery_model import GalleryRole
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import covered, edge, fill
from kling_desktop.ui.pictures import Pictures, Source
from kling_desktop.ui.tasks.task_paint import (
    fill_play,
    paint_length,
    paint_pill,
    pill_size,
)
from kling_desktop.ui.theme import Radius

_INSET_PX, _BUTTON_PX = 6, 28


class AssetDelegate(QStyledItemDelegate):
    """Asks for pixmaps at tile size while painting; a tone stands until they come."""

    def __init__(self, look: Look, pictures: Pictures, library: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._look, self._pictures, self._library = look, pictures, library
        self.has_keyboard = False
        self.hovers_more = False

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """The view decides sizes."""
        return option.rect.size()

    def pixmap(self, asset: Asset, longest_px: float, ratio: float) -> QPixmap | None:
        """The asset's picture, None while it loads."""
        source = Source(self._library / asset.file, asset.sha256)
        return self._pictures.pixmap(source, longest_px, ratio)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """The tile."""
        asset = index.data(GalleryRole.ASSET)
        if not isinstance(asset, Asset):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        box = QRectF(option.rect)
        ratio = option.widget.devicePixelRatioF() if option.widget else 1.0
        self._paint_picture(painter, box, asset, ratio)
        self._paint_badges(painter, box, asset)
        self._paint_state(painter, option, box)
        painter.restore()

    def _paint_picture(self, painter: QPainter, box: QRectF, asset: Asset, ratio: float) -> None:
        picture = self.pixmap(asset, max(box.width(), box.height()), ratio)
        if picture is not None and not picture.isNull():
            covered(painter, picture, box, Radius.PICTURE)
            return
        theme = self._look.theme
        fill(painter, box, theme.pressed, Radius.PICTURE)
        if picture is None:
            return
        # What cannot be shown small still says what it is.
        if asset.media is MediaKind.VIDEO:
            fill_play(painter, box.center() - QPointF(8, 0), theme.text_2, 20)
        else:
            self._look.paint_icon(painter, "picture", box, theme.text_2)

    def _paint_badges(self, painter: QPainter, box: QRectF, asset: Asset) -> None:
        look = self._look
        if asset.is_sandbox:
            corner = box.topLeft() + QPointF(_INSET_PX, _INSET_PX)
            pill = QRectF(corner, pill_size(look, t("Sandbox")))
            paint_pill(painter, pill, t("Sandbox"), look, is_on_picture=True)
        if asset.duration_s is not None:
            paint_length(painter, box.adjusted(2, 0, 0, -2), asset.duration_s, look)

    def _paint_state(self, painter: QPainter, option: QStyleOptionViewItem, box: QRectF) -> None:
        theme, state = self._look.theme, option.state
        flag = QStyle.StateFlag
        has_focus = bool(state & flag.State_HasFocus) and self.has_keyboard
        if state & flag.State_Selected or has_focus:
            edge(painter, box.adjusted(-4, -4, 4, 4), theme.focus, Radius.PICTURE + 3, 2)
        if state & flag.State_MouseOver or has_focus:
            button = self.more_box(box)
            fill(painter, button, theme.scrim, Radius.FIELD)
            if self.hovers_more and state & flag.State_MouseOver:
                edge(painter, button, theme.on_scrim, Radius.FIELD)
            self._look.paint_icon(painter, "more", button, theme.on_scrim)

    def more_box(self, box: QRectF) -> QRectF:
        """Where the button with the menu stands in a tile."""
        left = box.right() - _INSET_PX - _BUTTON_PX
        return QRectF(left, box.bottom() - _INSET_PX - _BUTTON_PX, _BUTTON_PX, _BUTTON_PX)
