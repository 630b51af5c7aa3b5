"""Prompts with gaps: pick one, fill its gaps, or write one of your own."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.domain.prompt_text import cleaned
from kling_desktop.domain.templates import PROMPT_FIELD, Template, fields, filled
from kling_desktop.text import t
from kling_desktop.ui.compose.card import Card, UndoLine, link, primary
from kling_desktop.ui.compose.fields import FittingRow
from kling_desktop.ui.compose.pick_list import Entry, PickList
from kling_desktop.ui.compose.words_edit import WordsEdit
from kling_desktop.ui.kept_list import KeptList
from kling_desktop.ui.look import Look
from kling_desktop.ui.theme import Space, Type


class TemplatesCard(Card):
    """`made` carries the prompt that came out."""

    made = Signal(str)

    def __init__(self, look: Look, parent: QWidget, templates: KeptList[Template]) -> None:
        super().__init__(look, parent, t("Prompt templates"))
        self._templates = templates
        self._prompt = ""
        self._changed: int | None = None
        self._filled = Template("", "")
        self.gaps: dict[str, QLineEdit] = {}
        example = "{subject}"
        nothing = t("A template is a prompt with gaps, such as {example}.", example=example)
        self.picks = PickList(look, t("Prompt templates"), nothing)
        self.undo_line = UndoLine(look, t("Undo"))
        self.new, self.edit, self.delete = link(t("New…")), link(t("Edit…")), link(t("Delete"))
        self.name, self.text = QLineEdit(), WordsEdit()
        self.back, self.done = link(t("Back")), primary("")
        self._build()
        self._connect()

    def _build(self) -> None:
        self._list_page, self._edit_page, self._gap_page = QWidget(), QWidget(), QWidget()
        self._ends = QWidget()
        steps = (self.new, 0), (QWidget(), 1), (self.edit, 0), (self.delete, 0)
        _column(self._list_page).addWidget(FittingRow(steps))
        self.name.setPlaceholderText(t("Name of the template"))
        self.name.setAccessibleName(t("Name of the template"))
        self.name.setMaxLength(80)
        self.text.setAccessibleName(t("Text of the template"))
        gap = "{subject}"
        self.text.setPlaceholderText(t("A {gap} on a table, morning light", gap=gap))
        self.text.setProperty("kind", "boxed")
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(96)
        editor = _column(self._edit_page)
        editor.addWidget(self.name)
        editor.addWidget(self.text)
        self._gap_rows = _column(self._gap_page)
        ends = QHBoxLayout(self._ends)
        ends.setContentsMargins(0, 0, 0, 0)
        ends.addWidget(self.back)
        ends.addStretch(1)
        ends.addWidget(self.done)
        for part in (self.picks, self.undo_line, self._list_page, self._edit_page):
            self.column.addWidget(part)
        self.column.addWidget(self._gap_page)
        self.column.addWidget(self._ends)

    def _connect(self) -> None:
        self._templates.changed.connect(self._show_templates)
        self.picks.picked.connect(self._on_picked)
        self.picks.change_wanted.connect(self._on_change_wanted)
        self.picks.remove_wanted.connect(self._on_remove_wanted)
        self.undo_line.undone.connect(self._templates.put_back)
        self.new.clicked.connect(self._on_new)
        self.edit.clicked.connect(self._on_edit)
        self.delete.clicked.connect(self._on_delete)
        self.back.clicked.connect(self._show_list)
        self.done.clicked.connect(self._on_done)
        self.name.returnPressed.connect(self._on_done)

    def open_for(self, prompt: str, anchor: QWidget) -> None:
        """Show it; `prompt` is what stands in the form."""
        self._prompt = prompt
        self.undo_line.say("")
        self._show_templates()
        self._show_list()
        self.open_at(anchor)
        self.picks.take_keyboard()

    @Slot()
    def _show_templates(self) -> None:
        entries = [Entry(template.name, template.text) for template in self._templates.items]
        self.picks.show_entries(entries)
        for button in (self.edit, self.delete):
            button.setVisible(bool(entries))

    def _turn_to(self, page: QWidget) -> None:
        is_list = page is self._list_page
        for part in (self._list_page, self._edit_page, self._gap_page):
            part.setVisible(part is page)
        self.picks.setVisible(is_list)
        self._ends.setVisible(not is_list)

    @Slot()
    def _show_list(self) -> None:
        self._turn_to(self._list_page)
        self.picks.take_keyboard()

    # Filling gaps

    @Slot(int)
    def _on_picked(self, number: int) -> None:
        self._filled = self._templates.items[number]
        wanted = fields(self._filled.text)
        if not wanted:
            self._finish({})
            return
        self._make_gaps(wanted)
        self.done.setText(t("Fill in"))
        self._turn_to(self._gap_page)
        next(iter(self.gaps.values())).setFocus()

    def _make_gaps(self, names: tuple[str, ...]) -> None:
        for old in self._gap_page.findChildren(QWidget):
            self._gap_rows.removeWidget(old)
            old.deleteLater()
        self.gaps = {}
        for name in names:
            label, gap = QLabel(name), QLineEdit()
            label.setFont(self._look.font(Type.SMALL))
            label.setProperty("tone", "second")
            label.setBuddy(gap)
            gap.setAccessibleName(name)
            if name == PROMPT_FIELD:
                gap.setText(" ".join(self._prompt.split("\n")))
            gap.returnPressed.connect(self._on_done)
            self.gaps[name] = gap
            self._gap_rows.addWidget(label)
            self._gap_rows.addWidget(gap)

    def _finish(self, values: dict[str, str]) -> None:
        self.hide()
        self.made.emit(cleaned(filled(self._filled.text, values))[0])

    # Writing them

    def _open_editor(self, template: Template, number: int | None) -> None:
        self._changed = number
        self.undo_line.say("")
        self.name.setText(template.name)
        self.text.setPlainText(template.text)
        self.done.setText(t("Keep"))
        self._turn_to(self._edit_page)
        self.name.setFocus()

    @Slot()
    def _on_new(self) -> None:
        self._open_editor(Template("", self._prompt), None)

    @Slot()
    def _on_edit(self) -> None:
        number = self.picks.current()
        if number is not None:
            self._on_change_wanted(number)

    @Slot(int)
    def _on_change_wanted(self, number: int) -> None:
        self._open_editor(self._templates.items[number], number)

    @Slot()
    def _on_delete(self) -> None:
        number = self.picks.current()
        if number is not None:
            self._on_remove_wanted(number)

    @Slot(int)
    def _on_remove_wanted(self, number: int) -> None:
        name = self._templates.items[number].name
        self._templates.remove(number)
        self.undo_line.say(t("“{name}” is deleted.", name=name))
        self.picks.take_keyboard()

    @Slot()
    def _on_done(self) -> None:
        if not self._gap_page.isHidden():
            self._finish({name: gap.text() for name, gap in self.gaps.items()})
            return
        text = cleaned(self.text.toPlainText())[0]
        name = self.name.text().strip() or " ".join(text.split()[:4])
        if not name:
            return
        template = Template(name, text)
        if self._changed is None:
            self._templates.add(template)
        else:
            self._templates.change(self._changed, template)
        self._show_list()


def _column(page: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(Space.XS)
    return column
