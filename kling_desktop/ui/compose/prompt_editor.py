"""The prompt and the negative prompt: plain text with a counter inside the field."""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.domain.drafts import Draft
from kling_desktop.text import t, tn
from kling_desktop.ui.compose.fields import FieldNote, FittingRow, paint_field
from kling_desktop.ui.focus_ring import RING_ON_PARENT
from kling_desktop.ui.look import Look
from kling_desktop.ui.theme import Space, Type

_WARN_BELOW = 200
_LINES = 3
_PULLED_PX = 140
_Key = QKeySequence.StandardKey


class TextField(QFrame):
    """One text of the form. `typed` carries the whole text, `left` says that typing paused.

    Length is counted in code points, as the providers do.
    """

    typed = Signal(str)
    left = Signal()

    def __init__(self, look: Look, name: str, placeholder: str) -> None:
        super().__init__()
        self._look = look
        self._limit = 0
        self._tone = ""
        self._pulled_from = 0.0
        self.edit = QPlainTextEdit()
        self.edit.setProperty("kind", "bare")
        self.edit.setProperty(RING_ON_PARENT, True)
        self.edit.setAccessibleName(name)
        self.edit.setPlaceholderText(placeholder)
        self.edit.setTabChangesFocus(True)
        # One undo for the whole form: the draft is put back, text included.
        self.edit.setUndoRedoEnabled(False)
        self.edit.setFrameShape(QFrame.Shape.NoFrame)
        self.edit.installEventFilter(self)
        self._count = QLabel()
        self._count.setCursor(Qt.CursorShape.SizeVerCursor)
        self._count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(5, 5, 5, 5)
        column.setSpacing(0)
        column.addWidget(self.edit)
        column.addWidget(self._count)
        self.edit.textChanged.connect(self._on_text_changed)
        look.changed.connect(self._dress)
        self._dress()

    def text(self) -> str:
        """The text as typed."""
        return self.edit.toPlainText()

    def show_text(self, text: str, limit: int) -> None:
        """Render a draft's text; the cursor stays where it can."""
        self._limit = limit
        if text != self.text():
            cursor = self.edit.textCursor()
            place = min(cursor.position(), len(text))
            was = self.edit.blockSignals(True)
            self.edit.setPlainText(text)
            self.edit.blockSignals(was)
            cursor = self.edit.textCursor()
            cursor.setPosition(place)
            self.edit.setTextCursor(cursor)
        self._show_count()

    def set_tone(self, tone: str) -> None:
        """The colour of the edge: "danger", "warning" or ""."""
        self._tone = tone
        self.update()

    def counter(self) -> str:
        """What the counter says."""
        return self._count.text()

    @Slot()
    def _on_text_changed(self) -> None:
        self._show_count()
        self.typed.emit(self.text())

    def _show_count(self) -> None:
        length, limit = len(self.text()), self._limit
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


class PromptEditor(QWidget):
    """The prompt with its heading, and the negative prompt that unfolds below it.

    `typed` carries the field's name in the draft; read the text from `prompt` or `negative`.
    """

    typed = Signal(str)
    left = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        placeholder = t("What should happen to these pictures?")
        self.prompt = TextField(look, t("Prompt"), placeholder)
        self.negative = TextField(look, t("Negative prompt"), t("What should not be there?"))
        self._labels = (
            _heading(t("Prompt"), self.prompt),
            _heading(t("Negative prompt"), self.negative),
        )
        self._add = _link(t("Add negative prompt"))
        self._remove = _link(t("Take out"))
        self._remove.setAccessibleName(t("Take the negative prompt out"))
        self.prompt_note = FieldNote(look, self.prompt.edit)
        self.negative_note = FieldNote(look, self.negative.edit)
        self._negative_row = QWidget()
        self._is_unfolded = False
        self._build()
        self._connect()
        self._dress()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.XS)
        column.addWidget(_headed(self._labels[0], self._add))
        column.addWidget(self.prompt)
        column.addWidget(self.prompt_note)
        inner = QVBoxLayout(self._negative_row)
        inner.setContentsMargins(0, Space.XS, 0, 0)
        inner.setSpacing(Space.XS)
        inner.addWidget(_headed(self._labels[1], self._remove))
        inner.addWidget(self.negative)
        inner.addWidget(self.negative_note)
        column.addWidget(self._negative_row)
        self._negative_row.hide()

    def _connect(self) -> None:
        self.prompt.typed.connect(self._on_prompt_typed)
        self.negative.typed.connect(self._on_negative_typed)
        self.prompt.left.connect(self._on_prompt_left)
        self.negative.left.connect(self._on_negative_left)
        self._add.clicked.connect(self._on_add_clicked)
        self._remove.clicked.connect(self._on_remove_clicked)
        self._look.changed.connect(self._dress)

    def render_draft(self, draft: Draft, limit: int, reason: str) -> None:
        """Show both texts; `reason` says why there is no negative prompt here, if so."""
        self.prompt.show_text(draft.prompt, limit)
        self.negative.show_text(draft.negative_prompt, limit)
        is_shown = bool(draft.negative_prompt) or (self._is_unfolded and not reason)
        self._negative_row.setVisible(is_shown)
        self._add.setVisible(not is_shown)
        self._add.setEnabled(not reason)
        self._add.setToolTip(reason)
        self._add.setAccessibleDescription(reason)
        self.negative.edit.setReadOnly(bool(reason))
        self.negative.setToolTip(reason)

    @Slot()
    def _on_add_clicked(self) -> None:
        self._is_unfolded = True
        self._negative_row.show()
        self._add.hide()
        self.negative.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _on_remove_clicked(self) -> None:
        self._is_unfolded = False
        self._negative_row.hide()
        self._add.show()
        self.negative.edit.clear()
        self.prompt.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str)
    def _on_prompt_typed(self) -> None:
        self.typed.emit("prompt")

    @Slot(str)
    def _on_negative_typed(self) -> None:
        self.typed.emit("negative_prompt")

    @Slot()
    def _on_prompt_left(self) -> None:
        self.left.emit("prompt")

    @Slot()
    def _on_negative_left(self) -> None:
        self.left.emit("negative_prompt")

    @Slot()
    def _dress(self) -> None:
        for label in self._labels:
            label.setFont(self._look.font(Type.STRONG))
            label.setMinimumHeight(self._look.fit(24))


def _heading(words: str, field: TextField) -> QLabel:
    label = QLabel(words)
    label.setBuddy(field.edit)
    return label


def _headed(label: QLabel, link: QPushButton) -> FittingRow:
    label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    return FittingRow([(label, 1), (link, 0)])


def _link(words: str) -> QPushButton:
    button = QPushButton(words)
    button.setProperty("kind", "link")
    return button
