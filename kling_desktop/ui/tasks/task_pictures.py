"""The pictures that belong to a task: what went in, what came out."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QPixmap

from kling_desktop.domain.media import ImageSource, StoredImage
from kling_desktop.domain.tasks import Output, Task
from kling_desktop.ui.desk import Desk
from kling_desktop.ui.library.posters import small_pictures
from kling_desktop.ui.pictures import Pictures, Source
from kling_desktop.ui.tasks.task_layout import MOSAIC_PX, THUMB_PX

_CACHE_BYTES = 24 * 1024 * 1024


class TaskPictures:
    """Pixmaps of inputs and results, from the window's thumbnails. GUI thread only."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        self._desk = desk
        self.pictures = Pictures(small_pictures(desk, parent), parent, _CACHE_BYTES)

    def inputs(self, task: Task, ratio: float) -> list[QPixmap | None]:
        """The first four pictures that were given; a null one for a web address."""
        images = [image for _, image in task.request.images()][:4]
        return [self._input(image, ratio) for image in images]

    def result(self, output: Output, ratio: float) -> QPixmap | None:
        """One saved result."""
        if output.file is None:
            return None
        source = Source(self._desk.library / output.file, output.sha256)
        return self.pictures.pixmap(source, THUMB_PX * 2.5, ratio)

    def _input(self, image: ImageSource, ratio: float) -> QPixmap | None:
        source = _source(image, self._desk)
        return QPixmap() if source is None else self.pictures.pixmap(source, MOSAIC_PX, ratio)


def _source(image: ImageSource, desk: Desk) -> Source | None:
    if isinstance(image, StoredImage):
        return Source(desk.input_path(image), image.sent_sha256)
    return None
