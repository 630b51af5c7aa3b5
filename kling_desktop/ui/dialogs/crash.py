"""When we have a mistake: the report is kept, the person is told, and nothing is lost."""

import faulthandler
import logging
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import PySide6
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QWidget

from kling_desktop import __version__
from kling_desktop.text import t
from kling_desktop.ui.dialogs.about import FactsWindow
from kling_desktop.ui.look import Look
from kling_desktop.ui.theme import Type

log = logging.getLogger(__name__)


class CrashWatch(QObject):
    """Catches what nobody caught, in every thread, and hands the report to the GUI thread.

    Reports go to `folder` and hold no values of variables: only where it happened and what was
    said by Python.
    """

    crashed = Signal(str)

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._native = None

    def install(self) -> None:
        """Take over Python's hooks; native faults leave a trace in the log folder."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._native = (self._folder / "fault.log").open("a")
        faulthandler.enable(self._native)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    def _on_exception(
        self, kind: type[BaseException], value: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, value, trace)
            return
        report = self._report(kind, trace)
        name = f"crash-{datetime.now(UTC):%Y%m%d-%H%M%S}.txt"
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / name).write_text(report, "utf-8")
        log.error("stopped by %s, report in %s", kind.__name__, name)
        self.crashed.emit(report)

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._on_exception(args.exc_type, args.exc_value, args.exc_traceback)

    @staticmethod
    def _report(kind: type[BaseException], trace: TracebackType | None) -> str:
        # The exception's own words may quote what was typed; the place says enough.
        frames = "".join(traceback.format_tb(trace))
        about = (
            f"Kling Desktop {__version__}, Python {platform.python_version()}, "
            f"PySide6 {PySide6.__version__}, {platform.platform(terse=True)}"
        )
        return f"{about}\n{kind.__module__}.{kind.__qualname__}\n{frames}"


class CrashWindow(FactsWindow):
    """The one window that a mistake of ours opens: facts first, then the report."""

    def __init__(
        self, look: Look, parent: QWidget, report: str, quit_app: Callable[[], object]
    ) -> None:
        super().__init__(look, parent, "Kling Desktop")
        self._report = report
        self.resize(560, 420)
        heading = QLabel(t("Something in Kling Desktop went wrong"))
        heading.setFont(look.font(Type.DISPLAY))
        story = QLabel(
            t(
                "Your tasks and pictures are safe. What was sent goes on and comes home, now or "
                "at the next start."
            )
        )
        story.setWordWrap(True)
        view = QPlainTextEdit(report)
        view.setReadOnly(True)
        view.setAccessibleName(t("Report"))
        for widget in (heading, story, view):
            self.column.addWidget(widget)
        self.column.addLayout(self._buttons(quit_app))

    def _buttons(self, quit_app: Callable[[], object]) -> QHBoxLayout:
        row = QHBoxLayout()
        copy, leave, stay = (
            QPushButton(words) for words in (t("Copy report"), t("Quit"), t("Go on"))
        )
        stay.setProperty("kind", "primary")
        for button in (copy, leave):
            button.setProperty("kind", "large")
        copy.clicked.connect(self._copy)
        leave.clicked.connect(quit_app)
        stay.clicked.connect(self.close)
        row.addWidget(copy)
        row.addStretch(1)
        row.addWidget(leave)
        row.addWidget(stay)
        return row

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report)


class CrashShow(QObject):
    """Shows at most one crash window at a time over `window`."""

    def __init__(self, look: Look, window: QWidget, quit_app: Callable[[], object]) -> None:
        super().__init__(window)
        self._look, self._window, self._quit = look, window, quit_app
        self._shown: CrashWindow | None = None

    @Slot(str)
    def show(self, report: str) -> None:
        """Tell the person."""
        if self._shown is None:
            self._shown = CrashWindow(self._look, self._window, report, self._quit)
            self._shown.destroyed.connect(self._on_closed)
            self._shown.show()

    @Slot()
    def _on_closed(self) -> None:
        self._shown = None
