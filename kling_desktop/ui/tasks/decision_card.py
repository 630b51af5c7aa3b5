"""What to do about a task that may have been accepted: four choices, each with its consequence."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from kling_desktop.domain.findings import Candidate
from kling_desktop.domain.providers import ProviderProfile
from kling_desktop.domain.tasks import Task
from kling_desktop.text import t
from kling_desktop.ui.look import Look
from kling_desktop.ui.tasks import money_words
from kling_desktop.ui.tasks.choices import INDENT_PX, CardButtons, Choice, Choices, Decision
from kling_desktop.ui.tasks.pick_list import Entry, PickList
from kling_desktop.ui.tasks.time_words import made_words
from kling_desktop.ui.theme import Space, Type


class DecisionCard(QWidget):
    """Keep checking is chosen at first; what may cost money never is.

    Where one task there may be it and no other can, linking it is proposed instead; it is linked
    when the person says so. `decided` carries the decision and the task id that was pasted or
    picked, "" for the others. `resized` says that the card needs another height.
    """

    decided = Signal(Decision, str)
    dismissed = Signal()
    resized = Signal()

    def __init__(
        self,
        look: Look,
        task: Task,
        profile: ProviderProfile,
        now_ms: int,
        proposal: Candidate | None = None,
    ) -> None:
        super().__init__()
        self._look, self._task, self._profile, self._now_ms = look, task, profile, now_ms
        self._task_id = QLineEdit()
        self._candidates = PickList(look, t("Tasks there that may be it"), has_ticks=False)
        self._heading = QLabel(t("These were made at that time and may be it:"))
        self._problem = QLabel(t("A task id is needed: copy it from the provider’s task list."))
        self._choices = Choices(look, self._words())
        self._buttons = CardButtons()
        self._build()
        self._choices.chosen.connect(self._on_chosen)
        self._candidates.picked.connect(self._on_picked)
        self._task_id.returnPressed.connect(self._on_decided)
        self._task_id.textEdited.connect(self._on_typed)
        self._buttons.pressed.connect(self._on_decided)
        self._buttons.dismissed.connect(self.dismissed)
        self._buttons.resized.connect(self.resized)
        self.setFocusProxy(self._choices)
        self.show_candidates(task.candidates)
        if proposal is not None:
            self._choices.set_value(Decision.LINK)
            self._candidates.pick(proposal.task_id)
        self._show_choice()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, 0, Space.M, Space.M)
        column.setSpacing(Space.XS)
        column.addWidget(self._choices)
        column.addWidget(self._buttons)
        self._choices.put_below(Decision.LINK, self._entry())
        self.setAccessibleName(t("Decide what to do"))

    def _words(self) -> list[Choice]:
        provider = self._profile.title
        return [
            Choice(
                Decision.KEEP_CHECKING,
                t("Keep checking"),
                t("The app goes on asking {provider}. Free.", provider=provider),
            ),
            Choice(
                Decision.LINK,
                t("I see it there"),
                t("Choose or paste its task id. It is looked up before it is linked.")
                if self._task.candidates
                else t("Paste its task id. It is looked up before it is linked."),
            ),
            Choice(
                Decision.CLOSE,
                t("It is not there"),
                t("Closes it here. A late result still comes home."),
            ),
            Choice(
                Decision.SEND_AGAIN,
                t("Send again"),
                money_words.second_price([self._task], self._profile),
            ),
        ]

    def _entry(self) -> QWidget:
        self._task_id.setPlaceholderText(t("Task id"))
        self._task_id.setAccessibleName(t("Task id at the provider"))
        self._problem.setProperty("tone", "danger")
        self._heading.setProperty("tone", "second")
        for label in (self._problem, self._heading):
            label.setFont(self._look.font(Type.SMALL))
            label.setWordWrap(True)
        self._entry_box = QWidget()
        box = QVBoxLayout(self._entry_box)
        box.setContentsMargins(INDENT_PX, 0, 0, Space.XS)
        box.setSpacing(Space.XS)
        box.addWidget(self._heading)
        box.addWidget(self._candidates)
        box.addWidget(self._task_id)
        box.addWidget(self._problem)
        return self._entry_box

    def show_candidates(self, candidates: Sequence[Candidate]) -> None:
        """Offer these; what was typed or chosen stays."""
        self._candidates.show_entries(
            [Entry(each.task_id, made_words(each, self._now_ms)) for each in candidates]
        )
        self._candidates.setVisible(bool(candidates))
        self._heading.setVisible(bool(candidates))
        self.resized.emit()

    def decision(self) -> Decision:
        """What is chosen now."""
        return self._choices.value()

    def choose(self, decision: Decision) -> None:
        """Choose as a click would."""
        self._choices.radios[decision].click()

    def task_id(self) -> str:
        """The id that was pasted or picked, bare."""
        return self._task_id.text().strip()

    @Slot()
    def _on_chosen(self) -> None:
        self._show_choice()
        if self.decision() is Decision.LINK:
            first = self._candidates if self._candidates.count() else self._task_id
            first.setFocus()

    @Slot(str)
    def _on_picked(self, task_id: str) -> None:
        self._task_id.setText(task_id)
        self._on_typed()

    @Slot()
    def _on_typed(self) -> None:
        if self._problem.isVisibleTo(self):
            self._problem.hide()
            self.resized.emit()

    @Slot()
    def _on_decided(self) -> None:
        decision = self.decision()
        if decision is Decision.LINK and not self.task_id():
            self._problem.show()
            self._task_id.setFocus()
            self.resized.emit()
            return
        self.decided.emit(decision, self.task_id() if decision is Decision.LINK else "")

    def _show_choice(self) -> None:
        decision = self.decision()
        self._entry_box.setVisible(decision is Decision.LINK)
        self._problem.hide()
        words = {
            Decision.KEEP_CHECKING: t("Keep checking"),
            Decision.LINK: t("Look it up and link it"),
            Decision.CLOSE: t("Close it"),
            Decision.SEND_AGAIN: t("Send again"),
        }
        self._buttons.say(words[decision], may_cost=decision is Decision.SEND_AGAIN)
        self.resized.emit()
