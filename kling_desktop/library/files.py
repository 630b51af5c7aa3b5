"""The library folder: its marker, where results and inputs stand, and how they get there whole."""

import hashlib
import json
import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath

from kling_desktop.domain.answers import Downloaded
from kling_desktop.domain.errors import StorageError
from kling_desktop.domain.media import Edit, StoredImage, UploadCopy
from kling_desktop.domain.tasks import Output, OutputState, Task
from kling_desktop.library import disk
from kling_desktop.library.failures import folder_failure, library_missing
from kling_desktop.library.names import (
    EXTENSIONS,
    input_name,
    part_name,
    result_name,
    with_number,
)
from kling_desktop.text import t

MARKER = "kling-desktop-library.json"
FORMAT = 1
PARTS = ".parts"
_PUBLIC_FILE = 0o644
_MOST_NAMESAKES = 1000


class LibraryFolder:
    """One library folder. Blocking. Paths in values are relative to it; nothing is overwritten."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._id: str | None = None

    def prepare(self, expected_id: str | None = None) -> str:
        """Make the folder and its marker where there is none yet; returns the library's id.

        With an `expected_id` nothing is made: an empty folder in its place is a drive that is
        gone. Raises StorageError; `check` then goes on to ask for the expected one.
        """
        self._id = expected_id or self._id
        with _disk():
            if not (self.root / MARKER).exists():
                if expected_id is not None:
                    raise library_missing(
                        t("“{path}” does not hold your library now.", path=self.root)
                    )
                self._make()
            self._id = read_marker(self.root)
            if expected_id is not None and self._id != expected_id:
                raise library_missing(t("“{path}” holds another library.", path=self.root))
            disk.make_folder(self.root / PARTS)
            return self._id

    def accept(self) -> str:
        """Take the folder for the library as it stands, with a marker of its own; the id.

        A damaged marker is set aside. Raises StorageError, also for one from a newer version.
        """
        self._id = None
        marker = self.root / MARKER
        if marker.is_file() and not _is_json(marker):
            with _disk():
                marker.replace(marker.with_name(f"{MARKER}.bad"))
        return self.prepare()

    def check(self) -> None:
        """Raise StorageError unless the folder is there, the one prepared, and writable."""
        with _disk():
            found = read_marker(self.root)
            if self._id is not None and found != self._id:
                raise library_missing(t("“{path}” holds another library.", path=self.root))
            if not os.access(self.root, os.W_OK):
                closed = t("Writing to “{path}” is not allowed.", path=self.root)
                raise library_missing(closed, can_be_accepted=False)

    def part(self, task: Task, output: Output, *, watermarked: bool = False) -> Path:
        """Where an unfinished download lives, on the same file system as its final place."""
        self.check()
        with _disk():
            disk.make_folder(self.root / PARTS)
        return self.root / PARTS / part_name(task, output, watermarked=watermarked)

    def spare(self) -> Path:
        """A free name for a short-lived file on the library's file system."""
        return self.root / PARTS / f"{secrets.token_hex(16)}.part"

    def finish(
        self, task: Task, output: Output, downloaded: Downloaded, *, watermarked: bool = False
    ) -> Output:
        """Give a downloaded part its final name, whole and synced (pay-once 6.3, step 9).

        Returns the output with its file, hash and sizes, SAVED unless `watermarked`. Raises
        AppError for a file that does not decode, the part thrown away so that it is fetched
        afresh; StorageError otherwise.
        """
        part = self.part(task, output, watermarked=watermarked)
        name = result_name(task, output, downloaded.extension, watermarked=watermarked)
        with _disk():
            saved = self._verified(part, output, downloaded)
            try:
                disk.sync_file(part)
            except OSError:
                part.unlink(missing_ok=True)  # after a failed sync a file proves nothing
                raise
            part.chmod(_PUBLIC_FILE)
            self.check()
            file = self._place(part, name, downloaded.sha256)
        if watermarked:
            return replace(output, watermarked_file=file)
        return replace(saved, file=file, state=OutputState.SAVED)

    def adopt(self, task: Task, output: Output) -> Output | None:
        """The output as saved, if its final file already stands here whole (a crash).

        Such a file was synced before it got its name. Raises StorageError.
        """
        self.check()
        for extension in EXTENSIONS[output.media]:
            name = result_name(task, output, extension, watermarked=False)
            with _disk():
                path = self.root / name
                if path.is_file():
                    marked = result_name(task, output, extension, watermarked=True)
                    return self._adopted(path, name, marked, output)
        return None

    def keep_input(self, copy: UploadCopy, name: str, edit: Edit) -> StoredImage:
        """Keep a picture and, where they differ, the bytes to send; each once, synced.

        `name` and `edit` are remembered with it. Raises StorageError.
        """
        self.check()
        with _disk():
            original = self._keep(copy.original, copy.original_extension)
            sent = original
            if copy.sent != copy.original:
                sent = self._keep(copy.sent, copy.sent_extension)
        return StoredImage(
            original_sha256=original,
            original_extension=copy.original_extension,
            sent_sha256=sent,
            sent_extension=copy.original_extension if sent == original else copy.sent_extension,
            name=Path(name).name,
            width=copy.facts.width,
            height=copy.facts.height,
            edit=edit,
        )

    def input_path(self, image: StoredImage) -> Path:
        """The file with the bytes to send. Raises StorageError for what cannot be such a name."""
        return self._input(image.sent_sha256, image.sent_extension)

    def original_path(self, image: StoredImage) -> Path:
        """The file with the picture as it was given. Raises StorageError likewise."""
        return self._input(image.original_sha256, image.original_extension)

    def _input(self, sha256: str, extension: str) -> Path:
        try:
            return self.root / input_name(sha256, extension)
        except ValueError as problem:
            unusable = t("A kept picture has no usable name.")
            raise library_missing(unusable, can_be_accepted=False) from problem

    def _make(self) -> None:
        disk.make_folder(self.root)
        values = {"format": FORMAT, "id": secrets.token_hex(16)}
        data = json.dumps(values, indent=2).encode()
        disk.write_over(self.root / MARKER, data, self.root / f"{MARKER}.part")

    def _verified(self, part: Path, output: Output, downloaded: Downloaded) -> Output:
        # Pillow is imported when the first result arrives, not when the window opens.
        from kling_desktop.library.containers import damaged, extent

        try:
            if part.stat().st_size != downloaded.size_bytes:
                raise damaged(t("It is not as long as what was received."))  # noqa: TRY301
            found = extent(part, downloaded.extension)
        except OSError:
            raise
        except Exception:
            part.unlink(missing_ok=True)
            raise
        return replace(
            output,
            sha256=downloaded.sha256,
            size_bytes=downloaded.size_bytes,
            width=found.width,
            height=found.height,
            duration_s=found.duration_s,
        )

    def _place(self, part: Path, wanted: PurePosixPath, sha256: str) -> PurePosixPath:
        disk.make_folder((self.root / wanted).parent)
        for number in range(1, _MOST_NAMESAKES):
            name = wanted if number == 1 else with_number(wanted, number)
            final = self.root / name
            try:
                disk.rename_new(part, final)
            except FileExistsError:
                # Ours from before a crash, or a stranger's: only the same bytes are taken for it.
                if final.is_file() and _sha256(final) == sha256:
                    part.unlink(missing_ok=True)
                    return name
            else:
                return name
        raise FileExistsError(wanted)

    def _adopted(
        self, path: Path, name: PurePosixPath, marked: PurePosixPath, output: Output
    ) -> Output | None:
        from kling_desktop.library.containers import extent

        try:
            found = extent(path, name.suffix.removeprefix("."))
        except OSError:
            raise
        except Exception:  # a stranger's file under our name: the download finds another name
            return None
        return replace(
            output,
            state=OutputState.SAVED,
            file=name,
            watermarked_file=marked if (self.root / marked).is_file() else None,
            sha256=_sha256(path),
            size_bytes=path.stat().st_size,
            width=found.width,
            height=found.height,
            duration_s=found.duration_s,
        )

    def _keep(self, data: bytes, extension: str) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        final = self.root / input_name(sha256, extension)
        if not final.is_file() or final.stat().st_size != len(data):
            disk.make_folder(self.root / PARTS)
            part = self.spare()
            try:
                disk.write_new(part, iter((data,)))
                disk.make_folder(final.parent)
                part.replace(final)  # the name is the hash: never other bytes than these
            finally:
                part.unlink(missing_ok=True)
        disk.sync_folder(final.parent)
        return sha256


@contextmanager
def _disk() -> Generator[None]:
    try:
        yield
    except OSError as problem:
        raise folder_failure(problem) from problem


def read_marker(root: Path) -> str:
    """The id of the library at `root`. Raises StorageError when there is none that can be used."""
    try:
        values = json.loads((root / MARKER).read_text(encoding="utf-8"))
        format_, id = int(values["format"]), str(values["id"])
    except (FileNotFoundError, NotADirectoryError) as problem:
        raise _gone(root) from problem
    except (ValueError, KeyError, TypeError) as problem:
        detail = t("The file “{name}” in “{path}” is damaged.", name=MARKER, path=root)
        raise library_missing(detail) from problem
    if format_ > FORMAT:
        newer = t("“{path}” was written by a newer version of Kling Desktop.", path=root)
        raise library_missing(newer, can_be_accepted=False)
    return id


def _is_json(marker: Path) -> bool:
    try:
        return {"format", "id"} <= set(json.loads(marker.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return False


def _gone(root: Path) -> StorageError:
    return library_missing(t("“{path}” is not there, or its drive is not connected.", path=root))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
