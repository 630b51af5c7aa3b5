"""The shelf over the bridge: commands in, the shelf as a fact, the file in the library folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Slot
from pytestqt.qtbot import QtBot

from kling_desktop.bridge import EngineThread
from kling_desktop.domain.facts import Notice, PictureBrought, ShelfChanged
from kling_desktop.domain.media import FileImage
from kling_desktop.domain.shelf import PictureSet
from kling_desktop.library.shelf import read_shelf
from kling_desktop.paths import AppPaths, app_paths
from kling_desktop.resources import resource

VASE = FileImage(resource("photographs/vase.jpg"))


class Ear(QObject):
    """Keeps what is told of the shelf."""

    def __init__(self, engine: EngineThread) -> None:
        super().__init__()
        self.facts: list[object] = []
        for signal in (engine.shelf_changed, engine.picture_brought, engine.notice):
            signal.connect(self._hear)

    @Slot(object)
    def _hear(self, fact: object) -> None:
        self.facts.append(fact)

    def told(self, kind: type) -> list:
        return [fact for fact in self.facts if isinstance(fact, kind)]


@pytest.fixture
def paths(tmp_path: Path) -> AppPaths:
    return app_paths(tmp_path)


@pytest.fixture
def engine(paths: AppPaths, qapp: QObject) -> Iterator[EngineThread]:
    thread = EngineThread(paths, {})
    yield thread
    thread.stop()


def test_the_shelf_is_kept_and_told(engine: EngineThread, qtbot: QtBot, paths: AppPaths) -> None:
    ear = Ear(engine)
    engine.start()
    engine.shelve((VASE,))
    qtbot.waitUntil(lambda: len(ear.told(ShelfChanged)) == 1, timeout=20_000)
    (picture,) = ear.told(ShelfChanged)[0].shelf.pictures
    engine.describe_picture(picture.image, "Blue vase", "product")
    qtbot.waitUntil(lambda: len(ear.told(ShelfChanged)) == 2, timeout=20_000)
    engine.save_set(PictureSet("s1", "One", (VASE, None, None, None)))
    qtbot.waitUntil(lambda: len(ear.told(ShelfChanged)) == 3, timeout=20_000)
    engine.take_off_shelf(picture.image)
    engine.remove_set("s1")
    qtbot.waitUntil(lambda: len(ear.told(ShelfChanged)) == 5, timeout=20_000)
    engine.stop()
    kept = read_shelf(paths.library)
    assert [(p.name, p.tags, p.is_hidden) for p in kept.pictures] == [
        ("Blue vase", ("product",), True)
    ]
    assert kept.sets == ()


def test_what_cannot_be_done_is_told(engine: EngineThread, qtbot: QtBot, tmp_path: Path) -> None:
    ear = Ear(engine)
    engine.start()
    engine.shelve((FileImage(tmp_path / "gone.png"),))
    engine.bring_picture("https://127.0.0.1:9/vase.png")
    qtbot.waitUntil(lambda: bool(ear.told(Notice) and ear.told(PictureBrought)), timeout=20_000)
    (brought,) = ear.told(PictureBrought)
    assert brought.error is not None
    assert any("gone.png" in notice.error.detail for notice in ear.told(Notice))
    assert ear.told(ShelfChanged) == []
