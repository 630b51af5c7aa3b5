"""One owner per home: a lock that the kernel releases, and a note that says who holds it."""

import json
import os
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from kling_desktop.domain.errors import ErrorRecord, HomeInUseError, Remedy
from kling_desktop.library.failures import folder_failure
from kling_desktop.text import t


class HomeLock:
    """Held by the process that owns a home. A killed owner leaves no lock behind.

    The note `owner.json` beside the lock file is for people alone: only the kernel decides.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._note = path.with_suffix(".json")
        self._lock = FileLock(path, thread_local=False, mode=0o600)

    def acquire(self, who: str) -> None:
        """Become the owner, at once or never.

        Raises HomeInUseError naming the owner, StorageError when the folder cannot be written.
        """
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock.acquire(blocking=False)
            note = {"pid": os.getpid(), "who": who, "since_s": int(time.time())}
            self._note.write_text(json.dumps(note), encoding="utf-8")
        except Timeout as problem:
            raise HomeInUseError(self._owner()) from problem
        except OSError as problem:
            self._lock.release()
            raise folder_failure(problem) from problem

    def release(self) -> None:
        """Give the home back. Does nothing when it is not held."""
        if self._lock.is_locked:
            with suppress(OSError):
                self._note.unlink(missing_ok=True)
            self._lock.release()

    def _owner(self) -> ErrorRecord:
        title = t("Kling Desktop is already at work here")
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
            since = datetime.fromtimestamp(int(note["since_s"]), UTC).astimezone()
            detail = t(
                "“{who}” (process {pid}) has had this home open since {since}. Nothing was sent.",
                who=note["who"],
                pid=int(note["pid"]),
                since=since.strftime("%Y-%m-%d %H:%M"),
            )
        except (OSError, ValueError, KeyError, TypeError, OverflowError):
            # The owner may be between taking the lock and writing its note.
            detail = t("Another process has this home open. Nothing was sent.")
        return ErrorRecord(title, detail, Remedy.CLOSE_OTHER)
