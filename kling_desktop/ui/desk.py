"""What the window is given by `app.py`: everything it talks to, and nothing global."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import SignalInstance

from kling_desktop.domain.commands import Submission
from kling_desktop.domain.findings import Stray, StrayAnswer
from kling_desktop.domain.keys import Credential
from kling_desktop.domain.media import (
    FileImage,
    ImageFacts,
    ImageLimits,
    ImageSource,
    StoredImage,
    UploadCopy,
)
from kling_desktop.domain.providers import ProviderProfile
from kling_desktop.domain.shelf import PictureSet, Shelf
from kling_desktop.library.index import Gallery
from kling_desktop.library.thumbnails import Thumbnails
from kling_desktop.settings import WebPictures
from kling_desktop.ui.look import Look


class Bridge(Protocol):
    """The engine as the window sees it: commands in, one signal for each kind of fact out.

    Each signal carries the frozen fact of `domain/facts.py` that it is named after.
    """

    tasks_loaded: SignalInstance
    task_changed: SignalInstance
    task_rejected: SignalInstance
    asset_added: SignalInstance
    progressed: SignalInstance
    engine_state_changed: SignalInstance
    notice: SignalInstance
    strays_found: SignalInstance
    account_changed: SignalInstance
    shelf_changed: SignalInstance
    picture_brought: SignalInstance

    def submit(self, submission: Submission) -> None:
        """Buy this once; the row comes back as `task_changed` or `task_rejected`."""
        ...

    def stop_following(self, id: str) -> None:
        """Hide it; what was sent goes on and comes home quietly."""
        ...

    def look_again(self, id: str) -> None:
        """Ask the provider now."""
        ...

    def download_again(self, id: str) -> None:
        """Fetch what is still missing; free."""
        ...

    def send_again(self, id: str) -> None:
        """Send once more by the person's own word; may be paid twice."""
        ...

    def link(self, id: str, task_id: str) -> None:
        """The person saw it at the provider: check that id, then follow it."""
        ...

    def close_task(self, id: str) -> None:
        """The person says it is not there: stop asking, keep watching."""
        ...

    def answer_stray(self, stray: Stray, answer: StrayAnswer) -> None:
        """Bring in what was found on an account, or leave it there."""
        ...

    def pause(self) -> None:
        """Send nothing new."""
        ...

    def resume(self) -> None:
        """Go on sending."""
        ...

    def save_key(self, provider: str, credential: Credential, base_url: str | None = None) -> None:
        """Keep a key in the keyring, read back; `base_url` for a server of one's own."""
        ...

    def remove_key(self, provider: str) -> None:
        """Forget a key."""
        ...

    def test_key(self, provider: str) -> None:
        """Ask something harmless with it."""
        ...

    def ask_accounts(self) -> None:
        """Report every provider's key by `account_changed`."""
        ...

    def shelve(self, images: tuple[ImageSource, ...]) -> None:
        """Put pictures on the shelf; it comes back as `shelf_changed`, as after all that follow."""
        ...

    def describe_picture(self, image: StoredImage, name: str, tags: str) -> None:
        """Name and tag a picture, with commas between the tags."""
        ...

    def take_off_shelf(self, image: StoredImage) -> None:
        """Show it on the shelf no longer; it stays kept."""
        ...

    def save_set(self, wanted: PictureSet) -> None:
        """Keep a set in place of the one with its id, its pictures in the library."""
        ...

    def remove_set(self, id: str) -> None:
        """Forget a set; its pictures stay."""
        ...

    def bring_picture(self, url: str) -> None:
        """Fetch a picture from the web; it comes back as `picture_brought`."""
        ...


@dataclass(frozen=True, slots=True)
class Drawer:
    """Where the person's own small files are: what stands in the form, and what is kept."""

    draft: Path
    prompts: Path
    presets: Path
    templates: Path


@dataclass(frozen=True, slots=True)
class Desk:
    """The collaborators of the window.

    `library` is the library folder. `input_path` gives the file of a stored picture, `look_at`
    judges a picture by a provider's limits, until its last argument says that nobody waits any
    more, and `copy_of` makes what would be sent of it (both block: call them off the GUI thread;
    `copy_of` raises AppError for what is no picture).
    `scratch` is the folder for pictures that are pasted as pixels; `resource` finds a packaged file
    by its name. `shelf` reads the reference shelf (blocking, a small file; raises StorageError).
    `web_pictures`, `asks_before_twins` and `asks_before_stopping` are the person's choices as the
    window opens.
    """

    bridge: Bridge
    look: Look
    profiles: Mapping[str, ProviderProfile]
    gallery: Gallery
    thumbnails: Thumbnails
    library: Path
    input_path: Callable[[StoredImage], Path]
    look_at: Callable[[FileImage | StoredImage, ImageLimits, Callable[[], bool]], ImageFacts]
    copy_of: Callable[[FileImage | StoredImage, ImageLimits], UploadCopy]
    resource: Callable[[str], Path]
    scratch: Path
    default_provider: str
    drawer: Drawer
    shelf: Callable[[], Shelf] = Shelf
    web_pictures: WebPictures = WebPictures.ASK
    asks_before_twins: bool = True
    asks_before_stopping: bool = True
