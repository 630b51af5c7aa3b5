"""The window's composition root: builds everything once, hands it out, and ends it in order.

Only the bare window is imported here; what fills it is loaded when that stands on the screen.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QThreadPool, QTimer, Slot
from PySide6.QtWidgets import QApplication

from kling_desktop import __version__
from kling_desktop.paths import AppPaths, app_paths
from kling_desktop.resources import resource
from kling_desktop.settings import ThemeChoice, load_settings
from kling_desktop.text import t
from kling_desktop.tour_wish import TourWish
from kling_desktop.ui.clipboard import leave_clipboard
from kling_desktop.ui.display import OFFSCREEN, platform_for
from kling_desktop.ui.look import Look
from kling_desktop.ui.main_window import MainWindow

NO_DISPLAY = 5
_PICTURES_MS = 10_000


def run_window(paths: AppPaths, environment: Mapping[str, str]) -> int:
    """Open the window and live until it is closed; the exit code of the process."""
    platform = platform_for(environment)
    if platform == OFFSCREEN and not environment.get("QT_QPA_PLATFORM"):
        words = t("There is no display to open a window on. The commands work without one: --help")
        sys.stderr.write(words + "\n")
        return NO_DISPLAY
    if paths.door.exists() and _is_raised(paths):
        return 0
    app = _application()
    house = House(paths, environment, load_settings(paths.settings).settings.theme)
    house.window.show()
    code = app.exec()
    house.end()
    return code


def _is_raised(paths: AppPaths) -> bool:
    """Whether another process has this home in its window, and has brought that to the front."""
    import asyncio

    from kling_desktop.handover.guest import raise_owner

    return asyncio.run(raise_owner(paths, waits=False))


def run_tour(paths: AppPaths | None, wish: TourWish) -> int:
    """Drive the real window through the main job; 0 only if what it made can be read again.

    `paths` None takes a home that is gone afterwards, and no keyring.
    """
    if platform_for(os.environ) == OFFSCREEN:
        os.environ["QT_QPA_PLATFORM"] = OFFSCREEN
    os.environ["QT_SCALE_FACTOR"] = f"{wish.scale:g}"
    # Its decoders speak of every codec they could not speed up.
    os.environ.setdefault("QT_LOGGING_RULES", "qt.multimedia*=false")
    if paths is not None:
        return _tour(paths, wish)
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    import tempfile

    with tempfile.TemporaryDirectory(prefix="kling-desktop-tour-") as home:
        return _tour(app_paths(Path(home)), wish)


def _tour(paths: AppPaths, wish: TourWish) -> int:
    from kling_desktop.ui.tour import Tour

    _application(wish.text)
    house = House(paths, os.environ, ThemeChoice(wish.theme))
    house.window.resize(1440, 900)
    house.window.show()
    house.furnish()
    failures = Tour(house.window, house.workplace, house.desk, wish.out).run()
    house.window.close()
    house.end()
    for failure in failures:
        sys.stderr.write(failure + "\n")
    if not failures:
        words = t("The tour is done; its pictures are in {folder}.", folder=wish.out)
        sys.stdout.write(words + "\n")
    return 1 if failures else 0


def _application(text: float = 1.0) -> QApplication:
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("Kling Desktop")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("kling-desktop")
    font = app.font()
    font.setPointSizeF(font.pointSizeF() * text)
    app.setFont(font)
    return app


class House(QObject):
    """Window and engine from the first paint to the end.

    `desk` and `workplace` are there once the house is furnished, which happens by itself after
    the first paint.
    """

    def __init__(self, paths: AppPaths, environment: Mapping[str, str], theme: str) -> None:
        super().__init__()
        self._paths, self._environment = paths, environment
        self._look = Look(resource("icons"), theme, self)
        self._look.apply()
        QApplication.setWindowIcon(self._look.app_icon())
        self.window = MainWindow(self._look, paths.config / "window.ini")
        self._is_furnished = False
        self._has_ended = False
        self.window.painted.connect(self.furnish)
        self.window.closed.connect(self._on_closed)

    @Slot()
    def furnish(self) -> None:
        """Load the rest, fill the window, and start the engine."""
        if self._is_furnished:
            return
        self._is_furnished = True
        from kling_desktop.bridge import EngineThread
        from kling_desktop.furnishing import Choices, make_desk
        from kling_desktop.ui.workplace import Workplace

        self._watch_for_crashes()
        self.engine = EngineThread(self._paths, self._environment)
        self.engine.window_wanted.connect(self._raise_window)
        self.engine.window_elsewhere.connect(self._leave)
        self.desk = make_desk(self._paths, self.engine, self._look)
        self.workplace = Workplace(self.desk, self.window)
        self._choices = Choices(self._paths, self.workplace)
        self.window.furnish(self.workplace, self.workplace)
        # The engine's own imports would hold up the paint of what was just put in place.
        QTimer.singleShot(0, self._start_engine)

    @Slot()
    def _start_engine(self) -> None:
        if not self._has_ended:
            self.engine.start()
            self.engine.ask_accounts()

    def _watch_for_crashes(self) -> None:
        from kling_desktop.logs import start_logging
        from kling_desktop.ui.dialogs.crash import CrashShow, CrashWatch

        start_logging(self._paths.logs)
        self._watch = CrashWatch(self._paths.logs)
        self._watch.install()
        show = CrashShow(self._look, self.window, self.window.close)
        self._watch.crashed.connect(show.show)

    @Slot(object)
    def _raise_window(self, _fact: object) -> None:
        self.window.setWindowState(self.window.windowState() & ~Qt.WindowState.WindowMinimized)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()
        # Where a program may not put itself in front, the system shows that it would like to.
        QApplication.alert(self.window)

    @Slot(object)
    def _leave(self, _fact: object) -> None:
        self.window.close()

    @Slot()
    def _on_closed(self) -> None:
        self.end()
        QApplication.quit()

    def end(self) -> None:
        """Let the engine end as it wants to; a create on the wire gets its ten seconds."""
        leave_clipboard()
        if self._is_furnished and not self._has_ended:
            self._has_ended = True
            self.window.hide()
            self.engine.stop()
            # A picture that is still being looked at would find no interpreter any more.
            QThreadPool.globalInstance().clear()
            QThreadPool.globalInstance().waitForDone(_PICTURES_MS)
