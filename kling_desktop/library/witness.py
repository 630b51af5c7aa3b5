"""What was last seen of the ledger, kept in another folder: an older copy in its place is noticed.

A ledger copied back from a backup, or one whose log was lost, is whole and yet knows less than
was done: sending what stands in it unsent could buy twice.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from kling_desktop.library import disk
from kling_desktop.library.failures import folder_failure


@dataclass(frozen=True, slots=True)
class Seen:
    """Which ledger, after how many writes. `is_review` until a person has said go."""

    ledger: str
    generation: int
    is_review: bool = False


class Witness:
    """One small file, synced. What cannot be read was never seen."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Seen | None:
        """What was last written, None where there is nothing usable."""
        try:
            values = json.loads(self._path.read_text(encoding="utf-8"))
            return Seen(str(values["ledger"]), int(values["generation"]), bool(values["is_review"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, seen: Seen) -> None:
        """Keep `seen`. Raises StorageError."""
        try:
            disk.make_folder(self._path.parent)
            data = json.dumps(asdict(seen)).encode()
            disk.write_over(self._path, data, self._path.with_name(self._path.name + ".part"))
        except OSError as problem:
            raise folder_failure(problem) from problem
