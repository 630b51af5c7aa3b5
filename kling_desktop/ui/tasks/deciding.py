"""How a person decides about unclear tasks: the cards that open in the list, and their order."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot

from kling_desktop.domain.decisions import (
    DecisionGroup,
    GroupKey,
    is_undecided,
    key_of,
    proposal,
)
from kling_desktop.domain.tasks import Task
from kling_desktop.ui.look import Look
from kling_desktop.ui.tasks.choices import Decision
from kling_desktop.ui.tasks.decision_card import DecisionCard
from kling_desktop.ui.tasks.group_card import Answer, GroupCard
from kling_desktop.ui.tasks.queue_model import QueueModel
from kling_desktop.ui.tasks.queue_view import QueueView


class Deciding(QObject):
    """Opens one card at a time. The questions themselves stand in the ledger: a card that closes,
    for whatever reason, leaves them as they were.

    `answered` carries a task's id, the decision and the provider's task id, "" unless it is LINK.
    """

    answered = Signal(str, Decision, str)

    def __init__(
        self, look: Look, model: QueueModel, view: QueueView, now_ms: Callable[[], int]
    ) -> None:
        super().__init__(view)
        self._look, self._model, self._view, self._now_ms = look, model, view, now_ms
        # The group whose tasks have rows of their own, and those still to be gone through.
        self._parted: GroupKey | None = None
        self._ahead: list[str] = []
        # What stood in a group's card when its row had to go.
        self._kept: Answer | None = None

    def begin(self, task: Task) -> None:
        """Ask about a task, or about all for which its row speaks."""
        group = self._model.group_of(task.id)
        if group is not None:
            self._ask_about_all(group)
        else:
            self._ahead = []
            self._ask_about(task)

    def end(self) -> None:
        """Close the card; nothing is decided."""
        self._ahead = []
        self._view.fold()
        self._join()

    def tasks_of(self, task: Task) -> tuple[Task, ...]:
        """The tasks for which a row speaks."""
        group = self._model.group_of(task.id)
        return group.tasks if group is not None else (task,)

    def before_change(self, task: Task, *, moves_on: bool) -> None:
        """A task is about to change: close the card that stands in a row that moves."""
        card = self._view.card
        is_open = self._view.open_id == task.id
        if isinstance(card, GroupCard) and card.key == key_of(task):
            lead = self._model.task(self._view.open_id)
            is_older = lead is not None and (task.created_at_ms, task.id) < (
                lead.created_at_ms,
                lead.id,
            )
            if (is_open and moves_on) or (is_older and is_undecided(task)):
                self._kept = card.answer()
                self._view.fold()
        elif is_open and moves_on:
            self._view.fold()

    def after_change(self, task: Task) -> None:
        """It has changed: the cards say how things stand now."""
        card, group = self._view.card, self._model.group(key_of(task))
        kept, self._kept = self._kept, None
        is_several = group is not None and len(group.tasks) > 1
        if isinstance(card, GroupCard) and card.key == key_of(task):
            if group is not None and is_several:
                card.show_group(group)
            else:
                self._view.fold()
        elif isinstance(card, DecisionCard) and self._view.open_id == task.id:
            card.show_candidates(task.candidates)
        elif kept is not None and group is not None and is_several:
            self._ask_about_all(group, kept)
        elif card is None and self._parted is not None:
            self._go_on(Decision.LINK)

    def _ask_about_all(self, group: DecisionGroup, answer: Answer | None = None) -> None:
        lead = group.tasks[0]
        card = GroupCard(self._look, group, self._model.profile(lead))
        if answer is not None:
            card.restore(answer)
        card.decided.connect(self._on_all_decided)
        self._unfold(lead.id, card)

    def _ask_about(self, task: Task) -> None:
        self._view.fold()
        self._part(key_of(task))
        self._unfold(task.id, self._card_for(task))

    def _card_for(self, task: Task) -> DecisionCard:
        proposed = proposal(task, self._model.tasks())
        profile = self._model.profile(task)
        card = DecisionCard(self._look, task, profile, self._now_ms(), proposed)
        card.decided.connect(self._on_decided)
        return card

    def _unfold(self, id: str, card: DecisionCard | GroupCard) -> None:
        card.dismissed.connect(self._on_dismissed)
        card.resized.connect(self._view.refit)
        self._view.unfold(id, card)
        card.setFocus(Qt.FocusReason.TabFocusReason)

    def _part(self, key: GroupKey) -> None:
        """While one is being decided, none of its group slips under another's row."""
        if self._parted != key:
            self._join()
            self._parted = key
            self._model.part(key)

    def _join(self) -> None:
        key, self._parted = self._parted, None
        if key is not None:
            self._model.part(key, is_parted=False)

    def _go_on(self, like: Decision) -> None:
        """The next of those that are gone through, or one row for all again."""
        while self._ahead:
            task = self._model.task(self._ahead.pop(0))
            if task is not None and is_undecided(task):
                self._ask_about(task)
                card = self._view.card
                if isinstance(card, DecisionCard) and card.decision() is not like:
                    card.choose(like)
                return
        self._join()

    @Slot(Decision, str)
    def _on_decided(self, decision: Decision, task_id: str) -> None:
        id = self._view.open_id
        self._view.fold()
        self.answered.emit(id, decision, task_id)
        self._go_on(decision)
        if self._view.card is None:
            self._view.setFocus()

    @Slot(Decision, object)
    def _on_all_decided(self, decision: Decision, ids: tuple[str, ...]) -> None:
        self._view.fold()
        if decision is Decision.LINK:
            first = self._model.task(ids[0])
            if first is not None:
                self._part(key_of(first))
                self._ahead = list(ids)
                self._go_on(decision)
            return
        for id in ids:
            self.answered.emit(id, decision, "")
        self._view.setFocus()

    @Slot()
    def _on_dismissed(self) -> None:
        self.end()
        self._view.setFocus()
