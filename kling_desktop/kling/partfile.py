"""An unfinished download on disk, and how far of it can be relied on."""

import hashlib
import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import Any, BinaryIO, cast

from kling_desktop.domain.answers import Downloaded
from kling_desktop.domain.errors import ErrorRecord, Remedy, StorageError
from kling_desktop.kling.containers import HEAD_BYTES, extension_of, is_whole
from kling_desktop.text import t

_SYNC_EVERY_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Start:
    """Where a download goes on: after `offset` bytes of the version named by `etag`."""

    offset: int = 0
    etag: str = ""
    total_bytes: int | None = None


class PartFile:
    """The `.part` file and, beside it, a small record of what was synced and of which version.

    Blocking. Every method raises StorageError when the disk fails.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._record = path.with_name(path.name + ".json")
        self._file: BinaryIO | None = None
        self._start = Start()
        self._synced = 0
        self.size = 0

    def start(self) -> Start:
        """What can be relied on from last time; bytes behind the last sync are not."""
        with _disk():
            try:
                fields: Any = json.loads(self._record.read_text(encoding="utf-8"))
                here = self.path.stat().st_size
            except (FileNotFoundError, ValueError):
                return Start()
            start = _read_record(fields)
            return start if 0 < start.offset <= here else Start()

    def open(self, start: Start) -> None:
        """Be ready to write after `start.offset`; what stood behind it is cut off."""
        with _disk():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("r+b" if start.offset else "wb")
            self._file.truncate(start.offset)
            self._file.seek(start.offset)
            if not start.offset:
                # It spoke of the bytes that are gone now, perhaps of another version.
                self._record.unlink(missing_ok=True)
        self._start = start
        self.size = self._synced = start.offset

    def write(self, piece: bytes | bytearray) -> None:
        """Append."""
        assert self._file is not None
        with _disk():
            self._file.write(piece)
            self.size += len(piece)
            if self.size - self._synced >= _SYNC_EVERY_BYTES:
                self._sync(self._file)

    def close(self) -> None:
        """Keep what there is, in a way that a later call can rely on."""
        if self._file is None:
            return
        with _disk():
            self._sync(self._file)
            self._file.close()
        self._file = None

    def discard(self) -> None:
        """Begin anew next time."""
        with _disk():
            if self._file is not None:
                self._file.close()
                self._file = None
            self._record.unlink(missing_ok=True)
            self.path.unlink(missing_ok=True)

    def extension(self) -> str | None:
        """What the first bytes say the file is."""
        with _disk():
            if self._file is not None:
                self._file.flush()
            with self.path.open("rb") as file:
                return extension_of(file.read(HEAD_BYTES))

    def finished(self) -> Downloaded | None:
        """The whole file with its hash, or None when its container does not reach its end."""
        extension = self.extension()
        with _disk():
            if extension is None or not is_whole(self.path, extension):
                return None
            with self.path.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            self._record.unlink(missing_ok=True)
            return Downloaded(extension, self.path.stat().st_size, sha256)

    def _sync(self, file: BinaryIO) -> None:
        file.flush()
        os.fsync(file.fileno())
        self._synced = self.size
        if self._start.etag:
            fields = {
                "synced_bytes": self._synced,
                "etag": self._start.etag,
                "total_bytes": self._start.total_bytes,
            }
            fresh = self._record.with_name(self._record.name + ".new")
            fresh.write_text(json.dumps(fields), encoding="utf-8")
            fresh.replace(self._record)


def _read_record(fields: object) -> Start:
    if not isinstance(fields, dict):
        return Start()
    known = cast(dict[str, Any], fields)
    offset, etag = known.get("synced_bytes"), known.get("etag")
    total = known.get("total_bytes")
    if not isinstance(offset, int) or not isinstance(etag, str):
        return Start()
    return Start(offset, etag, total if isinstance(total, int) else None)


@contextmanager
def _disk() -> Generator[None]:
    """Our own disk's failures, told apart from the network's."""
    try:
        yield
    except OSError as error:
        is_full = error.errno in (ENOSPC, EDQUOT)
        title = t("The disk is full") if is_full else t("The disk cannot be written")
        detail = t("The result could not be saved. It is still at the provider.")
        remedy = Remedy.FREE_SPACE if is_full else Remedy.FIND_LIBRARY
        raise StorageError(ErrorRecord(title, detail, remedy)) from error
