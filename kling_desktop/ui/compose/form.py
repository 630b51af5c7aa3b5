"""The form: every field of a draft in its order. Renders the draft, emits the next one."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from kling_desktop.domain.drafts import Draft
from kling_desktop.domain.problems import Rule
from kling_desktop.domain.providers import ProviderProfile, TaskKind
from kling_desktop.text import t
from kling_desktop.ui.compose.draft_model import DraftModel
from kling_desktop.ui.compose.fields import FieldNote, FittingRow
from kling_desktop.ui.compose.judgement import Accounts, FormProblem, Judgement, kept, not_taken
from kling_desktop.ui.compose.more_fold import LINES, MoreFold
from kling_desktop.ui.compose.pictures import InputPictures
from kling_desktop.ui.compose.prices import mode_name, other_choices
from kling_desktop.ui.compose.prompt_editor import PromptEditor
from kling_desktop.ui.compose.provider_picker import ModelPicker, ProviderPicker
from kling_desktop.ui.compose.ratio_field import RatioField
from kling_desktop.ui.compose.shelf_names import ShelfNames
from kling_desktop.ui.compose.slot_grid import SlotGrid
from kling_desktop.ui.compose.stepper import Stepper
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.theme import Height, Space, Type
from kling_desktop.ui.widgets import Choice, Segments


class Form(QWidget):
    """All fields. `left` names a place that was edited and left: its problems may be shown."""

    left = Signal(str)
    history_wanted = Signal()
    templates_wanted = Signal()
    accounts_wanted = Signal()

    def __init__(self, desk: Desk, model: DraftModel, pictures: InputPictures) -> None:
        super().__init__()
        look = desk.look
        self._desk = desk
        self._model = model
        self.grid = SlotGrid(desk, model, pictures)
        self.prompts = PromptEditor(look, pictures, ShelfNames(desk, self))
        self.provider = ProviderPicker(look, desk.profiles)
        self.model_picker = ModelPicker(look)
        self.ratio = RatioField(look, _ratios(desk, TaskKind.IMAGE))
        self.video_ratio = RatioField(look, _ratios(desk, TaskKind.VIDEO))
        self.number = Stepper(look)
        self.duration = _dense_segments(desk, t("Duration"), _durations(desk))
        self.mode = _dense_segments(desk, t("Mode"), _modes(desk))
        self.more = MoreFold(look)
        self._prices = QLabel()
        self._prices.setProperty("tone", "second")
        self._prices.setWordWrap(True)
        self._notes = {
            "prompt": self.prompts.prompt_note,
            "negative_prompt": self.prompts.negative_note,
            "provider": FieldNote(look, self.provider),
            "aspect_ratio": FieldNote(look, self.ratio),
            **self.more.notes,
        }
        self._build()
        self._connect()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.PANEL, 0, Space.PANEL, 0)
        column.setSpacing(Space.S)
        self._who = FittingRow([(self.provider, 3), (self.model_picker, 2)])
        self._picture_row = FittingRow([(self.ratio, 1), (self.number, 0)])
        self._video_row = FittingRow([(self.video_ratio, 2), (self.duration, 1), (self.mode, 2)])
        column.addWidget(self.grid)
        column.addWidget(self.prompts)
        column.addSpacing(Space.XS)
        column.addWidget(self._who)
        column.addWidget(self._notes["provider"])
        column.addWidget(self._picture_row)
        column.addWidget(self._video_row)
        column.addWidget(self._prices)
        column.addWidget(self._notes["aspect_ratio"])
        column.addWidget(self.more)
        column.addStretch(1)

    def _connect(self) -> None:
        self.prompts.typed.connect(self._on_prompt_typed)
        self.prompts.left.connect(self._on_left)
        self.prompts.walked.connect(self._on_walked)
        self.prompts.history_wanted.connect(self.history_wanted)
        self.prompts.templates_wanted.connect(self.templates_wanted)
        self.provider.picked.connect(self._on_provider_picked)
        self.provider.accounts_wanted.connect(self.accounts_wanted)
        self.model_picker.picked.connect(self._on_model_picked)
        self.ratio.chosen.connect(self._on_ratio_chosen)
        self.video_ratio.chosen.connect(self._on_video_ratio_chosen)
        self.number.chosen.connect(self._on_number_chosen)
        self.duration.chosen.connect(self._on_duration_chosen)
        self.mode.chosen.connect(self._on_mode_chosen)
        self.more.typed.connect(self._on_line_typed)
        self.more.left.connect(self._on_left)
        self.more.watermark_chosen.connect(self._on_watermark_chosen)
        self._desk.look.changed.connect(self._dress)
        self._dress()

    def minimumSizeHint(self) -> QSize:
        """Never wider than the column: rows stack, words wrap."""
        return QSize(0, super().minimumSizeHint().height())

    # Rendering

    def render_draft(
        self, draft: Draft, judgement: Judgement, accounts: Accounts, shown: Collection[str]
    ) -> None:
        """Show the draft; problems only at the places in `shown`."""
        profile, can = judgement.profile, judgement.can
        is_video = draft.kind is TaskKind.VIDEO
        self.grid.render_draft(draft, judgement)
        lacks_negative = "negative_prompt" not in can.optional_fields
        reason = not_taken(profile, "negative_prompt") if lacks_negative else ""
        self.prompts.render_draft(draft, can.prompt_limit, reason)
        self.provider.show_providers(draft.provider, draft.kind, accounts)
        self.model_picker.show_models(can, draft.model(can))
        self._picture_row.setVisible(not is_video)
        self._video_row.setVisible(is_video)
        ratio_reason = not_taken(profile, "aspect_ratio")
        self.ratio.show_ratio(draft.aspect_ratio, can.aspect_ratios, ratio_reason)
        self.video_ratio.show_ratio(draft.video_aspect_ratio, can.aspect_ratios, ratio_reason)
        self.number.show_number(draft.n, can.most_results)
        _offer(self.duration, str(draft.duration_s), [str(s) for s in can.durations_s], profile)
        _offer(self.mode, draft.mode, can.modes, profile)
        prices = other_choices(draft, profile) if is_video else ""
        self._prices.setText(prices)
        self._prices.setVisible(bool(prices))
        self.more.render_draft(draft, judgement)
        self._show_notes(judgement, shown, self.prompts.remark(draft))
        for row in (self._who, self._picture_row, self._video_row):
            row.fit()

    def _show_notes(self, judgement: Judgement, shown: Collection[str], remark: str) -> None:
        for place, note in self._notes.items():
            found = judgement.at(place)
            if found is not None and (place in shown or _is_too_long(found)):
                note.say(found.words)
            elif place in judgement.withheld:
                note.say(kept(judgement.profile, place), "second")
            elif place == "prompt":
                note.say(remark, "remark")
            else:
                note.say("")
        tones = {place: _tone(note) for place, note in self._notes.items()}
        self.prompts.prompt.set_tone(tones["prompt"])
        self.prompts.negative.set_tone(tones["negative_prompt"])
        self.provider.set_tone(tones["provider"])
        self.ratio.set_tone(tones["aspect_ratio"])
        self.video_ratio.set_tone(tones["aspect_ratio"])
        model = judgement.at("model")
        self.model_picker.set_tone("danger" if model and "model" in shown else "")
        self.model_picker.setToolTip(model.words if model else "")
        for name in LINES:
            _set_kind(self.more.fields[name], "problem" if tones[name] else "")

    def field_at(self, place: str) -> QWidget:
        """Where to go for a problem; opens the fold when it is in there."""
        if place.startswith("subjects") or place in ("scene", "style"):
            slot = place if "[" in place or not place.startswith("subjects") else ""
            return self.grid.slot(slot or self.grid.filler.first_free())
        if place in self.more.fields or place == "watermark":
            self.more.unfold()
            return self.more.fields.get(place, self.more.watermark)
        fields: dict[str, QWidget] = {
            "prompt": self.prompts.prompt.edit,
            "negative_prompt": self.prompts.negative.edit,
            "model": self.model_picker,
            "aspect_ratio": self.ratio,
            "n": self.number.field,
            "duration_s": self.duration,
            "mode": self.mode,
        }
        return fields.get(place, self.provider)

    # What a person does

    def _set(self, typing: str = "", **values: object) -> None:
        self._model.set(replace(self._model.draft, **values), typing)  # type: ignore[arg-type]

    @Slot(str)
    def _on_prompt_typed(self, name: str) -> None:
        field = self.prompts.prompt if name == "prompt" else self.prompts.negative
        self._set(name, **{name: field.text()})

    @Slot(str)
    def _on_walked(self, prompt: str) -> None:
        self._set("walk", prompt=prompt)

    @Slot(str)
    def _on_line_typed(self, name: str) -> None:
        self._set(name, **{name: self.more.fields[name].text().strip()})

    @Slot(str)
    def _on_left(self, name: str) -> None:
        self._model.end()
        self.left.emit(name)

    @Slot(str)
    def _on_provider_picked(self, provider: str) -> None:
        self._set(provider=provider)

    @Slot(str)
    def _on_model_picked(self, model: str) -> None:
        self._model.set(self._model.draft.with_model(model))

    @Slot(str)
    def _on_ratio_chosen(self, ratio: str) -> None:
        self._set("aspect_ratio", aspect_ratio=ratio)

    @Slot(str)
    def _on_video_ratio_chosen(self, ratio: str) -> None:
        self._set("video_aspect_ratio", video_aspect_ratio=ratio)

    @Slot(int)
    def _on_number_chosen(self, number: int) -> None:
        self._set("n", n=number)

    @Slot(str)
    def _on_duration_chosen(self, seconds: str) -> None:
        self._set(duration_s=int(seconds))

    @Slot(str)
    def _on_mode_chosen(self, mode: str) -> None:
        self._set(mode=mode)

    @Slot(bool)
    def _on_watermark_chosen(self, is_on: bool) -> None:
        self._set(watermark=is_on)

    @Slot()
    def _dress(self) -> None:
        self._prices.setFont(self._desk.look.font(Type.SMALL))


def _is_too_long(found: FormProblem) -> bool:
    return found.problem is not None and found.problem.rule is Rule.LENGTH


def _tone(note: FieldNote) -> str:
    return "danger" if note.is_problem else ""


def _set_kind(field: QWidget, kind: str) -> None:
    if (field.property("kind") or "") != kind:
        field.setProperty("kind", kind)
        field.style().unpolish(field)
        field.style().polish(field)


def _dense_segments(desk: Desk, name: str, choices: list[Choice]) -> Segments:
    """As high as the fields beside them, and narrow enough for a row of three."""
    segments = Segments(desk.look, name, choices, Height.FIELD)
    for choice in choices:
        segments.button(choice.value).setProperty("dense", True)
    return segments


def _offer(
    segments: Segments, value: str, offered: Sequence[str], profile: ProviderProfile
) -> None:
    """Show the draft's choice; those that the provider does not list are off. Empty offers all."""
    segments.set_value(value)
    for choice in segments.values():
        is_offered = not offered or choice in offered
        reason = t("{provider} does not offer this.", provider=profile.title)
        segments.set_offered(choice, "" if is_offered else reason)


def _ratios(desk: Desk, kind: TaskKind) -> set[str]:
    offered = (profile.capabilities(kind) for profile in desk.profiles.values())
    return {ratio for can in offered if can is not None for ratio in can.aspect_ratios}


def _durations(desk: Desk) -> list[Choice]:
    offered = (profile.capabilities(TaskKind.VIDEO) for profile in desk.profiles.values())
    found = sorted({seconds for can in offered if can for seconds in can.durations_s})
    return [Choice(str(seconds), t("{seconds} s", seconds=seconds)) for seconds in found]


def _modes(desk: Desk) -> list[Choice]:
    offered = (profile.capabilities(TaskKind.VIDEO) for profile in desk.profiles.values())
    found = dict.fromkeys(mode for can in offered if can for mode in can.modes)
    return [Choice(mode, mode_name(mode)) for mode in found]
