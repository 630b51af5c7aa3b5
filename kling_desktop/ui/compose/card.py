"""A card over the form: a small surface of its own that Esc or a click elsewhere closes."""

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from kling_desktop.ui.focus_ring import FocusRing
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import edge, fill
from kling_desktop.ui.theme import Radius, Space, Type

_WIDTH_PX, _WIDEST_PX = 336, 512
_PLAIN_LINE_PX = 18  # the line that the plan's widths were drawn around


class Card(QFrame):
    """`column` takes the content. `closed` is emitted when it goes."""

    closed = Signal()

    def __init__(self, look: Look, parent: QWidget, name: str) -> None:
        flags = Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint
        super().__init__(parent, flags | Qt.WindowType.NoDropShadowWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setWindowTitle(name)
        self.setAccessibleName(name)
        self._look = look
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(Space.M, Space.M, Space.M, Space.M)
        self.column.setSpacing(Space.S)
        self._title = QLabel(name)
        self.column.addWidget(self._title)
        self._ring = FocusRing(self, look)
        look.changed.connect(self.dress)
        self.dress()

    @Slot()
    def dress(self) -> None:
        """Fonts of the present look."""
        self._title.setFont(self._look.font(Type.STRONG))
        lines = self._look.line_height(Type.BODY) / _PLAIN_LINE_PX
        self.setFixedWidth(round(min(max(1.0, lines) * _WIDTH_PX, _WIDEST_PX)))
        self._fit()
        self.update()

    def event(self, event: QEvent) -> bool:
        """As high as its content, whenever that changes."""
        is_done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return is_done

    def _fit(self) -> None:
        column, width = self.column, self.width()
        height = column.totalSizeHint().height()
        if column.hasHeightForWidth():
            height = column.totalHeightForWidth(width)
        self.resize(width, height)

    def open_at(self, anchor: QWidget) -> None:
        """Show it below `anchor`, or above where there is no room, and take the keyboard."""
        self._fit()
        is_mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left = anchor.width() - self.width() if is_mirrored else 0
        at = anchor.mapToGlobal(QPoint(left, anchor.height() + Space.XS))
        screen = anchor.screen().availableGeometry()
        if at.y() + self.height() > screen.bottom():
            above = anchor.mapToGlobal(QPoint(left, -Space.XS)).y() - self.height()
            at.setY(max(screen.top(), above))
        at.setX(max(screen.left(), min(at.x(), screen.right() - self.width())))
        self.move(at)
        self.show()

    def hideEvent(self, event: QHideEvent) -> None:
        """Closed, by whatever way."""
        super().hideEvent(event)
        self.closed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Its surface."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        fill(painter, box, self._look.theme.raised, Radius.CARD)
        edge(painter, box, self._look.theme.line_control, Radius.CARD)


class UndoLine(QWidget):
    """Says what was deleted, and takes it back. `undone` is the press."""

    undone = Signal()

    def __init__(self, look: Look, undo: str) -> None:
        super().__init__()
        self._look = look
        self._words = QLabel()
        self._words.setProperty("tone", "second")
        self._words.setWordWrap(True)
        self.button = QPushButton(undo)
        self.button.setProperty("kind", "link")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._words, 1)
        row.addWidget(self.button)
        self.button.clicked.connect(self._on_pressed)
        look.changed.connect(self._dress)
        self._dress()
        self.hide()

    def say(self, words: str) -> None:
        """Say this; nothing hides the line."""
        self._words.setText(words)
        self.setVisible(bool(words))

    def words(self) -> str:
        """What is said."""
        return "" if self.isHidden() else self._words.text()

    @Slot()
    def _on_pressed(self) -> None:
        self.hide()
        self.undone.emit()

    @Slot()
    def _dress(self) -> None:
        self._words.setFont(self._look.font(Type.SMALL))


def link(words: str) -> QPushButton:
    """A button that looks like a link."""
    button = QPushButton(words)
    button.setProperty("kind", "link")
    return button


def primary(words: str) -> QPushButton:
    """The button that does what the card is for."""
    button = QPushButton(words)
    button.setProperty("kind", "primary")
    button.setDefault(True)
    return button
