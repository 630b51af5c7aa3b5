"""Kinds of file by their first bytes: which can be decoded, and what to call those that cannot."""

from PIL import Image

HEIC = "HEIC"
_HEIF_BRANDS = frozenset(
    (
        *(b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"),
        *(b"mif1", b"msf1", b"mif2"),
    )
)
_FILM_BRANDS = {b"qt  ": "MOV"} | dict.fromkeys(
    (b"isom", b"iso2", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV"), "MP4"
)
_RAW_BRANDS = frozenset((b"crx ",))
# Never decoded: a program of its own would have to, or nothing here can.
_STARTS = (
    (b"%!PS", "EPS"),
    (b"\xc5\xd0\xd3\xc6", "EPS"),
    (b"%PDF-", "PDF"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (b"FUJIFILMCCD-RAW", "RAW"),
    (b"IIRO", "RAW"),
    (b"IIU\0", "RAW"),
)
_DEEP_PSD = (b"8BPS", slice(22, 24), (b"\0\x10", b"\0\x20"))
_XML_STARTS = (b"<svg", b"<?xml", b"<!DOCTYPE svg", b"<!--")
_SUBFILE_TYPE, _DNG_VERSION, _CR2 = 254, 50706, b"CR\x02"


def undecodable_kind(head: bytes) -> str:
    """The name of a kind that is known and cannot be decoded, "" for every other file."""
    for start, name in _STARTS:
        if head.startswith(start):
            return name
    magic, depth, too_deep = _DEEP_PSD
    if head.startswith(magic) and head[depth] in too_deep:
        return "PSD"
    brand = _brand(head)
    if brand in _FILM_BRANDS:
        return _FILM_BRANDS[brand]
    if brand in _RAW_BRANDS:
        return "RAW"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return "SVG" if text.startswith(_XML_STARTS) and b"<svg" in text else ""


def is_heif(head: bytes) -> bool:
    """Whether the file may be a HEIC: the same box also holds AVIF."""
    return _brand(head) in _HEIF_BRANDS


def is_raw(tiff: Image.Image, head: bytes) -> bool:
    """Whether a TIFF is a camera's raw file, whose first picture is only a preview."""
    tags = tiff.getexif()
    is_preview = tags.get(_SUBFILE_TYPE) == 1
    return is_preview or _DNG_VERSION in tags or head[8:11] == _CR2


def _brand(head: bytes) -> bytes:
    return head[8:12] if head[4:8] == b"ftyp" else b""
