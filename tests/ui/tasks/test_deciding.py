"""Many unclear tasks are one question, and no question is lost by a card that closes."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from kling_desktop.domain.decisions import key_of
from kling_desktop.domain.findings import Candidate
from kling_desktop.domain.tasks import Task, TaskState
from kling_desktop.ui.tasks.choices import Decision
from kling_desktop.ui.tasks.decision_card import DecisionCard
from kling_desktop.ui.tasks.group_card import GroupCard
from kling_desktop.ui.tasks.queue_model import QueueRole
from kling_desktop.ui.tasks.queue_panel import QueuePanel
from kling_desktop.ui.tasks.task_words import Action, menu_of
from tests.ui.tasks.lives import NOW_MS, PICTURES, living

S = TaskState
EARLY = Candidate("861234567890123456", NOW_MS - 50_000, "succeed")
LATE = Candidate("861234567890129999", NOW_MS - 40_000, "processing")


def unclear(number: int, **changes) -> Task:
    values = {
        "created_at_ms": NOW_MS - 60_000 + number,
        "request": replace(PICTURES, n=1, prompt=f"Lamp {number}"),
    }
    return living(S.NEEDS_DECISION, **(values | changes))


@pytest.fixture
def three(panel: QueuePanel) -> list[Task]:
    tasks = [unclear(n) for n in range(3)]
    panel.set_tasks(tasks)
    return tasks


@pytest.fixture
def said(panel: QueuePanel) -> list[tuple[str, ...]]:
    """Every step that went out."""
    steps: list[tuple[str, ...]] = []
    for name in ("look_again", "close_task", "send_again", "link"):
        getattr(panel, name).connect(lambda *words, name=name: steps.append((name, *words)))
    return steps


def ask_about(panel: QueuePanel, task: Task) -> GroupCard:
    panel._on_chosen(task.id, Action.DECIDE)
    card = panel.view.card
    assert isinstance(card, GroupCard)
    return card


def titles(panel: QueuePanel) -> list[str]:
    model = panel.model
    return [str(model.index(n).data()) for n in range(model.rowCount())]


def test_a45_two_hundred_unclear_tasks_are_one_row_with_one_question(panel, said):
    tasks = [unclear(n) for n in range(200)]
    panel.set_tasks(tasks)
    assert titles(panel) == ["Needs you, 200", "200 may have been accepted"]
    row = panel.model.row_of(tasks[0])
    assert "At most $11.20 is at stake" in row.second
    assert menu_of(tasks[0], row) == (Action.KEEP_CHECKING, Action.DECIDE)
    panel._on_chosen(tasks[0].id, Action.KEEP_CHECKING)
    assert said == [("look_again", task.id) for task in tasks]


def test_a45_accounts_are_asked_about_apart(panel):
    panel.set_tasks([unclear(0), unclear(1), unclear(2, provider="cometapi")])
    assert titles(panel) == ["Needs you, 3", "2 may have been accepted", "May have been accepted"]


def test_a45_tasks_join_and_leave_the_row_as_they_become_unclear_and_are_found(panel):
    first, second = unclear(0), unclear(1)
    panel.set_tasks([first, replace(second, state=S.UNKNOWN)])
    panel.apply(second)
    assert titles(panel) == ["Needs you, 2", "2 may have been accepted"]
    panel.apply(replace(first, state=S.ACCEPTED, task_id="1"))
    assert titles(panel)[:2] == ["Needs you, 1", "May have been accepted"]
    assert panel.model.index_of(second.id).data(QueueRole.TASK) == second


@pytest.mark.parametrize(
    ("decision", "step"),
    [
        (Decision.KEEP_CHECKING, "look_again"),
        (Decision.CLOSE, "close_task"),
        (Decision.SEND_AGAIN, "send_again"),
    ],
)
def test_a45_a_decision_goes_to_every_ticked_task(panel, three, said, decision, step):
    card = ask_about(panel, three[0])
    assert card.answer().decision is Decision.KEEP_CHECKING
    card._list.item(1).setCheckState(Qt.CheckState.Unchecked)
    card.choose(decision)
    assert said == []
    card._buttons.step.click()
    assert said == [(step, three[0].id), (step, three[2].id)]
    assert panel.view.open_id == ""


def test_sending_all_again_says_the_sum_for_those_that_are_ticked(panel, three):
    card = ask_about(panel, three[0])
    card.choose(Decision.SEND_AGAIN)
    radio = card._choices.radios[Decision.SEND_AGAIN]
    assert radio.accessibleDescription() == "You may pay twice: about $0.17 more."
    assert card._buttons.step.text() == "Send 3 again, about $0.17"
    assert card._buttons.step.property("kind") != "primary"
    card._list.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert card._buttons.step.text() == "Send 2 again, about $0.11"
    assert radio.text() == "Send these again"


def test_with_nothing_ticked_nothing_is_decided(panel, three, said):
    card = ask_about(panel, three[0])
    card._list.tick_only([])
    card._buttons.step.click()
    assert said == []
    assert card._problem.isVisibleTo(card)


def test_seeing_them_there_leads_through_them_one_by_one(panel, three, said):
    card = ask_about(panel, three[0])
    card.choose(Decision.LINK)
    card._buttons.step.click()
    for number, task in enumerate(three):
        assert panel.view.open_id == task.id
        one = panel.view.card
        assert isinstance(one, DecisionCard)
        assert one.decision() is Decision.LINK
        one._task_id.setText(f"87{number}")
        one._buttons.step.click()
    assert said == [("link", task.id, f"87{n}") for n, task in enumerate(three)]
    assert panel.view.open_id == ""
    assert titles(panel) == ["Needs you, 3", "3 may have been accepted"]


def test_one_by_one_passes_over_what_was_found_meanwhile(panel, three):
    card = ask_about(panel, three[0])
    card.choose(Decision.LINK)
    card._buttons.step.click()
    panel.apply(replace(three[1], state=S.ACCEPTED, task_id="1"))
    assert panel.view.open_id == three[0].id
    panel.apply(replace(three[0], state=S.ACCEPTED, task_id="2"))
    assert panel.view.open_id == three[2].id


def test_g13_a_card_that_is_closed_leaves_the_question(panel, three, said):
    card = ask_about(panel, three[0])
    card.choose(Decision.SEND_AGAIN)
    card._buttons.dismiss.click()
    assert (said, panel.view.open_id) == ([], "")
    assert titles(panel) == ["Needs you, 3", "3 may have been accepted"]
    card = ask_about(panel, three[0])
    card.choose(Decision.LINK)
    card._buttons.step.click()
    QTest.keyClick(panel.view, Qt.Key.Key_Escape)
    assert (said, panel.view.open_id) == ([], "")
    assert titles(panel) == ["Needs you, 3", "3 may have been accepted"]


def test_g13_what_stands_in_a_card_stays_while_tasks_come_and_go(panel, three, qtbot):
    card = ask_about(panel, three[0])
    card.choose(Decision.CLOSE)
    card._list.item(1).setCheckState(Qt.CheckState.Unchecked)
    newer = unclear(7)
    panel.apply(newer)
    assert panel.view.card is card
    assert card.answer().ids == (three[0].id, three[2].id, newer.id)
    panel.apply(replace(three[0], state=S.ACCEPTED, task_id="1"))
    moved = panel.view.card
    assert isinstance(moved, GroupCard)
    assert panel.view.open_id == three[1].id
    assert moved.answer().decision is Decision.CLOSE
    assert moved.answer().ids == (three[2].id, newer.id)
    older = unclear(-5)
    panel.apply(older)
    last = panel.view.card
    assert isinstance(last, GroupCard)
    assert panel.view.open_id == older.id
    assert set(last.answer().ids) == {three[2].id, newer.id}


def test_g13_a_task_id_half_typed_stays_when_others_become_unclear(panel):
    task = unclear(0)
    panel.set_tasks([task])
    panel._on_chosen(task.id, Action.DECIDE)
    card = panel.view.card
    assert isinstance(card, DecisionCard)
    card.choose(Decision.LINK)
    QTest.keyClicks(card._task_id, "8612")
    panel.apply(unclear(-1))
    panel.apply(unclear(1))
    panel.apply(replace(task, candidates=(EARLY,)))
    assert panel.view.card is card
    assert card.task_id() == "8612"
    assert card._candidates.count() == 1
    card._buttons.dismiss.click()
    assert titles(panel) == ["Needs you, 3", "3 may have been accepted"]


def test_a_candidate_fills_the_entry_only_when_it_is_picked(panel, said):
    task = unclear(0, candidates=(EARLY, LATE))
    panel.set_tasks([task])
    panel._on_chosen(task.id, Action.DECIDE)
    card = panel.view.card
    assert isinstance(card, DecisionCard)
    assert card.decision() is Decision.KEEP_CHECKING
    card.choose(Decision.LINK)
    assert card._candidates.hasFocus()
    assert card.task_id() == ""
    assert card._candidates.item(0).text() == "861234…3456 · made 11:59, succeed"
    QTest.keyClick(card._candidates, Qt.Key.Key_Down)
    assert card.task_id() == LATE.task_id
    card._buttons.step.click()
    assert said == [("link", task.id, LATE.task_id)]


def test_the_only_candidate_is_proposed_and_never_linked_by_itself(panel, said):
    task = unclear(0, candidates=(EARLY,))
    panel.set_tasks([task])
    panel._on_chosen(task.id, Action.DECIDE)
    card = panel.view.card
    assert isinstance(card, DecisionCard)
    assert (card.decision(), card.task_id()) == (Decision.LINK, EARLY.task_id)
    assert said == []
    rival = unclear(1, is_watched=True)
    card._buttons.dismiss.click()
    panel.apply(rival)
    panel._on_chosen(task.id, Action.DECIDE)
    card = panel.view.card
    assert isinstance(card, DecisionCard)
    assert card.decision() is Decision.KEEP_CHECKING


def test_the_keyboard_reaches_every_part_of_the_card_and_each_has_a_name(panel, three, qtbot):
    card = ask_about(panel, three[0])
    reached: set[QWidget] = set()
    for _ in range(6):
        focused = panel.window().focusWidget()
        if focused is not None and card.isAncestorOf(focused):
            reached.add(focused)
            box = focused.mapTo(panel.view.viewport(), focused.rect().topLeft())
            assert 0 <= box.y() <= panel.view.viewport().height()
        QTest.keyClick(focused or panel, Qt.Key.Key_Tab)
    assert card._buttons.step in reached
    assert card._buttons.dismiss in reached
    assert card._list.accessibleName()
    for widget in reached:
        interface = QAccessible.queryAccessibleInterface(widget)
        assert interface.text(QAccessible.Text.Name)


def test_a_group_that_is_parted_shows_each_of_its_tasks(panel, three):
    panel.model.part(key_of(three[0]))
    assert [task.id for task in panel.model.shown()] == [task.id for task in three]
    assert panel.model.row_of(three[1]).meta == "Lamp 1 · 1 picture"
    panel.model.part(key_of(three[0]), is_parted=False)
    assert [task.id for task in panel.model.shown()] == [three[0].id]
