"""The prompt and the negative prompt, with what helps to write them."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.domain import alternatives
from kling_desktop.domain.drafts import Draft
from kling_desktop.domain.media import place_name
from kling_desktop.domain.mentions import unmentioned, without_picture
from kling_desktop.domain.prompt_text import taken_out_words
from kling_desktop.domain.providers import TaskKind
from kling_desktop.text import t
from kling_desktop.ui.compose.fields import FieldNote, FittingRow
from kling_desktop.ui.compose.mention_list import MentionList
from kling_desktop.ui.compose.pictures import InputPictures
from kling_desktop.ui.compose.shelf_names import ShelfNames
from kling_desktop.ui.compose.text_field import TextField, field_tool
from kling_desktop.ui.look import Look
from kling_desktop.ui.theme import Space, Type

_WALKS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
EXAMPLE = "{red|blue}"


class PromptEditor(QWidget):
    """The prompt with its heading, and the negative prompt that unfolds below it.

    `typed` carries the field's name in the draft; read the text from `prompt` or `negative`.
    `walked` carries an earlier prompt that Ctrl+Up or Ctrl+Down came to.
    """

    typed = Signal(str)
    left = Signal(str)
    walked = Signal(str)
    history_wanted = Signal()
    templates_wanted = Signal()

    def __init__(self, look: Look, pictures: InputPictures, names: ShelfNames) -> None:
        super().__init__()
        self._look = look
        placeholder = t("What should happen to these pictures?")
        self.prompt = TextField(look, t("Prompt"), placeholder)
        self.negative = TextField(look, t("Negative prompt"), t("What should not be there?"))
        self.mention_list = MentionList(look, self.prompt, pictures, names)
        self._walk = _Walk()
        self._labels = (
            _heading(t("Prompt"), self.prompt),
            _heading(t("Negative prompt"), self.negative),
        )
        self._add = _link(t("Add negative prompt"))
        self._remove = _link(t("Take out"))
        self._remove.setAccessibleName(t("Take the negative prompt out"))
        self.prompt_note = FieldNote(look, self.prompt.edit)
        self.negative_note = FieldNote(look, self.negative.edit)
        self.tools = {
            "at": field_tool(t("Mention a picture"), "@"),
            "braces": field_tool(t("Alternatives and templates")),
            "history": field_tool(t("Prompts used before"), "Ctrl+H"),
        }
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
        self.prompt.add_tools(list(self.tools.values()))
        menu = QMenu(self)
        menu.setWindowFlags(
            menu.windowFlags()
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.NoDropShadowWindowHint
        )
        menu.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        menu.addAction(t("Alternatives: {example}", example=EXAMPLE), self.put_alternatives)
        menu.addAction(t("Templates…")).triggered.connect(self.templates_wanted)
        self.tools["braces"].setMenu(menu)
        self.tools["braces"].setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def _connect(self) -> None:
        self.prompt.typed.connect(self._on_prompt_typed)
        self.negative.typed.connect(self._on_negative_typed)
        self.prompt.left.connect(self._on_prompt_left)
        self.negative.left.connect(self._on_negative_left)
        self.prompt.edit.installEventFilter(self)
        self.tools["at"].clicked.connect(self.mention_list.begin)
        self.tools["history"].clicked.connect(self.history_wanted)
        self._add.clicked.connect(self._on_add_clicked)
        self._remove.clicked.connect(self._on_remove_clicked)
        self._look.changed.connect(self._dress)

    def walk_through(self, prompts: Callable[[], Sequence[str]]) -> None:
        """Where Ctrl+Up and Ctrl+Down take earlier prompts from, newest first."""
        self._walk = _Walk(prompts)

    def render_draft(self, draft: Draft, limit: int, reason: str) -> None:
        """Show both texts; `reason` says why there is no negative prompt here, if so."""
        longest = max(len(made.text) for made in alternatives.variants(draft.prompt))
        self.prompt.show_text(draft.prompt, limit, longest)
        self.mention_list.render_draft(draft)
        self.negative.show_text(draft.negative_prompt, limit)
        is_shown = bool(draft.negative_prompt) or (self._is_unfolded and not reason)
        self._negative_row.setVisible(is_shown)
        self._add.setVisible(not is_shown)
        self._add.setEnabled(not reason)
        self._add.setToolTip(reason)
        self._add.setAccessibleDescription(reason)
        self.negative.edit.setReadOnly(bool(reason))
        self.negative.setToolTip(reason)

    def remark(self, draft: Draft) -> str:
        """What is worth a quiet word about the prompt, "" for nothing."""
        if count := self.prompt.taken_out:
            return taken_out_words(count)
        if empty := without_picture(draft):
            return t("{picture} is mentioned, but its slot is empty.", picture=_name(empty, draft))
        if left_out := unmentioned(draft):
            return t("{picture} is not mentioned.", picture=_name(left_out, draft))
        return ""

    @Slot()
    def put_alternatives(self) -> None:
        """Make alternatives of what is selected, or begin some."""
        cursor = self.prompt.edit.textCursor()
        chosen = cursor.selectedText()
        self.prompt.insert(f"{{{chosen}|}}" if chosen else "{|}")
        cursor = self.prompt.edit.textCursor()
        # Where the next word belongs: behind the bar after a selection, before it without one.
        cursor.setPosition(cursor.position() - (1 if chosen else 2))
        self.prompt.edit.setTextCursor(cursor)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl+Up goes to earlier prompts, Ctrl+Down back."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            is_control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
            if is_control and event.key() in _WALKS:
                found = self._walk.step(self.prompt.text(), _WALKS[Qt.Key(event.key())])
                if found is not None:
                    self.walked.emit(found)
                    self.prompt.go_to_end()
                return True
        return False

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
        self.mention_list.follow()

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
        for name, tool in self.tools.items():
            tool.setIcon(self._look.icon(name, size=16))
            tool.setIconSize(QSize(16, 16))


class _Walk:
    """A walk along earlier prompts; it begins anew where the text is not the one it came to."""

    def __init__(self, prompts: Callable[[], Sequence[str]] = tuple) -> None:
        self._prompts = prompts
        self._stops: list[str] = []
        self._place = 0

    def step(self, text: str, by: int) -> str | None:
        """The prompt one step older (1) or newer (-1); None where there is no further one."""
        if not self._stops or self._stops[self._place] != text:
            self._stops = [text, *(prompt for prompt in self._prompts() if prompt != text)]
            self._place = 0
        place = self._place + by
        if not 0 <= place < len(self._stops):
            return None
        self._place = place
        return self._stops[place]


def _name(places: Sequence[str], draft: Draft) -> str:
    is_video = draft.kind is TaskKind.VIDEO
    return place_name(places[0].replace("subjects", "images") if is_video else places[0])


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
