"""The look as one object that every widget is given: colours, fonts, icons, word of a change."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QIcon,
    QPainter,
    QPixmap,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from kling_desktop.ui.style import QuietStyle, palette, style_sheet
from kling_desktop.ui.theme import DARK, LIGHT, Type

_STROKE_PX = 1.5
_ICON_BOX = 20


@dataclass(frozen=True, slots=True)
class _IconKey:
    name: str
    color: int
    size: int
    ratio: float


class Look(QObject):
    """Theme, fonts and icons of the running window.

    `changed` is emitted after the appearance switched; whoever caches pixels drops them then.
    `choice` is "system", "light" or "dark".
    """

    changed = Signal()

    def __init__(self, icons: Path, choice: str = "system", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._icons = icons
        self._sources: dict[str, str] = {}
        self._pixmaps: dict[_IconKey, QPixmap] = {}
        self._choice = choice
        self.theme = LIGHT
        self.has_motion = True
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_scheme_changed)

    def apply(self) -> None:
        """Set the application's style, palette and sheet. Call once, before a window shows."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.setStyle(QuietStyle())
        self.choose(self._choice)

    def choose(self, choice: str) -> None:
        """Follow the system, or stay light or dark."""
        schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
        self._choice = choice
        QGuiApplication.styleHints().setColorScheme(schemes.get(choice, Qt.ColorScheme.Unknown))
        self._refresh()

    @Slot()
    def _on_scheme_changed(self) -> None:
        self._refresh()

    def _refresh(self) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        if self._choice == "system":
            is_dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        else:
            is_dark = self._choice == "dark"
        self.theme = DARK if is_dark else LIGHT
        self._pixmaps.clear()
        app.setPalette(palette(self.theme))
        app.setStyleSheet(style_sheet(self.theme, self.font(Type.SMALL), self.fit(0)))
        self.changed.emit()

    def font(self, token: Type) -> QFont:
        """The application's font in the size and weight of `token`, with even figures."""
        factor, weight = token.value
        font = QFont(QApplication.font())
        if font.pointSizeF() > 0:
            font.setPointSizeF(font.pointSizeF() * factor)
        else:
            font.setPixelSize(round(font.pixelSize() * factor))
        font.setWeight(weight)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def line_height(self, token: Type) -> int:
        """The height of one line of text in logical pixels."""
        return QFontMetrics(self.font(token)).height()

    def fit(self, height: int, token: Type = Type.BODY) -> int:
        """`height` from the plan, or more when the person's text is larger."""
        plain = 18  # the line that the plan's heights were drawn around
        return height + max(0, self.line_height(token) - plain)

    def pixmap(self, name: str, color: QColor, size: int = 20, ratio: float = 1.0) -> QPixmap:
        """An icon of the set in one colour, `size` logical pixels square; cached."""
        key = _IconKey(name, color.rgba(), size, ratio)
        found = self._pixmaps.get(key)
        if found is None:
            found = self._pixmaps[key] = self._render(key, color)
        return found

    def icon(self, name: str, color: QColor | None = None, size: int = 20) -> QIcon:
        """An icon for buttons and menus, sharp at one and two device pixels per pixel."""
        color = color or self.theme.text_2
        icon = QIcon()
        faded = QColor(color)
        faded.setAlphaF(color.alphaF() * 0.4)
        for ratio in (1.0, 2.0):
            icon.addPixmap(self.pixmap(name, color, size, ratio))
            icon.addPixmap(self.pixmap(name, faded, size, ratio), QIcon.Mode.Disabled)
        return icon

    def app_icon(self) -> QIcon:
        """The application's own icon."""
        return QIcon(str(self._icons / "app.svg"))

    def paint_icon(self, painter: QPainter, name: str, box: QRectF, color: QColor) -> None:
        """Draw an icon centred in `box`, at 20 px where it fits and at 16 px elsewhere."""
        size = _ICON_BOX if min(box.width(), box.height()) >= _ICON_BOX else 16
        device = painter.device()
        ratio = device.devicePixelRatioF() if device else 1.0
        left = round(box.center().x() - size / 2)
        top = round(box.center().y() - size / 2)
        painter.drawPixmap(left, top, self.pixmap(name, color, size, ratio))

    def _render(self, key: _IconKey, color: QColor) -> QPixmap:
        pixmap = QPixmap(round(key.size * key.ratio), round(key.size * key.ratio))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setOpacity(color.alphaF())
        renderer = QSvgRenderer(QByteArray(self._source(key, color).encode()))
        renderer.render(painter, QRectF(pixmap.rect()))
        painter.end()
        pixmap.setDevicePixelRatio(key.ratio)
        return pixmap

    def _source(self, key: _IconKey, color: QColor) -> str:
        if key.name not in self._sources:
            self._sources[key.name] = (self._icons / f"{key.name}.svg").read_text("utf-8")
        # The stroke keeps its width on screen whatever the size of the icon.
        stroke = _STROKE_PX * _ICON_BOX / key.size
        return (
            self._sources[key.name]
            .replace("currentColor", color.name())
            .replace(f'stroke-width="{_STROKE_PX}"', f'stroke-width="{stroke:g}"', 1)
        )


def announce(target: QObject, message: str) -> None:
    """Let a screen reader say `message`, without moving the focus."""
    # The enumerations of accessibility take long to build: not before there is something to say.
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(target, message))
