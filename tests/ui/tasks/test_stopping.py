"""Stopping to follow a task asks first, says what it means for the money, and can be left."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kling_desktop.domain.tasks import TaskState
from kling_desktop.ui.tasks.queue_panel import QueuePanel
from kling_desktop.ui.tasks.task_words import Action
from tests.ui.tasks.lives import living


@pytest.fixture
def stopped(panel: QueuePanel) -> list[str]:
    ids: list[str] = []
    panel.stop_following.connect(ids.append)
    return ids


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (TaskState.RUNNING, "Kling goes on and may charge. Results come home."),
        (TaskState.FROZEN, "Nothing was sent yet. It will not be."),
    ],
)
def test_it_is_asked_about_first(panel: QueuePanel, stopped, state: TaskState, sentence: str):
    task = living(state)
    panel.set_tasks([task])
    panel._on_chosen(task.id, Action.STOP_FOLLOWING)
    message = panel._question.bar.message()
    assert message is not None
    assert (message.fact, message.sentence) == ("Stop following “A lamp in the rain”?", sentence)
    assert stopped == []
    panel._question.bar._action.click()
    assert stopped == [task.id]
    assert panel._question.bar.message() is None


def test_it_is_answered_by_keyboard(panel: QueuePanel, stopped, qtbot):
    with qtbot.waitActive(panel):
        panel.activateWindow()
    task = living(TaskState.RUNNING)
    panel.set_tasks([task])
    panel._on_chosen(task.id, Action.STOP_FOLLOWING)
    assert QApplication.focusWidget() is panel._question.bar._action
    QTest.keyClick(panel._question.bar._action, Qt.Key.Key_Space)
    assert stopped == [task.id]
    assert QApplication.focusWidget() is panel.view


def test_it_can_be_left(panel: QueuePanel, stopped):
    task = living(TaskState.RUNNING)
    panel.set_tasks([task])
    panel._on_chosen(task.id, Action.STOP_FOLLOWING)
    panel._question.bar._close.click()
    panel._question._on_meant()
    assert stopped == []


def test_a_task_that_ends_meanwhile_needs_no_answer(panel: QueuePanel, stopped):
    task = living(TaskState.RUNNING)
    panel.set_tasks([task])
    panel._on_chosen(task.id, Action.STOP_FOLLOWING)
    panel.apply(replace(living(TaskState.DONE), id=task.id))
    assert panel._question.bar.message() is None
    assert stopped == []


def test_the_question_can_be_switched_off(panel: QueuePanel, stopped):
    task = living(TaskState.RUNNING)
    panel.set_tasks([task])
    panel.set_asks_before_stopping(False)
    panel._on_chosen(task.id, Action.STOP_FOLLOWING)
    assert stopped == [task.id]
    assert panel._question.bar.message() is None
