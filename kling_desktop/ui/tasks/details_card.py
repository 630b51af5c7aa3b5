"""Everything known about a task as text that can be selected and copied."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from kling_desktop.domain.providers import ProviderProfile
from kling_desktop.domain.tasks import Task, deadline_ms, is_only_there
from kling_desktop.text import t
from kling_desktop.ui.look import Look
from kling_desktop.ui.tasks import time_words
from kling_desktop.ui.theme import Space, Type


class DetailsCard(QWidget):
    """Error, ids and times of one task. No prompt, no picture, no address of a result."""

    dismissed = Signal()

    def __init__(self, look: Look, task: Task, profile: ProviderProfile, now_ms: int) -> None:
        super().__init__()
        self._text = details(task, profile, now_ms)
        words = QLabel(self._text)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setFont(look.font(Type.SMALL))
        words.setWordWrap(True)
        flags = Qt.TextInteractionFlag
        words.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
        words.setAccessibleName(t("Details"))
        self._copy = QPushButton(t("Copy all"))
        self._copy.setProperty("kind", "small")
        close = QPushButton(t("Close"))
        close.setProperty("kind", "link")
        self._copy.clicked.connect(self._on_copied)
        close.clicked.connect(self.dismissed)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, 0, Space.M, Space.M)
        column.addWidget(words)
        row = QHBoxLayout()
        row.addWidget(self._copy)
        row.addWidget(close)
        row.addStretch(1)
        column.addLayout(row)
        self.setFocusProxy(self._copy)

    @Slot()
    def _on_copied(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
        self._copy.setText(t("Copied"))


def details(task: Task, profile: ProviderProfile, now_ms: int) -> str:
    """What to tell someone who is asked for help."""
    lines: list[str] = []
    if task.error:
        lines += [task.error.title, task.error.detail]
        if task.error.code:
            lines.append(t("Service code {code}", code=task.error.code))
        lines.append("")
    lines += _origin(task, profile)
    lines.append(t("State: {state}", state=task.state.value))
    if task.remote_status:
        lines.append(
            t("{provider} says: {status}", provider=profile.title, status=task.remote_status)
        )
    where = ", ".join(part for part in (profile.title, task.request.model) if part)
    lines.append(t("Provider: {provider}", provider=where))
    lines.append(t("Task id: {id}", id=task.task_id or t("none yet")))
    lines.append(t("External id: {id}", id=task.external_task_id))
    lines.append(t("Our id: {id}", id=task.id))
    if task.first_sent_at_ms:
        lines.append(t("First sent: {time}", time=time_words.clock(task.first_sent_at_ms, now_ms)))
    if not task.is_found:
        lines.append(t("Times sent: {count}", count=task.attempts))
    if is_only_there(task):
        lines.append(_kept_until(task, profile, now_ms))
    return "\n".join(lines)


def _origin(task: Task, profile: ProviderProfile) -> list[str]:
    """What is out of the ordinary about where it comes from."""
    lines: list[str] = []
    if task.is_found:
        lines += [t("Found on your account; what it was made from is not known."), ""]
    if task.twin_of is not None:
        twice = t(
            "{provider} made it once more for task {id}, which it may have charged twice.",
            provider=profile.title,
            id=task.twin_of[:8],
        )
        lines += [twice, ""]
    return lines


def _kept_until(task: Task, profile: ProviderProfile, now_ms: int) -> str:
    ends_ms = deadline_ms(task, profile)
    day = time_words.clock(ends_ms, now_ms)
    if ends_ms > now_ms:
        return t("{provider} keeps the results until {time}.", provider=profile.title, time=day)
    return t("{provider} kept the results until {time}.", provider=profile.title, time=day)
