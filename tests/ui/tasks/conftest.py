"""A tasks panel over a real library folder."""

from pathlib import Path

import pytest

from kling_desktop.resources import resource
from kling_desktop.ui.look import Look
from kling_desktop.ui.tasks.queue_panel import QueuePanel
from tests.fakes.desk import Shop, a_shop
from tests.ui.tasks.lives import NOW_MS


@pytest.fixture
def look(qapp) -> Look:
    look = Look(resource("icons"), "light")
    look.apply()
    look.has_motion = False
    return look


@pytest.fixture
def shop(tmp_path: Path, look: Look):
    shop = a_shop(tmp_path, look)
    yield shop
    shop.index.close()


@pytest.fixture
def panel(shop: Shop, qtbot) -> QueuePanel:
    panel = QueuePanel(shop.desk, now_ms=lambda: NOW_MS)
    qtbot.addWidget(panel)
    panel.resize(336, 900)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel
