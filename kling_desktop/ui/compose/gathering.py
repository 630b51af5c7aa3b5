"""From what was offered to files that can be looked at. Blocking: not for the GUI thread.

Bounded in number, depth and bytes; nothing here opens a pipe or a device.
"""

import os
import re
import stat
from base64 import b64decode
from binascii import Error
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

from kling_desktop.domain.media import FileImage, ImageSource
from kling_desktop.text import t
from kling_desktop.ui.compose.offers import Offer, is_picture_name, refusal_of
from kling_desktop.ui.compose.pixels import Pixels, new_file

MOST_FROM_FOLDER = 24
_DEEPEST = 3
_MOST_ENTRIES = 5000
_LONGEST_DATA = 64 * 1024 * 1024
_EXTENSIONS = {"png": "png", "jpeg": "jpg", "jpg": "jpg", "webp": "webp", "gif": "gif"}
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that was not taken, and why, in few words."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """What came of an offer. `left` counts pictures beyond the most that are taken."""

    images: tuple[ImageSource, ...] = ()
    refused: tuple[Refusal, ...] = ()
    left: int = 0


def gather(offered: Iterable[Offer], pixels: Pixels | None, scratch: Path) -> Gathered:
    """The pictures in `offered`, in order. `scratch` takes those that come without a file."""
    images: list[ImageSource] = []
    refused: list[Refusal] = []
    left = 0
    for offer in offered:
        try:
            found, beyond = _of(offer, pixels, scratch)
        except _RefusedError as refusal:
            refused.append(Refusal(offer.name, refusal.why))
        except OSError as problem:
            why = t("The system says: {reason}", reason=problem.strerror or problem)
            refused.append(Refusal(offer.name, why))
        else:
            images += found
            left += beyond
    return Gathered(tuple(images), tuple(refused), left)


class _RefusedError(Exception):
    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def _of(offer: Offer, pixels: Pixels | None, scratch: Path) -> tuple[list[ImageSource], int]:
    if offer.path is not None:
        return _of_path(offer.path)
    if offer.refusal:
        raise _RefusedError(offer.refusal)
    if offer.data:
        return [_decoded(offer.data, scratch)], 0
    if offer.is_pixels:
        if pixels is None or pixels.refusal:
            raise _RefusedError(pixels.refusal if pixels else t("It cannot be read"))
        return [pixels.save(scratch)], 0
    return [offer.image] if offer.image is not None else [], 0


def _of_path(path: Path) -> tuple[list[ImageSource], int]:
    mode = _mode(path)
    if stat.S_ISDIR(mode):
        return _of_folder(path)
    if refusal := refusal_of(path):
        raise _RefusedError(refusal)
    if not stat.S_ISREG(mode):
        raise _RefusedError(t("Not an ordinary file"))
    return [FileImage(path)], 0


def _mode(path: Path) -> int:
    """What it is, links followed. What is not there counts as a file: its slot then says so."""
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return stat.S_IFREG
    except (OSError, ValueError):  # links that lead in a circle; a NUL in the name
        return 0


def _of_folder(folder: Path) -> tuple[list[ImageSource], int]:
    found = sorted(_pictures_in(folder), key=lambda path: _natural(path, folder))
    if not found:
        raise _RefusedError(t("No pictures in this folder"))
    taken = found[:MOST_FROM_FOLDER]
    return [FileImage(path) for path in taken], len(found) - len(taken)


def _pictures_in(folder: Path) -> Iterator[Path]:
    """Pictures by name that are regular files; links to folders are not followed."""
    waiting = [(folder, 1)]
    seen = 0
    while waiting:
        inside, depth = waiting.pop(0)
        with os.scandir(inside) as entries:
            for entry in entries:
                seen += 1
                if seen > _MOST_ENTRIES:
                    return
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    if depth < _DEEPEST:
                        waiting.append((Path(entry.path), depth + 1))
                elif is_picture_name(entry.name) and _is_regular(entry):
                    yield Path(entry.path)


def _is_regular(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


def _natural(path: Path, folder: Path) -> tuple[int, list[tuple[int, int, str]]]:
    """Files of the folder itself first; figures by their value."""
    inside = path.relative_to(folder)
    pieces = _DIGITS.split(str(inside).casefold())
    order = [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in pieces if p]
    return len(inside.parts), order


def _decoded(url: str, scratch: Path) -> FileImage:
    head, _, body = url.partition(",")
    kind = head[len("data:image/") :].partition(";")[0].strip().lower()
    extension = _EXTENSIONS.get(kind)
    if extension is None:
        raise _RefusedError(t("Not a picture: {suffix}", suffix=kind[:20]))
    if len(body) > _LONGEST_DATA:
        raise _RefusedError(t("Larger than can be opened safely"))
    try:
        is_base64 = head.lower().endswith(";base64")
        plain = unquote_to_bytes(body)
        data = b64decode(plain, validate=True) if is_base64 else plain
    except (Error, ValueError):
        raise _RefusedError(t("It cannot be read")) from None
    with new_file(scratch, extension) as (part, keep):
        part.write_bytes(data)
        return FileImage(keep())
