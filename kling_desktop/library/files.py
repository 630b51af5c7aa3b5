"""The library folder: its marker, where results and inputs stand, and how they get there whole."""

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from kling_desktop.domain.answers import Downloaded
from kling_desktop.domain.errors import ErrorRecord, Remedy, StorageError
from kling_desktop.domain.media import StoredImage
from kling_desktop.domain.tasks import Output, OutputState, Task
from kling_desktop.library import disk
from kling_desktop.library.failures import disk_nearly_full, folder_failure, library_missing
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
_PIECE_BYTES = 1024 * 1024
_PUBLIC_FILE = 0o644
_MOST_NAMESAKES = 1000
# Enough for the largest picture and for every book-keeping beside it.
RESERVE_BYTES = 150 * 1024 * 1024


class LibraryFolder:
    """One library folder. Blocking. Paths in values are relative to it; nothing is overwritten."""

    def __init__(self, root: Path, reserve_bytes: int = RESERVE_BYTES) -> None:
        self.root = root
        self._reserve_bytes = reserve_bytes
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

    def check_room(self) -> None:
        """Raise StorageError unless the reserve is free.

        A disk that is filled to its last byte could not keep what was bought, nor write it down.
        """
        with _disk():
            free_bytes = shutil.disk_usage(self.root).free
        if free_bytes < self._reserve_bytes:
            raise disk_nearly_full(free_bytes, self._reserve_bytes)

    def part(self, task: Task, output: Output, *, watermarked: bool = False) -> Path:
        """Where an unfinished download lives, on the same file system as its final place."""
        self.check()
        self.check_room()
        with _disk():
            disk.make_folder(self.root / PARTS)
        return self._part(task, output, watermarked=watermarked)

    def _part(self, task: Task, output: Output, *, watermarked: bool) -> Path:
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
        self.check()
        part = self._part(task, output, watermarked=watermarked)
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

    def keep_input(
        self,
        source: Path,
        extension: str,
        sent: bytes | None,
        sent_extension: str,
        name: str,
        width: int,
        height: int,
    ) -> StoredImage:
        """Keep a picture and, where they differ, the bytes to send; each once, synced.

        `width` and `height` are those of the sent picture. Raises StorageError.
        """
        self.check()
        with _open_picture(source) as file, _disk():
            original = self._keep(_pieces(file), extension)
            sent_sha256 = original
            if sent is not None:
                sent_sha256 = self._keep(iter((sent,)), sent_extension)
        return StoredImage(
            original_sha256=original,
            original_extension=extension,
            sent_sha256=sent_sha256,
            sent_extension=extension if sent is None else sent_extension,
            name=Path(name).name,
            width=width,
            height=height,
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

    def _keep(self, pieces: Iterator[bytes], extension: str) -> str:
        disk.make_folder(self.root / PARTS)
        part = self.spare()
        digest = hashlib.sha256()

        def passing() -> Iterator[bytes]:
            for piece in pieces:
                digest.update(piece)
                yield piece

        try:
            disk.write_new(part, passing())
            final = self.root / input_name(digest.hexdigest(), extension)
            disk.make_folder(final.parent)
            if not final.is_file() or final.stat().st_size != part.stat().st_size:
                part.replace(final)  # the name is the hash: never other bytes than these
            disk.sync_folder(final.parent)
        finally:
            part.unlink(missing_ok=True)
        return digest.hexdigest()


@contextmanager
def _disk() -> Generator[None]:
    try:
        yield
    except OSError as problem:
        raise folder_failure(problem) from problem


def _open_picture(source: Path) -> BinaryIO:
    try:
        return source.open("rb")
    except OSError as problem:
        title = t("A picture could not be read")
        detail = t("“{name}”: {reason}.", name=source.name, reason=problem.strerror or problem)
        record = ErrorRecord(title, detail, Remedy.EDIT_REQUEST)
        raise StorageError(record) from problem


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


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_PIECE_BYTES):
        yield piece


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
