"""One of the person's own JSON files: read once, written off the GUI thread."""

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QMutex, QMutexLocker, QObject, QRunnable, QThreadPool, Signal, Slot

from kling_desktop.domain.errors import ErrorRecord
from kling_desktop.plain_files import FORMAT, not_written, read_plain, write_plain

logger = logging.getLogger(__name__)

Json = dict[str, Any]


class _Box:
    """The newest values that are not written yet; handed from thread to thread."""

    def __init__(self) -> None:
        self._mutex = QMutex()
        self._values: Json | None = None

    def put(self, values: Json) -> None:
        with QMutexLocker(self._mutex):
            self._values = values

    def take(self) -> Json | None:
        with QMutexLocker(self._mutex):
            values, self._values = self._values, None
            return values


class _Answers(QObject):
    """Carries the end of each write to the GUI thread; outlives whoever asked."""

    ended = Signal(object)


class _Write(QRunnable):
    def __init__(self, path: Path, box: _Box, answers: _Answers) -> None:
        super().__init__()
        self._path, self._box, self._answers = path, box, answers

    def run(self) -> None:
        values = self._box.take()
        if values is None:
            return  # a later one was written in its place
        try:
            write_plain(self._path, values)
        except OSError as problem:
            logger.warning("%s could not be written: %s", self._path.name, problem.strerror)
            self._answers.ended.emit(not_written(self._path, problem))
        else:
            self._answers.ended.emit(None)


class KeptFile(QObject):
    """`values` is what was read; `write` lays other values over it and returns at once.

    Writes follow each other; only the newest counts. Keys that nobody writes stay. `problem` says
    what was wrong at the first look, `trouble` carries an ErrorRecord when a write fails and None
    when one succeeds again.
    """

    trouble = Signal(object)

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        found = read_plain(path)
        self._path = path
        self._is_ours = found.is_ours
        self._box = _Box()
        self._answers = _Answers()
        self._answers.ended.connect(self._on_ended)
        self._writer = QThreadPool(self)
        self._writer.setMaxThreadCount(1)
        self.values: Mapping[str, Any] = found.values
        self.problem: ErrorRecord | None = found.problem
        self.has_failed = False

    def write(self, values: Mapping[str, Any]) -> None:
        """Keep these values, soon. A file of a newer version is left alone."""
        self.values = {**self.values, **values, "format": FORMAT}
        if self._is_ours:
            self._box.put(dict(self.values))
            self._writer.start(_Write(self._path, self._box, self._answers))

    @Slot(object)
    def _on_ended(self, error: ErrorRecord | None) -> None:
        if error is not None or self.has_failed:
            self.has_failed = error is not None
            self.trouble.emit(error)

    def finish(self) -> None:
        """Return when everything is written."""
        self._writer.waitForDone()

    def entries(self, name: str) -> Iterable[object]:
        """The list under `name`, empty where there is none."""
        found = self.values.get(name)
        return cast(list[object], found) if isinstance(found, list) else ()
