"""Choices survive crashes, newer versions and damage."""

import json
from pathlib import Path

import pytest

from kling_desktop.domain.errors import StorageError
from kling_desktop.settings import Settings, ThemeChoice, load_settings, save_settings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


def test_what_was_saved_is_read(path: Path) -> None:
    chosen = Settings(provider="kling", theme=ThemeChoice.DARK, asks_before_twins=False)
    save_settings(path, chosen)
    assert load_settings(path).settings == chosen


def test_without_a_file_everything_is_as_usual(path: Path) -> None:
    assert load_settings(path).settings == Settings()
    assert load_settings(path).problems == ()


def test_keys_of_a_newer_version_are_kept(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"provider": "kling", "hologram": [1]}))
    save_settings(path, load_settings(path).settings)
    assert json.loads(path.read_text())["hologram"] == [1]


def test_a_bad_value_is_replaced_and_told(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"theme": "plaid", "asks_before_twins": "no", "provider": "kling"}))
    loaded = load_settings(path)
    assert loaded.settings == Settings(provider="kling")
    assert len(loaded.problems) == 2


@pytest.mark.parametrize("content", ["{", "[]", "null", "\x00\xff", ""])
def test_a_damaged_file_is_kept_beside(path: Path, content: str) -> None:
    path.parent.mkdir()
    path.write_text(content, encoding="latin-1")
    loaded = load_settings(path)
    assert loaded.settings == Settings()
    assert len(loaded.problems) == 1
    assert path.with_name("settings.json.bad").is_file()


def test_what_cannot_be_saved_is_said_and_the_old_stays(path: Path) -> None:
    save_settings(path, Settings(provider="kling"))
    path.with_name("settings.json.part").mkdir()
    with pytest.raises(StorageError):
        save_settings(path, Settings())
    assert load_settings(path).settings.provider == "kling"
