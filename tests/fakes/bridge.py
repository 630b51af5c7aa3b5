"""A bridge without an engine: the window's commands are kept, its facts are emitted by the test."""

from PySide6.QtCore import QObject, Signal

from kling_desktop.domain.commands import Submission
from kling_desktop.domain.findings import Stray, StrayAnswer
from kling_desktop.domain.keys import Credential


class FakeBridge(QObject):
    """Signals as the real one has them. `submissions`, `keys`, `addresses` and `asked` hold what
    came in."""

    tasks_loaded = Signal(object)
    task_changed = Signal(object)
    task_rejected = Signal(object)
    asset_added = Signal(object)
    progressed = Signal(object)
    engine_state_changed = Signal(object)
    notice = Signal(object)
    strays_found = Signal(object)
    account_changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.submissions: list[Submission] = []
        self.keys: dict[str, Credential] = {}
        self.addresses: dict[str, str | None] = {}
        self.asked: list[tuple[str, str]] = []
        self.is_paused = False

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
