"""One result large: its place among its siblings, its recipe, and the way back."""

import json

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from kling_desktop.domain.media import MediaKind
from kling_desktop.domain.tasks import TaskState
from kling_desktop.library.sidecar import sidecar_path, values_of
from kling_desktop.ui.library.posters import has_multimedia
from kling_desktop.ui.library.viewer import Viewer
from tests.fakes.desk import Shop
from tests.ui.tasks.lives import NOW_MS, REPORTED, living, output


@pytest.fixture
def viewer(shop: Shop, qtbot) -> Viewer:
    viewer = Viewer(shop.desk)
    qtbot.addWidget(viewer)
    viewer.resize(1200, 800)
    with qtbot.waitExposed(viewer):
        viewer.show()
    return viewer


def siblings(shop: Shop, count: int) -> list:
    return [shop.result(n, NOW_MS, task="f" * 32, index=n) for n in range(count)]


def says(viewer: Viewer) -> str:
    return " ".join(label.text() for label in viewer._panel.findChildren(QLabel))


def test_it_says_which_of_the_task_s_results_this_is(viewer, shop):
    assets = siblings(shop, 4)
    viewer.show_asset(assets[1], assets)
    assert viewer._place.words().startswith("2 of 4 from this task")


def test_arrows_walk_and_stop_at_the_ends(viewer, shop):
    assets = siblings(shop, 3)
    viewer.show_asset(assets[0], assets)
    for expected in (1, 2, 2):
        QTest.keyClick(viewer, Qt.Key.Key_Right)
        assert viewer.asset() == assets[expected]
    QTest.keyClick(viewer, Qt.Key.Key_Left)
    assert viewer.asset() == assets[1]


def test_the_strip_shows_what_is_pressed(viewer, shop):
    assets = siblings(shop, 3)
    viewer.show_asset(assets[0], assets)
    viewer._strip._frames[2].click()
    assert viewer.asset() == assets[2]


def test_escape_goes_back(viewer, shop, qtbot):
    viewer.show_asset(shop.result(1, NOW_MS))
    with qtbot.waitSignal(viewer.closed):
        QTest.keyClick(viewer, Qt.Key.Key_Escape)


def test_the_whole_picture_comes_after_the_small_one(viewer, shop, qtbot):
    asset = shop.result(1, NOW_MS)
    viewer.show_asset(asset)
    qtbot.waitUntil(lambda: viewer._stage._is_final)
    assert viewer._stage._picture.width() == asset.width


def test_a_file_that_is_gone_is_told(viewer, shop, qtbot):
    asset = shop.result(1, NOW_MS)
    (shop.desk.library / asset.file).unlink()
    viewer.show_asset(asset)
    qtbot.waitUntil(lambda: viewer._stage._is_final)
    assert viewer._stage._picture.isNull()
    assert not viewer.grab().isNull()


def test_the_ledger_tells_the_recipe_and_the_cost(viewer, shop, qtbot):
    task = living(TaskState.DONE, outputs=(output(0), output(1)), cost=REPORTED)
    viewer.set_tasks([task])
    viewer.show_asset(shop.result(1, NOW_MS, task=task.id, provider="kling"))
    assert "$0.22 for the task, as Kling reports" in says(viewer)
    assert "Subject 2" in says(viewer)
    with qtbot.waitSignal(viewer.recall_wanted) as recalled:
        viewer._panel._again.click()
    assert recalled.args[0].prompt == task.request.prompt


def test_without_the_ledger_the_file_beside_it_tells(viewer, shop, qtbot):
    asset = shop.result(1, NOW_MS)
    task = living(TaskState.DONE, outputs=(output(0),), provider="sandbox")
    file = shop.desk.library / asset.file
    sidecar_path(file).write_text(json.dumps(values_of(task, task.saved[0])))
    viewer.show_asset(asset)
    assert viewer._panel._again.isEnabled()
    assert "Free" in says(viewer)


def test_without_any_recipe_it_says_why_it_cannot_be_made_again(viewer, shop):
    viewer.show_asset(shop.result(1, NOW_MS))
    assert not viewer._panel._again.isEnabled()
    assert viewer._panel._again.accessibleDescription()


def test_zooming_keeps_the_point_under_the_mouse(viewer, shop, qtbot):
    asset = shop.result(1, NOW_MS, width=4000, height=3000)
    viewer.show_asset(asset)
    stage = viewer._stage
    at = QPointF(stage.rect().center()) + QPointF(60, 30)

    def under() -> QPointF:
        box = stage.picture_box()
        return (at - box.topLeft()) / box.width()

    before = under()
    stage.set_zoom(stage.zoom() * 3, at)
    assert (under() - before).manhattanLength() < 0.01
    stage.set_zoom(None)
    assert stage.is_fitted


# Qt tells at length which of the system's libraries it does without.
@pytest.mark.qt_log_ignore("library", "symbols", "pa_context", "open media")
def test_a_video_that_cannot_be_played_offers_the_system_s_player(viewer, shop, qtbot):
    asset = shop.result(1, NOW_MS, media=MediaKind.VIDEO, duration_s=5.0)
    if not has_multimedia():
        pytest.skip("this machine has no audio library")
    broken = shop.desk.library / "broken.mp4"
    broken.write_bytes(b"no film")
    film = viewer._film
    film.play(broken)
    qtbot.waitUntil(lambda: film.currentWidget() is film._outside, timeout=10_000)
    assert asset.media is MediaKind.VIDEO
    film.stop()
