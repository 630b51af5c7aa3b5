"""Makes the files of `awkward.py`: drawings, photographs, and everything wrong with them."""

import io
import random
import struct
import zlib
from typing import Any

import pillow_heif
from PIL import Image, ImageCms, PngImagePlugin, TiffImagePlugin

from tests.images.profiles import matrix_profile

pillow_heif.register_heif_opener()

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
DISPLAY_P3 = matrix_profile(((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)))
SIZE = (640, 400)
# What must not be in any copy, each as it stands in the file.
SECRETS = (
    *(b"SECRETCAMERA", b"SECRETSERIAL", b"SECRETCOMMENT", b"SECRETXMP", b"SECRETTEXT"),
    *(b"SECRETIPTC", b"SECRETTRAILER", b"SECRETARTIST"),
)
TRANSPOSED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,  # the inverse of what EXIF asks for
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def drawing(mode: str = "RGB", size: tuple[int, int] = SIZE) -> Image.Image:
    """A picture of which every turn and mirror looks different."""
    picture = Image.radial_gradient("L").resize(size).convert("RGB")
    picture.paste("red", (0, 0, size[0] // 3, size[1] // 4))
    picture.paste("blue", (size[0] // 2, size[1] // 2, size[0], size[1]))
    return picture.quantize(256) if mode == "P" else picture.convert(mode)


def see_through(mode: str = "RGBA") -> Image.Image:
    """The drawing, its red corner a hole."""
    picture = drawing("RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, SIZE[0] // 3, SIZE[1] // 4))
    return picture.convert(mode)


def filled(colour: str) -> Image.Image:
    """What the drawing with the hole looks like on a background."""
    picture = drawing()
    picture.paste(colour, (0, 0, SIZE[0] // 3, SIZE[1] // 4))
    return picture


def noise(size: tuple[int, int], seed: int = 1) -> Image.Image:
    """What hardly compresses, and is the same each time."""
    return Image.frombytes("RGB", size, random.Random(seed).randbytes(size[0] * size[1] * 3))


def private_exif(orientation: int = 1) -> Image.Exif:
    """Where, when, with which camera."""
    tags = Image.Exif()
    tags[0x0110], tags[0x013B] = "SECRETCAMERA", "SECRETARTIST"
    tags[0x0112] = orientation
    tags.get_ifd(0x8825)[2] = (52.0, 22.0, 30.0)  # the latitude
    tags.get_ifd(0x8769)[0xA431] = "SECRETSERIAL"
    return tags


def private_text() -> PngImagePlugin.PngInfo:
    """Notes of a PNG."""
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "SECRETTEXT")
    text.add_text("Comment", "SECRETCOMMENT", zip=False)
    text.add_itxt("XML:com.adobe.xmp", "SECRETXMP")
    return text


def saved(picture: Image.Image, format: str, **options: Any) -> bytes:
    """The bytes of a file."""
    target = io.BytesIO()
    picture.save(target, format, **options)
    return target.getvalue()


def photograph(orientation: int = 1, format: str = "JPEG", **options: Any) -> bytes:
    """The drawing as a camera that was held so would write it, with everything it notes."""
    turn = TRANSPOSED[orientation]
    picture = drawing() if turn is None else drawing().transpose(turn)
    if format == "JPEG":
        options = {"xmp": b"SECRETXMP", "comment": b"SECRETCOMMENT", "quality": 92} | options
    elif format == "PNG":
        options = {"pnginfo": private_text()} | options
    # HEIC says by a box of its own how to turn, which its writer makes of EXIF in bytes.
    notes = private_exif(orientation)
    return saved(picture, format, exif=notes.tobytes() if format == "HEIF" else notes, **options)


def with_iptc(data: bytes) -> bytes:
    """A JPEG with what news agencies write in it."""
    payload = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0\0\0\0\x0a" + b"SECRETIPTC"
    return data[:2] + b"\xff\xed" + (len(payload) + 2).to_bytes(2) + payload + data[2:]


def chunk(kind: bytes, payload: bytes) -> bytes:
    """One chunk of a PNG."""
    return len(payload).to_bytes(4) + kind + payload + zlib.crc32(kind + payload).to_bytes(4)


def png_of(width: int, height: int, depth: int, colours: int, rows: bytes) -> bytes:
    """A PNG that Pillow does not write."""
    head = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
    return start + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def deep_png() -> bytes:
    """The drawing with 16 bits a sample."""
    width, height = SIZE
    data = drawing().tobytes()
    wide = b"".join(bytes((value, value)) for value in data)
    row = width * 6
    rows = b"".join(b"\0" + wide[y * row : (y + 1) * row] for y in range(height))
    return png_of(width, height, 16, 2, rows)


def bomb(side: int) -> bytes:
    """A header that claims a square of that side, and nothing behind it."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"\x00\x00\x00\x10IDAT"


def small_bomb() -> bytes:
    """10 KB that are 121 megapixels of nothing, whole to its end."""
    return png_of(11_000, 11_000, 1, 0, b"\0" * (1 + 11_000 // 8) * 11_000)


def psd(mode: str = "RGB") -> bytes:
    """A Photoshop file with no layers, only the composite."""
    picture = drawing(mode)
    number = {"RGB": 3, "L": 1}[mode]
    head = b"8BPS" + struct.pack(">H6xHIIHH", 1, len(mode), SIZE[1], SIZE[0], 8, number)
    planes = b"".join(band.tobytes() for band in picture.split())
    return head + bytes(4) + bytes(4) + bytes(4) + bytes(2) + planes


def raw() -> bytes:
    """A camera's raw file: a TIFF whose first picture is a preview of the real one."""
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[254] = 1
    return saved(drawing(), "TIFF", tiffinfo=tags)


def moving(format: str, **options: Any) -> bytes:
    """The drawing, and two other pictures after it."""
    others = [drawing().rotate(90), drawing().rotate(180)]
    return saved(drawing(), format, save_all=True, append_images=others, **options)


def deep_gray() -> Image.Image:
    """The gray drawing with 16 bits."""
    gray = drawing("L").tobytes()
    return Image.frombytes("I;16", SIZE, b"".join(bytes((value, value)) for value in gray))


def fractions() -> Image.Image:
    """The gray drawing as numbers from 0 to 1."""
    return drawing("L").convert("F").point(lambda value: value * (1 / 255) + 0)


def lab() -> Image.Image:
    """The drawing by lightness and two colours."""
    return drawing().convert("LAB")


def icon() -> Image.Image:
    """As large as icons get."""
    return drawing(size=(256, 256))


def halved(data: bytes) -> bytes:
    """A download that broke off."""
    return data[: len(data) // 2]


def odd(jpeg: bytes) -> bytes:
    """A stray byte between two segments, which decoders step over."""
    end = 4 + int.from_bytes(jpeg[4:6])
    return jpeg[:end] + b"\0" + jpeg[end:]
