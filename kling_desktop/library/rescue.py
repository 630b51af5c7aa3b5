"""Where results wait while the library folder is gone or read-only: the provider does not wait."""

import shutil
from pathlib import Path
from threading import Lock
from typing import NoReturn

from kling_desktop.domain.answers import Downloaded
from kling_desktop.domain.errors import BugError, ErrorRecord, Remedy, RescuedError
from kling_desktop.domain.tasks import Output, Task
from kling_desktop.library.failures import folder_failure
from kling_desktop.library.files import LibraryFolder
from kling_desktop.text import t


class Rescue:
    """A folder in the app's own data that keeps results like a library, until they come home."""

    def __init__(self, folder: LibraryFolder) -> None:
        self._folder = folder
        self._turn = Lock()

    def part(self, task: Task, output: Output, *, watermarked: bool = False) -> Path:
        """Where an unfinished download lives. Raises StorageError."""
        self._prepare()
        return self._folder.part(task, output, watermarked=watermarked)

    def keep(
        self, task: Task, output: Output, downloaded: Downloaded, *, watermarked: bool
    ) -> NoReturn:
        """Keep a downloaded part, whole and synced. Raises RescuedError, since it is not home."""
        self._prepare()
        self._folder.finish(task, output, downloaded, watermarked=watermarked)
        raise RescuedError(self._is_safe())

    def refuse_twice(self, task: Task, output: Output) -> None:
        """Raise RescuedError if this result is kept here already."""
        self._prepare()
        if self._folder.adopt(task, output) is not None:
            raise RescuedError(self._is_safe())

    def bring_home(self, task: Task, output: Output, home: LibraryFolder) -> Output | None:
        """Move a result that is kept here into the library; None where there is none.

        The copy here goes when the one at home is synced. Raises StorageError.
        """
        if not self._folder.root.is_dir():
            return None
        self._prepare()
        kept = self._folder.adopt(task, output)
        if kept is None:
            return None
        if kept.file is None:
            raise BugError("what was adopted has a file")
        source = self._folder.root / kept.file
        try:
            part = home.part(task, output)
            part.unlink(missing_ok=True)
            shutil.copyfile(source, part)
        except OSError as problem:
            raise folder_failure(problem) from problem
        extension = kept.file.suffix.removeprefix(".")
        arrived = Downloaded(extension, kept.size_bytes, kept.sha256)
        saved = home.finish(task, output, arrived)
        source.unlink(missing_ok=True)
        return saved

    def _prepare(self) -> None:
        with self._turn:  # several downloads may be the first
            self._folder.prepare()

    def _is_safe(self) -> ErrorRecord:
        return ErrorRecord(
            t("The library folder was not found"),
            t(
                "New results are safe in “{path}”. They move into the library when it is back, "
                "or when you choose another with “kling-desktop library --accept”.",
                path=self._folder.root,
            ),
            Remedy.FIND_LIBRARY,
        )
