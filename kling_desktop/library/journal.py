"""Task ids kept outside the ledger while it cannot be written: one synced JSON line each."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from kling_desktop.domain.tasks import Receipt
from kling_desktop.library.failures import folder_failure


class FileJournal:
    """Satisfies `engine.ports.Journal`. `path` belongs in another folder than the ledger."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, receipt: Receipt) -> None:
        """Add one line, on the disk before this returns. Raises StorageError."""
        # It starts with a line break, so that a line cut off by a crash spoils only itself.
        line = f"\n{json.dumps(asdict(receipt))}\n".encode()
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
            with os.fdopen(os.open(self._path, flags, 0o600), "ab") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as problem:
            raise folder_failure(problem) from problem

    def read(self) -> Sequence[Receipt]:
        """Every line that can be read, oldest first. Raises StorageError."""
        try:
            text = self._path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return []
        except OSError as problem:
            raise folder_failure(problem) from problem
        return list(_receipts(text))

    def clear(self) -> None:
        """Forget the lines. Raises StorageError."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as problem:
            raise folder_failure(problem) from problem


def _receipts(text: str) -> Iterator[Receipt]:
    for line in text.splitlines():
        try:
            values = json.loads(line)
            yield Receipt(str(values["id"]), str(values["task_id"]), int(values["at_ms"]))
        except (ValueError, KeyError, TypeError):
            continue
