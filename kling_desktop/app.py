"""The window's composition root: builds everything once, hands it out, and ends it in order."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication

from kling_desktop import __version__
from kling_desktop.bridge import EngineThread
from kling_desktop.domain.commands import TourWish
from kling_desktop.domain.media import FileImage, ImageFacts, StoredImage
from kling_desktop.domain.providers import ProviderProfile
from kling_desktop.kling.profiles import PROFILES
from kling_desktop.library.files import LibraryFolder
from kling_desktop.library.index import Gallery
from kling_desktop.library.thumbnails import Thumbnails
from kling_desktop.paths import AppPaths, app_paths
from kling_desktop.resources import resource
from kling_desktop.settings import ThemeChoice, load_settings, save_settings
from kling_desktop.text import t
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.display import OFFSCREEN, platform_for
from kling_desktop.ui.look import Look
from kling_desktop.ui.main_window import MainWindow

NO_DISPLAY = 5


@dataclass(frozen=True, slots=True)
class _Built:
    """The parts that `run_window` and `run_tour` both need."""

    app: QApplication
    engine: EngineThread
    desk: Desk
    window: MainWindow


def run_window(paths: AppPaths, environment: Mapping[str, str]) -> int:
    """Open the window and live until it is closed; the exit code of the process."""
    platform = platform_for(environment)
    if platform == OFFSCREEN and not environment.get("QT_QPA_PLATFORM"):
        words = t("There is no display to open a window on. The commands work without one: --help")
        sys.stderr.write(words + "\n")
        return NO_DISPLAY
    built = _build(paths, environment, load_settings(paths.settings).settings.theme)
    choices = _Choices(paths, built.window)
    life = _Life(built, paths)
    built.window.show()
    code = built.app.exec()
    del choices, life
    return code


def run_tour(paths: AppPaths | None, wish: TourWish) -> int:
    """Drive the real window through the main job; 0 only if what it made can be read again.

    `paths` None takes a home that is gone afterwards, and no keyring.
    """
    if platform_for(os.environ) == OFFSCREEN:
        os.environ["QT_QPA_PLATFORM"] = OFFSCREEN
    os.environ["QT_SCALE_FACTOR"] = f"{wish.scale:g}"
    if paths is not None:
        return _tour(paths, wish)
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    import tempfile

    with tempfile.TemporaryDirectory(prefix="kling-desktop-tour-") as home:
        return _tour(app_paths(Path(home)), wish)


def _tour(paths: AppPaths, wish: TourWish) -> int:
    from kling_desktop.ui.tour import Tour

    built = _build(paths, os.environ, ThemeChoice(wish.theme), wish.text)
    life = _Life(built, paths)
    built.window.resize(1440, 900)
    built.window.show()
    failures = Tour(built.window, built.desk, wish.out).run()
    built.window.close()
    life.end()
    for failure in failures:
        sys.stderr.write(failure + "\n")
    if not failures:
        sys.stdout.write(
            t("The tour is done; its pictures are in {folder}.", folder=wish.out) + "\n"
        )
    return 1 if failures else 0


def _build(
    paths: AppPaths, environment: Mapping[str, str], theme: str, text: float = 1.0
) -> _Built:
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("Kling Desktop")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("kling-desktop")
    font = app.font()
    font.setPointSizeF(font.pointSizeF() * text)
    app.setFont(font)
    look = Look(resource("icons"), theme, app)
    look.apply()
    app.setWindowIcon(look.app_icon())
    engine = EngineThread(paths, environment)
    desk = _desk(paths, engine, look)
    return _Built(app, engine, desk, MainWindow(desk))


def _desk(paths: AppPaths, engine: EngineThread, look: Look) -> Desk:
    settings = load_settings(paths.settings).settings
    root = settings.library(paths.library)
    folder = LibraryFolder(root)
    return Desk(
        bridge=engine,
        look=look,
        profiles=_profiles(paths.providers),
        gallery=Gallery(paths.index),
        thumbnails=Thumbnails(paths.thumbnails),
        library=root,
        input_path=folder.original_path,
        look_at=_Judge(folder).look,
        resource=resource,
        window_state=paths.config / "window.ini",
        scratch=paths.data / "pasted",
        default_provider=settings.provider,
    )


def _profiles(file: Path) -> Mapping[str, ProviderProfile]:
    if not file.exists():
        return PROFILES  # the reader of the file costs a window's start what a third of Qt does
    from kling_desktop.kling.provider_file import load_profiles

    return load_profiles(file).profiles


class _Judge:
    """Looks at a picture as it would be sent. Pillow is loaded at the first look."""

    def __init__(self, folder: LibraryFolder) -> None:
        self._folder = folder

    def look(self, image: FileImage | StoredImage) -> ImageFacts:
        from kling_desktop.images.inspect import inspect, inspect_as_it_stands

        if isinstance(image, FileImage):
            return inspect(image.path)
        return inspect_as_it_stands(self._folder.input_path(image))


class _Life(QObject):
    """Starts the engine once the window is painted, and ends it when the window has gone."""

    def __init__(self, built: _Built, paths: AppPaths) -> None:
        super().__init__()
        self._built, self._paths = built, paths
        self._has_ended = False
        built.window.painted.connect(self._begin)
        built.window.closed.connect(self.end)

    @Slot()
    def _begin(self) -> None:
        from kling_desktop.logs import start_logging
        from kling_desktop.ui.dialogs.crash import CrashShow, CrashWatch

        start_logging(self._paths.logs)
        self._watch = CrashWatch(self._paths.logs)
        self._watch.install()
        show = CrashShow(self._built.desk.look, self._built.window, self._built.window.close)
        self._watch.crashed.connect(show.show)
        self._built.engine.start()
        self._built.desk.bridge.ask_accounts()

    @Slot()
    def end(self) -> None:
        """Let the engine end as it wants to; a create on the wire gets its ten seconds."""
        if self._has_ended:
            return
        self._has_ended = True
        self._built.window.hide()
        self._built.engine.stop()
        self._built.app.quit()


class _Choices(QObject):
    """Keeps what the person chooses in the window."""

    def __init__(self, paths: AppPaths, window: MainWindow) -> None:
        super().__init__(window)
        self._path = paths.settings
        window.appearance_chosen.connect(self._on_appearance_chosen)
        window.base_url_chosen.connect(self._on_base_url_chosen)

    @Slot(str)
    def _on_appearance_chosen(self, choice: str) -> None:
        settings = load_settings(self._path).settings
        save_settings(self._path, replace(settings, theme=ThemeChoice(choice)))

    @Slot(str)
    def _on_base_url_chosen(self, base_url: str) -> None:
        settings = load_settings(self._path).settings
        save_settings(self._path, replace(settings, custom_base_url=base_url))
