"""A bridge without an engine: the window's commands are kept, its facts are emitted by the test."""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from kling_desktop.domain.commands import Submission
from kling_desktop.domain.facts import ShelfChanged
from kling_desktop.domain.findings import Stray, StrayAnswer
from kling_desktop.domain.keys import Credential
from kling_desktop.domain.media import ImageSource, StoredImage
from kling_desktop.domain.shelf import PictureSet, Shelf, ShelfPicture, neat_tags


class FakeBridge(QObject):
    """Signals as the real one has them. `submissions`, `keys`, `addresses` and `asked` hold what
    came in. The shelf is kept as the real one keeps it, but for the copies of the pictures."""

    tasks_loaded = Signal(object)
    task_changed = Signal(object)
    task_rejected = Signal(object)
    asset_added = Signal(object)
    progressed = Signal(object)
    engine_state_changed = Signal(object)
    notice = Signal(object)
    strays_found = Signal(object)
    account_changed = Signal(object)
    shelf_changed = Signal(object)
    picture_brought = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.submissions: list[Submission] = []
        self.keys: dict[str, Credential] = {}
        self.addresses: dict[str, str | None] = {}
        self.asked: list[tuple[str, str]] = []
        self.is_paused = False
        self.shelf = Shelf()

    def submit(self, submission: Submission) -> None:
        self.submissions.append(submission)

    def stop_following(self, id: str) -> None:
        self.asked.append(("stop_following", id))

    def look_again(self, id: str) -> None:
        self.asked.append(("look_again", id))

    def download_again(self, id: str) -> None:
        self.asked.append(("download_again", id))

    def send_again(self, id: str) -> None:
        self.asked.append(("send_again", id))

    def link(self, id: str, task_id: str) -> None:
        self.asked.append((f"link {task_id}", id))

    def close_task(self, id: str) -> None:
        self.asked.append(("close_task", id))

    def answer_stray(self, stray: Stray, answer: StrayAnswer) -> None:
        self.asked.append((f"answer_stray {answer}", stray.task_id))

    def pause(self) -> None:
        self.is_paused = True

    def resume(self) -> None:
        self.is_paused = False

    def save_key(self, provider: str, credential: Credential, base_url: str | None = None) -> None:
        self.keys[provider] = credential
        self.addresses[provider] = base_url

    def remove_key(self, provider: str) -> None:
        self.keys.pop(provider, None)

    def test_key(self, provider: str) -> None:
        self.asked.append(("test_key", provider))

    def ask_accounts(self) -> None:
        self.asked.append(("ask_accounts", ""))

    def shelve(self, images: tuple[ImageSource, ...]) -> None:
        for image in images:
            if isinstance(image, StoredImage):
                known = self.shelf.picture(image.original_sha256) or ShelfPicture(image)
                self._keep(self.shelf.with_picture(replace(known, is_hidden=False)))
            else:
                self.asked.append(("shelve", str(image)))

    def describe_picture(self, image: StoredImage, name: str, tags: str) -> None:
        self._keep(self.shelf.with_picture(ShelfPicture(image, name, neat_tags(tags))))

    def take_off_shelf(self, image: StoredImage) -> None:
        known = self.shelf.picture(image.original_sha256) or ShelfPicture(image)
        self._keep(self.shelf.with_picture(replace(known, is_hidden=True)))

    def save_set(self, wanted: PictureSet) -> None:
        self._keep(self.shelf.with_set(wanted))

    def remove_set(self, id: str) -> None:
        self._keep(self.shelf.without_set(id))

    def bring_picture(self, url: str) -> None:
        self.asked.append(("bring_picture", url))

    def _keep(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.shelf_changed.emit(ShelfChanged(shelf))
