"""What stays below the form: the line that says what is missing, and the button with its price."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from kling_desktop.text import t
from kling_desktop.ui.compose.alternatives_preview import AlternativesPreview
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import fill, text
from kling_desktop.ui.theme import Height, Radius, Space, Theme, Type

_WRAPPED = int(
    Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
)
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

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click is one press: its second half would confirm what nobody has read."""
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two lines where one is too narrow: the money is never cut."""
        super().resizeEvent(event)
        self._dress()

    @Slot()
    def _dress(self) -> None:
        height = self._look.fit(Height.TALL, Type.ACTION)
        if self._is_stacked():
            height = self._words_height() + self._inset_height() + Space.L + _INSET_PX
        self.setFixedHeight(height)
        self.update()

    def _words_height(self) -> int:
        room = QRect(0, 0, max(1, self.width() - 2 * _PADDING), 999)
        metrics = QFontMetrics(self._look.font(Type.ACTION))
        return metrics.boundingRect(room, _WRAPPED, self.text()).height()

    def _inset_height(self) -> int:
        return self._look.line_height(Type.SMALL_MEDIUM) + 2 * _INSET_PX

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
            inset.setLeft(box.left() + _INSET_PX)
            inset.setTop(inset.bottom() - self._inset_height())
            words.setBottom(inset.top())
        elif self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            inset = QRectF(box.left() + _INSET_PX, inset.top(), inset_width, inset.height())
        else:
            inset.setLeft(inset.right() - inset_width)
        painter.setFont(look.font(Type.ACTION))
        painter.setPen(words_color)
        painter.drawText(words, _WRAPPED, self.text())
        fill(painter, inset, inset_surface, Radius.FIELD)
        centre = int(Qt.AlignmentFlag.AlignCenter)
        text(painter, inset, self._cost, look.font(Type.SMALL_MEDIUM), inset_color, centre)

    def _colors(self, theme: Theme) -> tuple[QColor, QColor, QColor, QColor]:
        if self._is_at_rest:
            surface = theme.hover if self.isDown() else theme.pressed
            return surface, theme.text_2, theme.panel, theme.text_1
        surface = theme.accent_hover if self.underMouse() or self.isDown() else theme.accent
        inset = theme.accent.darker(128)
        return surface, theme.on_accent, inset, theme.on_accent


class ComposeFooter(QWidget):
    """The line and the button. `generate_wanted` and `link_pressed` are the two presses.

    `preview` unfolds above them while several prompts are looked over.
    """

    generate_wanted = Signal()
    link_pressed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._has_edge = False
        self.preview = AlternativesPreview(look)
        self.line = FooterLine(look)
        self.button = GenerateButton(look)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.PANEL, Space.S, Space.PANEL, Space.L)
        column.setSpacing(Space.XS)
        column.addWidget(self.preview)
        column.addWidget(self.line)
        column.addWidget(self.button)
        self.button.clicked.connect(self.generate_wanted)
        self.line.clicked.connect(self.link_pressed)
        look.changed.connect(self.update)

    def set_edge(self, has_edge: bool) -> None:
        """Draw the line that says that the form goes on below."""
        if has_edge != self._has_edge:
            self._has_edge = has_edge
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The line between footer and content, where content goes on."""
        if self._has_edge:
            painter = QPainter(self)
            painter.fillRect(0, 0, self.width(), 1, self._look.theme.line)


class FooterLine(QAbstractButton):
    """The sentence above the button; as a link it leads to the field it speaks of.

    It takes more lines where it needs them: what is missing is never cut.
    """

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._tone = ""
        self._is_link = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        look.changed.connect(self._dress)

    def say(self, words: str, tone: str = "", *, is_link: bool = False) -> None:
        """Say this: "danger", "warning" or plain."""
        self._tone = tone
        self._is_link = is_link
        self.setText(words)
        self.setAccessibleName(words)
        self.setAccessibleDescription(t("Press to go there.") if is_link else "")
        policy = Qt.FocusPolicy.StrongFocus if is_link else Qt.FocusPolicy.NoFocus
        self.setFocusPolicy(policy)
        shape = Qt.CursorShape.PointingHandCursor if is_link else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)
        self._dress()

    @property
    def is_link(self) -> bool:
        """Whether it leads somewhere."""
        return self._is_link

    def hitButton(self, pos: QPoint) -> bool:
        """Only a link can be pressed."""
        return self._is_link and self.rect().contains(pos)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew."""
        super().resizeEvent(event)
        self._dress()

    @Slot()
    def _dress(self) -> None:
        metrics = QFontMetrics(self._look.font(Type.SMALL))
        room = QRect(0, 0, max(1, self.width() - self._lead()), 999)
        needed = metrics.boundingRect(room, _WRAPPED, self.text()).height()
        self.setFixedHeight(max(self._look.fit(24, Type.SMALL), needed + 6))
        self.update()

    def _lead(self) -> int:
        return 22 if self._tone else 0

    def paintEvent(self, event: QPaintEvent) -> None:
        """The icon of its tone, and the sentence, underlined while pointed at."""
        painter = QPainter(self)
        look, theme = self._look, self._look.theme
        font = look.font(Type.SMALL)
        font.setUnderline(self._is_link and self.underMouse())
        color = getattr(theme, self._tone) if self._tone else theme.text_2
        box = QRectF(self.rect())
        is_mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        lead = self._lead()
        if lead:
            name = "failed" if self._tone == "danger" else "warning"
            left = box.right() - 16 if is_mirrored else box.left()
            look.paint_icon(painter, name, QRectF(left, 0, 16, look.fit(24, Type.SMALL)), color)
        painter.setFont(font)
        painter.setPen(color)
        room = box.adjusted(0, 0, -lead, 0) if is_mirrored else box.adjusted(lead, 0, 0, 0)
        painter.drawText(room, _WRAPPED, self.text())
