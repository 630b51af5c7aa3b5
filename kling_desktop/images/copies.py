"""A file read once, and its upload copy. Pillow is loaded with this, for the first picture."""

import hashlib
import os
import threading
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

from kling_desktop.domain.media import Edit, ImageFacts, ImageFault, ImageLimits, UploadCopy
from kling_desktop.images import opened
from kling_desktop.images.inspect import LARGEST_READ_BYTES, IsWanted, always
from kling_desktop.images.mend import is_transparent, mended

# Two of the largest at once would not fit into the memory of a small computer.
_LARGE_PIXELS = 25_000_000
_one_large = threading.Lock()
_EXTENSIONS = {"JPEG": "jpg", "JPEG2000": "jp2"}


class FaultyError(Exception):
    """The file cannot be sent, whatever is done. `facts` has the fault and what else is known."""

    def __init__(self, facts: ImageFacts) -> None:
        super().__init__(facts.fault)
        self.facts = facts


def mended_copy(
    path: Path, edit: Edit, limits: ImageLimits, is_wanted: IsWanted = always
) -> UploadCopy:
    """What would be sent of the file. Raises FaultyError, also when it is no longer wanted."""
    data, header, facts = _read(path, is_wanted)
    try:
        with _turn_of(header):
            _go_on(is_wanted)
            made = mended(data, header, edit, limits)
    except (opened.FaultError, MemoryError) as problem:
        raise FaultyError(replace(facts, fault=_fault(problem))) from problem
    found = replace(
        facts,
        format=made.format,
        width=made.width,
        height=made.height,
        size_bytes=len(made.data),
        mends=made.mends,
        is_transparent=made.is_transparent,
        left_out=made.left_out,
        profile=made.profile,
    )
    sent = data if made.data == data else made.data
    return UploadCopy(data, _extension(header.format), sent, _extension(made.format), found)


def same_copy(path: Path) -> UploadCopy:
    """The file as it stands, if it is a whole picture. Raises FaultyError."""
    data, header, facts = _read(path)
    try:
        with _turn_of(header):
            found = replace(facts, is_transparent=is_transparent(data, header))
    except (opened.FaultError, MemoryError) as problem:
        raise FaultyError(replace(facts, fault=_fault(problem))) from problem
    extension = _extension(header.format)
    return UploadCopy(data, extension, data, extension, found)


def _go_on(is_wanted: IsWanted) -> None:
    if not is_wanted():
        raise opened.FaultError(ImageFault.UNREADABLE)


def _turn_of(header: opened.Header) -> AbstractContextManager[object]:
    is_large = header.width * header.height > _LARGE_PIXELS
    return _one_large if is_large else nullcontext()


def _fault(problem: opened.FaultError | MemoryError) -> ImageFault:
    return problem.fault if isinstance(problem, opened.FaultError) else ImageFault.TOO_MANY_PIXELS


def _read(path: Path, is_wanted: IsWanted = always) -> tuple[bytes, opened.Header, ImageFacts]:
    try:
        with opened.opened(path, is_wanted) as file:
            size_bytes = file.seek(0, os.SEEK_END)
            if size_bytes > LARGEST_READ_BYTES:
                large = ImageFault.TOO_LARGE
                raise FaultyError(ImageFacts(fault=large, original_size_bytes=size_bytes))
            header = opened.header(file)
            file.seek(0)
            data = file.read(LARGEST_READ_BYTES)
    except opened.FaultError as problem:
        raise FaultyError(ImageFacts(problem.format, fault=problem.fault)) from problem
    except OSError as problem:
        raise FaultyError(ImageFacts(fault=ImageFault.UNREADABLE)) from problem
    return data, header, _facts(data, header)


def _facts(data: bytes, header: opened.Header) -> ImageFacts:
    """The file as it stands."""
    return ImageFacts(
        format=header.format,
        width=header.width,
        height=header.height,
        size_bytes=len(data),
        original_format=header.format,
        original_width=header.width,
        original_height=header.height,
        original_size_bytes=len(data),
        original_sha256=hashlib.sha256(data).hexdigest(),
        frames=header.frames,
    )


def _extension(format: str) -> str:
    return _EXTENSIONS.get(format, format.lower())
