"""The real engine thread with a real sandbox, as the window uses it."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QThread, Slot
from pytestqt.qtbot import QtBot

from kling_desktop.bridge import EngineThread
from kling_desktop.domain.commands import Submission
from kling_desktop.domain.facts import (
    AccountChanged,
    AssetAdded,
    EngineState,
    EngineStateChanged,
    Notice,
    TaskChanged,
    TaskRejected,
    TasksLoaded,
    WindowElsewhere,
    WindowWanted,
)
from kling_desktop.domain.media import FileImage
from kling_desktop.domain.requests import MultiImageToImage
from kling_desktop.domain.tasks import TaskState, new_id
from kling_desktop.kling.profiles import PROFILES
from kling_desktop.library.lock import HomeLock
from kling_desktop.paths import AppPaths, app_paths
from tests.cli.process import PICTURES


class Window(QObject):
    """Hears every fact on its own thread."""

    def __init__(self, engine: EngineThread) -> None:
        super().__init__()
        self.facts: list[object] = []
        self.threads: set[QThread] = set()
        for signal in (
            engine.tasks_loaded,
            engine.task_changed,
            engine.task_rejected,
            engine.asset_added,
            engine.engine_state_changed,
            engine.notice,
            engine.account_changed,
            engine.window_wanted,
            engine.window_elsewhere,
        ):
            signal.connect(self.hear)

    @Slot(object)
    def hear(self, fact: object) -> None:
        self.threads.add(QThread.currentThread())
        self.facts.append(fact)

    def has(self, kind: type, **values: object) -> bool:
        return any(
            isinstance(fact, kind)
            and all(getattr(fact, name) == value for name, value in values.items())
            for fact in self.facts
        )

    def states(self, id: str) -> list[TaskState]:
        changes = [fact.task for fact in self.facts if isinstance(fact, TaskChanged)]
        return [task.state for task in changes if task.id == id]


@pytest.fixture
def paths(tmp_path: Path) -> AppPaths:
    return app_paths(tmp_path)


@pytest.fixture
def engine(paths: AppPaths, qapp: QObject) -> Iterator[EngineThread]:
    thread = EngineThread(paths, {"KLING_API_KEY": "a-key-that-is-not-shown"})
    yield thread
    thread.stop()


def submission(**wishes: object) -> Submission:
    pictures = tuple(FileImage(path) for path in PICTURES)
    request: dict[str, object] = {"model": "kling-v2-1", "subjects": pictures} | wishes
    return Submission(id=new_id(), provider="sandbox", request=MultiImageToImage(**request))  # type: ignore[arg-type]


def test_a_request_comes_home_as_facts_on_the_windows_thread(
    engine: EngineThread, qtbot: QtBot, paths: AppPaths
) -> None:
    window = Window(engine)
    engine.start()
    asked = submission()
    engine.submit(asked)
    qtbot.waitUntil(lambda: TaskState.DONE in window.states(asked.id), timeout=20_000)
    assert window.has(TasksLoaded, tasks=())
    assert window.has(AssetAdded)
    assert window.threads == {QThread.currentThread()}
    (added,) = [fact.asset for fact in window.facts if isinstance(fact, AssetAdded)]
    assert (paths.library / added.file).is_file()
    began_s = time.monotonic()
    engine.stop()
    assert time.monotonic() - began_s < 5
    assert engine.isFinished()
    qtbot.waitUntil(lambda: window.has(EngineStateChanged, state=EngineState.STOPPED))


def test_a_refusal_comes_back_with_the_id_of_the_row(engine: EngineThread, qtbot: QtBot) -> None:
    window = Window(engine)
    engine.start()
    asked = submission(n=10)
    engine.submit(asked)
    qtbot.waitUntil(lambda: window.has(TaskRejected, id=asked.id), timeout=10_000)


def test_a_home_that_is_owned_is_told_and_nothing_runs(
    engine: EngineThread, qtbot: QtBot, paths: AppPaths
) -> None:
    lock = HomeLock(paths.lock)
    lock.acquire("another window")
    try:
        window = Window(engine)
        engine.start()
        qtbot.waitUntil(
            lambda: window.has(EngineStateChanged, state=EngineState.STOPPED), timeout=10_000
        )
        (told,) = [fact for fact in window.facts if isinstance(fact, Notice)]
        assert told.subject == "home"
        assert told.error is not None
        assert "another window" in told.error.detail
        engine.submit(submission())
    finally:
        lock.release()


def test_d21_a_second_engine_raises_the_first_ones_window(
    engine: EngineThread, qtbot: QtBot, paths: AppPaths
) -> None:
    window = Window(engine)
    engine.start()
    second = EngineThread(paths, {})
    there = Window(second)
    qtbot.waitUntil(lambda: window.has(TasksLoaded), timeout=10_000)
    second.start()
    qtbot.waitUntil(lambda: there.has(WindowElsewhere), timeout=10_000)
    assert window.has(WindowWanted)
    assert not there.has(Notice)
    assert window.threads == {QThread.currentThread()}
    second.stop()


def test_accounts_are_told_without_their_keys(engine: EngineThread, qtbot: QtBot) -> None:
    window = Window(engine)
    engine.start()
    engine.ask_accounts()
    qtbot.waitUntil(
        lambda: (
            {fact.provider for fact in window.facts if isinstance(fact, AccountChanged)}
            == set(PROFILES)
        ),
        timeout=20_000,
    )
    assert "a-key-that-is-not-shown" not in repr(window.facts)


def test_the_sandbox_key_can_be_tested(engine: EngineThread, qtbot: QtBot) -> None:
    window = Window(engine)
    engine.start()
    engine.test_key("sandbox")
    qtbot.waitUntil(
        lambda: window.has(AccountChanged, provider="sandbox", check="works"), timeout=10_000
    )


def test_stopping_twice_or_before_the_start_does_nothing(engine: EngineThread) -> None:
    engine.stop()
    engine.start()
    engine.stop()
    engine.stop()
    engine.submit(submission())
