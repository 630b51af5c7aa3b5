"""Is a file what it says, to its end? Magic bytes and the container's own arithmetic.

Pictures are decoded wholly by the library; this is what can be known without a decoder.
"""

import os
from pathlib import Path
from typing import BinaryIO

from kling_desktop.domain.media import MediaKind

HEAD_BYTES = 64
_PNG = b"\x89PNG\r\n\x1a\n"
_EBML = b"\x1a\x45\xdf\xa3"
_STILL_BRANDS = (b"heic", b"heix", b"heif", b"mif1", b"msf1", b"avif", b"avis")
# Some encoders leave a little behind the end marker; a decoder ignores it, and so do we.
_JPEG_TAIL_BYTES = 4096

MEDIA_OF = {
    "png": MediaKind.IMAGE,
    "jpg": MediaKind.IMAGE,
    "webp": MediaKind.IMAGE,
    "mp4": MediaKind.VIDEO,
    "webm": MediaKind.VIDEO,
}


def extension_of(head: bytes) -> str | None:
    """The extension for a file that starts with `head`, None when it is nothing we accept."""
    if head.startswith(_PNG):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp" and head[8:12] not in _STILL_BRANDS:
        return "mp4"
    if head.startswith(_EBML) and b"webm" in head[:HEAD_BYTES]:
        return "webm"
    return None


def is_whole(path: Path, extension: str) -> bool:
    """Whether the container of `path` reaches its end. Raises OSError."""
    check = {
        "png": _png_ends,
        "jpg": _jpeg_ends,
        "webp": _webp_ends,
        "mp4": _mp4_adds_up,
        "webm": _webm_adds_up,
    }[extension]
    with path.open("rb") as file:
        try:
            return check(file, os.fstat(file.fileno()).st_size)
        except ValueError:
            return False


def _png_ends(file: BinaryIO, size: int) -> bool:
    at = len(_PNG)
    while at + 12 <= size:
        file.seek(at)
        header = file.read(8)
        at += 12 + int.from_bytes(header[:4])
        if header[4:] == b"IEND":
            return at <= size
    return False


def _jpeg_ends(file: BinaryIO, size: int) -> bool:
    file.seek(max(0, size - _JPEG_TAIL_BYTES))
    return b"\xff\xd9" in file.read()


def _webp_ends(file: BinaryIO, size: int) -> bool:
    return int.from_bytes(file.read(8)[4:], "little") + 8 <= size


def _mp4_adds_up(file: BinaryIO, size: int) -> bool:
    at, kinds = 0, set[bytes]()
    while at + 8 <= size:
        file.seek(at)
        header = file.read(16)
        length, kind = int.from_bytes(header[:4]), header[4:8]
        if length == 0:  # reaches to the end of the file
            length = size - at
        elif length == 1:
            length = int.from_bytes(header[8:16])
        if length < 8:
            return False
        kinds.add(kind)
        at += length
    return at == size and {b"ftyp", b"moov"} <= kinds


def _webm_adds_up(file: BinaryIO, size: int) -> bool:
    file.seek(4)
    file.seek(_ebml_size(file) or 0, os.SEEK_CUR)
    if file.read(4) != b"\x18\x53\x80\x67":  # Segment: everything else is inside
        return False
    length = _ebml_size(file)
    return length is None or file.tell() + length <= size


def _ebml_size(file: BinaryIO) -> int | None:
    """The length at the file's position, None for "unknown", as live recordings have it.

    The first byte's leading zeros tell how wide it is. Raises ValueError when it is not one.
    """
    first = file.read(1)
    if not first or first[0] == 0:
        raise ValueError("no EBML length here")
    width = 9 - first[0].bit_length()
    value = int.from_bytes(bytes([first[0] ^ (1 << (8 - width))]) + file.read(width - 1))
    return None if value == (1 << 7 * width) - 1 else value
