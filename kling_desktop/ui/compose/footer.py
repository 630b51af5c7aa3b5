"""What stays below the form: the line that says what is missing, and the button with its price."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.text import t
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import fill, text
from kling_desktop.ui.theme import Height, Radius, Space, Theme, Type
from kling_desktop.ui.widgets import ElidedLabel

_PADDING = 16
_INSET_PX = 6


class GenerateButton(QAbstractButton):
    """Says what will be made and what it costs. Never disabled; at rest it is quiet."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._cost = ""
        self._is_at_rest = True
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        look.changed.connect(self._dress)
        self._dress()

    def show_offer(self, words: str, cost: str, *, is_at_rest: bool) -> None:
        """What a press does, and for how much."""
        self.setText(words)
        self.setAccessibleName(f"{words}, {cost}")
        self._cost = cost
        self._is_at_rest = is_at_rest
        self._dress()

    def cost(self) -> str:
        """The price as it stands on the button."""
        return self._cost

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two lines where one is too narrow: the money is never cut."""
        super().resizeEvent(event)
        self._dress()

    @Slot()
    def _dress(self) -> None:
        height = self._look.fit(Height.TALL, Type.ACTION)
        if self._is_stacked():
            height += self._look.line_height(Type.STRONG) + Space.S
        self.setFixedHeight(height)
        self.update()

    def _is_stacked(self) -> bool:
        look = self._look
        words = QFontMetrics(look.font(Type.ACTION)).horizontalAdvance(self.text())
        return _PADDING + words + Space.S + self._inset_width() + _INSET_PX > self.width() > 0

    def _inset_width(self) -> int:
        font = self._look.font(Type.SMALL_MEDIUM)
        return QFontMetrics(font).horizontalAdvance(self._cost) + 20

    def sizeHint(self) -> QSize:
        """The whole column."""
        return QSize(320, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The words left, the price on its own ground right."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look, theme, box = self._look, self._look.theme, QRectF(self.rect())
        surface, words_color, inset_surface, inset_color = self._colors(theme)
        fill(painter, box, surface, Radius.ROW)
        inset_width = self._inset_width()
        words = box.adjusted(_PADDING, 0, -_PADDING, 0)
        inset = box.adjusted(0, _INSET_PX, -_INSET_PX, -_INSET_PX)
        if self._is_stacked():
            words.setHeight(box.height() / 2)
            inset.setLeft(box.left() + _INSET_PX)
            inset.setTop(words.bottom() + 2)
        elif self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            inset = QRectF(box.left() + _INSET_PX, inset.top(), inset_width, inset.height())
        else:
            inset.setLeft(inset.right() - inset_width)
        text(painter, words, self.text(), look.font(Type.ACTION), words_color)
        fill(painter, inset, inset_surface, Radius.FIELD)
        centre = int(Qt.AlignmentFlag.AlignCenter)
        text(painter, inset, self._cost, look.font(Type.SMALL_MEDIUM), inset_color, centre)

    def _colors(self, theme: Theme) -> tuple:  # type: ignore[type-arg]
        if self._is_at_rest:
            surface = theme.hover if self.isDown() else theme.pressed
            return surface, theme.text_2, theme.panel, theme.text_1
        surface = theme.accent_hover if self.underMouse() or self.isDown() else theme.accent
        inset = theme.accent.darker(128)
        return surface, theme.on_accent, inset, theme.on_accent


class ComposeFooter(QWidget):
    """The line and the button. `generate_wanted` and `link_pressed` are the two presses."""

    generate_wanted = Signal()
    link_pressed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._tone = ""
        self._has_edge = False
        self.button = GenerateButton(look)
        self._icon = QLabel()
        self._words = ElidedLabel()
        self._link = _LinkLine(look)
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._icon)
        row.addWidget(self._words, 1)
        row.addWidget(self._link, 1)
        self._line = line
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.PANEL, Space.S, Space.PANEL, Space.L)
        column.setSpacing(Space.XS)
        column.addWidget(line)
        column.addWidget(self.button)
        self.button.clicked.connect(self.generate_wanted)
        self._link.clicked.connect(self.link_pressed)
        look.changed.connect(self._dress)
        self.say("")

    def say(self, words: str, tone: str = "", *, is_link: bool = False) -> None:
        """The line above the button: "danger", "warning" or plain; a link leads somewhere."""
        self._tone = tone
        self._words.setVisible(not is_link)
        self._link.setVisible(is_link)
        self._words.set_words("" if is_link else words)
        self._words.setProperty("tone", tone or "second")
        self._words.style().polish(self._words)
        self._link.show_words(words if is_link else "", tone)
        self._dress()

    def words(self) -> str:
        """What the line says."""
        return self._words.words() or self._link.text()

    def link(self) -> QPushButton:
        """The line as a link."""
        return self._link

    def set_edge(self, has_edge: bool) -> None:
        """Draw the line that says that the form goes on below."""
        if has_edge != self._has_edge:
            self._has_edge = has_edge
            self.update()

    @Slot()
    def _dress(self) -> None:
        look = self._look
        self._words.setFont(look.font(Type.SMALL))
        self._line.setFixedHeight(look.fit(24, Type.SMALL))
        names = {"danger": "failed", "warning": "warning"}
        self._icon.setVisible(self._tone in names)
        if self._tone in names:
            color = getattr(look.theme, self._tone)
            ratio = self.devicePixelRatioF()
            self._icon.setPixmap(look.pixmap(names[self._tone], color, 16, ratio))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The line between footer and content, where content goes on."""
        if self._has_edge:
            painter = QPainter(self)
            painter.fillRect(0, 0, self.width(), 1, self._look.theme.line)


class _LinkLine(QPushButton):
    """A sentence that leads to the field it speaks of."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._tone = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_words(self, words: str, tone: str) -> None:
        """Say this in that tone."""
        self._tone = tone
        self.setText(words)
        self.setAccessibleName(words)
        self.setAccessibleDescription(t("Goes to the field.") if words else "")
        self.setToolTip(words)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The sentence, underlined while pointed at."""
        painter = QPainter(self)
        theme = self._look.theme
        font = self._look.font(Type.SMALL)
        font.setUnderline(self.underMouse())
        color = getattr(theme, self._tone) if self._tone else theme.text_2
        text(painter, QRectF(self.rect()), self.text(), font, color)
