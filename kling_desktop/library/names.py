"""Names in the library folder: made of our own ids and of harmless signs of the prompt alone."""

import re
import unicodedata
from datetime import UTC, datetime
from pathlib import PurePosixPath

from kling_desktop.domain.errors import BugError
from kling_desktop.domain.media import MediaKind
from kling_desktop.domain.tasks import Output, Task

EXTENSIONS = {
    MediaKind.IMAGE: ("png", "jpg", "webp"),
    MediaKind.VIDEO: ("mp4", "webm"),
}
_WORDS_CHARACTERS = 60
_WORDS_BYTES = 150
_NEAT = " -_"
_LETTERS_MARKS_NUMBERS = "LMN"
_FALLBACK = {MediaKind.IMAGE: "picture", MediaKind.VIDEO: "video"}
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)( .*)?", re.I)
_ID = re.compile(r"[0-9a-z][0-9a-z-]{7,63}")
_HASH = re.compile(r"[0-9a-f]{64}")
_EXTENSION = re.compile(r"[a-z0-9]{1,5}")


def words(prompt: str, media: MediaKind) -> str:
    """The start of a prompt as the beginning of a file name, the kind of result if it has none.

    Letters, digits, spaces, `-` and `_`; NFC; at most 60 characters and 150 bytes; no name that
    Windows keeps for itself.
    """
    text = unicodedata.normalize("NFC", " ".join(prompt[:1000].split()))
    kept = "".join(c if _is_harmless(c) else " " for c in text)
    short = " ".join(kept.split())[:_WORDS_CHARACTERS]
    short = short.encode()[:_WORDS_BYTES].decode(errors="ignore").strip(_NEAT)
    # A mark without the letter that it belongs to would sit on whatever stands before.
    while short and unicodedata.category(short[0]).startswith("M"):
        short = short[1:].strip(_NEAT)
    if not short or _RESERVED.fullmatch(short):
        return _FALLBACK[media]
    return short


def result_name(task: Task, output: Output, extension: str, *, watermarked: bool) -> PurePosixPath:
    """Where a result belongs, relative to the library folder."""
    if extension not in EXTENSIONS[output.media]:
        raise BugError(f"no {output.media} is saved as .{extension}")
    made = datetime.fromtimestamp(task.created_at_ms / 1000, UTC)
    end = "-watermarked" if watermarked else ""
    stem = f"{words(task.request.prompt, output.media)} {_id(task)[:8]}-{output.index:d}{end}"
    return PurePosixPath(f"{made:%Y}") / f"{made:%m}" / f"{stem}.{extension}"


def part_name(task: Task, output: Output, *, watermarked: bool) -> str:
    """The name of an unfinished download."""
    return f"{_id(task)}-{output.index:d}{'-watermarked' if watermarked else ''}.part"


def input_name(sha256: str, extension: str) -> PurePosixPath:
    """Where a kept input belongs, relative to the library folder.

    Raises ValueError for anything but a hash and an extension: sidecars can be edited by hand.
    """
    if not _HASH.fullmatch(sha256) or not _EXTENSION.fullmatch(extension):
        raise ValueError("not the name of a kept picture")
    return PurePosixPath("inputs") / sha256[:2] / f"{sha256}.{extension}"


def with_number(name: PurePosixPath, number: int) -> PurePosixPath:
    """The same name told apart from one that is taken."""
    return name.with_name(f"{name.stem} ({number:d}){name.suffix}")


def _is_harmless(character: str) -> bool:
    return character in _NEAT or unicodedata.category(character)[0] in _LETTERS_MARKS_NUMBERS


def _id(task: Task) -> str:
    if not _ID.fullmatch(task.id):
        raise BugError("a task's id is made by us, of small letters and digits")
    return task.id
