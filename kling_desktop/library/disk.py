"""Writes that survive a power cut: synced, renamed without overwriting, the folder synced too."""

import errno
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

PRIVATE_FOLDER = 0o700


def sync_file(path: Path) -> None:
    """Force a file's bytes to the disk. Raises OSError; then nothing is known of the bytes."""
    descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Force a folder's entries to the disk, where the system can (Windows does it by itself)."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(path: Path) -> None:
    """The folder and those above it, each private and synced into its parent."""
    if path.is_dir():
        return
    if path.parent == path:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    make_folder(path.parent)
    with suppress(FileExistsError):
        path.mkdir(mode=PRIVATE_FOLDER)
        sync_folder(path.parent)


def write_new(path: Path, pieces: Iterable[bytes], mode: int = 0o600) -> None:
    """A synced file with these bytes. Raises OSError, and FileExistsError rather than overwrite."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, mode), "wb") as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def write_over(path: Path, data: bytes, part: Path) -> None:
    """`path` with these bytes: readers see the old or the new file, also after a power cut.

    `part` is a free name on the same file system.
    """
    part.unlink(missing_ok=True)
    write_new(part, (data,))
    part.replace(path)
    sync_folder(path.parent)


def rename_new(part: Path, final: Path) -> None:
    """Give a synced file its final name. Raises FileExistsError rather than overwrite.

    A crash leaves the whole file under either name, or both, and never an empty final one.
    """
    if os.name == "nt":
        part.rename(final)  # refuses by itself when the name is taken
        return
    try:
        os.link(part, final)
        part.unlink()
    except FileExistsError:
        raise
    except OSError:
        # exFAT and some network folders have no links. The home's one owner is the only writer
        # of such names, so nobody takes it between the look and the rename.
        if final.exists():
            raise FileExistsError(final) from None
        part.rename(final)
    sync_folder(final.parent)
