"""The tour: the real window driven through the main job by events alone, a picture of each step.

It is the smoke test of a checkout, a wheel and a bundle: it fails unless what was made is on disk
and can be read again.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import (
    QElapsedTimer,
    QEvent,
    QEventLoop,
    QMimeData,
    QPoint,
    QPointF,
    QSize,
    Qt,
    QTimer,
    QUrl,
    Slot,
)
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QImageReader,
    QKeyEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMainWindow, QPlainTextEdit, QWidget

from kling_desktop.domain.facts import TaskChanged, TaskRejected
from kling_desktop.domain.media import MediaKind
from kling_desktop.domain.tasks import SETTLED, Output, Task, TaskState
from kling_desktop.text import t
from kling_desktop.ui.compose.crop.crop_editor import CropEditor
from kling_desktop.ui.compose.footer import GenerateButton
from kling_desktop.ui.compose.image_slot import ImageSlot
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.dialogs.accounts import AccountsWindow
from kling_desktop.ui.library.gallery_view import GalleryView
from kling_desktop.ui.library.library_panel import LibraryPanel
from kling_desktop.ui.library.viewer import Viewer
from kling_desktop.ui.workplace import Workplace

_STEP_LIMIT_MS = 15_000
_TASK_LIMIT_MS = 120_000
_PAUSE_MS = 20
_LEFT = Qt.MouseButton.LeftButton
_PLAIN = Qt.KeyboardModifier.NoModifier


class TourError(Exception):
    """A step did not come to its end."""


class Tour:
    """One run through the window. `run` returns what went wrong, nothing when all is well."""

    def __init__(self, window: QMainWindow, workplace: Workplace, desk: Desk, out: Path) -> None:
        self._window, self._workplace, self._desk, self._out = window, workplace, desk, out
        self._tasks: dict[str, Task] = {}
        self._rejected: list[TaskRejected] = []
        self._number = 0
        desk.bridge.task_changed.connect(self._on_task_changed)
        desk.bridge.task_rejected.connect(self._rejected.append)

    def run(self) -> list[str]:
        """Take every step and picture; stops at the first that fails."""
        self._out.mkdir(parents=True, exist_ok=True)
        try:
            self._first_look()
            self._fill_the_form()
            self._make(MediaKind.IMAGE, "pictures")
            self._look_at_results("viewer")
            self._make_a_video()
            self._look_at_results("video")
            self._see_a_failure()
            self._other_places()
        except (TourError, AssertionError) as problem:
            self._shoot("failed")
            return [str(problem)]
        return self._unreadable()

    # The steps

    def _first_look(self) -> None:
        self._until(self._window.isVisible, "the window shows")
        self._settle()
        self._shoot("empty")
        note = self._out / "notes.txt"
        note.write_text("not a picture", "utf-8")
        slot = self._slot(t("Subject {number}", number=1))
        self._drag(slot, [note])
        self._shoot("drop-refused")
        QApplication.sendEvent(slot, QDragLeaveEvent())
        note.unlink()

    def _fill_the_form(self) -> None:
        subject = self._slot(t("Subject {number}", number=1))
        self._drop(subject, [self._photograph("vase"), self._photograph("coat")])
        self._drop(self._slot(t("Scene")), [self._photograph("dunes")])
        self._drop(self._slot(t("Style")), [self._photograph("watercolour")])
        third = self._slot(t("Subject {number}", number=3))
        self._drop(third, [self._photograph("bottle")])
        self._until(lambda: bool(third.accessibleDescription()), "the verdict on a wide picture")
        self._shoot("first-problem")
        third.setFocus(Qt.FocusReason.TabFocusReason)
        self._crop(third)
        self._press(third, Qt.Key.Key_Delete)
        self._type(
            t("Prompt"), t("Glazed vase half sunk in the sand, a woman far behind it, late light")
        )
        self._click(self._button(t("One picture more")))
        self._shoot("form")

    def _crop(self, slot: ImageSlot) -> None:
        self._until(lambda: slot.can_be_cropped, "the wide picture can be opened")
        self._press(slot, Qt.Key.Key_Return)
        editor = self._window.findChild(CropEditor)
        assert editor is not None
        self._until(lambda: editor.is_loaded, "the picture is in the editor")
        self._press(editor.canvas, Qt.Key.Key_6)
        self._until(lambda: editor.has_copy, "the copy is shown")
        self._settle()
        self._shoot("crop")
        self._press(editor.canvas, Qt.Key.Key_Return)
        self._until(lambda: not slot.view.fixes, "the picture fits")
        self._settle()
        self._shoot("cropped")

    def _make(self, media: MediaKind, name: str) -> None:
        task_id = self._send()
        working = (TaskState.RUNNING, *SETTLED)
        self._until(lambda: self._tasks[task_id].state in working, f"{name} begin", _TASK_LIMIT_MS)
        self._shoot(f"{name}-on-the-way")
        task = self._settled(task_id, name)
        if task.state is not TaskState.DONE or task.saved[0].media is not media:
            raise TourError(f"{name}: {task.state}, {task.error}")
        self._until(lambda: self._has_tile(task), f"{name} in the library")
        self._settle()
        self._shoot(f"{name}-saved")

    def _send(self) -> str:
        """Press Generate; the id of the task that appears."""
        known = set(self._tasks)
        generate = self._window.findChild(GenerateButton)
        assert generate is not None
        self._click(generate)
        self._until(lambda: bool(set(self._tasks) - known or self._rejected), "a task appears")
        if self._rejected:
            raise TourError(self._rejected[0].error.detail)
        (task_id,) = set(self._tasks) - known
        return task_id

    def _settled(self, task_id: str, name: str) -> Task:
        self._until(lambda: self._tasks[task_id].state in SETTLED, f"{name} end", _TASK_LIMIT_MS)
        return self._tasks[task_id]

    def _see_a_failure(self) -> None:
        self._click(self._button(f"{t('What to make')}: {t('Picture')}"))
        # The sandbox fails a task on these words, whatever the language.
        self._type(t("Prompt"), "sandbox fail")
        task = self._settled(self._send(), "a failure")
        if task.state is not TaskState.REMOTE_FAILED:
            raise TourError(f"a failure: {task.state}, {task.error}")
        self._settle()
        self._shoot("failed-task")

    def _look_at_results(self, name: str) -> None:
        grid = self._window.findChild(GalleryView)
        assert grid is not None
        place = grid.visualRect(grid.model().index(0, 0)).center()
        QTest.mouseClick(grid.viewport(), _LEFT, _PLAIN, place)
        QTest.mouseDClick(grid.viewport(), _LEFT, _PLAIN, place)
        viewer = self._window.findChild(Viewer)
        assert viewer is not None
        self._until(viewer.isVisible, "the viewer opens")
        self._until(lambda: viewer.has_picture, "the viewer shows the result")
        self._settle()
        self._shoot(name)
        self._press(viewer, Qt.Key.Key_Escape)
        self._until(lambda: not viewer.isVisible(), "the viewer closes")

    def _make_a_video(self) -> None:
        self._click(self._button(f"{t('What to make')}: {t('Video')}"))
        self._type(t("Prompt"), t("The camera moves slowly past the vase, sand drifts"))
        self._shoot("video-form")
        self._make(MediaKind.VIDEO, "video")

    def _other_places(self) -> None:
        self._workplace.show_accounts()
        accounts = self._window.findChild(AccountsWindow)
        assert accounts is not None
        for provider in ("kling", "sandbox"):
            accounts.show_provider(provider)
            self._settle()
            self._shoot(f"accounts-{provider}", accounts)
        accounts.close()
        self._window.resize(1024, 720)
        self._settle()
        self._shoot("narrow")
        self._window.activateWindow()
        self._until(self._window.isActiveWindow, "the window is in front")
        self._press(self._window, Qt.Key.Key_F8)
        self._settle()
        self._shoot("narrow-tasks")

    def _unreadable(self) -> list[str]:
        saved = [output for task in self._tasks.values() for output in task.saved]
        failures = [failure for output in saved if (failure := self._read(output))]
        return failures if saved else ["nothing was saved"]

    def _read(self, output: Output) -> str:
        assert output.file is not None
        file = self._desk.library / output.file
        if output.media is MediaKind.VIDEO:
            return "" if file.stat().st_size > 0 and output.duration_s else f"{file}: no film"
        reader = QImageReader(str(file))
        if reader.read().isNull():
            return f"{file}: {reader.errorString()}"
        return ""

    # Events

    @Slot(object)
    def _on_task_changed(self, fact: TaskChanged) -> None:
        self._tasks[fact.task.id] = fact.task

    def _drag(self, target: QWidget, files: Sequence[Path]) -> QMimeData:
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
        middle = target.rect().center()
        copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        QApplication.sendEvent(target, QDragEnterEvent(middle, copy, mime, left, _PLAIN))
        QApplication.sendEvent(target, QDragMoveEvent(middle, copy, mime, left, _PLAIN))
        self._settle()
        return mime

    def _drop(self, target: QWidget, files: Sequence[Path]) -> None:
        mime = self._drag(target, files)
        middle = QPointF(target.rect().center())
        event = QDropEvent(middle, Qt.DropAction.CopyAction, mime, _LEFT, _PLAIN)
        QApplication.sendEvent(target, event)
        QApplication.sendEvent(target, QEvent(QEvent.Type.Leave))
        assert isinstance(target, ImageSlot)
        self._until(lambda: not target.is_empty, "the picture is in its slot")
        self._settle()

    def _type(self, field: str, words: str) -> None:
        edits = self._window.findChildren(QPlainTextEdit)
        edit = next(e for e in edits if e.accessibleName() == field)
        edit.setFocus(Qt.FocusReason.TabFocusReason)
        QTest.keyClick(edit, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        for character in words:
            for kind in (QKeyEvent.Type.KeyPress, QKeyEvent.Type.KeyRelease):
                QApplication.sendEvent(edit, QKeyEvent(kind, 0, _PLAIN, character))

    def _click(self, button: QAbstractButton) -> None:
        QTest.mouseClick(button, _LEFT, _PLAIN, _middle(button))
        self._settle()

    def _press(self, widget: QWidget, key: Qt.Key) -> None:
        QTest.keyClick(widget, key)
        self._settle()

    # Finding

    def _slot(self, name: str) -> ImageSlot:
        slots = self._window.findChildren(ImageSlot)
        return next(slot for slot in slots if slot.accessibleName() == name)

    def _button(self, name: str) -> QAbstractButton:
        buttons = self._window.findChildren(QAbstractButton)
        found = next((b for b in buttons if b.accessibleName() == name), None)
        if found is None:
            raise TourError(f"there is no button “{name}”")
        return found

    def _photograph(self, name: str) -> Path:
        return self._desk.resource(f"photographs/{name}.jpg")

    def _has_tile(self, task: Task) -> bool:
        library = self._window.findChild(LibraryPanel)
        assert library is not None
        assets = library.model.assets()
        return bool(assets) and assets[0].task == task.id

    # Waiting and pictures

    def _until(self, is_so: Callable[[], bool], what: str, limit_ms: int = _STEP_LIMIT_MS) -> None:
        clock = QElapsedTimer()
        clock.start()
        while not is_so():
            if clock.hasExpired(limit_ms):
                raise TourError(f"this did not come to pass in time: {what}")
            _live(_PAUSE_MS)

    def _settle(self) -> None:
        """Let animations, decoding and layout come to rest."""
        _live(12 * _PAUSE_MS)

    def _shoot(self, name: str, window: QWidget | None = None) -> None:
        self._number += 1
        picture = (window or self._window).grab()
        picture.save(str(self._out / f"{self._number:02d}-{name}.png"))


def _live(pause_ms: int) -> None:
    # QTest.qWait keeps the interpreter's lock in some releases, and starves other threads.
    loop = QEventLoop()
    QTimer.singleShot(pause_ms, loop.quit)
    loop.exec()


def _middle(widget: QWidget) -> QPoint:
    size: QSize = widget.size()
    return QPoint(size.width() // 2, size.height() // 2)
