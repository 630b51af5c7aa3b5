"""Small pictures of the results in the cache folder: made once, bounded in size, safe to delete."""

import os
import re
import secrets
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from kling_desktop.domain.errors import AppError, ErrorRecord
from kling_desktop.library.failures import folder_failure
from kling_desktop.text import t

if TYPE_CHECKING:
    from PIL import Image

_BUDGET_BYTES = 256 * 1024 * 1024
_KEPT_SHARE = 0.8
_HASH = re.compile(r"[0-9a-f]{64}")
_WHOLE = {".jpg": (b"\xff\xd8", b"\xff\xd9"), ".png": (b"\x89PNG", b"IEND\xaeB`\x82")}
_QUALITY = 85


class Thumbnails:
    """One cache folder. Any number of threads; `budget_bytes` is kept to within one picture."""

    def __init__(self, folder: Path, budget_bytes: int = _BUDGET_BYTES) -> None:
        self._folder = folder
        self._budget_bytes = budget_bytes
        self._turn = threading.Lock()
        self._used_bytes: int | None = None

    def get(self, file: Path, sha256: str, longest_px: int) -> Path:
        """A picture file at most `longest_px` wide and high, turned as EXIF asks.

        `sha256` is that of `file`, which is read only when the cache has nothing whole. Raises
        AppError when it is no picture that can be decoded, StorageError when the disk refuses.
        """
        if not _HASH.fullmatch(sha256):
            raise AppError(_no_picture())
        stem = self._folder / sha256[:2] / f"{sha256}-{longest_px:d}"
        try:
            for extension in _WHOLE:
                kept = stem.with_name(stem.name + extension)
                if _is_whole(kept):
                    return kept
            return self._make(file, stem, longest_px)
        except OSError as problem:
            raise folder_failure(problem) from problem

    def _make(self, file: Path, stem: Path, longest_px: int) -> Path:
        small = _shrunk(file, longest_px)
        extension = ".png" if small.has_transparency_data else ".jpg"
        stem.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        final = stem.with_name(stem.name + extension)
        part = stem.with_name(f"{secrets.token_hex(8)}.part")
        try:
            if extension == ".png":
                small.save(part, "PNG")
            else:
                small.convert("RGB").save(part, "JPEG", quality=_QUALITY)
            size_bytes = part.stat().st_size
            part.replace(final)
        finally:
            part.unlink(missing_ok=True)
        self._count(size_bytes)
        return final

    def _count(self, size_bytes: int) -> None:
        with self._turn:
            if self._used_bytes is None:
                self._used_bytes = sum(size for _, size, _ in _entries(self._folder))
            else:
                self._used_bytes += size_bytes
            if self._used_bytes > self._budget_bytes:
                self._used_bytes = _prune(self._folder, self._budget_bytes * _KEPT_SHARE)


def _shrunk(file: Path, longest_px: int) -> "Image.Image":
    from PIL import Image, ImageOps

    from kling_desktop.library.pillow import open_picture

    with file.open("rb") as source:
        try:
            with open_picture(source, ("JPEG", "PNG", "WEBP")) as picture:
                # JPEG decodes at an eighth to a half at once, which is most of the speed.
                picture.draft("RGB", (longest_px, longest_px))
                # Turned when small: the turn changes neither the longest side nor the look.
                picture.thumbnail((longest_px, longest_px), Image.Resampling.LANCZOS, 2.0)
                small = ImageOps.exif_transpose(picture)
                return small.convert("RGBA") if small.has_transparency_data else small
        except Exception as problem:  # Pillow raises anything at all on a broken file
            if isinstance(problem, OSError) and problem.errno is not None:
                raise  # the disk's own
            raise AppError(_no_picture()) from problem


def _is_whole(path: Path) -> bool:
    # A crash may leave a file of zeros, and the cache is never synced.
    head, tail = _WHOLE[path.suffix]
    try:
        with path.open("rb") as file:
            if file.read(len(head)) != head:
                return False
            file.seek(-len(tail), os.SEEK_END)
            return file.read() == tail
    except FileNotFoundError:
        return False


def _entries(folder: Path) -> list[tuple[int, int, Path]]:
    entries: list[tuple[int, int, Path]] = []
    for path in folder.glob("*/*"):
        try:
            facts = path.stat()
        except FileNotFoundError:
            continue  # removed meanwhile
        entries.append((facts.st_mtime_ns, facts.st_size, path))
    return entries


def _prune(folder: Path, kept_bytes: float) -> int:
    entries = sorted(_entries(folder))
    used_bytes = sum(size for _, size, _ in entries)
    for _, size, path in entries:
        if used_bytes <= kept_bytes:
            break
        path.unlink(missing_ok=True)
        used_bytes -= size
    return used_bytes


def _no_picture() -> ErrorRecord:
    return ErrorRecord(t("No preview"), t("The file cannot be shown as a picture."))
