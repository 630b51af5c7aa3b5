"""What to do about a task that may have been accepted: four choices, each with its consequence."""

from enum import StrEnum

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QButtonGroup,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from kling_desktop.domain.providers import ProviderProfile
from kling_desktop.domain.tasks import Task
from kling_desktop.text import t
from kling_desktop.ui.look import Look
from kling_desktop.ui.tasks import money_words
from kling_desktop.ui.theme import Space, Type


class Decision(StrEnum):
    """What a person decides."""

    KEEP_CHECKING = "keep_checking"
    LINK = "link"
    CLOSE = "close"
    SEND_AGAIN = "send_again"


class DecisionCard(QWidget):
    """Keep checking is chosen at first; what may cost money never is.

    `decided` carries the decision and the task id that was pasted, "" for the others. `resized`
    says that the card needs another height.
    """

    decided = Signal(Decision, str)
    dismissed = Signal()
    resized = Signal()

    def __init__(self, look: Look, task: Task, profile: ProviderProfile) -> None:
        super().__init__()
        self._look, self._task, self._profile = look, task, profile
        self._group = QButtonGroup(self)
        self._radios: dict[Decision, QRadioButton] = {}
        self._task_id = QLineEdit()
        self._problem = QLabel(t("A task id is needed: copy it from the provider’s task list."))
        self._decide = QPushButton()
        self._not_now = QPushButton(t("Not now"))
        self._build()
        self._group.buttonClicked.connect(self._on_chosen)
        self._task_id.returnPressed.connect(self._on_decided)
        self._task_id.textEdited.connect(self._on_typed)
        self._decide.clicked.connect(self._on_decided)
        self._not_now.clicked.connect(self.dismissed)
        self._radios[Decision.KEEP_CHECKING].setChecked(True)
        self.setFocusProxy(self._radios[Decision.KEEP_CHECKING])
        self._show_choice()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, 0, Space.M, Space.M)
        column.setSpacing(Space.XS)
        for decision, words, consequence in self._choices():
            self._add_choice(column, decision, words, consequence)
            if decision is Decision.LINK:
                column.addLayout(self._entry())
        self._decide.setProperty("kind", "primary")
        self._not_now.setProperty("kind", "link")
        row = self._buttons = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        row.setContentsMargins(0, Space.S, 0, 0)
        row.addWidget(self._decide)
        row.addWidget(self._not_now)
        row.addStretch(1)
        column.addLayout(row)
        self.setAccessibleName(t("Decide what to do"))

    def _choices(self) -> list[tuple[Decision, str, str]]:
        provider = self._profile.title
        return [
            (
                Decision.KEEP_CHECKING,
                t("Keep checking"),
                t("The app goes on asking {provider}. Free.", provider=provider),
            ),
            (
                Decision.LINK,
                t("I see it there"),
                t("Paste its task id. It is looked up before it is linked."),
            ),
            (
                Decision.CLOSE,
                t("It is not there"),
                t("Closes it here. A late result still comes home."),
            ),
            (
                Decision.SEND_AGAIN,
                t("Send again"),
                money_words.second_price(self._task, self._profile),
            ),
        ]

    def _add_choice(
        self, column: QVBoxLayout, decision: Decision, words: str, consequence: str
    ) -> None:
        radio = QRadioButton(words)
        radio.setFont(self._look.font(Type.STRONG))
        radio.setAccessibleDescription(consequence)
        note = QLabel(consequence)
        note.setWordWrap(True)
        note.setFont(self._look.font(Type.SMALL))
        note.setProperty("tone", "warning" if decision is Decision.SEND_AGAIN else "second")
        note.setContentsMargins(24, 0, 0, Space.XS)
        note.setBuddy(radio)
        self._group.addButton(radio)
        self._radios[decision] = radio
        column.addWidget(radio)
        column.addWidget(note)

    def _entry(self) -> QVBoxLayout:
        self._task_id.setPlaceholderText(t("Task id"))
        self._task_id.setAccessibleName(t("Task id at the provider"))
        self._problem.setProperty("tone", "danger")
        self._problem.setFont(self._look.font(Type.SMALL))
        self._problem.setWordWrap(True)
        box = QVBoxLayout()
        box.setContentsMargins(24, 0, 0, Space.XS)
        box.addWidget(self._task_id)
        box.addWidget(self._problem)
        return box

    def resizeEvent(self, event: QResizeEvent) -> None:
        """With large text the buttons stand one below the other."""
        super().resizeEvent(event)
        wanted = self._decide.sizeHint().width() + self._not_now.sizeHint().width()
        way = QBoxLayout.Direction
        direction = way.LeftToRight if wanted + 5 * Space.S <= self.width() else way.TopToBottom
        if self._buttons.direction() is not direction:
            self._buttons.setDirection(direction)
            self.resized.emit()

    def decision(self) -> Decision:
        """What is chosen now."""
        return next(d for d, radio in self._radios.items() if radio.isChecked())

    def choose(self, decision: Decision) -> None:
        """Choose as a click would."""
        self._radios[decision].click()

    def task_id(self) -> str:
        """The id that was pasted, bare."""
        return self._task_id.text().strip()

    @Slot(QAbstractButton)
    def _on_chosen(self, _radio: QAbstractButton) -> None:
        self._show_choice()
        if self.decision() is Decision.LINK:
            self._task_id.setFocus()

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
        self._task_id.setVisible(decision is Decision.LINK)
        self._problem.hide()
        words = {
            Decision.KEEP_CHECKING: t("Keep checking"),
            Decision.LINK: t("Look it up and link it"),
            Decision.CLOSE: t("Close it"),
            Decision.SEND_AGAIN: t("Send again"),
        }
        self._decide.setText(words[decision])
        # What may cost money is never the filled, inviting button.
        self._decide.setProperty("kind", _KINDS.get(decision, "primary"))
        self._decide.style().unpolish(self._decide)
        self._decide.style().polish(self._decide)
        self.resized.emit()


_KINDS = {Decision.SEND_AGAIN: "large"}
