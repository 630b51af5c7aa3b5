"""Real files for the tests of the library: pictures by Pillow, an MP4 made of its boxes."""

import hashlib
import io
from pathlib import Path

from PIL import Image

from kling_desktop.domain.answers import Downloaded


def picture(format: str = "PNG", size: tuple[int, int] = (64, 36), colour: str = "teal") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, format)
    return buffer.getvalue()


def mp4(width: int = 1280, height: int = 720, duration_s: float = 5.0) -> bytes:
    """The boxes that say what a video is, as ISO 14496-12 orders them; without frames."""
    mvhd = bytes(12) + (1000).to_bytes(4) + int(duration_s * 1000).to_bytes(4) + bytes(80)
    tkhd = bytes(76) + (width << 16).to_bytes(4) + (height << 16).to_bytes(4)
    sound = bytes(84)
    tracks = box(b"trak", box(b"tkhd", sound)) + box(b"trak", box(b"tkhd", tkhd))
    moov = box(b"moov", box(b"mvhd", mvhd) + tracks)
    return box(b"ftyp", b"isom" + bytes(4)) + moov + box(b"mdat", b"frames" * 100)


def box(kind: bytes, payload: bytes) -> bytes:
    return (len(payload) + 8).to_bytes(4) + kind + payload


def arrive(part: Path, data: bytes, extension: str) -> Downloaded:
    """What a download leaves behind."""
    part.write_bytes(data)
    return Downloaded(extension, len(data), hashlib.sha256(data).hexdigest())
