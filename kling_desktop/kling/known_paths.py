"""Which of several paths answered for a provider: remembered, since gateways document none."""

import json
import logging
from pathlib import Path
from typing import Any, Protocol, cast

log = logging.getLogger(__name__)


class KnownPaths(Protocol):
    """A memory for query paths. Losing it costs one more question, so it never raises."""

    def get(self, what: str) -> str | None:
        """The path that last answered for `what`."""
        ...

    def remember(self, what: str, path: str) -> None:
        """Keep it."""
        ...


class SessionPaths:
    """Remembers until the end of this run."""

    def __init__(self) -> None:
        self._paths: dict[str, str] = {}

    def get(self, what: str) -> str | None:
        """The path that last answered for `what`."""
        return self._paths.get(what)

    def remember(self, what: str, path: str) -> None:
        """Keep it."""
        self._paths[what] = path


class FilePaths:
    """Remembers in a small JSON file, written when something changes. Read when first asked."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._paths: dict[str, str] | None = None

    def get(self, what: str) -> str | None:
        """The path that last answered for `what`."""
        return self._known().get(what)

    def remember(self, what: str, path: str) -> None:
        """Keep it, if that is news."""
        if self._known().get(what) == path:
            return
        self._known()[what] = path
        part = self._file.with_name(f"{self._file.name}.part")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(self._known(), indent=2), encoding="utf-8")
            part.replace(self._file)
        except OSError as error:
            log.warning("a query path is not remembered: %s", error.strerror)

    def _known(self) -> dict[str, str]:
        if self._paths is None:
            try:
                values: object = json.loads(self._file.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                values = None
            entries = cast(dict[str, Any], values) if isinstance(values, dict) else {}
            self._paths = {what: path for what, path in entries.items() if isinstance(path, str)}
        return self._paths
