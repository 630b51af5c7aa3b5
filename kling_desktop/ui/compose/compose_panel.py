"""The compose column: mode, form, footer; judges the draft and hands out what is to be bought."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenuBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.domain.commands import Submission
from kling_desktop.domain.drafts import SLOTS, Draft
from kling_desktop.domain.facts import AccountChanged, TaskRejected
from kling_desktop.domain.media import FileImage
from kling_desktop.domain.problems import Rule
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.tasks import new_id
from kling_desktop.text import t, tn
from kling_desktop.ui.compose.draft_model import DraftModel
from kling_desktop.ui.compose.footer import ComposeFooter
from kling_desktop.ui.compose.form import Form
from kling_desktop.ui.compose.form_scroll import FormScroll
from kling_desktop.ui.compose.judgement import FormProblem, Judgement, judge, not_made
from kling_desktop.ui.compose.pictures import InputPictures
from kling_desktop.ui.compose.prices import cost_sentence, cost_words
from kling_desktop.ui.compose.rejections import Rejections
from kling_desktop.ui.compose.slot_filler import PLACES
from kling_desktop.ui.compose.slot_grid import SlotGrid
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.look import Look, announce
from kling_desktop.ui.theme import Height, Space
from kling_desktop.ui.widgets import Choice, Segments

_SAID_AT_ONCE = (*PLACES, "subjects", "provider")
_LOW_PX = 820
_MODE_ROW_PX = 48
_Key = QKeySequence.StandardKey


class ComposePanel(QWidget):
    """One draft, from slots to price.

    `submission_ready` carries what a press on Generate buys, `twin_meant` the same once more
    after it was refused as a repetition and meant after all.
    """

    submission_ready = Signal(object)
    twin_meant = Signal(object)
    accounts_wanted = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._model = DraftModel(Draft(provider=desk.default_provider), self)
        self._pictures = InputPictures(desk.look_at, desk.input_path, desk.copy_of, self)
        self._rejections = Rejections()
        self._accounts: dict[str, AccountChanged] = {}
        self._shown: set[str] = set()
        self._actions = _actions(self)
        choices = [
            Choice("image", t("Picture"), "picture"),
            Choice("video", t("Video"), "video"),
        ]
        self._kind = Segments(desk.look, t("What to make"), choices)
        self._form = Form(desk, self._model, self._pictures)
        self._scroll = FormScroll(self._form)
        self._footer = ComposeFooter(desk.look)
        self._build()
        self._connect()
        self._render()

    def _build(self) -> None:
        mode_row = QWidget()
        row = QHBoxLayout(mode_row)
        row.setContentsMargins(Space.PANEL, 0, Space.PANEL, 0)
        row.setSpacing(Space.XS)
        row.addWidget(self._kind)
        row.addStretch(1)
        for name in ("undo", "redo"):
            row.addWidget(_tool(self._actions[name]))
        self._mode_row = mode_row
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(mode_row)
        self._column.addWidget(self._scroll, 1)
        self._column.addWidget(self._footer)
        self._dress()

    def _connect(self) -> None:
        self._model.changed.connect(self._on_draft_changed)
        self._pictures.looked.connect(self._on_looked)
        self._kind.chosen.connect(self._on_kind_chosen)
        self._form.left.connect(self._on_left)
        self._form.accounts_wanted.connect(self.accounts_wanted)
        self._scroll.below_changed.connect(self._footer.set_edge)
        self._footer.generate_wanted.connect(self.generate)
        self._footer.link_pressed.connect(self._on_link_pressed)
        self._desk.look.changed.connect(self._dress)

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
        """`undo`, `redo`, `paste`, `clear`, `generate`, and `slot 1` to `slot 6`."""
        return self._actions

    @property
    def grid(self) -> SlotGrid:
        """The slots; its `filler` changes what is in them."""
        return self._form.grid

    def draft(self) -> Draft:
        """What stands in the form."""
        return self._model.draft

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
        """Fill the form with another draft; one step, which undo takes back."""
        self._shown.clear()
        self._model.set(draft)

    @Slot(list)
    def fill_samples(self, files: Sequence[Path]) -> None:
        """Fill the form with the pictures that come with the app, at the free provider.

        The last of three or more is the scene, as on the page that offers them.
        """
        images = [FileImage(Path(file)) for file in files]
        scene = images.pop() if len(images) > 2 else None
        pictures = (*images[:SLOTS], *(None,) * (SLOTS - len(images)))
        free = next((p.id for p in self._desk.profiles.values() if p.is_free), None)
        draft = self._model.draft
        self.recall(
            replace(
                draft,
                kind=TaskKind.IMAGE,
                provider=free or draft.provider,
                subjects=pictures,
                scene=scene,
                prompt=draft.prompt or t("Both stand in this landscape, late light, long shadows"),
            )
        )

    @Slot()
    def choose_pictures(self) -> None:
        """Ask for files for the next free slots."""
        self._form.grid.filler.choose(self._form.grid.filler.first_free())

    @Slot(int)
    def focus_slot(self, number: int) -> None:
        """1 to 4 are the subjects, 5 the scene, 6 the style."""
        slot = self._form.grid.slot(PLACES[number - 1])
        if not slot.isHidden():
            self._go_to(slot)

    @Slot(object)
    def show_rejection(self, rejection: TaskRejected) -> None:
        """Say beside the fields why a submission did not become a task."""
        self._rejections.add(rejection)
        self._shown.update(p.place for p in self._rejections.problems(self._model.draft))
        self._render()
        announce(self, self._footer.line.text())

    # What is shown

    def _judge(self) -> Judgement:
        draft = self._model.draft
        facts = self._pictures.facts
        found = judge(draft, self._desk.profiles, facts, self._accounts)
        rejected = self._rejections.problems(draft)
        known = {(p.place, p.words) for p in found.problems}
        extra = [p for p in rejected if (p.place, p.words) not in known]
        return replace(found, problems=(*found.problems, *extra))

    @Slot(object)
    def _on_draft_changed(self, draft: Draft) -> None:
        self._render()

    @Slot(object)
    def _on_looked(self, _image: object) -> None:
        self._render()

    def _render(self) -> None:
        draft = self._model.draft
        images = (draft.image(place) for place in PLACES)
        self._pictures.want(image for image in images if image is not None)
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

    def _show_footer(self, draft: Draft, judgement: Judgement) -> None:
        if draft.kind is TaskKind.VIDEO:
            words = t("Generate 1 video")
        else:
            words = tn("Generate {count} picture", "Generate {count} pictures", draft.n)
        is_at_rest = judgement.is_at_rest
        cost = cost_words(judgement.cost)
        self._footer.button.show_offer(words, cost, is_at_rest=is_at_rest)
        said = self._rejections.words(draft)
        first = next((p for p in judgement.problems if self._is_shown(p)), None)
        if first is not None and first.place == "subjects" and is_at_rest:
            tone = "warning" if "subjects" in self._shown else ""
            self._footer.line.say(first.words, tone, is_link=bool(tone))
        elif first is not None:
            self._footer.line.say(first.words, "danger", is_link=True)
        elif said:
            is_twin = self._rejections.twin(draft) is not None
            self._footer.line.say(said, "warning" if is_twin else "danger", is_link=is_twin)
        else:
            self._footer.line.say(cost_sentence(judgement.cost, judgement.profile))

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

    # What a person does

    @Slot(str)
    def _on_kind_chosen(self, kind: str) -> None:
        self._model.set(replace(self._model.draft, kind=TaskKind(kind)))

    @Slot()
    def generate(self) -> None:
        """Buy what stands in the form, or go to what is missing."""
        self._model.end_typing()
        self._rejections.forget_words()
        judgement = self._judge()
        request = judgement.request
        if judgement.problems or request is None:
            self._shown.update(problem.place for problem in judgement.problems)
            self._render()
            announce(self, self._footer.line.text())
            self._go_to_problem(judgement)
            return
        profile = judgement.profile
        account = self._accounts.get(profile.id)
        submission = Submission(
            id=new_id(),
            provider=profile.id,
            request=request,
            base_url=account.base_url if account and profile.base_url is None else None,
        )
        self._rejections.remember(submission, self._model.draft)
        self._render()
        self.submission_ready.emit(submission)

    @Slot()
    def _on_link_pressed(self) -> None:
        draft = self._model.draft
        judgement = self._judge()
        twin = self._rejections.twin(draft)
        if judgement.problems:
            self._go_to_problem(judgement)
        elif twin is not None:
            self._rejections.forget_words()
            again = replace(twin, id=new_id())
            self._rejections.remember(again, draft)
            self._render()
            self.twin_meant.emit(again)

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
        grid = self._form.grid
        grid.filler.paste(grid.focused_place() or grid.filler.first_free())

    @Slot()
    def clear(self) -> None:
        """Empty pictures and texts; the choices of provider, model and shape stay."""
        draft = self._model.draft
        fresh = Draft(provider=draft.provider)
        self._shown.clear()
        self._model.set(
            replace(
                draft,
                subjects=fresh.subjects,
                scene=None,
                style=None,
                prompt="",
                negative_prompt="",
                callback_url="",
                external_task_id="",
            )
        )

    # Look

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Low windows get small slots."""
        super().resizeEvent(event)
        self._form.grid.set_low(self.height() < _LOW_PX)

    @Slot()
    def _dress(self) -> None:
        look: Look = self._desk.look
        self._mode_row.setFixedHeight(look.fit(_MODE_ROW_PX))
        for name in ("undo", "redo"):
            self._actions[name].setIcon(look.icon(name))


def _actions(panel: ComposePanel) -> dict[str, QAction]:
    """The commands of the column, for its own buttons and for the window's menus."""

    def action(words: str, run: object, keys: object = None) -> QAction:
        made = QAction(words, panel)
        made.triggered.connect(run)
        if keys is not None:
            made.setShortcut(QKeySequence(keys))  # type: ignore[call-overload]
        panel.addAction(made)
        return made

    made = {
        "undo": action(t("&Undo"), panel.undo, _Key.Undo),
        "redo": action(t("&Redo"), panel.redo, _Key.Redo),
        "paste": action(t("&Paste picture"), panel.paste, _Key.Paste),
        "clear": action(t("&Clear the form"), panel.clear),
        "generate": action(t("&Generate"), panel.generate, "Ctrl+Return"),
    }
    made["generate"].setShortcuts([QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter")])
    names = [*(t("Subject {number}", number=n) for n in range(1, 5)), t("Scene"), t("Style")]
    for number, name in enumerate(names, 1):
        made[f"slot {number}"] = action(
            name, lambda _checked=False, n=number: panel.focus_slot(n), f"Ctrl+{number}"
        )
    return made


def _tool(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setIconSize(QSize(20, 20))
    words = action.text().replace("&", "")
    button.setAccessibleName(words)
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(f"{words} ({keys})" if keys else words)
    return button
