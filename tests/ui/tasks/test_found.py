"""What stands on an account and in no list: offered calmly, and honest about what is not known."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from kling_desktop.domain.errors import ErrorRecord, Remedy
from kling_desktop.domain.facts import Notice, StraysFound, TaskChanged, TasksLoaded
from kling_desktop.domain.findings import RouteKey, Stray
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.requests import MultiImageToImage
from kling_desktop.domain.tasks import SETTLED, TaskState
from kling_desktop.kling.profiles import PROFILES
from kling_desktop.library.sidecar import sidecar_path, values_of
from kling_desktop.ui.library.library_panel import LibraryPanel
from kling_desktop.ui.library.viewer import Viewer
from kling_desktop.ui.look import Look
from kling_desktop.ui.main_window import MainWindow
from kling_desktop.ui.message_bar import Message
from kling_desktop.ui.tasks.details_card import details
from kling_desktop.ui.tasks.task_words import Action, menu_of
from kling_desktop.ui.workplace import Workplace
from tests.ui.tasks.lives import ERROR, NOW_MS, living, output

S = TaskState
NOTHING = MultiImageToImage(model="", subjects=())


def stray(number: int, provider: str = "kling", **changes) -> Stray:
    values = {
        "route": RouteKey(provider, None, TaskKind.IMAGE),
        "account": "",
        "task_id": f"{number}",
        "external_task_id": f"kd-{number:032x}",
        "created_at_ms": NOW_MS - number,
        "status": "succeed",
    }
    return Stray(**(values | changes))


@pytest.fixture
def workplace(shop, look: Look, qtbot, tmp_path: Path):
    window = MainWindow(look, tmp_path / "window.ini")
    place = Workplace(shop.desk, window)
    window.furnish(place, place)
    qtbot.addWidget(window)
    window.resize(1440, 900)
    with qtbot.waitExposed(window):
        window.show()
    yield place
    window.close()


def bar(workplace: Workplace):
    return workplace._library._bar


def message(library: LibraryPanel) -> Message:
    shown = library._bar.message()
    assert shown is not None
    return shown


def test_a56_what_is_found_is_told_calmly_and_looked_at_when_wanted(workplace, shop):
    shop.desk.bridge.strays_found.emit(StraysFound((stray(1), stray(2))))
    card = workplace._queue._strays_card
    assert message(workplace._library).fact == "2 tasks on your Kling account are not in this list."
    assert not card.isVisible()
    bar(workplace).pressed.emit()
    assert card.isVisible()
    assert card._list.count() == 2


def test_a56_looking_at_them_brings_back_a_panel_that_was_put_away(workplace, shop):
    shop.desk.bridge.strays_found.emit(StraysFound((stray(1),)))
    for width in (1440, 1024):
        workplace.window().resize(width, 900)
        if workplace._queue.isVisible():
            workplace._columns.toggle_tasks()
        assert not workplace._queue.isVisible()
        workplace._library.message_pressed.emit("strays")
        assert workplace._queue._strays_card.isVisible()


def test_a56_ticked_ones_are_brought_in_or_left_and_nothing_else(workplace, shop):
    shop.desk.bridge.strays_found.emit(StraysFound((stray(1), stray(2), stray(3))))
    workplace._queue.show_strays()
    card = workplace._queue._strays_card
    card._list.item(1).setCheckState(Qt.CheckState.Unchecked)
    card._take.click()
    assert shop.desk.bridge.asked == [("answer_stray taken", "1"), ("answer_stray taken", "3")]
    shop.desk.bridge.strays_found.emit(StraysFound((stray(2),)))
    card._list.item(0).setCheckState(Qt.CheckState.Checked)
    card._leave.click()
    assert shop.desk.bridge.asked[2:] == [("answer_stray left", "2")]
    shop.desk.bridge.strays_found.emit(StraysFound(()))
    assert not card.isVisible()
    assert bar(workplace).message() is None


def test_a56_with_nothing_ticked_the_buttons_say_why_they_rest(workplace, shop):
    shop.desk.bridge.strays_found.emit(StraysFound((stray(1),)))
    workplace._queue.show_strays()
    card = workplace._queue._strays_card
    card._list.tick_only([])
    assert not card._take.isEnabled()
    assert card._take.toolTip() == "Tick at least one task."


def test_a56_a_message_that_was_closed_is_not_said_again_until_there_is_more(workplace, shop):
    shop.desk.bridge.strays_found.emit(StraysFound((stray(1),)))
    bar(workplace)._close.click()
    shop.desk.bridge.strays_found.emit(StraysFound((stray(1),)))
    assert bar(workplace).message() is None
    assert workplace._queue._found.isVisible()
    shop.desk.bridge.strays_found.emit(StraysFound((stray(1), stray(2, "cometapi"))))
    assert message(workplace._library).fact == "2 tasks on your accounts are not in this list."


def test_g13_closing_the_card_decides_nothing(workplace, shop):
    shop.desk.bridge.strays_found.emit(StraysFound((stray(1),)))
    workplace._queue.show_strays()
    workplace._queue._strays_card._close.click()
    assert shop.desk.bridge.asked == []
    workplace._queue.show_strays()
    assert workplace._queue._strays_card._list.ticked()


def test_results_about_to_be_deleted_are_all_downloaded_at_one_press(workplace, shop):
    waiting = [living(state) for state in (S.REMOTE_OK, S.FETCH_PAUSED)]
    shop.desk.bridge.tasks_loaded.emit(TasksLoaded((*waiting, living(S.DONE), living(S.RUNNING))))
    ends = ErrorRecord("Results are deleted soon", "Two are not here yet.", Remedy.RETRY)
    shop.desk.bridge.notice.emit(Notice("deadline", ends))
    assert message(workplace._library).action == "Download again · free"
    bar(workplace).pressed.emit()
    assert sorted(shop.desk.bridge.asked) == sorted(("download_again", task.id) for task in waiting)


def test_a61_a_message_about_one_task_leads_to_it(workplace, shop):
    task = living(S.RUNNING)
    shop.desk.bridge.task_changed.emit(TaskChanged(task))
    twice = ErrorRecord("A task was made twice", "Both come home.", Remedy.NONE)
    shop.desk.bridge.notice.emit(Notice(f"twin {task.id}", twice))
    assert message(workplace._library).action == "Show the task"
    bar(workplace).pressed.emit()
    assert workplace._queue.view.open_id == task.id


@pytest.mark.parametrize("state", list(S))
def test_a56_a_row_that_was_found_promises_nothing_it_does_not_know(panel, state):
    task = living(state, request=NOTHING, first_sent_at_ms=None, error=ERROR, outputs=(output(0),))
    panel.set_tasks([task])
    row = panel.model.row_of(task)
    assert "No prompt" not in row.second
    assert "about $" not in f"{row.meta} {row.second}"
    offered = {*row.actions, *menu_of(task, row)}
    if state is not S.DRAFT:  # which no found task ever is
        assert not offered & {Action.MAKE_AGAIN, Action.CHANGE_REQUEST, Action.COPY_PROMPT}
    assert not panel.grab().isNull()


def test_a56_details_say_where_a_task_comes_from():
    found = living(S.DONE, request=NOTHING, first_sent_at_ms=None)
    words = details(found, PROFILES["kling"], NOW_MS)
    assert words.startswith("Found on your account; what it was made from is not known.")
    assert "Kling,\n" not in words
    assert "Times sent" not in words


def test_a61_a_task_made_twice_says_so_in_its_row_and_details(panel):
    twin = living(S.DONE, twin_of="4f2a91c3" + "0" * 24, outputs=(output(0),))
    panel.set_tasks([twin])
    assert panel.model.row_of(twin).second == "Made twice: A lamp in the rain"
    assert "once more for task 4f2a91c3" in details(twin, PROFILES["kling"], NOW_MS)


@pytest.mark.parametrize("state", list(S))
def test_c30_details_tell_how_long_results_are_kept_while_they_are_only_there(state):
    words = details(living(state), PROFILES["kling"], NOW_MS)
    is_told = "Kling keeps the results until" in words
    assert is_told is (state in {S.REMOTE_OK, S.FETCHING, S.FETCH_PAUSED, S.DONE_PARTIAL})
    assert not (is_told and state in SETTLED - {S.DONE_PARTIAL})


def test_a56_a_found_result_has_no_recipe_and_fills_no_form(shop, qtbot):
    task = living(S.DONE, request=NOTHING, outputs=(output(0),))
    asset = shop.result(1, NOW_MS, task=task.id, provider="kling", prompt="", model="")
    file = shop.desk.library / asset.file
    sidecar_path(file).write_text(json.dumps(values_of(task, task.saved[0])))
    viewer = Viewer(shop.desk)
    qtbot.addWidget(viewer)
    viewer.show_asset(asset)
    said = [label.text() for label in viewer._panel.findChildren(QLabel)]
    assert "Found on your account; what it was made from is not known." in said
    assert {"Prompt", "Made from"}.isdisjoint(said)
    assert {"Kling", "Price unknown"} <= set(said)
    assert not viewer._panel._again.isEnabled()
    library = LibraryPanel(shop.desk)
    qtbot.addWidget(library)
    with qtbot.assertNotEmitted(library.recall_wanted):
        library._recall(asset)
    assert message(library).fact == "This result was found on your account."
