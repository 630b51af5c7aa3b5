"""The library as the engine needs it: the folder and its index as one."""

from collections.abc import Iterable
from pathlib import Path

from kling_desktop.domain.answers import Downloaded
from kling_desktop.domain.errors import BugError, Remedy, StorageError
from kling_desktop.domain.media import Asset
from kling_desktop.domain.tasks import Output, Task
from kling_desktop.library.failures import folder_failure
from kling_desktop.library.files import LibraryFolder
from kling_desktop.library.index import Index
from kling_desktop.library.rescue import Rescue
from kling_desktop.library.sidecar import (
    asset_of,
    other_ids,
    sidecar_path,
    values_of,
    write_sidecar,
)


class Library:
    """Satisfies `engine.ports.MediaStore`. Blocking; one thread at a time. Raises StorageError."""

    def __init__(
        self, folder: LibraryFolder, index: Index, rescue: LibraryFolder | None = None
    ) -> None:
        self._folder = folder
        self._index = index
        self._rescue = rescue and Rescue(rescue)

    def check(self) -> None:
        """Raise StorageError unless the folder is there, the one prepared, writable, with room."""
        self._folder.check()
        self._folder.check_room()

    def part(self, task: Task, output: Output, *, watermarked: bool = False) -> Path:
        """Where an unfinished download lives: beside its final place, or in the rescue folder."""
        rescue = self._needed_rescue()
        if rescue is not None:
            return rescue.part(task, output, watermarked=watermarked)
        return self._folder.part(task, output, watermarked=watermarked)

    def adopt(self, task: Task, output: Output) -> Output | None:
        """The output as saved, if its final file already stands in the library (a crash).

        What stands in the rescue folder is brought home first. Raises RescuedError for such a
        file while the library is not there.
        """
        rescue = self._needed_rescue()
        if rescue is not None:
            rescue.refuse_twice(task, output)
            return None
        adopted = self._folder.adopt(task, output)
        if adopted is None and self._rescue is not None:
            return self._rescue.bring_home(task, output, self._folder)
        return adopted

    def finish(
        self, task: Task, output: Output, downloaded: Downloaded, *, watermarked: bool = False
    ) -> Output:
        """Give a downloaded part its final name; see `LibraryFolder.finish`.

        Raises RescuedError when that is in the rescue folder.
        """
        rescue = self._needed_rescue()
        if rescue is not None:
            rescue.keep(task, output, downloaded, watermarked=watermarked)
        return self._folder.finish(task, output, downloaded, watermarked=watermarked)

    def describe(self, task: Task, output: Output) -> Asset:
        """Write the sidecar of a saved output, and enter it in the index."""
        if output.file is None:
            raise BugError("only a saved result is described")
        self._folder.check()
        path = sidecar_path(self._folder.root / output.file)
        try:
            values = write_sidecar(path, values_of(task, output), self._folder.spare())
        except OSError as problem:
            raise folder_failure(problem) from problem
        asset = asset_of(values, path)
        self._index.add(asset, other_ids(values))
        return asset

    def describe_missing(self, tasks: Iterable[Task]) -> list[Asset]:
        """Describe every saved result that has no sidecar (a crash right after its row)."""
        self._folder.check()
        return [
            self.describe(task, output)
            for task in tasks
            for output in task.saved
            if output.file is not None
            and (file := self._folder.root / output.file).is_file()
            and not sidecar_path(file).exists()
        ]

    def _needed_rescue(self) -> Rescue | None:
        """The rescue folder while the library is not there; None when it is, or there is none."""
        try:
            self._folder.check()
        except StorageError as gone:
            if self._rescue is None or gone.record.remedy is not Remedy.FIND_LIBRARY:
                raise
            return self._rescue
        return None
