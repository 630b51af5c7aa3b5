"""The compose column: mode, form, footer; judges the draft and hands out what is to be bought."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenuBar, QVBoxLayout, QWidget

from kling_desktop.domain.drafts import Draft
from kling_desktop.domain.errors import ErrorRecord
from kling_desktop.domain.facts import AccountChanged, Notice, TaskRejected
from kling_desktop.domain.media import COMMON_LIMITS, ImageLimits
from kling_desktop.domain.presets import Preset
from kling_desktop.domain.problems import Rule
from kling_desktop.domain.prompt_text import cleaned
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.tasks import Task
from kling_desktop.text import t
from kling_desktop.ui.compose.autosave import Autosave
from kling_desktop.ui.compose.cabinet import Cabinet
from kling_desktop.ui.compose.checkout import Checkout
from kling_desktop.ui.compose.column_actions import actions_of, tool_for
from kling_desktop.ui.compose.fields import FittingRow
from kling_desktop.ui.compose.footer import ComposeFooter
from kling_desktop.ui.compose.form import Form
from kling_desktop.ui.compose.form_scroll import FormScroll
from kling_desktop.ui.compose.judgement import FormProblem, Judgement, judge, not_made
from kling_desktop.ui.compose.pictures import InputPictures
from kling_desktop.ui.compose.pinning import Pinning
from kling_desktop.ui.compose.samples import with_samples
from kling_desktop.ui.compose.slot_filler import PLACES
from kling_desktop.ui.compose.slot_grid import SlotGrid
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.kept_file import KeptFile
from kling_desktop.ui.look import announce
from kling_desktop.ui.theme import Height, Space
from kling_desktop.ui.widgets import Choice, Segments

_SAID_AT_ONCE = (*PLACES, "subjects", "provider")
_LOW_PX = 820
_MODE_ROW_PX = 48
_ICONS = {"undo": "undo", "redo": "redo", "presets": "bookmark"}


class ComposePanel(QWidget):
    """One draft, from slots to price. It keeps itself on disk and is there again at the next start.

    `submission_ready` carries what a press on Generate buys, `twin_meant` the same once more
    after it was refused as a repetition and meant after all. `noticed` carries a Notice about one
    of the files in which the form and what belongs to it are kept.
    """

    submission_ready = Signal(object)
    twin_meant = Signal(object)
    accounts_wanted = Signal()
    noticed = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._autosave = Autosave(desk.drawer.draft, desk, self)
        self._model = self._autosave.model
        self._cabinet = Cabinet(desk, self)
        self._pictures = InputPictures(desk.look_at, desk.input_path, desk.copy_of, self)
        self._accounts: dict[str, AccountChanged] = {}
        self._shown: set[str] = set()
        self._actions = actions_of(self, self)
        choices = [
            Choice("image", t("Picture"), "picture"),
            Choice("video", t("Video"), "video"),
        ]
        self._kind = Segments(desk.look, t("What to make"), choices)
        self._form = Form(desk, self._model, self._pictures)
        self._pinning = Pinning(self._actions["pin"], self._form.grid, self._model)
        self._scroll = FormScroll(self._form)
        self._footer = ComposeFooter(desk.look)
        self._checkout = Checkout(
            self._footer, self._pictures, asks_before_twins=desk.asks_before_twins
        )
        self._build()
        self._connect()
        self._connect_kept()
        self._render()

    def _files(self) -> tuple[KeptFile, ...]:
        return self._autosave.file, *self._cabinet.files()

    def _build(self) -> None:
        tools = QWidget()
        row = QHBoxLayout(tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.XS)
        row.addStretch(1)
        for name in _ICONS:
            row.addWidget(tool_for(self._actions[name]))
        self._mode_row = FittingRow([(self._kind, 0), (QWidget(), 1), (tools, 0)])
        self._mode_row.setContentsMargins(Space.PANEL, 0, Space.PANEL, 0)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._mode_row)
        self._column.addWidget(self._scroll, 1)
        self._column.addWidget(self._footer)
        self._dress()

    def _connect(self) -> None:
        self._model.changed.connect(self._on_draft_changed)
        self._pictures.looked.connect(self._on_looked)
        self._kind.chosen.connect(self._on_kind_chosen)
        self._form.left.connect(self._on_left)
        self._form.accounts_wanted.connect(self.accounts_wanted)
        self._form.history_wanted.connect(self.show_history)
        self._form.templates_wanted.connect(self.show_templates)
        self._scroll.below_changed.connect(self._footer.set_edge)
        self._footer.generate_wanted.connect(self.generate)
        self._footer.link_pressed.connect(self._on_link_pressed)
        self._checkout.bought.connect(self.submission_ready)
        self._checkout.twin_meant.connect(self.twin_meant)
        self._checkout.asked.connect(self._cabinet.remember)
        self._desk.look.changed.connect(self._dress)

    def _connect_kept(self) -> None:
        self._cabinet.preset_chosen.connect(self._on_preset_chosen)
        self._cabinet.prompt_chosen.connect(self._on_prompt_chosen)
        self._form.prompts.walk_through(self._cabinet.prompts)
        for file in self._files():
            file.trouble.connect(self._on_file_trouble)
        # Whoever shows it is connected only when the window stands.
        QTimer.singleShot(0, self._tell_of_files)

    # For the window

    def set_menu_bar(self, bar: QMenuBar) -> None:
        """The window's menus stand at the top of this column."""
        holder = QWidget()
        holder.setFixedHeight(self._desk.look.fit(Height.TALL))
        row = QHBoxLayout(holder)
        row.setContentsMargins(2, 0, 2, 0)  # the bar's own padding makes up the margin
        row.addWidget(bar, 0, Qt.AlignmentFlag.AlignVCenter)
        self._column.insertWidget(0, holder)

    def actions_by_name(self) -> Mapping[str, QAction]:
        """Every command of the column, and `slot 1` to `slot 6`; see `column_actions.py`."""
        return self._actions

    @property
    def grid(self) -> SlotGrid:
        """The slots; its `filler` changes what is in them."""
        return self._form.grid

    def draft(self) -> Draft:
        """What stands in the form."""
        return self._model.draft

    def finish(self) -> None:
        """Return when the draft and what is kept beside it are on disk; the window is closing."""
        self._autosave.finish()
        self._cabinet.finish()

    def know_tasks(self, tasks: Iterable[Task]) -> None:
        """Their prompts belong to the history."""
        self._cabinet.know(tasks)

    @Slot(bool)
    def set_asks_before_twins(self, is_on: bool) -> None:
        """Whether the same, asked again within minutes, is asked about first."""
        self._checkout.asks_before_twins = is_on

    @Slot(object)
    def set_account(self, account: AccountChanged) -> None:
        """The state of a provider's key."""
        entry = self._desk.profiles[account.provider].key_entry
        for profile in self._desk.profiles.values():
            if profile.key_entry == entry:
                self._accounts[profile.id] = account
        self._render()

    @Slot(object)
    def recall(self, draft: Draft) -> None:
        """Fill the form with another draft; one step, which undo takes back.

        Pictures that are used in every task stay in their slots.
        """
        self._shown.clear()
        sendable = replace(
            draft,
            prompt=cleaned(draft.prompt)[0],
            negative_prompt=cleaned(draft.negative_prompt)[0],
        )
        self._model.set(sendable.with_pinned_of(self._model.draft))

    @Slot(list)
    def fill_samples(self, files: Sequence[Path]) -> None:
        """Fill the form with the pictures that come with the app, at the free provider."""
        self.recall(with_samples(self._model.draft, files, self._desk.profiles))

    @Slot()
    def choose_pictures(self) -> None:
        """Ask for files for the next free slots."""
        self.grid.filler.choose("")

    @Slot(int)
    def focus_slot(self, number: int) -> None:
        """1 to 4 are the subjects, 5 the scene, 6 the style."""
        slot = self.grid.slot(PLACES[number - 1])
        if not slot.isHidden():
            self._go_to(slot)

    @Slot(object)
    def show_rejection(self, rejection: TaskRejected) -> None:
        """Say beside the fields why a submission did not become a task."""
        self._checkout.add_rejection(rejection)
        self._pictures.look_again(map(self._model.draft.image, PLACES))
        self._shown.update(p.place for p in self._checkout.problems(self._model.draft))
        self._render()
        announce(self, self._footer.line.text())

    # What is shown

    def _judge(self) -> Judgement:
        draft = self._model.draft
        facts = self._pictures.facts
        found = judge(draft, self._desk.profiles, facts, self._accounts)
        rejected = self._checkout.problems(draft)
        known = {(p.place, p.words) for p in found.problems}
        extra = [p for p in rejected if (p.place, p.words) not in known]
        return replace(found, problems=(*found.problems, *extra))

    @Slot(object)
    def _on_draft_changed(self, draft: Draft) -> None:
        self._checkout.forget()
        self._render()

    @Slot(object)
    def _on_looked(self, _image: object) -> None:
        self._render()

    def _render(self) -> None:
        draft = self._model.draft
        images = (draft.image(place) for place in PLACES)
        limits = self._limits(draft)
        self._pictures.want((image for image in images if image is not None), limits)
        judgement = self._judge()
        self._kind.set_value(draft.kind.value)
        for kind in TaskKind:
            is_made = judgement.profile.capabilities(kind) is not None or kind is draft.kind
            reason = "" if is_made else not_made(judgement.profile, kind)
            self._kind.set_offered(kind.value, reason)
        self._form.render_draft(draft, judgement, self._accounts, self._shown)
        self._show_footer(draft, judgement)
        self._actions["undo"].setEnabled(self._model.can_undo)
        self._actions["redo"].setEnabled(self._model.can_redo)

    def _limits(self, draft: Draft) -> ImageLimits:
        can = self._desk.profiles[draft.provider].capabilities(draft.kind)
        return can.limits if can is not None else COMMON_LIMITS

    def _show_footer(self, draft: Draft, judgement: Judgement) -> None:
        first = next((p for p in judgement.problems if self._is_shown(p)), None)
        was_pressed = "subjects" in self._shown
        self._checkout.show(draft, judgement, first, was_pressed=was_pressed)

    def _is_shown(self, found: FormProblem) -> bool:
        """Whether it may be said: what nobody has touched yet is not called a mistake."""
        if found.place in self._shown or found.place in _SAID_AT_ONCE:
            return True
        return found.problem is not None and found.problem.rule is Rule.LENGTH

    @Slot(str)
    def _on_left(self, place: str) -> None:
        if place not in self._shown:
            self._shown.add(place)
            self._render()

    @Slot()
    def _tell_of_files(self) -> None:
        for file in self._files():
            if file.problem is not None:
                self._on_file_trouble(file.problem)

    @Slot(object)
    def _on_file_trouble(self, error: ErrorRecord | None) -> None:
        self.noticed.emit(Notice("form", error))

    # What a person does

    @Slot(str)
    def _on_kind_chosen(self, kind: str) -> None:
        self._model.set(replace(self._model.draft, kind=TaskKind(kind)))

    @Slot()
    def generate(self) -> None:
        """Buy what stands in the form, several prompts after a look; or go to what is missing."""
        self._model.end()
        self._checkout.begin()
        judgement = self._judge()
        if judgement.problems or judgement.request is None:
            self._shown.update(problem.place for problem in judgement.problems)
            self._render()
            announce(self, self._footer.line.text())
            self._go_to_problem(judgement)
        else:
            self._checkout.press(self._model.draft, judgement, self._accounts)

    @Slot()
    def _on_link_pressed(self) -> None:
        judgement = self._judge()
        if judgement.problems:
            self._go_to_problem(judgement)
        else:
            self._checkout.mean_twins(self._model.draft, judgement)

    def _go_to_problem(self, judgement: Judgement) -> None:
        shown = (p for p in judgement.problems if self._is_shown(p))
        problem = next(shown, None)
        if problem is None:
            return
        if problem.place == "provider" and problem.problem is None and judgement.request:
            self.accounts_wanted.emit()
        self._go_to(self._form.field_at(problem.place))

    def _go_to(self, field: QWidget) -> None:
        self._scroll.ensureWidgetVisible(field, 0, Space.HUGE)
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def undo(self) -> None:
        """Take back the last step of the form."""
        self._model.undo()

    @Slot()
    def redo(self) -> None:
        """Do it again."""
        self._model.redo()

    @Slot()
    def paste(self) -> None:
        """Paste into the focused slot, or into the next free one."""
        self.grid.filler.paste(self.grid.focused_place())

    @Slot()
    def clear(self) -> None:
        """Empty pictures and texts; other choices and what is used in every task stay."""
        self._shown.clear()
        self._model.set(self._model.draft.cleared())

    @Slot()
    def show_presets(self) -> None:
        """Open the kept forms."""
        self._cabinet.show_presets(self._model.draft, self._mode_row)

    @Slot()
    def save_preset(self) -> None:
        """Keep this form under a name."""
        self._cabinet.show_presets(self._model.draft, self._mode_row, saves=True)

    @Slot()
    def show_history(self) -> None:
        """Open the prompts used before."""
        self._model.end()
        self._cabinet.show_history(self._form.prompts.prompt)

    @Slot()
    def show_templates(self) -> None:
        """Open the prompts with gaps."""
        self._model.end()
        self._cabinet.show_templates(self._model.draft.prompt, self._form.prompts.prompt)

    @Slot(object)
    def _on_preset_chosen(self, preset: Preset) -> None:
        self._shown.clear()
        present = self._model.draft
        filled = preset.over(present)
        is_known = filled.provider in self._desk.profiles
        self._model.set(filled if is_known else replace(filled, provider=present.provider))

    @Slot(str)
    def _on_prompt_chosen(self, prompt: str) -> None:
        self._model.set(replace(self._model.draft, prompt=prompt))
        self._go_to(self._form.prompts.prompt.edit)
        self._form.prompts.prompt.go_to_end()

    # Look

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Low windows get small slots."""
        super().resizeEvent(event)
        self.grid.set_low(self.height() < _LOW_PX)

    @Slot()
    def _dress(self) -> None:
        look = self._desk.look
        self._mode_row.setMinimumHeight(look.fit(_MODE_ROW_PX))
        for name, icon in _ICONS.items():
            self._actions[name].setIcon(look.icon(icon))
