"""The SHA-256 of a picture's bytes: by it the same picture is known again. Blocking."""

import hashlib
from pathlib import Path

from kling_desktop.images.inspect import LARGEST_READ_BYTES

_PIECE_BYTES = 1024 * 1024


def fingerprint(path: Path) -> str:
    """The hash of a regular file in lower-case hex; "" for what cannot be read or is too large."""
    from kling_desktop.images import opened

    digest, read = hashlib.sha256(), 0
    try:
        with opened.opened(path) as file:
            while piece := file.read(_PIECE_BYTES):
                read += len(piece)
                if read > LARGEST_READ_BYTES:
                    return ""
                digest.update(piece)
    except (opened.FaultError, OSError):
        return ""
    return digest.hexdigest()
