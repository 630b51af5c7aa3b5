"""The person's own files in the running window, and the choices of the menu."""

from pathlib import Path
from typing import cast

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication

from kling_desktop.domain.presets import Preset, preset_from_json, preset_to_json
from kling_desktop.furnishing import Choices
from kling_desktop.paths import app_paths
from kling_desktop.plain_files import read_plain
from kling_desktop.resources import resource
from kling_desktop.settings import load_settings
from kling_desktop.ui.kept_file import KeptFile
from kling_desktop.ui.kept_list import KeptList
from kling_desktop.ui.look import Look
from kling_desktop.ui.main_window import MainWindow
from kling_desktop.ui.workplace import Workplace
from tests.fakes.desk import a_shop


def test_of_many_writes_the_last_one_stands(qapp: QApplication, tmp_path: Path):
    file = KeptFile(tmp_path / "some.json")
    for number in range(200):
        file.write({"number": number})
    file.finish()
    assert read_plain(tmp_path / "some.json").values == {"number": 199, "format": 1}


def test_different_keys_meet_in_one_file(qapp: QApplication, tmp_path: Path):
    file = KeptFile(tmp_path / "some.json")
    file.write({"one": 1})
    file.write({"two": 2})
    file.finish()
    assert read_plain(tmp_path / "some.json").values == {"one": 1, "two": 2, "format": 1}


def test_a_list_puts_back_what_was_removed_once(qapp: QApplication, tmp_path: Path):
    file = KeptFile(tmp_path / "some.json")
    kept = KeptList(file, "presets", preset_from_json, preset_to_json)
    for name in ("c", "b", "a"):
        kept.add(Preset(name, {}))
    kept.remove(1)
    kept.put_back()
    kept.put_back()
    assert [preset.name for preset in kept.items] == ["a", "b", "c"]
    file.finish()
    again = KeptList(KeptFile(tmp_path / "some.json"), "presets", preset_from_json, preset_to_json)
    assert [preset.name for preset in again.items] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Ask before &repeating a task", "asks_before_twins"),
        ("Ask before &stopping to follow", "asks_before_stopping"),
    ],
)
def test_what_is_asked_first_is_a_choice_that_is_kept(
    qapp: QApplication, qtbot, tmp_path: Path, words: str, name: str
):
    paths = app_paths(tmp_path)
    look = Look(resource("icons"), "light")
    shop = a_shop(tmp_path, look)
    window = MainWindow(look, tmp_path / "window.ini")
    workplace = Workplace(shop.desk, window)
    qtbot.addWidget(window)
    choices = Choices(paths, workplace)
    (action,) = (a for a in cast(list[QAction], window.findChildren(QAction)) if a.text() == words)
    assert action.isChecked()
    action.trigger()
    assert getattr(load_settings(paths.settings).settings, name) is False
    action.trigger()
    assert getattr(load_settings(paths.settings).settings, name) is True
    assert choices.parent() is workplace
    shop.index.close()


def test_the_draft_is_on_disk_when_the_window_has_closed(qapp: QApplication, qtbot, tmp_path: Path):
    look = Look(resource("icons"), "light")
    shop = a_shop(tmp_path, look)
    window = MainWindow(look, tmp_path / "window.ini")
    workplace = Workplace(shop.desk, window)
    window.furnish(workplace, workplace)
    qtbot.addWidget(window)
    window.show()
    workplace._compose._form.prompts.prompt.edit.setPlainText("Vase")
    window.close()
    assert read_plain(tmp_path / "draft.json").values["prompt"] == "Vase"
    shop.index.close()
