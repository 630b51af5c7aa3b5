"""One owner per home: a lock that the kernel releases, and a note that says who holds it."""

import hashlib
import json
import os
import platform
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from kling_desktop.domain.errors import ErrorRecord, HomeInUseError, Remedy
from kling_desktop.library.failures import folder_failure
from kling_desktop.text import t

_MACHINE_ID = Path("/etc/machine-id")


@dataclass(frozen=True, slots=True)
class Machine:
    """A computer: its name for people, and an id that stays when it is renamed."""

    name: str
    id: str


def this_machine() -> Machine:
    """The computer this runs on. Where the system has no id of its own its name stands for it."""
    name = platform.node()
    try:
        known = _MACHINE_ID.read_text(encoding="ascii").strip() or name
    except (OSError, ValueError):
        known = name
    return Machine(name, hashlib.sha256(known.encode()).hexdigest()[:16])


class HomeLock:
    """Held by the process that owns a home. A killed owner leaves no lock behind.

    On one computer only the kernel decides; the note `owner.json` beside the lock file is for
    people. A note that another computer has left speaks of a home in a shared or synchronised
    folder, where no lock reaches.
    """

    def __init__(self, path: Path, machine: Machine | None = None) -> None:
        self._path = path
        self._machine = machine or this_machine()
        self._note = path.with_suffix(".json")
        self._lock = FileLock(path, thread_local=False, mode=0o600)

    def acquire(self, who: str, *, takes_over: bool = False) -> None:
        """Become the owner, at once or never.

        `takes_over` when a person says that another computer is done with it. Raises
        HomeInUseError naming the owner, StorageError when the folder cannot be written.
        """
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock.acquire(blocking=False)
            if not takes_over:
                self._refuse_another_machine()
            note = {
                "pid": os.getpid(),
                "who": who,
                "since_s": int(time.time()),
                "machine": self._machine.id,
                "machine_name": self._machine.name,
            }
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

    def _refuse_another_machine(self) -> None:
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
            machine, name = str(note["machine"]), str(note["machine_name"])
        except (OSError, ValueError, KeyError, TypeError):
            return
        if machine != self._machine.id:
            self._lock.release()
            raise HomeInUseError(_open_elsewhere(name))

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


def _open_elsewhere(name: str) -> ErrorRecord:
    return ErrorRecord(
        t("This home is open on another computer"),
        t(
            "“{name}” has it open, or did not close it. Two at once could pay for the same thing "
            "twice, so nothing was sent; lists can be read. When it is closed there, or that "
            "computer is gone: “kling-desktop library --accept”.",
            name=name,
        ),
        Remedy.CLOSE_OTHER,
    )
