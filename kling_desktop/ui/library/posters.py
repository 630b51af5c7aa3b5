"""Small pictures of results: thumbnails of pictures, and the first frame of a video."""

import logging
import threading
from collections import deque
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QSize, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QImage

from kling_desktop.ui.desk import Desk
from kling_desktop.ui.pictures import Load, Source, read_image

_log = logging.getLogger(__name__)

VIDEO_SUFFIXES = (".mp4", ".webm", ".mov")
_PATIENCE_MS = 5000


def small_pictures(desk: Desk, parent: QObject) -> Load:
    """What a `Pictures` of the window loads with. `parent` lives in the GUI thread."""
    posters = Posters(parent)

    def load(source: Source, longest_px: int) -> QImage:
        if source.file.suffix.lower() in VIDEO_SUFFIXES:
            return _scaled(posters.first_frame(source.file), longest_px)
        small = desk.thumbnails.get(source.file, source.sha256, longest_px)
        return read_image(small, longest_px)

    return load


@cache
def has_multimedia() -> bool:
    """Whether videos can be shown here: QtMultimedia needs the system's audio library."""
    try:
        import_module("PySide6.QtMultimedia")
    except ImportError as problem:
        _log.info("videos open in the system's player: %s", problem)
        return False
    return True


class _Order:
    """A frame that a worker waits for."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.image = QImage()
        self.done = threading.Event()


class Posters(QObject):
    """First frames, one after the other, by one player that lives in the GUI thread.

    Qt's player delivers frames from threads of its own; only a receiver in another thread's
    event loop can take them without either side waiting for the interpreter's lock.
    """

    _wanted = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._orders: deque[_Order] = deque()
        self._player: Any = None
        self._sink: Any = None
        self._limit = QTimer(self)
        self._limit.setSingleShot(True)
        self._limit.setInterval(_PATIENCE_MS)
        self._limit.timeout.connect(self._end)
        self._wanted.connect(self._on_wanted)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self._give_up)

    def first_frame(self, file: Path) -> QImage:
        """The first frame, a null image where there is none. Blocking: off the GUI thread only."""
        if not has_multimedia() or not file.is_file():
            return QImage()
        order = _Order(file)
        self._wanted.emit(order)
        order.done.wait(_PATIENCE_MS / 1000)
        return order.image

    @Slot(object)
    def _on_wanted(self, order: _Order) -> None:
        self._orders.append(order)
        if len(self._orders) == 1:
            self._begin()

    def _begin(self) -> None:
        self._player = self._player or self._new_player()
        self._limit.start()
        self._player.setSource(QUrl.fromLocalFile(str(self._orders[0].file)))
        self._player.pause()

    def _new_player(self) -> Any:  # noqa: ANN401 - QMediaPlayer, imported late
        from PySide6.QtMultimedia import QMediaPlayer, QVideoSink

        player, self._sink = QMediaPlayer(self), QVideoSink(self)
        player.setVideoSink(self._sink)
        self._sink.videoFrameChanged.connect(self._on_frame, Qt.ConnectionType.QueuedConnection)
        player.errorOccurred.connect(self._end, Qt.ConnectionType.QueuedConnection)
        return player

    @Slot("QVideoFrame")
    def _on_frame(self, frame: Any) -> None:  # noqa: ANN401 - QVideoFrame, imported late
        if self._orders and frame.isValid():
            self._orders[0].image = frame.toImage()
            self._end()

    @Slot()
    def _end(self) -> None:
        if not self._orders:
            return
        self._limit.stop()
        self._orders.popleft().done.set()
        self._player.stop()
        self._player.setSource(QUrl())
        if self._orders:
            self._begin()

    @Slot()
    def _give_up(self) -> None:
        while self._orders:
            self._orders.popleft().done.set()


def _scaled(image: QImage, longest_px: int) -> QImage:
    if image.isNull() or max(image.width(), image.height()) <= longest_px:
        return image
    box = QSize(longest_px, longest_px)
    return image.scaled(
        box, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
