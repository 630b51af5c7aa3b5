"""What is rarely needed: the watermarked copy, a callback URL, a task id of one's own."""

from collections.abc import Collection

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.domain.drafts import Draft
from kling_desktop.domain.sentences import field_name
from kling_desktop.text import t
from kling_desktop.ui.compose.fields import Check, FieldNote
from kling_desktop.ui.compose.judgement import Judgement, not_taken
from kling_desktop.ui.look import Look
from kling_desktop.ui.paint import fill, text
from kling_desktop.ui.theme import Height, Radius, Space, Type

LINES = ("callback_url", "external_task_id")
_Key = QKeySequence.StandardKey


class MoreFold(QWidget):
    """`typed` names the text field that changed, `left` the one that was left."""

    typed = Signal(str)
    left = Signal(str)
    watermark_chosen = Signal(bool)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.head = _Head(look)
        self.watermark = Check(look, t("A watermarked copy too"))
        self.fields = {name: QLineEdit() for name in LINES}
        self._labels = {name: QLabel(field_name(name)) for name in LINES}
        self.notes = {
            name: FieldNote(look, self.fields.get(name, self.watermark))
            for name in ("watermark", *LINES)
        }
        self._body = QWidget()
        self._build()
        self._connect()
        self._dress()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self._body)
        inner = QVBoxLayout(self._body)
        inner.setContentsMargins(0, Space.XS, 0, Space.S)
        inner.setSpacing(Space.XS)
        inner.addWidget(self.watermark)
        inner.addWidget(self.notes["watermark"])
        self.fields["callback_url"].setPlaceholderText(t("https://… is told when it is done"))
        self.fields["external_task_id"].setPlaceholderText(t("Made by the app"))
        for name in LINES:
            label, field = self._labels[name], self.fields[name]
            label.setBuddy(field)
            field.setAccessibleName(field_name(name))
            field.setObjectName(name)
            field.installEventFilter(self)
            inner.addSpacing(Space.XS)
            inner.addWidget(label)
            inner.addWidget(field)
            inner.addWidget(self.notes[name])
        self._body.hide()

    def _connect(self) -> None:
        self.head.toggled.connect(self._body.setVisible)
        self.watermark.toggled.connect(self.watermark_chosen)
        for field in self.fields.values():
            field.textEdited.connect(self._on_edited)
            field.editingFinished.connect(self._on_finished)
        self._look.changed.connect(self._dress)

    def unfold(self) -> None:
        """Show what is inside."""
        self.head.setChecked(True)

    def render_draft(self, draft: Draft, judgement: Judgement) -> None:
        """Show the three; what the provider lacks is off, with the reason."""
        can = judgement.can.optional_fields
        was = self.watermark.blockSignals(True)
        self.watermark.setChecked(draft.watermark)
        self.watermark.blockSignals(was)
        widgets: dict[str, QWidget] = {"watermark": self.watermark, **self.fields}
        for name, widget in widgets.items():
            reason = "" if name in can else not_taken(judgement.profile, name)
            widget.setEnabled(not reason)
            widget.setToolTip(reason)
        for name, field in self.fields.items():
            if field.text() != getattr(draft, name):
                field.setText(getattr(draft, name))
        self.head.set_summary(_summary(draft, judgement.withheld))

    @Slot(str)
    def _on_edited(self) -> None:
        self.typed.emit(self.sender().objectName())

    @Slot()
    def _on_finished(self) -> None:
        self.left.emit(self.sender().objectName())

    @Slot()
    def _dress(self) -> None:
        for name in LINES:
            self._labels[name].setFont(self._look.font(Type.SMALL))
            self._labels[name].setProperty("tone", "second")
            self.fields[name].setFixedHeight(self._look.fit(Height.FIELD))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave undo to the form."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            return event.matches(_Key.Undo) or event.matches(_Key.Redo)
        return False


class _Head(QAbstractButton):
    """The line that folds and unfolds: its name, what is inside in few words, a chevron."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._summary = ""
        self.setCheckable(True)
        self.setAccessibleName(t("More"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.toggled.connect(self.update)
        look.changed.connect(self._dress)
        self._dress()

    def set_summary(self, summary: str) -> None:
        """What is inside."""
        self._summary = summary
        self.setAccessibleDescription(summary)
        self.update()

    @Slot()
    def _dress(self) -> None:
        self.setFixedHeight(self._look.fit(Height.BUTTON))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Words left, chevron right."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look, theme, box = self._look, self._look.theme, QRectF(self.rect())
        if self.underMouse():
            fill(painter, box.adjusted(-4, 0, 4, 0), theme.hover, Radius.FIELD)
        font = look.font(Type.SMALL_STRONG)
        painter.setFont(font)
        width = painter.fontMetrics().horizontalAdvance(t("More")) + 8
        text(painter, box, t("More"), font, theme.text_2)
        rest = box.adjusted(width, 0, -24, 0)
        if not self.isChecked():
            text(painter, rest, self._summary, look.font(Type.SMALL), theme.text_2)
        icon = "chevron-up" if self.isChecked() else "chevron-down"
        chevron = QRectF(box.right() - 16, box.top(), 16, box.height())
        look.paint_icon(painter, icon, chevron, theme.text_2)


def _summary(draft: Draft, withheld: Collection[str]) -> str:
    watermark = t("Watermark") if draft.watermark else t("No watermark")
    callback = t("callback") if draft.callback_url else t("no callback")
    parts = [watermark, callback]
    if draft.external_task_id:
        parts.append(t("own id"))
    kept = [name for name in ("watermark", *LINES) if name in withheld]
    if kept:
        parts.append(t("not all is sent"))
    return ", ".join(parts)
