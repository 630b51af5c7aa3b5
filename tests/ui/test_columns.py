"""The window folds as it gets small, and nothing is out of reach."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from kling_desktop.resources import resource
from kling_desktop.ui.columns import COMPOSE_PX, RAIL_PX, TASKS_PX, WIDE_COLUMN_PX, Columns
from kling_desktop.ui.look import Look


@pytest.fixture
def columns(qtbot):
    parts = [QLabel(name) for name in ("compose", "library", "tasks", "rail")]
    made = Columns(Look(resource("icons")), *parts)
    qtbot.addWidget(made)
    made.resize(1440, 900)
    made.show()
    made.reset()
    return made, parts


def test_the_plan_at_three_widths(columns):
    made, _ = columns
    assert [made.state()[0], made.state()[2]] == [COMPOSE_PX, TASKS_PX]
    made.resize(2560, 1400)
    made.reset()
    assert [made.state()[0], made.state()[2]] == [WIDE_COLUMN_PX, WIDE_COLUMN_PX]
    made.resize(1024, 720)
    assert made.state()[2] == RAIL_PX


def test_a_narrow_window_shows_the_tasks_over_the_library_and_puts_them_back(columns, qtbot):
    made, (_, _, tasks, rail) = columns
    made.resize(1024, 720)
    assert rail.isVisible()
    assert not tasks.isVisible()
    made.toggle_tasks()
    assert tasks.isVisible()
    qtbot.keyClick(tasks, Qt.Key.Key_Escape)
    assert not tasks.isVisible()
    made.toggle_tasks()
    made.resize(1440, 900)
    assert tasks.isVisible()
    assert not rail.isVisible()
    assert made.state()[2] == TASKS_PX


def test_a_small_window_folds_compose_and_unfolds_it_again(columns):
    made, (compose, *_) = columns
    made.resize(800, 560)
    assert not compose.isVisible()
    made.toggle_compose()
    assert compose.isVisible()
    made.toggle_compose()
    assert not compose.isVisible()
    made.toggle_compose()
    made.resize(1440, 900)
    assert compose.isVisible()
