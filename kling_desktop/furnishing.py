"""What the window is given: the desk with all its collaborators, and the keeper of choices."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from kling_desktop.domain.providers import ProviderProfile
from kling_desktop.inputs import LibraryInputs
from kling_desktop.kling.profiles import PROFILES
from kling_desktop.library.files import LibraryFolder
from kling_desktop.library.index import Gallery
from kling_desktop.library.shelf import read_shelf
from kling_desktop.library.thumbnails import Thumbnails
from kling_desktop.paths import AppPaths
from kling_desktop.resources import resource
from kling_desktop.settings import ThemeChoice, WebPictures, load_settings, save_settings
from kling_desktop.ui.desk import Bridge, Desk, Drawer
from kling_desktop.ui.look import Look
from kling_desktop.ui.workplace import Workplace


def make_desk(paths: AppPaths, bridge: Bridge, look: Look) -> Desk:
    """Everything that the panels talk to."""
    settings = load_settings(paths.settings).settings
    root = settings.library(paths.library)
    folder = LibraryFolder(root)
    inputs = LibraryInputs(folder)
    return Desk(
        bridge=bridge,
        look=look,
        profiles=_profiles(paths.providers),
        gallery=Gallery(paths.index),
        thumbnails=Thumbnails(paths.thumbnails),
        library=root,
        input_path=folder.original_path,
        look_at=inputs.judge,
        copy_of=inputs.copy,
        resource=resource,
        scratch=paths.pasted,
        default_provider=settings.provider,
        shelf=partial(read_shelf, root),
        web_pictures=settings.web_pictures,
        drawer=Drawer(
            draft=paths.draft,
            prompts=paths.prompts,
            presets=paths.presets,
            templates=paths.templates,
        ),
        asks_before_twins=settings.asks_before_twins,
        asks_before_stopping=settings.asks_before_stopping,
    )


def _profiles(file: Path) -> Mapping[str, ProviderProfile]:
    if not file.exists():
        return PROFILES  # the reader of the file takes as long to load as a third of Qt
    from kling_desktop.kling.provider_file import load_profiles

    return load_profiles(file).profiles


class Choices(QObject):
    """Keeps what the person chooses in the window."""

    def __init__(self, paths: AppPaths, workplace: Workplace) -> None:
        super().__init__(workplace)
        self._path = paths.settings
        workplace.appearance_chosen.connect(self._on_appearance_chosen)
        workplace.base_url_chosen.connect(self._on_base_url_chosen)
        workplace.web_pictures_chosen.connect(self._on_web_pictures_chosen)
        workplace.asks_before_twins_chosen.connect(self._on_asks_before_twins_chosen)
        workplace.asks_before_stopping_chosen.connect(self._on_asks_before_stopping_chosen)

    def _keep(self, **choice: object) -> None:
        settings = load_settings(self._path).settings
        save_settings(self._path, replace(settings, **choice))  # type: ignore[arg-type]

    @Slot(str)
    def _on_appearance_chosen(self, choice: str) -> None:
        self._keep(theme=ThemeChoice(choice))

    @Slot(str)
    def _on_base_url_chosen(self, base_url: str) -> None:
        self._keep(custom_base_url=base_url)

    @Slot(str)
    def _on_web_pictures_chosen(self, choice: str) -> None:
        self._keep(web_pictures=WebPictures(choice))

    @Slot(bool)
    def _on_asks_before_twins_chosen(self, is_on: bool) -> None:
        self._keep(asks_before_twins=is_on)

    @Slot(bool)
    def _on_asks_before_stopping_chosen(self, is_on: bool) -> None:
        self._keep(asks_before_stopping=is_on)
