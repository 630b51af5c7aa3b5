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

Judge = Callable[[LocalImage, ImageLimits], ImageFacts]


@dataclass(frozen=True, slots=True)
class Looked:
    """One picture as it was found, judged by `limits`. `preview` is null when it cannot be shown.

    `sha256` is that of its bytes just before, "" when they could not be read.
    """

    image: LocalImage
    limits: ImageLimits
    facts: ImageFacts
    preview: QImage
    sha256: str = ""


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
        answers: _Answers,
    ) -> None:
        super().__init__()
        self._image, self._file, self._limits = image, file, limits
        self._judge, self._copy_of, self._answers = judge, copy_of, answers

    def run(self) -> None:
        # First: bytes that change while they are looked at are noticed when they are sent.
        sha256 = _sha256(self._image)
        try:
            facts = self._judge(self._image, self._limits)
        except (OSError, AppError):
            facts = ImageFacts(fault=ImageFault.UNREADABLE)
        preview = QImage() if _is_hopeless(facts) else self._preview()
        self._answers.looked.emit(Looked(self._image, self._limits, facts, preview, sha256))

    def _preview(self) -> QImage:
        """What is sent; where nothing is wanted changed the file itself shows it as well."""
        if self._image.edit == NO_EDIT:
            picture = read_image(self._file, PREVIEW_PX)
            if not picture.isNull():
                return picture
        return sent(self._image, self._limits, self._copy_of, PREVIEW_PX).preview


def _sha256(image: LocalImage) -> str:
    if isinstance(image, StoredImage):
        return image.original_sha256
    # Pillow comes with it: loaded at the first look, as for the verdict.
    from kling_desktop.images.fingerprint import fingerprint

    return fingerprint(image.path)


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

    `looked` is emitted in the GUI thread for each picture asked for by `want`.
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
        self._asked: set[ImageSource] = set()
        self._answers = _Answers()
        self._answers.looked.connect(self._on_looked)
        self._previews: dict[ImageSource, QPixmap] = {}
        self._hashes: dict[ImageSource, str] = {}
        self.facts: dict[ImageSource, ImageFacts] = {}

    def want(self, images: Iterable[ImageSource], limits: ImageLimits = COMMON_LIMITS) -> None:
        """Look at those not looked at yet, and forget the ones that nobody wants any more.

        By other limits than the last time all are judged anew.
        """
        if limits != self._limits:
            self._limits = limits
            self._asked.clear()
            self.facts.clear()
        wanted = {image for image in images if not isinstance(image, UrlImage)}
        self._lend_previews(wanted)
        for gone in self._asked - wanted:
            self._asked.discard(gone)
            self.facts.pop(gone, None)
            self._previews.pop(gone, None)
            self._hashes.pop(gone, None)
        for image in wanted - self._asked:
            self._ask(image)

    def _lend_previews(self, wanted: set[LocalImage]) -> None:
        """A picture that was only edited keeps its look until the new one is there."""
        known = {_unedited(image): preview for image, preview in self._previews.items()}
        for image in wanted - self._asked:
            if preview := known.get(_unedited(image)):
                self._previews[image] = preview

    def look_again(self, images: Iterable[ImageSource | None]) -> None:
        """Judge known ones anew: a file may have been mended in its place."""
        for image in set(images):
            if image in self._asked:
                self._ask(image)

    def _ask(self, image: ImageSource | None) -> None:
        assert isinstance(image, FileImage | StoredImage)
        self._asked.add(image)
        file, limits = self.path(image), self._limits
        work = _Look(image, file, limits, self._look_at, self._copy_of, self._answers)
        QThreadPool.globalInstance().start(work)

    def path(self, image: LocalImage) -> Path:
        """The file of a picture."""
        return image.path if isinstance(image, FileImage) else self._input_path(image)

    def sha256(self, image: ImageSource | None) -> str:
        """The hash of a picture as it was given, "" while nobody has looked at it."""
        if isinstance(image, StoredImage):
            return image.original_sha256
        return self._hashes.get(image, "") if image is not None else ""

    def previewed(self, images: Iterable[ImageSource]) -> tuple[tuple[FileImage, str], ...]:
        """The files among `images` with the hash of what is shown of them."""
        files = dict.fromkeys(image for image in images if isinstance(image, FileImage))
        return tuple((file, found) for file in files if (found := self.sha256(file)))

    def preview(self, image: ImageSource | None) -> QPixmap | None:
        """A small version to show, None while there is none."""
        return self._previews.get(image) if image is not None else None

    @Slot(object)
    def _on_looked(self, found: Looked) -> None:
        if found.image not in self._asked or found.limits != self._limits:
            return
        self.facts[found.image] = found.facts
        self._hashes[found.image] = found.sha256
        if not found.preview.isNull():
            self._previews[found.image] = QPixmap.fromImage(found.preview)
        self.looked.emit(found.image)
