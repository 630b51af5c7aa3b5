"""The list follows the ledger: headings come and go, rows move, nothing is lost or doubled."""

import random
from dataclasses import replace

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt

from kling_desktop.domain.decisions import in_order, is_undecided, key_of
from kling_desktop.domain.facts import EngineState, Progressed
from kling_desktop.domain.tasks import TRANSITIONS, TaskState
from kling_desktop.kling.profiles import PROFILES
from kling_desktop.ui.tasks.queue_model import EARLIER_SHOWN, QueueModel, QueueRole
from tests.ui.tasks.lives import NOW_MS, living

S = TaskState


@pytest.fixture
def model(qapp, qtmodeltester) -> QueueModel:
    model = QueueModel(PROFILES, None, lambda: NOW_MS)
    qtmodeltester.check(model)
    return model


def drawn(model: QueueModel) -> list[str]:
    """The list as text: headings with their count, tasks by their title."""
    rows = []
    for number in range(model.rowCount()):
        index = model.index(number)
        heading = index.data(QueueRole.HEADING)
        words = index.data(Qt.ItemDataRole.DisplayRole)
        rows.append(f"# {words}" if heading else words)
    return rows


def test_tasks_stand_under_the_heading_of_their_section(model):
    model.reset([living(S.DONE), living(S.FROZEN), living(S.NEEDS_DECISION), living(S.RUNNING)])
    assert drawn(model) == [
        "# Needs you, 1",
        "May have been accepted",
        "# On the way, 1",
        "Sent. Kling is working on it",
        "# Waiting, 1",
        "Waits for 4 free places at Kling",
        "# Finished today, 1",
        "0 pictures saved",
    ]


def test_a_task_that_moves_on_keeps_its_selection_and_takes_its_heading_along(model):
    task = living(S.RUNNING)
    model.reset([task])
    kept = QPersistentModelIndex(model.index_of(task.id))
    model.apply(replace(task, state=S.DONE, finished_at_ms=NOW_MS))
    assert drawn(model) == ["# Finished today, 1", "0 pictures saved"]
    assert kept.isValid()
    assert kept.data(QueueRole.TASK).state is S.DONE


def test_a_new_task_appears_at_once_and_counts(model):
    model.apply(living(S.FROZEN))
    model.apply(living(S.FROZEN))
    assert drawn(model)[0] == "# Waiting, 2"
    assert model.rowCount() == 3


def behind_another(tasks):
    """The ids of undecided tasks for which an older one of their account stands in the list."""
    undecided = in_order(filter(is_undecided, tasks.values()))
    leads = {key_of(task): task.id for task in reversed(undecided)}
    return {task.id for task in undecided if leads[key_of(task)] != task.id}


def test_a_life_of_many_tasks_never_breaks_the_list(model):
    rnd = random.Random(5)
    tasks = {}
    for step in range(400):
        if not tasks or rnd.random() < 0.1:
            task = living(S.FROZEN, created_at_ms=NOW_MS - step)
        else:
            task = rnd.choice(list(tasks.values()))
            following = sorted(TRANSITIONS[task.state]) or [task.state]
            state = rnd.choice(following)
            task = replace(task, state=state, is_watched=rnd.random() < 0.1)
        tasks[task.id] = task
        model.apply(task)
        assert sorted(t.id for t in model.shown()) == sorted(set(tasks) - behind_another(tasks))
        assert drawn(model).count("") == 0
        for shown in model.shown():
            assert model.index_of(shown.id).data(QueueRole.TASK) == tasks[shown.id]


def test_what_waits_longest_is_next_and_what_finished_last_is_first(model):
    old, new = living(S.FROZEN, created_at_ms=1), living(S.FROZEN, created_at_ms=2)
    first = living(S.DONE, finished_at_ms=NOW_MS - 5000)
    last = living(S.DONE, finished_at_ms=NOW_MS - 10)
    model.reset([new, first, old, last])
    assert [task.id for task in model.shown()] == [old.id, new.id, last.id, first.id]
    assert model.row_of(old).fact == "next"
    assert model.row_of(new).fact == ""


def test_an_old_ledger_is_not_shown_whole(model):
    month_ago = NOW_MS - 30 * 86_400_000
    tasks = [living(S.DONE, finished_at_ms=month_ago - n) for n in range(EARLIER_SHOWN + 50)]
    model.reset(tasks)
    assert model.rowCount() == EARLIER_SHOWN + 1
    assert len(list(model.tasks())) == EARLIER_SHOWN + 50


def test_bytes_are_forgotten_with_their_state(model):
    task = living(S.SENDING)
    model.reset([task])
    model.progress(Progressed(task.id, True, 1_048_576, 2_097_152))
    assert model.row_of(task).fact == "1.0 of 2.0 MB"
    model.apply(replace(task, state=S.UNKNOWN))
    assert "MB" not in model.row_of(replace(task, state=S.UNKNOWN)).fact


def test_the_engine_s_pause_changes_what_waits(model, qtbot):
    model.reset([living(S.FROZEN)])
    with qtbot.waitSignal(model.dataChanged):
        model.set_engine_state(EngineState.PAUSED)
    assert "On hold" in drawn(model)


def test_only_a_running_list_ticks(model):
    model.reset([living(S.DONE), living(S.FROZEN)])
    assert not model.tick()
    model.apply(living(S.RUNNING))
    assert model.tick()


def test_a_task_of_a_provider_nobody_knows_is_left_out(model):
    model.reset([living(S.DONE, provider="gone")])
    model.apply(living(S.DONE, provider="gone"))
    assert model.rowCount() == 0


def test_headings_cannot_be_chosen_and_rows_speak(model):
    model.reset([living(S.UNKNOWN)])
    heading, row = model.index(0), model.index(1)
    assert heading.flags() == Qt.ItemFlag.NoItemFlags
    described = row.data(Qt.ItemDataRole.AccessibleDescriptionRole)
    assert "At most $0.22 at Kling." in described
    assert "Step 2 of 4: Sent, not certain." in described
