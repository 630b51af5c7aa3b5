"""What pictures and frames are painted with: covering, tiles, rounded corners, marks."""

import hashlib
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from kling_desktop.text import t

Box = tuple[int, int, int, int]
Size = tuple[int, int]

MARK = "Sandbox"  # the provider's name, in every language


def cover(image: Image.Image, size: Size) -> Image.Image:
    """The middle of `image`, scaled to fill `size` exactly."""
    scale = max(size[0] / image.width, size[1] / image.height)
    width, height = min(image.width, size[0] / scale), min(image.height, size[1] / scale)
    left, top = (image.width - width) / 2, (image.height - height) / 2
    box = (left, top, left + width, top + height)
    return image.resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)


def rounded(size: Size, radius: int) -> Image.Image:
    """A mask with smooth round corners of `radius`, at most half the shorter side."""
    side = 2 * radius
    large = Image.new("L", (side * 4, side * 4), 0)
    ImageDraw.Draw(large).ellipse((0, 0, side * 4 - 1, side * 4 - 1), fill=255)
    disc = large.reduce(4)
    mask = Image.new("L", size, 255)
    for x, y in ((0, 0), (radius, 0), (0, radius), (radius, radius)):
        quarter = disc.crop((x, y, x + radius, y + radius))
        mask.paste(quarter, (size[0] - radius if x else 0, size[1] - radius if y else 0))
    return mask


def faded(mask: Image.Image, opacity: int) -> Image.Image:
    """`mask` no more opaque than `opacity` of 255."""
    return mask.point([alpha * opacity // 255 for alpha in range(256)])


def font(size_px: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own typeface: the same on every computer."""
    return ImageFont.load_default(max(8.0, size_px))


def host_tile(host: str) -> Image.Image:
    """What stands for a picture at a web address, which is never fetched."""
    hue = hashlib.sha256(host.encode()).digest()[0]
    corners = Image.new("HSV", (2, 2))
    corners.putdata([(hue, 90, 205), (hue + 14 & 255, 110, 170), (hue, 120, 150), (hue, 95, 190)])
    tile = corners.convert("RGB").resize((960, 960), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(tile)
    size_px = 110.0
    while size_px > 40 and draw.textlength(host, font(size_px)) > 840:
        size_px *= 0.9
    while draw.textlength(host, font(size_px)) > 840:
        host = host[: len(host) // 2 - 2] + "…" + host[len(host) // 2 + 2 :]
    draw.text((480, 450), host, fill="white", font=font(size_px), anchor="mm")
    draw.text((480, 560), t("not fetched"), fill=(236, 236, 240), font=font(44), anchor="mm")
    return tile


@lru_cache(maxsize=4)
def corner_mark(height_px: int) -> Image.Image:
    """The small mark of every result: a translucent pill with the sandbox's name."""
    scale = 3  # painted large, then made small: round things stay round
    height = height_px * scale
    text = font(height * 0.56)
    pill = Image.new("RGBA", (round(text.getlength(MARK) + height * 1.5), height), (18, 20, 26))
    pill.putalpha(faded(rounded(pill.size, height // 2), 150))
    draw = ImageDraw.Draw(pill)
    dot, x, y = height * 0.12, height * 0.58, height / 2
    draw.ellipse((x - dot, y - dot, x + dot, y + dot), fill=(124, 226, 190, 255))
    draw.text((height * 0.95, y), MARK, fill=(255, 255, 255, 235), font=text, anchor="lm")
    return pill.resize((pill.width // scale, height_px), Image.Resampling.BOX)


def sign(image: Image.Image, inset_px: int, *, is_watermarked: bool) -> None:
    """Put the small mark in the lower right corner, and a large one across if asked for."""
    if is_watermarked:
        _watermark(image)
    mark = corner_mark(max(18, round(min(image.size) * 0.042)))
    place = (image.width - inset_px - mark.width, image.height - inset_px - mark.height)
    image.paste(mark, place, mark)


def _watermark(image: Image.Image) -> None:
    mask = _large_mark(image.width)
    place = ((image.width - mask.width) // 2, (image.height - mask.height) // 2)
    image.paste((255, 255, 255), place, mask)


@lru_cache(maxsize=4)
def _large_mark(width_px: int) -> Image.Image:
    """The mark across, no larger than its letters: every frame of a film gets it."""
    text = font(width_px * 0.16)
    left, top, right, bottom = text.getbbox(MARK)
    mask = Image.new("L", (round(right - left), round(bottom - top)), 0)
    ImageDraw.Draw(mask).text((-left, -top), MARK, fill=110, font=text)
    return mask
