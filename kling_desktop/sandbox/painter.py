"""A picture composed of what was sent: the scene behind, the subjects before it, the style around.

Pure: the same materials and variant give the same picture. Where things lie is `layout`'s matter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageStat

from kling_desktop.sandbox.brush import Size, cover, faded, rounded, sign
from kling_desktop.sandbox.layout import Layout, lay_out

_STYLE_STRENGTH = 0.55
_TEXTURE_STRENGTH = 0.22
_SOFT = 8  # light and shadow are made this much smaller: they have no fine pixels
_COLOURS = 3  # of each subject, in a backdrop without a scene
# Where the light falls from, as a share of width and height, and its warmth per channel.
_LIGHTS = (
    ((0.22, 0.05), (255, 246, 226)),
    ((0.80, 0.08), (226, 238, 255)),
    ((0.50, -0.10), (255, 236, 218)),
    ((0.06, 0.55), (238, 232, 255)),
    ((0.95, 0.50), (255, 240, 206)),
)


@dataclass(frozen=True, slots=True)
class Materials:
    """The pictures sent, as RGB images."""

    subjects: Sequence[Image.Image]
    scene: Image.Image | None = None
    style: Image.Image | None = None


def paint(
    materials: Materials, aspect_ratio: str, variant: int, *, is_watermarked: bool = False
) -> Image.Image:
    """One result. `variant` changes arrangement and light, so that no two of nine are alike."""
    layout = layout_of(materials, aspect_ratio, variant)
    inner = _backdrop(materials, layout)
    inner = _lit(inner, variant)
    left, top = layout.inner[:2]
    for index, (x0, y0, x1, y1) in layout.cards:
        card = cover(materials.subjects[index], (x1 - x0, y1 - y0))
        _place(inner, card, (x0 - left, y0 - top))
    if materials.style is None:
        picture = inner
    else:
        picture = cover(materials.style, layout.size)  # a mount cut from the style
        _place(picture, _styled(inner, picture), layout.inner[:2])
    inset = layout.frame + round(min(picture.size) * 0.03)
    sign(picture, inset, is_watermarked=is_watermarked)
    return picture


def layout_of(materials: Materials, aspect_ratio: str, variant: int) -> Layout:
    """Where `paint` puts things."""
    shapes = [subject.width / subject.height for subject in materials.subjects]
    return lay_out(
        aspect_ratio,
        shapes,
        variant,
        has_scene=materials.scene is not None,
        has_style=materials.style is not None,
    )


def _backdrop(materials: Materials, layout: Layout) -> Image.Image:
    left, top, right, bottom = layout.inner
    size = (right - left, bottom - top)
    if materials.scene is not None:
        return cover(materials.scene, size)
    return _gradient(materials.subjects, size)


def _gradient(subjects: Sequence[Image.Image], size: Size) -> Image.Image:
    """A soft field of the subjects' own colours, one column each."""
    field = Image.new("RGB", (len(subjects), _COLOURS))
    for column, subject in enumerate(subjects):
        for row, colour in enumerate(_palette(subject)):
            field.putpixel((column, row), colour)
    return field.resize(size, Image.Resampling.BICUBIC)


def _palette(subject: Image.Image) -> list[tuple[int, int, int]]:
    """The colours that make a picture, the vivid before the merely frequent."""
    few = subject.resize((48, 48), Image.Resampling.BOX).quantize(8).convert("RGB")
    weighted: list[tuple[float, tuple[int, int, int]]] = []
    for count, colour in few.getcolors() or []:
        red, green, blue = cast("tuple[int, int, int]", colour)
        vividness = (max(red, green, blue) - min(red, green, blue)) / 255
        weighted.append((count * (0.15 + vividness), (red, green, blue)))
    colours = [colour for _, colour in sorted(weighted, reverse=True)[:_COLOURS]]
    return [colours[index % len(colours)] for index in range(_COLOURS)]


def _lit(image: Image.Image, variant: int) -> Image.Image:
    """A soft light from one side, and shade away from it."""
    (x, y), colour = _LIGHTS[variant % len(_LIGHTS)]
    width, height = image.width // _SOFT, image.height // _SOFT
    reach = round(1.9 * max(width, height))
    glow = ImageChops.invert(Image.radial_gradient("L")).resize((reach, reach))
    mask = Image.new("L", (width, height), 0)
    mask.paste(glow, (round(x * width - reach / 2), round(y * height - reach / 2)))
    mask = mask.resize(image.size)
    shade = ImageEnhance.Brightness(image).enhance(0.72)
    light = ImageChops.soft_light(
        ImageEnhance.Brightness(image).enhance(1.08), Image.new("RGB", image.size, colour)
    )
    return Image.composite(Image.blend(image, light, 0.6), shade, mask)


def _place(canvas: Image.Image, card: Image.Image, place: tuple[int, int]) -> None:
    """Lay a card down: a soft shadow below it, a fine light edge around it."""
    short = min(card.size)
    radius, blur, edge = round(short * 0.055), round(short * 0.05), max(2, round(short * 0.006))
    margin = 3 * blur
    shadow_size = (card.width + 2 * margin, card.height + 2 * margin)
    shadow = Image.new("L", shadow_size, 0)
    mask = rounded(card.size, radius)
    shadow.paste(faded(mask, 120), (margin, margin))
    shadow = shadow.reduce(_SOFT).filter(ImageFilter.GaussianBlur(blur / _SOFT))
    shadow = shadow.resize(shadow_size, Image.Resampling.BILINEAR)
    canvas.paste((8, 9, 14), (place[0] - margin, place[1] - margin + blur), shadow)
    canvas.paste((250, 249, 246), place, mask)
    inside = (card.width - 2 * edge, card.height - 2 * edge)
    picture = card.crop((edge, edge, card.width - edge, card.height - edge))
    canvas.paste(picture, (place[0] + edge, place[1] + edge), rounded(inside, radius - edge))


def _styled(image: Image.Image, style: Image.Image) -> Image.Image:
    """`image` in the colours of `style`, with a breath of its texture."""
    recoloured = Image.blend(image, _recoloured(image, style), _STYLE_STRENGTH)
    grain = style.resize(image.size, Image.Resampling.BILINEAR).convert("L").convert("RGB")
    return Image.blend(recoloured, ImageChops.soft_light(recoloured, grain), _TEXTURE_STRENGTH)


def _recoloured(image: Image.Image, style: Image.Image) -> Image.Image:
    """Carry over mean and spread of each channel (after Reinhard, in YCbCr)."""
    source = ImageStat.Stat(image.convert("YCbCr").reduce(8))
    target = ImageStat.Stat(style.convert("YCbCr").reduce(8))
    table: list[int] = []
    for channel in range(3):
        spread = target.stddev[channel] / max(1.0, source.stddev[channel])
        gain = min(1.5, max(0.6, spread))
        shift = target.mean[channel] - source.mean[channel] * gain
        if channel == 0:  # the light of the picture stays its own
            gain, shift = 1.0, 0.25 * (target.mean[0] - source.mean[0])
        table += [min(255, max(0, round(value * gain + shift))) for value in range(256)]
    return image.convert("YCbCr").point(table).convert("RGB")
