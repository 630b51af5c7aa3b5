"""What a window must not do with words and files that others chose."""

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QPoint, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QLabel, QTextEdit, QToolTip

from kling_desktop.domain.errors import ErrorRecord, Remedy
from kling_desktop.domain.facts import (
    AccountChanged,
    AssetAdded,
    KeyCheck,
    KeyPlace,
    Notice,
    TasksLoaded,
)
from kling_desktop.domain.tasks import TaskState
from kling_desktop.resources import resource
from kling_desktop.ui.dialogs.crash import CrashWatch
from kling_desktop.ui.look import Look
from kling_desktop.ui.main_window import MainWindow
from kling_desktop.ui.outside import open_folder, open_result, reveal
from kling_desktop.ui.workplace import Workplace
from tests.fakes.desk import Shop, a_shop
from tests.ui.tasks.lives import NOW_MS, living

MARKUP = "<b>bold</b> <a href='file:///etc/passwd'>here</a> <img src='file:///etc/x.png'>"
SAID = ErrorRecord(f"Refused {MARKUP}", f"It said: {MARKUP}", Remedy.FIX_KEY, code="1301")


@pytest.fixture
def shop(tmp_path: Path, qapp: QApplication):
    look = Look(resource("icons"), "light")
    look.apply()
    look.has_motion = False
    shop = a_shop(tmp_path, look)
    yield shop
    shop.index.close()


@pytest.fixture
def window(shop: Shop, tmp_path: Path, qtbot) -> MainWindow:
    """The whole window, full of words with markup that came from servers."""
    shop.result(1, NOW_MS, prompt=MARKUP, model=MARKUP)
    window = MainWindow(shop.desk.look, tmp_path / "window.ini")
    workplace = Workplace(shop.desk, window)
    window.furnish(workplace, workplace)
    qtbot.addWidget(window)
    window.resize(1400, 900)
    with qtbot.waitExposed(window):
        window.show()
    bridge = shop.desk.bridge
    states = (TaskState.REFUSED, TaskState.REMOTE_FAILED, TaskState.NEEDS_DECISION)
    tasks = tuple(living(state, error=SAID, id=f"{n:032x}") for n, state in enumerate(states))
    bridge.tasks_loaded.emit(TasksLoaded(tasks))
    bridge.notice.emit(Notice("account kling", SAID))
    bridge.asset_added.emit(AssetAdded(shop.result(2, NOW_MS, prompt=MARKUP)))
    workplace.show_accounts()
    told = AccountChanged("kling", KeyPlace.KEYRING, MARKUP, SAID, KeyCheck.REFUSED, NOW_MS)
    bridge.account_changed.emit(told)
    QApplication.processEvents()
    return window


def labels() -> list[QLabel]:
    return [widget for widget in QApplication.allWidgets() if isinstance(widget, QLabel)]


def test_f15_no_label_follows_markup(window: MainWindow) -> None:
    shown = [label for label in labels() if label.isVisible()]
    assert len(shown) > 10
    assert any(MARKUP in label.text() for label in shown), "the words did not arrive anywhere"
    followed = [label for label in shown if label.textFormat() is not Qt.TextFormat.PlainText]
    assert [label.text() for label in followed] == []
    assert [label.text() for label in shown if label.openExternalLinks()] == []


def test_f15_no_tooltip_follows_markup(window: MainWindow) -> None:
    QToolTip.showText(QPoint(20, 20), MARKUP, window)
    (tip,) = [label for label in labels() if label.metaObject().className() == "QTipLabel"]
    assert tip.text() == MARKUP
    assert tip.textFormat() is Qt.TextFormat.PlainText
    QToolTip.hideText()


def test_f15_nothing_in_the_window_can_show_a_document(window: MainWindow) -> None:
    documents = [w for w in QApplication.allWidgets() if isinstance(w, QTextEdit)]
    assert documents == []


class System(QObject):
    """Takes the system's place when something is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []
        # The stub says bytes; the binding takes nothing but str.
        QDesktopServices.setUrlHandler("file", self, "take")  # pyright: ignore[reportArgumentType]

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.opened.append(Path(url.toLocalFile()).name)


@pytest.fixture
def system(qapp: QApplication):
    system = System()
    yield system
    QDesktopServices.unsetUrlHandler("file")


def test_f16_only_results_inside_the_library_are_opened(tmp_path: Path, system: System) -> None:
    library, elsewhere = tmp_path / "library", tmp_path / "elsewhere"
    for folder in (library / "2026", elsewhere):
        folder.mkdir(parents=True)
    names = ("a.png", "b.MP4", "c.sh", "d.desktop", "e.png.exe", "f.html", "-g.png", "h;ls.png")
    for name in names:
        (library / "2026" / name).write_bytes(b"x")
        (elsewhere / name).write_bytes(b"x")
    (library / "link.png").symlink_to(elsewhere / "c.sh")
    (library / "out.png").symlink_to(elsewhere / "a.png")
    for file in (*(library / "2026").iterdir(), *elsewhere.iterdir(), *library.iterdir()):
        open_result(file, library)
    open_result(library / ".." / "elsewhere" / "a.png", library)
    open_result(library / "gone.png", library)
    assert sorted(system.opened) == ["-g.png", "a.png", "b.MP4", "h;ls.png"]


def test_f16_only_folders_are_shown(tmp_path: Path, system: System) -> None:
    (tmp_path / "library" / "2026").mkdir(parents=True)
    script = tmp_path / "library" / "run.sh"
    script.write_text("")
    assert not open_folder(script)
    assert not reveal(tmp_path / "a.png", tmp_path / "library")
    assert reveal(tmp_path / "library" / "2026" / "a.png", tmp_path / "library")
    assert system.opened == ["2026"]


def test_f09_a_crash_report_holds_no_values(tmp_path: Path, qapp: QApplication) -> None:
    canary = "sk-canary-in-a-crash"
    watch = CrashWatch(tmp_path)
    told: list[str] = []
    watch.crashed.connect(told.append)
    try:
        int(canary)
    except ValueError:
        watch._on_exception(*sys.exc_info())  # type: ignore[arg-type]
    (report,) = tmp_path.glob("crash-*.txt")
    assert "ValueError" in report.read_text("utf-8")
    assert canary not in report.read_text("utf-8") + told[0]
