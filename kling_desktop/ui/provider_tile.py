"""The square that stands for a provider wherever one is named."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from kling_desktop.domain.providers import ProviderProfile
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import edge, fill, text
from kling_desktop.ui.theme import Radius, Theme, Type


def paint_tile(painter: QPainter, box: QRectF, profile: ProviderProfile, look: Look) -> None:
    """A provider's first letter; the tray for the sandbox, a plus for a server of one's own."""
    theme = look.theme
    if profile.is_free:
        fill(painter, box, theme.sandbox_fill, Radius.FIELD)
        look.paint_icon(painter, "sandbox", box, theme.sandbox)
    elif profile.base_url is None:
        fill(painter, box, theme.pressed, Radius.FIELD)
        look.paint_icon(painter, "plus", box, theme.text_2)
    else:
        fill(painter, box, _tile_color(profile, theme), Radius.FIELD)
        if theme.is_dark:
            edge(painter, box, theme.line_control, Radius.FIELD)
        font = look.font(Type.STRONG)
        font.setPixelSize(round(box.height() * 0.48))
        middle = int(Qt.AlignmentFlag.AlignCenter)
        text(painter, box, profile.title[:1], font, theme.on_tile, middle)


def _tile_color(profile: ProviderProfile, theme: Theme) -> QColor:
    # Profiles that share an account share their colour.
    name = profile.key_entry.encode()
    return theme.tiles[(name[0] + name[-1]) % len(theme.tiles)]
