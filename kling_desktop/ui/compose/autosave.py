"""The draft keeps itself: what is typed or dropped is on disk a moment later."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from kling_desktop.domain.draft_json import draft_from_json, draft_to_json
from kling_desktop.domain.drafts import Draft
from kling_desktop.ui.compose.draft_model import DraftModel
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.kept_file import KeptFile

# With the writing itself well within the two seconds that may be lost.
SAVE_AFTER_MS = 1000


class Autosave(QObject):
    """Makes the model from the file and writes each change back. `file` is where it is kept.

    The first unsaved change starts the clock, and later ones do not put it back: somebody who
    types without a pause is kept too.
    """

    def __init__(self, path: Path, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self.file = KeptFile(path, self)
        usual = Draft(provider=desk.default_provider)
        draft = draft_from_json(self.file.values, usual)
        if draft.provider not in desk.profiles:
            draft = replace(draft, provider=usual.provider)
        self.model = DraftModel(draft, parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_AFTER_MS)
        self._timer.timeout.connect(self.save)
        self.model.changed.connect(self._on_changed)

    @Slot(object)
    def _on_changed(self, _draft: Draft) -> None:
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def save(self) -> None:
        """Write what stands in the form."""
        self._timer.stop()
        self.file.write(draft_to_json(self.model.draft))

    def finish(self) -> None:
        """Write what is not written yet, and return when it is on disk."""
        if self._timer.isActive() or self.file.has_failed:
            self.save()
        self.file.finish()
