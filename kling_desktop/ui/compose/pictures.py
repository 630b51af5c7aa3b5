"""Looks at pictures off the GUI thread: what would be sent, and a preview of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, QSize, Qt, QThreadPool, Signal, Slot
from PySide6.QtGui import QImage, QImageReader, QPixmap

from kling_desktop.domain.media import (
    LARGEST_PIXELS,
    FileImage,
    ImageFacts,
    ImageFault,
    ImageSource,
    StoredImage,
    UrlImage,
)

PREVIEW_PX = 640
_BYTES_PER_PIXEL = 4
_MEGABYTE = 1024 * 1024

LocalImage = FileImage | StoredImage


@dataclass(frozen=True, slots=True)
class Looked:
    """One picture as it was found. `preview` is null when it cannot be shown."""

    image: LocalImage
    facts: ImageFacts
    preview: QImage


class _Answers(QObject):
    """Carries answers to the GUI thread; outlives whoever asked."""

    looked = Signal(object)


class _Look(QRunnable):
    def __init__(
        self,
        image: LocalImage,
        file: Path,
        judge: Callable[[LocalImage], ImageFacts],
        answers: _Answers,
    ) -> None:
        super().__init__()
        self._image, self._file, self._judge, self._answers = image, file, judge, answers

    def run(self) -> None:
        facts = self._judge(self._image)
        preview = QImage() if _is_hopeless(facts) else read_preview(self._file)
        self._answers.looked.emit(Looked(self._image, facts, preview))


def _is_hopeless(facts: ImageFacts) -> bool:
    return facts.fault in (
        ImageFault.MISSING,
        ImageFault.UNREADABLE,
        ImageFault.NOT_A_PICTURE,
        ImageFault.TOO_MANY_PIXELS,
    )


class Pictures(QObject):
    """What is known of the pictures in the form. `facts` and `preview` answer at once.

    `looked` is emitted in the GUI thread for each picture asked for by `want`.
    """

    looked = Signal(object)

    def __init__(
        self,
        look_at: Callable[[LocalImage], ImageFacts],
        input_path: Callable[[StoredImage], Path],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._look_at = look_at
        self._input_path = input_path
        self._asked: set[ImageSource] = set()
        self._answers = _Answers()
        self._answers.looked.connect(self._on_looked)
        self._previews: dict[ImageSource, QPixmap] = {}
        self.facts: dict[ImageSource, ImageFacts] = {}

    def want(self, images: Iterable[ImageSource]) -> None:
        """Look at those not looked at yet, and forget the ones that nobody wants any more."""
        wanted = {image for image in images if not isinstance(image, UrlImage)}
        for gone in self._asked - wanted:
            self._asked.discard(gone)
            self.facts.pop(gone, None)
            self._previews.pop(gone, None)
        for image in wanted - self._asked:
            self._ask(image)

    def look_again(self, images: Iterable[ImageSource]) -> None:
        """Judge known ones anew: a file may have been mended in its place."""
        for image in self._asked.intersection(images):
            self._ask(image)

    def _ask(self, image: ImageSource) -> None:
        assert not isinstance(image, UrlImage)
        self._asked.add(image)
        work = _Look(image, self.path(image), self._look_at, self._answers)
        QThreadPool.globalInstance().start(work)

    def path(self, image: LocalImage) -> Path:
        """The file of a picture."""
        return image.path if isinstance(image, FileImage) else self._input_path(image)

    def preview(self, image: ImageSource | None) -> QPixmap | None:
        """A small version to show, None while there is none."""
        return self._previews.get(image) if image is not None else None

    @Slot(object)
    def _on_looked(self, found: Looked) -> None:
        if found.image not in self._asked:
            return
        self.facts[found.image] = found.facts
        if not found.preview.isNull():
            self._previews[found.image] = QPixmap.fromImage(found.preview)
        self.looked.emit(found.image)


def read_preview(file: Path) -> QImage:
    """The picture turned as EXIF asks, at most `PREVIEW_PX` long; null when it cannot be read."""
    QImageReader.setAllocationLimit(LARGEST_PIXELS * _BYTES_PER_PIXEL // _MEGABYTE)
    reader = QImageReader(str(file))
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    size = reader.size()
    if not size.isValid() or size.width() * size.height() > LARGEST_PIXELS:
        return QImage()
    reader.setScaledSize(_within(size))
    return reader.read()


def _within(size: QSize) -> QSize:
    if max(size.width(), size.height()) <= PREVIEW_PX:
        return size
    small = size.scaled(PREVIEW_PX, PREVIEW_PX, Qt.AspectRatioMode.KeepAspectRatio)
    return small.expandedTo(QSize(1, 1))
