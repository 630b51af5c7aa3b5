"""The SHA-256 of a picture's bytes: by it the same picture is known again. Blocking."""

import hashlib
from pathlib import Path

from kling_desktop.images.inspect import LARGEST_READ_BYTES


def fingerprint(path: Path) -> str:
    """The hash of a regular file in lower-case hex; "" for what cannot be read or is too large."""
    from kling_desktop.images import opened

    try:
        with opened.opened(path) as file:
            digest = hashlib.file_digest(file, "sha256")
            return digest.hexdigest() if file.tell() <= LARGEST_READ_BYTES else ""
    except (opened.FaultError, OSError):
        return ""
