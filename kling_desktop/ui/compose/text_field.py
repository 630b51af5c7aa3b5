"""One text of the form: plain text with a bar below it that holds the counter."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QTextCursor
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
)

from kling_desktop.domain.prompt_text import cleaned
from kling_desktop.text import t, tn
from kling_desktop.ui.compose.fields import paint_field
from kling_desktop.ui.compose.words_edit import WordsEdit
from kling_desktop.ui.focus_ring import RING_ON_PARENT
from kling_desktop.ui.look import Look
from kling_desktop.ui.theme import Type

_WARN_BELOW = 200
_LINES = 3
_PULLED_PX = 140
_Key = QKeySequence.StandardKey


class TextField(QFrame):
    """`typed` carries the whole text, `left` says that typing paused.

    Length is counted in code points, as the providers do. What cannot be sent is taken out as it
    comes in; `taken_out` says how many characters that were the last time.
    """

    typed = Signal(str)
    left = Signal()

    def __init__(self, look: Look, name: str, placeholder: str) -> None:
        super().__init__()
        self._look = look
        self._limit = 0
        self._length: int | None = None
        self._tone = ""
        self._pulled_from = 0.0
        self._shown = ""
        self.taken_out = 0
        self.edit = _editor(name, placeholder)
        self._count = QLabel()
        self._bar = QHBoxLayout()
        self._build()
        self.edit.installEventFilter(self)
        self.edit.textChanged.connect(self._on_text_changed)
        look.changed.connect(self._dress)
        self._dress()

    def _build(self) -> None:
        self._count.setCursor(Qt.CursorShape.SizeVerCursor)
        self._count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._count.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._bar.setContentsMargins(0, 0, 0, 0)
        self._bar.setSpacing(0)
        self._bar.addWidget(self._count, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(5, 5, 5, 5)
        column.setSpacing(0)
        column.addWidget(self.edit)
        column.addLayout(self._bar)

    def add_tools(self, tools: Sequence[QToolButton]) -> None:
        """Buttons at the beginning of the bar."""
        for place, tool in enumerate(tools):
            self._bar.insertWidget(place, tool)

    def text(self) -> str:
        """The text as typed. Hard spaces stay hard, which `toPlainText` would soften."""
        raw = self.edit.document().toRawText()
        return raw.replace("\u2029", "\n").replace("\u2028", "\n")

    def show_text(self, text: str, limit: int, length: int | None = None) -> None:
        """Render a draft's text; the cursor stays where it can.

        `length` is what counts against the limit, where that is not the text itself.
        """
        self._limit, self._length = limit, length
        if text != self._shown:
            self._put(text)
        self._show_count()

    def _put(self, text: str) -> None:
        place = self.edit.textCursor().position()
        was = self.edit.blockSignals(True)
        self.edit.setPlainText(text)
        self.edit.blockSignals(was)
        self._shown = text
        cursor = self.edit.textCursor()
        # Qt counts in UTF-16; the document knows its own length.
        cursor.setPosition(min(place, self.edit.document().characterCount() - 1))
        self.edit.setTextCursor(cursor)

    def insert(self, text: str) -> None:
        """Put `text` where the cursor stands, in place of what is selected."""
        self.edit.textCursor().insertText(text)
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def go_to_end(self) -> None:
        """The cursor behind the last character."""
        self.edit.moveCursor(QTextCursor.MoveOperation.End)

    def set_tone(self, tone: str) -> None:
        """The colour of the edge: "danger", "warning" or ""."""
        self._tone = tone
        self.update()

    def counter(self) -> str:
        """What the counter says."""
        return self._count.text()

    @Slot()
    def _on_text_changed(self) -> None:
        text, self.taken_out = cleaned(self.text())
        if self.taken_out:
            self._put(text)
        if text == self._shown and not self.taken_out:
            return  # only its colours changed
        self._shown = text
        self._length = None
        self._show_count()
        self.typed.emit(text)

    def _show_count(self) -> None:
        limit = self._limit
        length = len(self._shown) if self._length is None else self._length
        tone = "third"
        words = t("{length} / {limit}", length=length, limit=limit)
        if length > limit:
            tone = "danger"
            words = tn("{count} too many", "{count} too many", length - limit)
        elif length >= limit - _WARN_BELOW:
            tone = "warning"
        if tone != self._count.property("tone"):
            self._count.setProperty("tone", tone)
            self._count.style().polish(self._count)
        self._count.setText(words)

    @Slot()
    def _dress(self) -> None:
        look = self._look
        self.edit.setFont(look.font(Type.BODY))
        self._count.setFont(look.font(Type.SMALL))
        self._count.setContentsMargins(0, 0, 5, 0)
        self.edit.setFixedHeight(max(self._least_height(), self.edit.minimumHeight()))
        self._count.setFixedHeight(look.fit(24, Type.SMALL))
        self.update()

    def _least_height(self) -> int:
        return max(66, _LINES * self._look.line_height(Type.BODY) + 12)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The bar below the text is also what it is pulled by."""
        self._pulled_from = event.position().y() - self.edit.height()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pull the field longer, as far as its limit."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            least = self._least_height()
            wanted = round(event.position().y() - self._pulled_from)
            self.edit.setFixedHeight(max(least, min(wanted, least + _PULLED_PX)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave undo to the form, and tell when the field is left."""
        if event.type() is QEvent.Type.FocusOut:
            self.left.emit()
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            return event.matches(_Key.Undo) or event.matches(_Key.Redo)
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """The field around text and counter."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_field(painter, QRectF(self.rect()), self._look.theme, self._tone)


def _editor(name: str, placeholder: str) -> QPlainTextEdit:
    edit = WordsEdit()
    edit.setProperty("kind", "bare")
    edit.setProperty(RING_ON_PARENT, True)
    edit.setAccessibleName(name)
    edit.setPlaceholderText(placeholder)
    edit.setTabChangesFocus(True)
    # One undo for the whole form: the draft is put back, text included.
    edit.setUndoRedoEnabled(False)
    edit.setFrameShape(QFrame.Shape.NoFrame)
    return edit


def field_tool(name: str, keys: str = "") -> QToolButton:
    """A small button for the bar of a field."""
    button = QToolButton()
    button.setAccessibleName(name)
    button.setToolTip(f"{name} ({keys})" if keys else name)
    button.setProperty("kind", "field")
    return button


def utf16(text: str, place: int) -> int:
    """A place in `text` as Qt counts it, from code points."""
    return place + sum(letter > "\uffff" for letter in text[:place])
