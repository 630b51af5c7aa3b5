"""JPEG by its segments: what a picture needs is kept byte for byte, what tells of people is not.

Position, time, camera, comments, previews and whatever phones hang behind the picture go; the
pixels are not touched (ITU T.81, annex B).
"""

import re
from collections.abc import Iterator

_SOI, _EOI, _SOS, _COM = 0xD8, 0xD9, 0xDA, 0xFE
_APP0, _APP2, _APP14, _APP15 = 0xE0, 0xE2, 0xEE, 0xEF
_JFIF, _ICC, _ADOBE = b"JFIF\0", b"ICC_PROFILE\0", b"Adobe"
_JFIF_BYTES = 14  # without the preview that may follow
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
# In the coded data a marker is what is neither a stuffed byte, a restart nor a fill byte.
_NEXT_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")


class CutOffError(ValueError):
    """The file ends before the picture does."""


class OddError(ValueError):
    """Something else stands where a marker belongs; decoders step over it."""


def without_metadata(data: bytes, *, keeps_profile: bool = True) -> bytes:
    """The same picture without metadata; equal to `data` where there was none.

    A colour profile is no metadata, unless it is broken and not kept.

    Raises CutOffError when the end is missing, OddError, or ValueError when it is no JPEG.
    """
    return b"".join(_kept(data, keeps_profile=keeps_profile))


def _kept(data: bytes, *, keeps_profile: bool) -> Iterator[bytes]:
    if data[:2] != bytes((0xFF, _SOI)):
        raise ValueError("not a JPEG")
    yield data[:2]
    at = 2
    while True:
        marker, at = _marker(data, at)
        if marker == _EOI:
            yield bytes((0xFF, _EOI))
            return
        if marker in _STANDALONE:
            continue
        end = at + int.from_bytes(data[at : at + 2])
        if end < at + 2 or end > len(data):
            raise CutOffError
        kept = _segment(marker, data[at + 2 : end], keeps_profile=keeps_profile)
        if kept is not None:
            yield bytes((0xFF, marker)) + (len(kept) + 2).to_bytes(2) + kept
        at = end
        if marker == _SOS:
            found = _NEXT_MARKER.search(data, at)
            if found is None:
                raise CutOffError
            yield data[at : found.start()]
            at = found.start()


def _marker(data: bytes, at: int) -> tuple[int, int]:
    if data[at : at + 1] != b"\xff":
        raise CutOffError if at >= len(data) else OddError("no marker where one belongs")
    while data[at : at + 1] == b"\xff":
        at += 1
    if at >= len(data):
        raise CutOffError
    return data[at], at + 1


def _segment(marker: int, payload: bytes, *, keeps_profile: bool) -> bytes | None:
    if marker == _APP0 and payload.startswith(_JFIF) and len(payload) >= _JFIF_BYTES:
        return payload[: _JFIF_BYTES - 2] + b"\0\0"
    if marker == _APP2 and payload.startswith(_ICC):
        return payload if keeps_profile else None
    if marker == _APP14 and payload.startswith(_ADOBE):
        return payload
    if _APP0 <= marker <= _APP15 or marker == _COM:
        return None
    return payload
