"""What is chosen in the window holds in the next one."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QMenu

from kling_desktop.furnishing import Choices, make_desk
from kling_desktop.paths import app_paths
from kling_desktop.resources import resource
from kling_desktop.settings import WebPictures, load_settings
from kling_desktop.ui.look import Look
from kling_desktop.ui.main_window import MainWindow
from kling_desktop.ui.workplace import Workplace
from tests.fakes.desk import a_shop


def test_what_becomes_of_pictures_from_the_web_is_remembered(qtbot, tmp_path: Path):
    look = Look(resource("icons"), "light")
    paths = app_paths(tmp_path / "home")
    shop = a_shop(tmp_path, look)
    window = MainWindow(look, tmp_path / "window.ini")
    qtbot.addWidget(window)
    place = Workplace(shop.desk, window)
    choices = Choices(paths, place)
    assert choices.parent() is place
    (menu,) = [m for m in place.findChildren(QMenu) if m.title() == "Pictures from the &web"]
    menu.aboutToShow.emit()
    ask, fetch, hand_on = menu.actions()
    assert [action.isChecked() for action in (ask, fetch, hand_on)] == [True, False, False]
    fetch.trigger()
    assert load_settings(paths.settings).settings.web_pictures is WebPictures.FETCH
    desk = make_desk(paths, shop.desk.bridge, look)
    assert desk.web_pictures is WebPictures.FETCH
    again = Workplace(replace(shop.desk, web_pictures=desk.web_pictures), window)
    assert again._compose.grid.filler.web.choice is WebPictures.FETCH
    shop.index.close()
