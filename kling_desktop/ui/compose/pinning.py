"""The command that uses the picture of the slot in focus in every task, or no longer."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu, QMenuBar, QWidget

from kling_desktop.ui.compose.draft_model import DraftModel
from kling_desktop.ui.compose.slot_filler import PLACES
from kling_desktop.ui.compose.slot_grid import SlotGrid


class Pinning(QObject):
    """Keeps `action` true to the slot that has the keyboard; menus do not count as a change."""

    def __init__(self, action: QAction, grid: SlotGrid, model: DraftModel) -> None:
        super().__init__(grid)
        self._action, self._grid, self._model = action, grid, model
        self._place = ""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus_changed)
        model.changed.connect(self._show)
        action.triggered.connect(self._on_triggered)
        self._show()

    @Slot(QWidget, QWidget)
    def _on_focus_changed(self, _old: QWidget | None, now: QWidget | None) -> None:
        if now is not None and not isinstance(now, QMenu | QMenuBar):
            self._place = next((p for p in PLACES if self._grid.slot(p) is now), "")
            self._show()

    @Slot()
    def _show(self) -> None:
        draft, place = self._model.draft, self._place
        self._action.setEnabled(bool(place) and draft.image(place) is not None)
        self._action.setChecked(place in draft.pinned)

    @Slot(bool)
    def _on_triggered(self, is_on: bool) -> None:
        if self._place:
            self._model.set(self._model.draft.with_pin(self._place, is_pinned=is_on))
        self._show()
