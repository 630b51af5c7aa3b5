"""One question about all the tasks whose answers were lost together: no dialog for each (A45)."""

from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from kling_desktop.domain.decisions import DecisionGroup
from kling_desktop.domain.providers import ProviderProfile
from kling_desktop.domain.tasks import Task
from kling_desktop.text import t, tn
from kling_desktop.ui.look import Look
from kling_desktop.ui.paragraph import Paragraph
from kling_desktop.ui.tasks import money_words
from kling_desktop.ui.tasks.choices import CardButtons, Choice, Choices, Decision
from kling_desktop.ui.tasks.pick_list import Entry, PickList
from kling_desktop.ui.tasks.task_words import excerpt, number_words
from kling_desktop.ui.theme import Space, Type

_MOST_SAID = 2  # it differs by what the list of each kind has shown


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands in a card that was not pressed yet: the choice, and for which tasks."""

    decision: Decision
    ids: tuple[str, ...]


class GroupCard(QWidget):
    """The same four choices as for one task, for those that are ticked: at first all of them.

    `decided` carries the decision and their ids. `resized` says that the card needs another
    height.
    """

    decided = Signal(Decision, object)
    dismissed = Signal()
    resized = Signal()

    def __init__(self, look: Look, group: DecisionGroup, profile: ProviderProfile) -> None:
        super().__init__()
        self._look, self._profile = look, profile
        self._tasks: dict[str, Task] = {}
        self.key = group.key
        self._checked = Paragraph(tone="second")
        self._list = PickList(look, t("Tasks that this is about"), has_ticks=True)
        self._problem = QLabel(t("Tick at least one task."))
        self._choices = Choices(look, self._words([]))
        self._buttons = CardButtons()
        self._build()
        self._list.ticked_changed.connect(self._on_ticked)
        self._choices.chosen.connect(self._show_choice)
        self._buttons.pressed.connect(self._on_decided)
        self._buttons.dismissed.connect(self.dismissed)
        self._buttons.resized.connect(self.resized)
        self.setFocusProxy(self._choices)
        self.show_group(group)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, 0, Space.M, Space.M)
        column.setSpacing(Space.S)
        for label in (self._checked, self._problem):
            label.setFont(self._look.font(Type.SMALL))
            label.setWordWrap(True)
        self._problem.setProperty("tone", "danger")
        self._problem.hide()
        for widget in (self._checked, self._list, self._problem, self._choices, self._buttons):
            column.addWidget(widget)

    def show_group(self, group: DecisionGroup) -> None:
        """More tasks have come to it, or fewer are left; what was chosen and unticked stays."""
        self._tasks = {task.id: task for task in group.tasks}
        self._checked.setText(" ".join(group.checked[:_MOST_SAID]))
        self._checked.setVisible(bool(group.checked))
        self._list.show_entries(
            [Entry(task.id, (excerpt(task), number_words(task))) for task in group.tasks]
        )
        self.setAccessibleName(
            tn(
                "Decide about {count} task",
                "Decide about {count} tasks",
                len(group.tasks),
            )
        )
        self._show_choice()

    def answer(self) -> Answer:
        """What stands in the card now."""
        return Answer(self._choices.value(), tuple(self._list.ticked()))

    def restore(self, answer: Answer) -> None:
        """Put it as it stood, as far as the tasks are still asked about."""
        self._choices.set_value(answer.decision)
        self._list.tick_only(answer.ids)
        self._show_choice()

    def choose(self, decision: Decision) -> None:
        """Choose as a click would."""
        self._choices.radios[decision].click()

    def _chosen(self) -> list[Task]:
        return [self._tasks[id] for id in self._list.ticked()]

    def _words(self, tasks: list[Task]) -> list[Choice]:
        provider = self._profile.title
        return [
            Choice(
                Decision.KEEP_CHECKING,
                t("Keep checking"),
                t("The app goes on asking {provider}. Free.", provider=provider),
            ),
            Choice(
                Decision.LINK,
                t("I see them there"),
                t("You go through them one by one, each with its task id."),
            ),
            Choice(
                Decision.CLOSE,
                t("They are not there"),
                t("Closes them here. A late result still comes home."),
            ),
            Choice(
                Decision.SEND_AGAIN,
                t("Send all again") if len(tasks) == len(self._tasks) else t("Send these again"),
                money_words.second_price(tasks, self._profile),
            ),
        ]

    @Slot()
    def _on_ticked(self) -> None:
        self._problem.hide()
        self._show_choice()

    @Slot()
    def _on_decided(self) -> None:
        answer = self.answer()
        if not answer.ids:
            self._problem.show()
            self._list.setFocus()
            self.resized.emit()
            return
        self.decided.emit(answer.decision, answer.ids)

    @Slot()
    def _show_choice(self) -> None:
        decision, tasks = self._choices.value(), self._chosen()
        for choice in self._words(tasks):
            self._choices.say(choice)
        self._buttons.say(
            _step(decision, tasks, self._profile), may_cost=decision is Decision.SEND_AGAIN
        )
        self.resized.emit()


def _step(decision: Decision, tasks: list[Task], profile: ProviderProfile) -> str:
    """The choice again, on the button."""
    count = len(tasks)
    match decision:
        case Decision.KEEP_CHECKING:
            return t("Keep checking")
        case Decision.LINK:
            return t("Go through them")
        case Decision.CLOSE:
            return tn("Close {count}", "Close {count}", count)
        case Decision.SEND_AGAIN:
            words = tn("Send {count} again", "Send {count} again", count)
            price = money_words.price_words(tasks, profile)
            return f"{words}, {price}"
