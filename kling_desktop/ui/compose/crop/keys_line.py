"""The keys of the editor on one line; those that find no room are left out whole."""

from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from kling_desktop.text import t
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import edge, fill, text
from kling_desktop.ui.theme import Radius, Space, Type

_LINE_PX, _CAP_PX = 56, 20


class KeysLine(QWidget):
    """Only shown; everything it names can be reached by buttons as well."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        look.changed.connect(self._dress)
        self._dress()

    @Slot()
    def _dress(self) -> None:
        self.setFixedHeight(self._look.fit(_LINE_PX))
        words = [f"{' '.join(caps)}: {what}" for caps, what in keys()]
        self.setAccessibleName(t("Keys"))
        self.setAccessibleDescription("; ".join(words))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Caps and words, from the start of the line as far as it goes."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._look.theme.viewer)
        x = float(Space.L)
        for caps, words in keys():
            width = self._width(caps, words)
            if x + width > self.width() - Space.S:
                return
            self._paint(painter, x, caps, words)
            x += width + Space.XL

    def _cap_width(self, cap: str) -> float:
        advance = QFontMetricsF(self._look.font(Type.MICRO)).horizontalAdvance(cap)
        return max(self._cap_height(), advance + 12)

    def _cap_height(self) -> float:
        return float(max(_CAP_PX, self._look.line_height(Type.MICRO) + 4))

    def _width(self, caps: tuple[str, ...], words: str) -> float:
        said = QFontMetricsF(self._look.font(Type.SMALL)).horizontalAdvance(words)
        return sum(self._cap_width(cap) + Space.XS for cap in caps) + Space.XS + said

    def _paint(self, painter: QPainter, x: float, caps: tuple[str, ...], words: str) -> None:
        look, theme = self._look, self._look.theme
        height = self._cap_height()
        top = round((self.height() - height) / 2)
        is_mirrored = self.isRightToLeft()

        def placed(left: float, width: float) -> QRectF:
            shown = self.width() - left - width if is_mirrored else left
            return QRectF(shown, top, width, height)

        for cap in caps:
            box = placed(x, self._cap_width(cap))
            fill(painter, box, theme.control, Radius.TAG)
            edge(painter, box, theme.line_control, Radius.TAG)
            centre = int(Qt.AlignmentFlag.AlignCenter)
            text(painter, box, cap, look.font(Type.MICRO), theme.text_1, centre)
            x += self._cap_width(cap) + Space.XS
        advance = QFontMetricsF(look.font(Type.SMALL)).horizontalAdvance(words)
        text(painter, placed(x + Space.XS, advance + 2), words, look.font(Type.SMALL), theme.text_2)


def keys() -> tuple[tuple[tuple[str, ...], str], ...]:
    """Caps of keys with what they do, the most needed first."""
    return (
        (("←", "↑", "→", "↓"), t("move")),
        ((t("Shift"),), t("by 10")),
        ((t("Alt"), "←"), t("change size")),
        (("R",), t("turn")),
        (("M",), t("mirror")),
        (("1", "…", "0"), t("shape")),
        ((t("Space"),), t("only the cut")),
        ((t("Enter"),), t("apply")),
        ((t("Esc"),), t("leave as it was")),
        (("+", "−"), t("zoom")),
    )
