"""Pictures on their way in: judged and copied by `images`, kept by `library`. Blocking."""

from pathlib import Path

from kling_desktop.domain.errors import AppError, ErrorRecord, Remedy
from kling_desktop.domain.media import (
    COMMON_LIMITS,
    FileImage,
    ImageFacts,
    ImageLimits,
    ImageSource,
    StoredImage,
    UploadCopy,
    UrlImage,
)
from kling_desktop.domain.sentences import sentence
from kling_desktop.images.inspect import IsWanted, always, inspect, inspect_as_it_stands
from kling_desktop.library.files import LibraryFolder
from kling_desktop.text import t


class LibraryInputs:
    """Satisfies `engine.ports.Inputs`, and shows the window what would be sent."""

    def __init__(self, folder: LibraryFolder) -> None:
        self._folder = folder

    def look(
        self, image: ImageSource, limits: ImageLimits, *, as_it_stands: bool
    ) -> ImageFacts | None:
        """What would be sent, mended for `limits` and judged; None for a web address."""
        if isinstance(image, UrlImage):
            return None
        return self.judge(image, limits, as_it_stands=as_it_stands)

    def judge(
        self,
        image: FileImage | StoredImage,
        limits: ImageLimits = COMMON_LIMITS,
        is_wanted: IsWanted = always,
        *,
        as_it_stands: bool = False,
    ) -> ImageFacts:
        """The same for a picture that is here. Raises StorageError for one with no usable name.

        Once `is_wanted` says no, it ends at the next piece read, and the answer means nothing.
        """
        path = self._source(image, as_it_stands=as_it_stands)
        if as_it_stands:
            return inspect_as_it_stands(path)
        return inspect(path, image.edit, limits, is_wanted)

    def copy(
        self,
        image: FileImage | StoredImage,
        limits: ImageLimits = COMMON_LIMITS,
        *,
        as_it_stands: bool = False,
    ) -> UploadCopy:
        """What would be sent, with the bytes themselves.

        The same image and limits give the same bytes. Raises AppError when it cannot be read as a
        picture; a rule that only an edit can mend may still be broken.
        """
        from kling_desktop.images.prepare import copy_as_it_stands, upload_copy

        path = self._source(image, as_it_stands=as_it_stands)
        return copy_as_it_stands(path) if as_it_stands else upload_copy(path, image.edit, limits)

    def keep(self, image: ImageSource, limits: ImageLimits, *, as_it_stands: bool) -> ImageSource:
        """The stored form of a picture; a web address comes back unchanged.

        A picture that is kept already is prepared anew from its original, so a changed edit counts.
        Raises StorageError, and AppError when it is no longer one that `limits` take.
        """
        if isinstance(image, UrlImage) or (as_it_stands and isinstance(image, StoredImage)):
            return image
        copy = self.copy(image, limits, as_it_stands=as_it_stands)
        name = _name(image)
        for problem in copy.facts.problems(name, limits, name):
            raise AppError(_no_longer_fit(sentence(problem)))
        return self._folder.keep_input(copy, name, image.edit)

    def shelve(self, image: ImageSource) -> ImageSource:
        """The stored form of a picture that is not sent now, so that no limit is asked.

        Raises StorageError, and AppError when it cannot be read as a picture.
        """
        if isinstance(image, UrlImage):
            return image
        return self._folder.keep_input(self.copy(image), _name(image), image.edit)

    def path(self, image: StoredImage) -> Path:
        """The file that holds the bytes to send."""
        return self._folder.input_path(image)

    def _source(self, image: FileImage | StoredImage, *, as_it_stands: bool) -> Path:
        if isinstance(image, FileImage):
            return image.path
        return self.path(image) if as_it_stands else self._folder.original_path(image)


def _name(image: FileImage | StoredImage) -> str:
    return image.path.name if isinstance(image, FileImage) else image.name


def _no_longer_fit(reason: str) -> ErrorRecord:
    return ErrorRecord(
        t("A picture was changed meanwhile"),
        t("{reason} Nothing was sent.", reason=reason),
        Remedy.EDIT_REQUEST,
    )
