"""Small pictures for delegates: decoded in a thread pool, kept as pixmaps in a bounded cache.

A view asks at paint time and is told by `ready` when to paint again. Requests that are still
waiting when a view scrolls on are dropped by `forget_waiting`; the newest goes first.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QObject, QRunnable, QSize, Qt, QThreadPool, Signal, Slot
from PySide6.QtGui import QImage, QImageReader, QPixmap

from kling_desktop.domain.errors import AppError
from kling_desktop.domain.media import LARGEST_PIXELS

_log = logging.getLogger(__name__)

# Thumbnails on disk come in these sizes only, so that a slider does not fill the disk.
_SIZES_PX = (128, 256, 512, 1024)
_BYTES_PER_PIXEL = 4
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """A picture: its file and the hash of its bytes, which is its name in every cache."""

    file: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class _Key:
    sha256: str
    size_px: int
    ratio: float


@dataclass(frozen=True, slots=True)
class _Loaded:
    key: _Key
    image: QImage


class _Courier(QObject):
    """Carries an image from a worker thread to the GUI thread. Lives as long as its worker."""

    loaded = Signal(object)


Load = Callable[[Source, int], QImage]
"""Gives a picture at least so many pixels long, or a null image. Called off the GUI thread."""


class _Decoding(QRunnable):
    def __init__(self, key: _Key, source: Source, load: Load) -> None:
        super().__init__()
        self._key, self._source, self._load = key, source, load
        self.courier = _Courier()

    def run(self) -> None:
        """Load, and send it home."""
        image = QImage()
        try:
            image = self._load(self._source, self._key.size_px)
        except (OSError, AppError) as problem:
            _log.info("no picture of %s: %s", self._key.sha256[:8], type(problem).__name__)
        self.courier.loaded.emit(_Loaded(self._key, image))


class Pictures(QObject):
    """Pixmaps of pictures by hash and size, at most `limit_bytes` of them.

    `load` may raise OSError or AppError; the picture then counts as not showable.
    """

    ready = Signal(str)

    def __init__(
        self,
        load: Load,
        parent: QObject,
        limit_bytes: int = 64 * 1024 * 1024,
    ) -> None:
        super().__init__(parent)
        self._load = load
        self._limit_bytes = limit_bytes
        self._bytes = 0
        self._cache: OrderedDict[_Key, QPixmap] = OrderedDict()
        self._waiting: dict[_Key, _Decoding] = {}
        self._order = 0
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(2)

    def pixmap(self, source: Source, longest_px: float, ratio: float) -> QPixmap | None:
        """The picture at least `longest_px` logical pixels long, or None while it is loading.

        A null pixmap says that it cannot be shown.
        """
        key = _Key(source.sha256, _size(longest_px * ratio), ratio)
        found = self._cache.get(key)
        if found is not None:
            self._cache.move_to_end(key)
            return found
        if key not in self._waiting:
            self._start(key, source)
        return self._another_size(key)

    def forget_waiting(self) -> None:
        """Drop what nobody has begun to decode; what is visible is asked for again by painting."""
        self._waiting = {k: w for k, w in self._waiting.items() if not self._pool.tryTake(w)}

    def _start(self, key: _Key, source: Source) -> None:
        decoding = _Decoding(key, source, self._load)
        decoding.setAutoDelete(False)
        decoding.courier.loaded.connect(self._on_loaded)
        self._waiting[key] = decoding
        self._order += 1
        self._pool.start(decoding, self._order)

    def _another_size(self, key: _Key) -> QPixmap | None:
        for size in _SIZES_PX:
            if other := self._cache.get(_Key(key.sha256, size, key.ratio)):
                return other
        return None

    @Slot(object)
    def _on_loaded(self, loaded: _Loaded) -> None:
        self._waiting.pop(loaded.key, None)
        pixmap = QPixmap.fromImage(loaded.image)
        pixmap.setDevicePixelRatio(loaded.key.ratio)
        self._cache[loaded.key] = pixmap
        self._bytes += _weight(pixmap)
        while self._bytes > self._limit_bytes and len(self._cache) > 1:
            _, dropped = self._cache.popitem(last=False)
            self._bytes -= _weight(dropped)
        self.ready.emit(loaded.key.sha256)


def read_image(file: Path, longest_px: int = 0) -> QImage:
    """A picture turned as its EXIF says, scaled down if longer than `longest_px` (0: as it is).

    A null image when it cannot be read or holds more pixels than may be decoded.
    """
    return _read(QImageReader(str(file)), longest_px)


def read_picture(data: bytes, longest_px: int = 0) -> QImage:
    """The same for a picture that is no file."""
    buffer = QBuffer()
    buffer.setData(data)
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    return _read(QImageReader(buffer), longest_px)


def _read(reader: QImageReader, longest_px: int) -> QImage:
    # Qt's own limit is lower than ours: a large photograph would have no picture. Rounded up.
    QImageReader.setAllocationLimit(LARGEST_PIXELS * _BYTES_PER_PIXEL // _MEGABYTE + 1)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    size = reader.size()
    if size.width() * size.height() > LARGEST_PIXELS:
        return QImage()
    if longest_px and max(size.width(), size.height()) > longest_px:
        box = QSize(longest_px, longest_px)
        small = size.scaled(box, Qt.AspectRatioMode.KeepAspectRatio)
        reader.setScaledSize(small.expandedTo(QSize(1, 1)))
    return reader.read()


def _size(longest_px: float) -> int:
    return next((size for size in _SIZES_PX if size >= longest_px), _SIZES_PX[-1])


def _weight(pixmap: QPixmap) -> int:
    return pixmap.width() * pixmap.height() * _BYTES_PER_PIXEL
