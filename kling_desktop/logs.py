"""The log file: rotating, readable by its owner alone, without keys, addresses or prompts."""

import logging
import os
import re
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

_LARGEST_BYTES = 1_000_000
_KEPT = 5
_SECRETS = (
    # A bearer token, a JWT, a provider's key: whatever a library might quote.
    (re.compile(r"(?i)bearer\s+\S+"), "Bearer [masked]"),
    (re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*"), "[masked]"),
    (re.compile(r"\b(?:sk|api-key|ak)-[\w-]{8,}"), "[masked]"),
    # Signed result addresses say as much as a key does: only the host stays.
    (re.compile(r"(https?://[^/\s\"']+)[^\s\"']*"), r"\1/[masked]"),
    (re.compile(r"[A-Za-z0-9+/]{200,}={0,2}"), "[base64]"),
)


def redacted(line: str) -> str:
    """`line` without anything that looks like a key, a signed address or a picture."""
    for pattern, instead in _SECRETS:
        line = pattern.sub(instead, line)
    return line


class _RedactingFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


class _PrivateFileHandler(RotatingFileHandler):
    def _open(self) -> TextIOWrapper:
        handle = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return os.fdopen(handle, "a", encoding="utf-8")


def start_logging(folder: Path) -> None:
    """Write our own log to `folder`. A folder that cannot be written to stops nothing."""
    root = logging.getLogger("kling_desktop")
    root.setLevel(logging.INFO)
    root.propagate = False
    for handler in list(root.handlers):
        root.removeHandler(handler)
    logging.raiseExceptions = False
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler: logging.Handler = _PrivateFileHandler(
            folder / "kling-desktop.log", maxBytes=_LARGEST_BYTES, backupCount=_KEPT, delay=True
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(
        _RedactingFormatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s")
    )
    root.addHandler(handler)
