"""The colour below transparent parts and around a picture that is filled up."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QColorDialog, QMenu, QPushButton

from kling_desktop.text import t
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import edge, fill
from kling_desktop.ui.theme import BACKGROUNDS, Type

_SWATCH_PX = 16
_CLEAR = QColor.fromRgba(0)


class BackgroundButton(QPushButton):
    """Shows a colour and lets another be chosen. `chosen` carries `#rrggbb`."""

    chosen = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._color = ""
        self.setIconSize(QSize(_SWATCH_PX, _SWATCH_PX))
        menu = QMenu(self)
        for value, words in _named().items():
            menu.addAction(words, lambda value=value: self.chosen.emit(value)).setData(value)
        menu.addSeparator()
        menu.addAction(t("Another colour…"), self._ask)
        self.setMenu(menu)
        look.changed.connect(self._dress)

    def show_color(self, color: str) -> None:
        """Render it."""
        if color != self._color:
            self._color = color
            self._dress()

    @Slot()
    def _dress(self) -> None:
        words = _named().get(self._color.lower(), self._color)
        self.setText(words)
        self.setFont(self._look.font(Type.SMALL))
        self.setAccessibleName(t("Fill colour: {colour}", colour=words))
        self.setIcon(self._swatch(self._color))
        for action in self.menu().actions():
            if action.data():
                action.setIcon(self._swatch(str(action.data())))

    def _swatch(self, color: str) -> QIcon:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(round(_SWATCH_PX * ratio), round(_SWATCH_PX * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(_CLEAR)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(1, 1, _SWATCH_PX - 2, _SWATCH_PX - 2)
        fill(painter, box, QColor(color), box.width() / 2)
        edge(painter, box, self._look.theme.dash, box.width() / 2)
        painter.end()
        return QIcon(pixmap)

    @Slot()
    def _ask(self) -> None:
        dialog = QColorDialog(QColor(self._color), self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(self._on_selected)
        dialog.open()

    @Slot(QColor)
    def _on_selected(self, color: QColor) -> None:
        self.chosen.emit(color.name())


def _named() -> dict[str, str]:
    words = (t("White"), t("Grey"), t("Black"))
    return {color.name(): word for color, word in zip(BACKGROUNDS, words, strict=True)}
