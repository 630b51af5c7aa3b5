"""Prompts used before: those of the tasks, those of the library, and those typed here."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QObject

from kling_desktop.domain.alternatives import escaped
from kling_desktop.domain.errors import AppError
from kling_desktop.domain.prompt_history import (
    UsedPrompt,
    newest_first,
    used_from_json,
    used_to_json,
)
from kling_desktop.domain.tasks import Task
from kling_desktop.library.index import Gallery, GalleryFilter
from kling_desktop.ui.kept_file import KeptFile
from kling_desktop.ui.kept_list import KeptList

_KEPT = 200
_FROM_LIBRARY = 300


class PromptBook(QObject):
    """`prompts` are all that are known, newest first, each once.

    The list of our own holds them as they were typed, alternatives and all.
    """

    def __init__(
        self,
        path: Path,
        gallery: Gallery,
        parent: QObject,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        super().__init__(parent)
        self._gallery, self._now_ms = gallery, now_ms
        self.own = KeptList(KeptFile(path, self), "prompts", used_from_json, used_to_json)
        self._of_tasks: dict[str, UsedPrompt] = {}

    def know(self, tasks: Iterable[Task]) -> None:
        """Prompts of these tasks count too."""
        for task in tasks:
            prompt = escaped(task.request.prompt)
            self._of_tasks[task.id] = UsedPrompt(prompt, task.created_at_ms)

    def remember(self, prompt: str) -> None:
        """This one is used now."""
        if prompt.strip():
            used = UsedPrompt(prompt, self._now_ms())
            self.own.set_items(newest_first([used, *self.own.items], _KEPT))

    def prompts(self) -> list[str]:
        """What was used, newest first. Reads the library's index."""
        used = [*self.own.items, *self._of_tasks.values(), *self._of_library()]
        return [prompt.text for prompt in newest_first(used)]

    def _of_library(self) -> list[UsedPrompt]:
        try:
            assets = self._gallery.page(GalleryFilter(), None, _FROM_LIBRARY)
        except AppError:
            return []  # the library panel says what is wrong with the index
        return [UsedPrompt(escaped(asset.prompt), asset.created_at_ms) for asset in assets]
