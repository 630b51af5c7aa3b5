"""PNG by its chunks: only those that say how the picture looks are kept, byte for byte."""

import zlib
from collections.abc import Iterator

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_OVERHEAD_BYTES = 12
# Of an animation the first picture remains, which is what a still is.
_KEPT = frozenset(
    (
        *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS"),
        *(b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"mDCV", b"cLLI"),
        *(b"bKGD", b"hIST", b"pHYs"),
    )
)


def without_metadata(data: bytes, *, keeps_profile: bool = True) -> bytes:
    """The same picture without metadata; equal to `data` where there was none.

    A colour profile is no metadata, unless it is broken and not kept.

    Raises ValueError when a chunk is damaged or the end is missing.
    """
    return b"".join(_kept(data, _KEPT if keeps_profile else _KEPT - {b"iCCP"}))


def _kept(data: bytes, kept: frozenset[bytes]) -> Iterator[bytes]:
    if data[:8] != _SIGNATURE:
        raise ValueError("not a PNG")
    yield data[:8]
    at, kind = 8, b""
    while kind != b"IEND":
        length = int.from_bytes(data[at : at + 4])
        end = at + _OVERHEAD_BYTES + length
        if end > len(data):
            raise ValueError("cut off")
        kind = data[at + 4 : at + 8]
        if zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end]):
            raise ValueError("a chunk is damaged")
        if kind in kept:
            yield data[at:end]
        at = end
