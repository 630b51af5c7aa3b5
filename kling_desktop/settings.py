"""The person's choices: typed, with their defaults beside them, saved whole or not at all."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from kling_desktop.domain.errors import ErrorRecord, Remedy, StorageError
from kling_desktop.plain_files import write_plain
from kling_desktop.text import t


class ThemeChoice(StrEnum):
    """Which look the window has."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class WebPictures(StrEnum):
    """What becomes of a picture that is given by its address on the web."""

    ASK = "ask"
    FETCH = "fetch"
    HAND_ON = "hand_on"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person chose. `library_folder` "" means the usual place, `language` "" the system's.

    `custom_base_url` is where a server of one's own is, "" while there is none.

    `unknown` holds keys of a newer version, which are written back as they were.
    """

    provider: str = "sandbox"
    custom_base_url: str = ""
    library_folder: str = ""
    theme: ThemeChoice = ThemeChoice.SYSTEM
    language: str = ""
    asks_before_twins: bool = True
    asks_before_stopping: bool = True
    web_pictures: WebPictures = WebPictures.ASK
    unknown: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def library(self, usual: Path) -> Path:
        """The library folder, where `usual` is the place without a choice."""
        return Path(self.library_folder) if self.library_folder else usual


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """Settings that can be used, and what had to be replaced by a default."""

    settings: Settings
    problems: tuple[ErrorRecord, ...] = ()


def load_settings(path: Path) -> LoadedSettings:
    """Read the settings. A damaged file is kept beside as `.bad`; bad values become defaults."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return LoadedSettings(Settings())
    except OSError as problem:
        return LoadedSettings(Settings(), (_unreadable(path, problem.strerror or ""),))
    except ValueError:
        values = None
    if not isinstance(values, dict):
        with suppress(OSError):
            path.replace(path.with_name(f"{path.name}.bad"))
        return LoadedSettings(Settings(), (_damaged(path),))
    return _checked(cast(dict[str, Any], values))


def save_settings(path: Path, settings: Settings) -> None:
    """Write the settings so that a crash leaves the old or the new ones. Raises StorageError."""
    values = dict(settings.unknown) | {name: getattr(settings, name) for name in _names()}
    try:
        write_plain(path, values)
    except OSError as problem:
        record = ErrorRecord(
            t("The settings could not be saved"),
            t("{reason}. The change holds until the app is closed.", reason=problem.strerror),
            Remedy.FREE_SPACE,
        )
        raise StorageError(record) from problem


def _names() -> list[str]:
    return [each.name for each in fields(Settings) if each.name != "unknown"]


def _checked(values: dict[str, Any]) -> LoadedSettings:
    settings, problems = Settings(), list[ErrorRecord]()
    for name in _names():
        if name not in values:
            continue
        given, usual = values.pop(name), getattr(settings, name)
        try:
            settings = replace(settings, **{name: _like(usual, given)})
        except ValueError:
            problems.append(_replaced(name, usual))
    unknown = MappingProxyType(values)
    return LoadedSettings(replace(settings, unknown=unknown), tuple(problems))


def _like(usual: object, given: object) -> object:
    """`given` as a value of the kind that `usual` is. Raises ValueError."""
    if isinstance(usual, StrEnum):
        return type(usual)(given)
    if type(given) is not type(usual):
        raise ValueError
    return given


def _damaged(path: Path) -> ErrorRecord:
    return ErrorRecord(
        t("The settings could not be read"),
        t("The damaged file is kept as “{name}.bad”; the usual settings hold.", name=path.name),
        Remedy.FIX_SETTINGS,
    )


def _unreadable(path: Path, reason: str) -> ErrorRecord:
    return ErrorRecord(
        t("The settings could not be read"),
        t("“{name}”: {reason}. The usual settings hold.", name=path.name, reason=reason),
        Remedy.FIX_SETTINGS,
    )


def _replaced(name: str, usual: object) -> ErrorRecord:
    return ErrorRecord(
        t("A setting was not understood"),
        t("“{name}” is back at its usual value, {usual}.", name=name, usual=usual),
        Remedy.FIX_SETTINGS,
    )
