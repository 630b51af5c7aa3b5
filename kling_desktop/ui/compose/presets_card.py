"""Whole forms under names: fill the form with one, keep the present one, rename, delete."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from kling_desktop.domain.draft_json import draft_from_json
from kling_desktop.domain.drafts import Draft
from kling_desktop.domain.presets import Preset, free_name, preset_of
from kling_desktop.domain.providers import TaskKind
from kling_desktop.text import t, tn
from kling_desktop.ui.compose.card import Card, UndoLine, link, primary
from kling_desktop.ui.compose.fields import Check, FittingRow
from kling_desktop.ui.compose.pick_list import Entry, PickList
from kling_desktop.ui.kept_list import KeptList
from kling_desktop.ui.look import Look


class PresetsCard(Card):
    """`chosen` carries the Preset to fill the form with."""

    chosen = Signal(object)

    def __init__(self, look: Look, parent: QWidget, presets: KeptList[Preset]) -> None:
        super().__init__(look, parent, t("Presets"))
        self._presets = presets
        self._draft = Draft(provider="")
        self._renamed: int | None = None
        nothing = t("Nothing is kept yet. A preset holds the whole form: texts, choices, pictures.")
        self.picks = PickList(look, t("Presets"), nothing)
        self.undo_line = UndoLine(look, t("Undo"))
        self.keep = link(t("Keep this form…"))
        self.rename = link(t("Rename…"))
        self.delete = link(t("Delete"))
        self.name = QLineEdit()
        self.name.setMaxLength(80)
        self.name.setPlaceholderText(t("Name of the preset"))
        self.name.setAccessibleName(t("Name of the preset"))
        self.with_pictures = Check(look, t("With its pictures"))
        self.with_pictures.setChecked(True)
        self.save = primary(t("Keep"))
        self.back = link(t("Back"))
        self._build()
        self._connect()

    def _build(self) -> None:
        self._list_page, self._name_page = QWidget(), QWidget()
        self.column.addWidget(self.picks)
        self.column.addWidget(self.undo_line)
        steps = (self.keep, 0), (QWidget(), 1), (self.rename, 0), (self.delete, 0)
        row = QVBoxLayout(self._list_page)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(FittingRow(steps))
        self.column.addWidget(self._list_page)
        self.column.addWidget(self.name)
        self.column.addWidget(self.with_pictures)
        below = QHBoxLayout(self._name_page)
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self.back)
        below.addStretch(1)
        below.addWidget(self.save)
        self.column.addWidget(self._name_page)

    def _connect(self) -> None:
        self._presets.changed.connect(self._show_presets)
        self.picks.picked.connect(self._on_picked)
        self.picks.remove_wanted.connect(self._on_remove_wanted)
        self.picks.change_wanted.connect(self._on_change_wanted)
        self.undo_line.undone.connect(self._presets.put_back)
        self.keep.clicked.connect(self.ask_for_name)
        self.rename.clicked.connect(self._on_rename)
        self.delete.clicked.connect(self._on_delete)
        self.back.clicked.connect(self._show_list)
        self.save.clicked.connect(self._on_save)
        self.name.returnPressed.connect(self._on_save)

    def open_for(self, draft: Draft, anchor: QWidget, *, saves: bool = False) -> None:
        """Show it for the form as it stands; `saves` asks for the name at once."""
        self._draft = draft
        self.undo_line.say("")
        self._show_presets()
        self._show_list()
        if saves:
            self.ask_for_name()
        self.open_at(anchor)
        if saves:
            self.name.setFocus()
        else:
            self.picks.take_keyboard()

    @Slot()
    def _show_presets(self) -> None:
        entries = [Entry(preset.name, summary(preset)) for preset in self._presets.items]
        self.picks.show_entries(entries)
        for button in (self.rename, self.delete):
            button.setVisible(bool(entries))

    def _show_page(self, *, names: bool) -> None:
        for part in (self.picks, self._list_page):
            part.setVisible(not names)
        for part in (self.name, self._name_page):
            part.setVisible(names)
        self.with_pictures.setVisible(names and self._renamed is None)

    @Slot()
    def _show_list(self) -> None:
        self._renamed = None
        self._show_page(names=False)
        self.picks.take_keyboard()

    @Slot()
    def ask_for_name(self) -> None:
        """Turn to the page where the present form gets its name."""
        self._renamed = None
        self._ask(" ".join(self._draft.prompt.split()[:4]) or t("Preset"), t("Keep"))

    def _ask(self, name: str, done: str) -> None:
        self.undo_line.say("")
        self.name.setText(name)
        self.name.selectAll()
        self.save.setText(done)
        self._show_page(names=True)
        self.name.setFocus()

    @Slot()
    def _on_save(self) -> None:
        name = self.name.text().strip()
        if not name:
            return
        items = self._presets.items
        if self._renamed is not None:
            others = [p.name for n, p in enumerate(items) if n != self._renamed]
            values = items[self._renamed].values
            self._presets.change(self._renamed, Preset(free_name(name, others), values))
        else:
            name = free_name(name, [preset.name for preset in items])
            with_pictures = self.with_pictures.isChecked()
            self._presets.add(preset_of(self._draft, name, with_pictures=with_pictures))
        self._show_list()

    @Slot(int)
    def _on_picked(self, number: int) -> None:
        preset = self._presets.items[number]
        self.hide()
        self.chosen.emit(preset)

    @Slot(int)
    def _on_change_wanted(self, number: int) -> None:
        self._renamed = number
        self._ask(self._presets.items[number].name, t("Rename"))

    @Slot(int)
    def _on_remove_wanted(self, number: int) -> None:
        name = self._presets.items[number].name
        self._presets.remove(number)
        self.undo_line.say(t("“{name}” is deleted.", name=name))
        self.picks.take_keyboard()

    @Slot()
    def _on_rename(self) -> None:
        number = self.picks.current()
        if number is not None:
            self._on_change_wanted(number)

    @Slot()
    def _on_delete(self) -> None:
        number = self.picks.current()
        if number is not None:
            self._on_remove_wanted(number)


def summary(preset: Preset) -> str:
    """What a preset holds, in few words: number of pictures, what is made, the prompt."""
    draft = draft_from_json(preset.values, Draft(provider=""))
    if draft.kind is TaskKind.VIDEO:
        made = t("1 video")
    else:
        made = tn("{count} picture", "{count} pictures", draft.n)
    filled = len(draft.places()) + (draft.scene is not None) + (draft.style is not None)
    if preset.has_pictures:
        made = tn("{made} from {count}", "{made} from {count}", filled, made=made)
    prompt = " ".join(draft.prompt.split())
    return t("{made}: {prompt}", made=made, prompt=prompt) if prompt else made
