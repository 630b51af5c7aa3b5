"""Small pictures of results: thumbnails of pictures, and the first frame of a video."""

import logging
from functools import cache
from importlib import import_module
from pathlib import Path

from PySide6.QtCore import QEventLoop, QSize, Qt, QTimer, QUrl
from PySide6.QtGui import QImage

from kling_desktop.ui.desk import Desk
from kling_desktop.ui.pictures import Load, Source, read_image

_log = logging.getLogger(__name__)

VIDEO_SUFFIXES = (".mp4", ".webm", ".mov")
_PATIENCE_MS = 5000


def small_pictures(desk: Desk) -> Load:
    """What a `Pictures` of the window loads with."""

    def load(source: Source, longest_px: int) -> QImage:
        if source.file.suffix.lower() in VIDEO_SUFFIXES:
            return _scaled(first_frame(source.file), longest_px)
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


def first_frame(file: Path) -> QImage:
    """The first frame, a null image where there is none. Blocking: off the GUI thread only."""
    if not has_multimedia() or not file.is_file():
        return QImage()
    from PySide6.QtMultimedia import QMediaPlayer, QVideoFrame, QVideoSink

    # The worker has no event loop of its own; this one runs until a frame comes, or too long.
    loop = QEventLoop()
    player, sink = QMediaPlayer(), QVideoSink()
    frames: list[QImage] = []

    def keep(frame: QVideoFrame) -> None:
        if frame.isValid() and not frames:
            frames.append(frame.toImage())
            loop.quit()

    sink.videoFrameChanged.connect(keep, Qt.ConnectionType.DirectConnection)
    player.errorOccurred.connect(loop.quit, Qt.ConnectionType.DirectConnection)
    player.setVideoSink(sink)
    player.setSource(QUrl.fromLocalFile(str(file)))
    QTimer.singleShot(_PATIENCE_MS, loop.quit)
    player.play()
    if not frames:
        loop.exec()
    player.stop()
    return frames[0] if frames else QImage()


def _scaled(image: QImage, longest_px: int) -> QImage:
    if image.isNull() or max(image.width(), image.height()) <= longest_px:
        return image
    box = QSize(longest_px, longest_px)
    return image.scaled(
        box, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
