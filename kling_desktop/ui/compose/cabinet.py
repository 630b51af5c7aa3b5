"""What is kept beside the form: presets, templates, used prompts, and the cards to reach them."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from kling_desktop.domain.drafts import Draft
from kling_desktop.domain.presets import preset_from_json, preset_to_json
from kling_desktop.domain.tasks import Task
from kling_desktop.domain.templates import template_from_json, template_to_json
from kling_desktop.text import t
from kling_desktop.ui.compose.card import Card
from kling_desktop.ui.compose.pick_list import Entry, PickList
from kling_desktop.ui.compose.presets_card import PresetsCard
from kling_desktop.ui.compose.prompt_book import PromptBook
from kling_desktop.ui.compose.templates_card import TemplatesCard
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.kept_file import KeptFile
from kling_desktop.ui.kept_list import KeptList
from kling_desktop.ui.look import Look


class Cabinet(QObject):
    """`preset_chosen` carries a Preset, `prompt_chosen` a prompt. `window` owns the cards."""

    preset_chosen = Signal(object)
    prompt_chosen = Signal(str)

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window)
        self._desk, self._window = desk, window
        drawer = desk.drawer
        self._presets = KeptList(
            KeptFile(drawer.presets, self), "presets", preset_from_json, preset_to_json
        )
        self._templates = KeptList(
            KeptFile(drawer.templates, self), "templates", template_from_json, template_to_json
        )
        self._book = PromptBook(drawer.prompts, desk.gallery, self)
        self._presets_card: PresetsCard | None = None
        self._templates_card: TemplatesCard | None = None
        self._history_card: HistoryCard | None = None

    def files(self) -> tuple[KeptFile, ...]:
        """What everything is kept in."""
        return self._presets.file, self._templates.file, self._book.own.file

    def finish(self) -> None:
        """Return when everything is on disk."""
        for file in self.files():
            file.finish()

    def know(self, tasks: Iterable[Task]) -> None:
        """Prompts of these tasks belong to the history."""
        self._book.know(tasks)

    def remember(self, prompt: str) -> None:
        """This prompt is used now."""
        self._book.remember(prompt)

    def prompts(self) -> list[str]:
        """The history, newest first."""
        return self._book.prompts()

    def show_presets(self, draft: Draft, anchor: QWidget, *, saves: bool = False) -> None:
        """Open the presets; `saves` begins with the name for the present form."""
        if self._presets_card is None:
            self._presets_card = PresetsCard(self._desk.look, self._window, self._presets)
            self._presets_card.chosen.connect(self.preset_chosen)
        self._presets_card.open_for(draft, anchor, saves=saves)

    def show_templates(self, prompt: str, anchor: QWidget) -> None:
        """Open the templates."""
        if self._templates_card is None:
            self._templates_card = TemplatesCard(self._desk.look, self._window, self._templates)
            self._templates_card.made.connect(self.prompt_chosen)
        self._templates_card.open_for(prompt, anchor)

    def show_history(self, anchor: QWidget) -> None:
        """Open the prompts used before."""
        if self._history_card is None:
            self._history_card = HistoryCard(self._desk.look, self._window)
            self._history_card.chosen.connect(self.prompt_chosen)
        self._history_card.open_for(self.prompts(), anchor)


class HistoryCard(Card):
    """`chosen` carries a prompt."""

    chosen = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, parent, t("Prompts used before"))
        self._prompts: list[str] = []
        self.picks = PickList(look, t("Prompts used before"), t("Nothing was asked for yet."))
        self.column.addWidget(self.picks)
        self.picks.picked.connect(self._on_picked)

    def open_for(self, prompts: list[str], anchor: QWidget) -> None:
        """Show these."""
        self._prompts = prompts
        self.picks.show_entries([Entry(prompt) for prompt in prompts])
        self.open_at(anchor)
        self.picks.take_keyboard()

    @Slot(int)
    def _on_picked(self, number: int) -> None:
        self.hide()
        self.chosen.emit(self._prompts[number])
