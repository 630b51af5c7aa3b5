"""Looks at pictures off the GUI thread: what would be sent, and a preview of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot
from PySide6.QtGui import QImage, QPixmap

from kling_desktop.domain.errors import AppError
from kling_desktop.domain.media import (
    COMMON_LIMITS,
    NO_EDIT,
    FileImage,
    ImageFacts,
    ImageFault,
    ImageLimits,
    ImageSource,
    StoredImage,
    UrlImage,
)
from kling_desktop.ui.compose.copies import CopyOf, LocalImage, sent
from kling_desktop.ui.pictures import read_image

PREVIEW_PX = 640

Judge = Callable[[LocalImage, ImageLimits, Callable[[], bool]], ImageFacts]


@dataclass(frozen=True, slots=True)
class Looked:
    """One picture as it was found. `preview` is null when it cannot be shown."""

    image: LocalImage
    wish: "_Wish"
    facts: ImageFacts
    preview: QImage


class _Wish:
    """That somebody waits for a look; read by the worker, taken back in the GUI thread."""

    is_alive = True

    def is_wanted(self) -> bool:
        return self.is_alive


class _Answers(QObject):
    """Carries answers to the GUI thread; outlives whoever asked."""

    looked = Signal(object)


class _Look(QRunnable):
    def __init__(
        self,
        image: LocalImage,
        file: Path,
        limits: ImageLimits,
        judge: Judge,
        copy_of: CopyOf,
        wish: _Wish,
        answers: _Answers,
    ) -> None:
        super().__init__()
        self._image, self._file, self._limits = image, file, limits
        self._judge, self._copy_of, self._answers = judge, copy_of, answers
        self._wish = wish

    def run(self) -> None:
        if not self._wish.is_alive:
            return
        # Judged first, shown then: bytes that change in between are noticed when they are sent.
        try:
            facts = self._judge(self._image, self._limits, self._wish.is_wanted)
        except (OSError, AppError):
            facts = ImageFacts(fault=ImageFault.UNREADABLE)
        if self._wish.is_alive:
            preview = QImage() if _is_hopeless(facts) else self._preview()
            self._answers.looked.emit(Looked(self._image, self._wish, facts, preview))

    def _preview(self) -> QImage:
        """What is sent; where nothing is wanted changed the file itself shows it as well."""
        if self._image.edit == NO_EDIT:
            picture = read_image(self._file, PREVIEW_PX)
            if not picture.isNull():
                return picture
        return sent(self._image, self._limits, self._copy_of, PREVIEW_PX).preview


def _unedited(image: ImageSource) -> ImageSource:
    return image if isinstance(image, UrlImage) else replace(image, edit=NO_EDIT)


def _is_hopeless(facts: ImageFacts) -> bool:
    return facts.fault in (
        ImageFault.MISSING,
        ImageFault.UNREADABLE,
        ImageFault.NOT_A_PICTURE,
        ImageFault.UNSUPPORTED,
        ImageFault.TOO_MANY_PIXELS,
        ImageFault.TOO_LARGE,
    )


class InputPictures(QObject):
    """What is known of the pictures in the form. `facts` and `preview` answer at once.

    `looked` is emitted in the GUI thread for each picture asked for by `want`. A look that nobody
    wants any more ends at the next piece of the file.
    """

    looked = Signal(object)

    def __init__(
        self,
        look_at: Judge,
        input_path: Callable[[StoredImage], Path],
        copy_of: CopyOf,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._look_at = look_at
        self._input_path = input_path
        self._copy_of = copy_of
        self._limits = COMMON_LIMITS
        self._asked: dict[ImageSource, _Wish] = {}
        self._answers = _Answers()
        self._answers.looked.connect(self._on_looked)
        self._previews: dict[ImageSource, QPixmap] = {}
        self.facts: dict[ImageSource, ImageFacts] = {}

    def want(self, images: Iterable[ImageSource], limits: ImageLimits = COMMON_LIMITS) -> None:
        """Look at those not looked at yet, and forget the ones that nobody wants any more.

        By other limits than the last time all are judged anew.
        """
        if limits != self._limits:
            self._limits = limits
            for image in tuple(self._asked):
                self._give_up(image)
            self.facts.clear()
        wanted = {image for image in images if not isinstance(image, UrlImage)}
        self._lend_previews(wanted)
        for gone in self._asked.keys() - wanted:
            self._give_up(gone)
            self.facts.pop(gone, None)
            self._previews.pop(gone, None)
        for image in wanted - self._asked.keys():
            self._ask(image)

    def _give_up(self, image: ImageSource) -> None:
        if wish := self._asked.pop(image, None):
            wish.is_alive = False

    def _lend_previews(self, wanted: set[LocalImage]) -> None:
        """A picture that was only edited keeps its look until the new one is there."""
        known = {_unedited(image): preview for image, preview in self._previews.items()}
        for image in wanted - self._asked.keys():
            if preview := known.get(_unedited(image)):
                self._previews[image] = preview

    def look_again(self, images: Iterable[ImageSource | None]) -> None:
        """Judge known ones anew: a file may have been mended in its place."""
        for image in set(images):
            if image in self._asked:
                self._ask(image)

    def _ask(self, image: ImageSource | None) -> None:
        assert isinstance(image, FileImage | StoredImage)
        self._give_up(image)
        wish = self._asked[image] = _Wish()
        file, limits = self.path(image), self._limits
        work = _Look(image, file, limits, self._look_at, self._copy_of, wish, self._answers)
        QThreadPool.globalInstance().start(work)

    def path(self, image: LocalImage) -> Path:
        """The file of a picture."""
        return image.path if isinstance(image, FileImage) else self._input_path(image)

    def sha256(self, image: ImageSource | None) -> str:
        """The hash of a picture as it was given, "" while nobody has looked at it."""
        if isinstance(image, StoredImage):
            return image.original_sha256
        facts = self.facts.get(image) if image is not None else None
        return facts.original_sha256 if facts is not None else ""

    def previewed(self, images: Iterable[ImageSource]) -> tuple[tuple[FileImage, str], ...]:
        """The files among `images` with the hash of what is shown of them."""
        files = dict.fromkeys(image for image in images if isinstance(image, FileImage))
        return tuple((file, found) for file in files if (found := self.sha256(file)))

    def preview(self, image: ImageSource | None) -> QPixmap | None:
        """A small version to show, None while there is none."""
        return self._previews.get(image) if image is not None else None

    @Slot(object)
    def _on_looked(self, found: Looked) -> None:
        if self._asked.get(found.image) is not found.wish:
            return
        self.facts[found.image] = found.facts
        if not found.preview.isNull():
            self._previews[found.image] = QPixmap.fromImage(found.preview)
        self.looked.emit(found.image)
