"""The library column as a person uses it: first run, search, messages, making again."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from kling_desktop.domain.drafts import Draft
from kling_desktop.domain.tasks import TaskState
from kling_desktop.library.sidecar import sidecar_path, values_of
from kling_desktop.ui.library.library_panel import LibraryPanel
from kling_desktop.ui.message_bar import Message, Tone
from tests.fakes.desk import Shop
from tests.ui.tasks.lives import NOW_MS, living, output


@pytest.fixture
def panel(shop: Shop, qtbot) -> LibraryPanel:
    panel = LibraryPanel(shop.desk)
    qtbot.addWidget(panel)
    panel.resize(752, 800)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def button(panel, words: str) -> QPushButton:
    (found,) = [b for b in panel.findChildren(QPushButton) if b.text() == words]
    return found


def test_the_first_run_offers_samples_and_accounts(panel, qtbot):
    with qtbot.waitSignal(panel.samples_wanted) as wanted:
        button(panel, "Try with these pictures").click()
    assert [isinstance(file, Path) and file.is_file() for file in wanted.args[0]] == [True] * 3
    with qtbot.waitSignal(panel.accounts_wanted):
        button(panel, "Add an account").click()


def test_the_first_result_replaces_the_first_page(panel, shop):
    assert not panel.view.isVisible()
    panel.add(shop.result(1, NOW_MS))
    assert panel.view.isVisible()
    assert panel._count.words() == "1 result"


def test_what_nothing_matches_can_be_undone_in_one_press(panel, shop, qtbot):
    panel.add(shop.result(1, NOW_MS, prompt="A lamp"))
    panel.focus_search()
    QTest.keyClicks(panel._search, "zebra")
    QTest.keyClick(panel._search, Qt.Key.Key_Return)
    assert not panel.view.isVisible()
    button(panel, "Clear filters").click()
    assert panel.view.isVisible()
    assert panel._search.text() == ""


def test_the_chips_move_by_arrow_keys(panel, shop):
    panel.add(shop.result(1, NOW_MS))
    first = panel._chips._chips["all"]
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Right)
    assert panel._chips.value() == "pictures"
    assert panel.model.filter.media is not None


def test_the_worst_message_wins_and_the_next_follows(panel):
    panel.show_message("offline", Message("You are offline.", tone=Tone.WARNING))
    panel.show_message("disk", Message("The disk is full.", tone=Tone.FAILURE))
    panel.show_message("news", Message("New.", tone=Tone.NEWS))
    assert panel._bar.message().fact == "The disk is full."
    panel.show_message("disk", None)
    assert panel._bar.message().fact == "You are offline."
    panel._bar._close.click()
    assert panel._bar.message().fact == "New."


def test_making_again_fills_the_form_from_the_file_beside_the_result(panel, shop, qtbot):
    asset = shop.result(1, NOW_MS)
    task = living(TaskState.DONE, outputs=(output(0),))
    file = shop.desk.library / asset.file
    sidecar_path(file).write_text(json.dumps(values_of(task, task.saved[0])))
    with qtbot.waitSignal(panel.recall_wanted) as recalled:
        panel._recall(asset)
    draft = recalled.args[0]
    assert isinstance(draft, Draft)
    assert draft.prompt == task.request.prompt
    assert draft.n == 4


def test_a_recipe_that_cannot_be_read_is_told(panel, shop, qtbot):
    asset = shop.result(1, NOW_MS)
    with qtbot.assertNotEmitted(panel.recall_wanted):
        panel._recall(asset)
    assert "recipe" in panel._bar.message().fact
