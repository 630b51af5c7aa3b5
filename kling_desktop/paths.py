"""Where everything lives: platformdirs' places, or all of it under one home."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import platformdirs

_APP = "kling-desktop"
LIBRARY_NAME = "Kling Desktop"


@dataclass(frozen=True, slots=True)
class AppPaths:
    """The folders and files of one home. Nothing is created here.

    `keyring_service` names the entries in the OS keyring; it carries the home's id when the home
    was chosen by hand, so that two homes never share a key.
    """

    config: Path
    data: Path
    cache: Path
    logs: Path
    library: Path
    keyring_service: str

    @property
    def ledger(self) -> Path:
        """The book about money: never on a network folder, never rebuilt."""
        return self.data / "ledger.sqlite"

    @property
    def index(self) -> Path:
        """A cache over the library folder, rebuilt from it at will."""
        return self.data / "index.sqlite"

    @property
    def rescue(self) -> Path:
        """Results that wait for a library that is not there."""
        return self.data / "rescue"

    @property
    def backups(self) -> Path:
        """Copies of the ledger."""
        return self.data / "backups"

    @property
    def witness(self) -> Path:
        """What was last seen of the ledger; in another folder than the ledger."""
        return self.config / "ledger-seen.json"

    @property
    def sandbox(self) -> Path:
        """The sandbox's own world."""
        return self.data / "sandbox"

    @property
    def lock(self) -> Path:
        """Held by the one process that owns this home."""
        return self.data / "owner.lock"

    @property
    def door(self) -> Path:
        """Says where that process can be reached, while it can."""
        return self.data / "owner.door"

    @property
    def settings(self) -> Path:
        """The person's choices."""
        return self.config / "settings.json"

    @property
    def providers(self) -> Path:
        """What the person changed about providers; there need not be one."""
        return self.config / "providers.toml"

    @property
    def pasted(self) -> Path:
        """Pictures that came without a file of their own: pasted, or fetched from the web."""
        return self.data / "pasted"

    @property
    def draft(self) -> Path:
        """What stands in the form, kept as it is typed."""
        return self.data / "draft.json"

    @property
    def prompts(self) -> Path:
        """Prompts that were used."""
        return self.data / "prompts.json"

    @property
    def presets(self) -> Path:
        """Whole forms that the person keeps under names."""
        return self.config / "presets.json"

    @property
    def templates(self) -> Path:
        """Prompts with gaps that the person keeps under names."""
        return self.config / "templates.json"

    @property
    def query_paths(self) -> Path:
        """Where providers answered questions last. Safe to delete."""
        return self.data / "query-paths.json"

    @property
    def thumbnails(self) -> Path:
        """Safe to delete."""
        return self.cache / "thumbnails"


def app_paths(home: Path | None = None) -> AppPaths:
    """The places of the home under `home`, or of the person's own when None."""
    if home is None:
        folders = platformdirs.PlatformDirs(_APP, appauthor=False)
        return AppPaths(
            config=folders.user_config_path,
            data=folders.user_data_path,
            cache=folders.user_cache_path,
            logs=folders.user_log_path,
            library=folders.user_pictures_path / LIBRARY_NAME,
            keyring_service=_APP,
        )
    home = home.resolve()
    home_id = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    return AppPaths(
        config=home / "config",
        data=home / "data",
        cache=home / "cache",
        logs=home / "logs",
        library=home / "library",
        keyring_service=f"{_APP} {home_id}",
    )
