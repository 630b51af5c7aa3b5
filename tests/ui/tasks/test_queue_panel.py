"""What a person does with a task: every step by mouse and by keyboard, and nothing by accident."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from kling_desktop.domain.drafts import Draft
from kling_desktop.domain.facts import EngineState
from kling_desktop.domain.tasks import TaskState
from kling_desktop.ui.tasks.choices import Decision
from kling_desktop.ui.tasks.decision_card import DecisionCard
from kling_desktop.ui.tasks.details_card import DetailsCard
from kling_desktop.ui.tasks.queue_model import QueueRole
from kling_desktop.ui.tasks.queue_panel import QueuePanel
from kling_desktop.ui.tasks.task_rail import TaskRail
from kling_desktop.ui.tasks.task_words import Action
from tests.ui.tasks.lives import ERROR, film, living, output

S = TaskState
LEFT = Qt.MouseButton.LeftButton


def button_at(panel: QueuePanel, id: str, number: int) -> QPoint:
    """The middle of a painted button."""
    index = panel.model.index_of(id)
    rect = panel.view.visualRect(index)
    task, row = index.data(QueueRole.TASK), index.data(QueueRole.ROW)
    box = panel.view._delegate.layout(task, row, rect.width()).buttons[number]
    return rect.topLeft() + box.center().toPoint()


def press(panel: QueuePanel, id: str, number: int) -> None:
    QTest.mouseClick(panel.view.viewport(), LEFT, pos=button_at(panel, id, number))


def test_a_painted_button_answers_a_click(panel, qtbot):
    task = living(S.NEEDS_DECISION)
    panel.set_tasks([task])
    with qtbot.waitSignal(panel.look_again) as asked:
        press(panel, task.id, 0)
    assert asked.args == [task.id]


def test_a_press_that_is_let_go_elsewhere_does_nothing(panel, qtbot):
    task = living(S.NEEDS_DECISION)
    panel.set_tasks([task])
    view = panel.view.viewport()
    with qtbot.assertNotEmitted(panel.look_again):
        QTest.mousePress(view, LEFT, pos=button_at(panel, task.id, 0))
        QTest.mouseRelease(view, LEFT, pos=QPoint(20, 400))


def test_enter_takes_the_first_step_and_tab_reaches_the_second(panel, qtbot):
    task = living(S.NEEDS_DECISION)
    panel.set_tasks([task])
    panel.view.setFocus()
    panel.view.setCurrentIndex(panel.model.index_of(task.id))
    with qtbot.waitSignal(panel.look_again):
        QTest.keyClick(panel.view, Qt.Key.Key_Return)
    QTest.keyClick(panel.view, Qt.Key.Key_Tab)
    QTest.keyClick(panel.view, Qt.Key.Key_Tab)
    QTest.keyClick(panel.view, Qt.Key.Key_Return)
    assert panel.view.open_id == task.id


def test_keeping_on_checking_is_chosen_at_first_and_money_is_never_the_default(panel, qtbot):
    task = living(S.NEEDS_DECISION)
    panel.set_tasks([task])
    press(panel, task.id, 1)
    (card,) = panel.findChildren(DecisionCard)
    assert card.decision() is Decision.KEEP_CHECKING
    card.choose(Decision.SEND_AGAIN)
    buttons = {b.text(): b.property("kind") for b in card.findChildren(QPushButton)}
    assert buttons["Send again"] != "primary"
    assert "about $0.22 more" in " ".join(
        radio.accessibleDescription() for radio in card._choices.radios.values()
    )


@pytest.mark.parametrize(
    ("decision", "signal"),
    [
        (Decision.KEEP_CHECKING, "look_again"),
        (Decision.CLOSE, "close_task"),
        (Decision.SEND_AGAIN, "send_again"),
    ],
)
def test_a_decision_goes_out_as_what_it_is(panel, qtbot, decision, signal):
    task = living(S.NEEDS_DECISION)
    panel.set_tasks([task])
    press(panel, task.id, 1)
    (card,) = panel.findChildren(DecisionCard)
    card.choose(decision)
    with qtbot.waitSignal(getattr(panel, signal)) as told:
        card._buttons.step.click()
    assert told.args == [task.id]
    assert panel.view.open_id == ""


def test_a_task_is_linked_only_with_an_id(panel, qtbot):
    task = living(S.NEEDS_DECISION)
    panel.set_tasks([task])
    press(panel, task.id, 1)
    (card,) = panel.findChildren(DecisionCard)
    card.choose(Decision.LINK)
    with qtbot.assertNotEmitted(panel.link):
        card._buttons.step.click()
    assert card._problem.isVisibleTo(card)
    QTest.keyClicks(card._task_id, " 8731094552617 ")
    with qtbot.waitSignal(panel.link) as linked:
        QTest.keyClick(card._task_id, Qt.Key.Key_Return)
    assert linked.args == [task.id, "8731094552617"]


def test_an_open_card_closes_when_the_task_moves_on_by_itself(panel):
    task = living(S.NEEDS_DECISION)
    panel.set_tasks([task])
    press(panel, task.id, 1)
    panel.apply(replace(task, state=S.ACCEPTED, task_id="1"))
    assert panel.view.open_id == ""


def test_the_list_lives_on_when_a_card_was_closed(panel, qtbot):
    task = living(S.NEEDS_DECISION)
    panel.set_tasks([task, living(S.REFUSED)])
    press(panel, task.id, 1)
    (card,) = panel.view.findChildren(DecisionCard)
    card._buttons.dismiss.click()
    qtbot.waitUntil(lambda: not panel.view.findChildren(DecisionCard))
    panel.view.doItemsLayout()
    assert panel.view.open_id == ""
    press(panel, task.id, 1)
    assert panel.view.open_id == task.id


def test_details_can_be_copied_and_hold_no_prompt(panel, qtbot):
    task = living(S.REFUSED, error=ERROR, task_id="871")
    panel.set_tasks([task])
    press(panel, task.id, 1)
    (card,) = panel.findChildren(DetailsCard)
    card._copy.click()
    text = QGuiApplication.clipboard().text()
    assert ERROR.detail in text
    assert "871" in text
    assert "lamp" not in text


def test_a_failed_request_fills_the_form_without_its_external_id(panel, qtbot):
    task = living(S.REFUSED, error=ERROR)
    panel.set_tasks([task])
    with qtbot.waitSignal(panel.recall_wanted) as recalled:
        press(panel, task.id, 0)
    draft = recalled.args[0]
    assert isinstance(draft, Draft)
    assert draft.prompt == task.request.prompt
    assert draft.external_task_id == ""


def test_a_result_in_a_row_opens(panel, qtbot):
    task = living(S.DONE, outputs=(output(0), output(1)))
    panel.set_tasks([task])
    index = panel.model.index_of(task.id)
    rect = panel.view.visualRect(index)
    row = index.data(QueueRole.ROW)
    box = panel.view._delegate.layout(task, row, rect.width()).thumbs[1]
    with qtbot.waitSignal(panel.show_wanted) as shown:
        QTest.mouseClick(panel.view.viewport(), LEFT, pos=rect.topLeft() + box.center().toPoint())
    assert shown.args[0].file == task.saved[1].file


def test_every_step_of_every_state_goes_somewhere(panel):
    tasks = [make(state, error=ERROR) for make in (living, film) for state in S]
    panel.set_tasks(tasks)
    steps = panel._steps()
    for action in Action:
        assert action in steps


def test_pausing_says_what_the_button_does_next(panel, qtbot):
    with qtbot.waitSignal(panel.pause):
        panel._pause.click()
    panel.set_engine_state(EngineState.PAUSED)
    assert panel._pause.accessibleName() == "Go on sending"
    with qtbot.waitSignal(panel.resume):
        panel._pause.click()


def test_an_empty_list_explains_itself(panel):
    panel.set_tasks([])
    assert not panel.view.isVisible()
    panel.apply(living(S.FROZEN))
    assert panel.view.isVisible()


def test_the_clock_runs_only_while_something_seen_does(panel, qtbot):
    clock = panel.view._timer
    panel.set_tasks([living(S.DONE)])
    assert not clock.isActive()
    task = living(S.RUNNING)
    panel.apply(task)
    qtbot.waitUntil(clock.isActive)
    panel.hide()
    assert not clock.isActive()
    panel.show()
    assert clock.isActive()
    panel.apply(replace(task, state=S.DONE))
    qtbot.waitUntil(lambda: not clock.isActive())


def test_every_state_can_be_painted_at_twice_the_text_size(panel, qapp):
    font = qapp.font()
    larger = qapp.font()
    larger.setPointSizeF(font.pointSizeF() * 2)
    try:
        qapp.setFont(larger)
        panel.view._delegate.forget_layouts()
        panel.set_tasks([living(state, error=ERROR, outputs=(output(0),)) for state in S])
        panel.resize(336, 6000)
        assert not panel.grab().isNull()
        for task in panel.model.shown():
            index = panel.model.index_of(task.id)
            rect = panel.view.visualRect(index)
            boxes = panel.view._delegate.layout(task, panel.model.row_of(task), rect.width())
            assert not any(boxes.fact.intersects(button) for button in boxes.buttons), task.state
            for box in (boxes.title, boxes.second, boxes.meta, boxes.fact, *boxes.buttons):
                assert box.right() <= rect.width()
                assert box.bottom() <= boxes.height
    finally:
        qapp.setFont(font)


def test_the_rail_opens_the_panel(panel, shop, qtbot):
    rail = TaskRail(shop.desk, panel.model)
    qtbot.addWidget(rail)
    panel.set_tasks([living(state) for state in S])
    rail.resize(64, 1200)
    assert not rail.grab().isNull()
    with qtbot.waitSignal(rail.open_wanted):
        rail._list.clicked.emit(panel.model.index(1))


@pytest.mark.parametrize("count", [1, 2, 4, 9])
def test_results_stand_side_by_side_and_the_pill_beside_or_below(panel, count):
    outputs = tuple(output(n, width=1360, height=765) for n in range(count))
    task = living(S.DONE, provider="sandbox", outputs=outputs)
    panel.set_tasks([task])
    boxes = panel.view._delegate.layout(task, panel.model.row_of(task), 336)
    lines = {box.top() for box in boxes.thumbs}
    assert len(lines) == (count + 3) // 4 if count <= 4 else len(lines) < count
    assert boxes.pill.right() <= 336
    assert not any(boxes.pill.intersects(box) for box in boxes.thumbs)
    assert boxes.pill.bottom() <= boxes.meta.top()
