"""What the window is given: the desk with all its collaborators, and the keeper of choices."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from kling_desktop.domain.media import FileImage, ImageFacts, StoredImage
from kling_desktop.domain.providers import ProviderProfile
from kling_desktop.kling.profiles import PROFILES
from kling_desktop.library.files import LibraryFolder
from kling_desktop.library.index import Gallery
from kling_desktop.library.thumbnails import Thumbnails
from kling_desktop.paths import AppPaths
from kling_desktop.resources import resource
from kling_desktop.settings import ThemeChoice, load_settings, save_settings
from kling_desktop.ui.desk import Bridge, Desk, Drawer
from kling_desktop.ui.look import Look
from kling_desktop.ui.workplace import Workplace


def make_desk(paths: AppPaths, bridge: Bridge, look: Look) -> Desk:
    """Everything that the panels talk to."""
    settings = load_settings(paths.settings).settings
    root = settings.library(paths.library)
    folder = LibraryFolder(root)
    return Desk(
        bridge=bridge,
        look=look,
        profiles=_profiles(paths.providers),
        gallery=Gallery(paths.index),
        thumbnails=Thumbnails(paths.thumbnails),
        library=root,
        input_path=folder.original_path,
        look_at=_Judge(folder).look,
        resource=resource,
        scratch=paths.data / "pasted",
        default_provider=settings.provider,
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


class _Judge:
    """Looks at a picture as it would be sent. Pillow is loaded at the first look."""

    def __init__(self, folder: LibraryFolder) -> None:
        self._folder = folder

    def look(self, image: FileImage | StoredImage) -> ImageFacts:
        from kling_desktop.images.inspect import inspect, inspect_as_it_stands

        if isinstance(image, FileImage):
            return inspect(image.path)
        return inspect_as_it_stands(self._folder.input_path(image))


class Choices(QObject):
    """Keeps what the person chooses in the window."""

    def __init__(self, paths: AppPaths, workplace: Workplace) -> None:
        super().__init__(workplace)
        self._path = paths.settings
        workplace.appearance_chosen.connect(self._on_appearance_chosen)
        workplace.base_url_chosen.connect(self._on_base_url_chosen)
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

    @Slot(bool)
    def _on_asks_before_twins_chosen(self, is_on: bool) -> None:
        self._keep(asks_before_twins=is_on)

    @Slot(bool)
    def _on_asks_before_stopping_chosen(self, is_on: bool) -> None:
        self._keep(asks_before_stopping=is_on)
