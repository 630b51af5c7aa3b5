"""Colours as every decoder understands them: 8 bit sRGB or gray, by the picture's own profile."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, cast

from PIL import Image, ImageCms

_SRGB: Any = cast(Any, ImageCms).createProfile("sRGB")  # of a type that Pillow does not name
_SPACES = {b"RGB ": "RGB", b"GRAY": "L", b"CMYK": "CMYK"}
_BROKEN = (ImageCms.PyCMSError, OSError)  # profiles that cannot be used, which decoders pass over
# What no eye sees: so far another profile for sRGB may be off.
_SAME_LEVELS = 2
_LONGEST_NAME = 40
_PLAIN = frozenset(("L", "RGB", "RGBA"))


@dataclass(frozen=True, slots=True)
class Coloured:
    """A picture in mode L, RGB or RGBA without any notes; `is_changed` if its colours were not.

    `profile` is the name of the profile that it was converted by, "" if by none.
    """

    picture: Image.Image
    is_changed: bool
    is_transparent: bool
    profile: str = ""


def plain(picture: Image.Image) -> Coloured:
    """The picture in 8 bit sRGB or gray. What is fully opaque and plain stays as it is."""
    profile: bytes | None = picture.info.get("icc_profile")
    keyed = "transparency" in picture.info
    is_plain = picture.mode in _PLAIN and not keyed
    if is_plain and not profile:  # nothing to copy: it may have 100 megapixels
        is_transparent = picture.mode == "RGBA" and not _is_opaque(picture.getchannel("A"))
        picture.info = {}
        return Coloured(picture, is_changed=False, is_transparent=is_transparent)
    mapped, alpha = _split(picture if is_plain else _MODES.get(picture.mode, _simple)(picture))
    converted = _to_srgb(mapped, profile) if profile else None
    result = converted or (mapped.convert("RGB") if mapped.mode == "CMYK" else mapped)
    is_transparent = alpha is not None and not _is_opaque(alpha)
    if alpha is not None and is_transparent:
        result = result.convert("RGB")
        result.putalpha(alpha)
    result.info = {}
    is_changed = not is_plain or converted is not None
    name = _name(profile) if profile and converted else ""
    return Coloured(result, is_changed, is_transparent, name)


def has_sound_profile(picture: Image.Image) -> bool:
    """Whether the profile in the file, if there is one, can be used for its colours."""
    profile: bytes | None = picture.info.get("icc_profile")
    if not profile:
        return True
    mode = "RGB" if picture.mode == "RGBA" else picture.mode
    try:
        ImageCms.ImageCmsProfile(io.BytesIO(profile))
    except _BROKEN:
        return False
    return _space(profile) == mode


def _is_opaque(alpha: Image.Image) -> bool:
    return alpha.getextrema() == (255, 255)


def _split(picture: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Colours and alpha apart."""
    if picture.mode == "RGBA":
        return picture.convert("RGB"), picture.getchannel("A")
    if picture.mode == "LA":
        return picture.getchannel("L"), picture.getchannel("A")
    return picture, None


def _simple(picture: Image.Image) -> Image.Image:
    has_alpha = picture.has_transparency_data
    return picture.convert("RGBA" if has_alpha else "RGB")


def _bilevel(picture: Image.Image) -> Image.Image:
    return picture.convert("L")


def _gray_with_alpha(picture: Image.Image) -> Image.Image:
    return picture.convert("LA")


def _gray(picture: Image.Image) -> Image.Image:
    return picture.convert("LA" if "transparency" in picture.info else "L")


def _as_it_is(picture: Image.Image) -> Image.Image:
    return picture


def _deep(picture: Image.Image) -> Image.Image:
    """Gray of 16 or 32 bits, or of fractions, brought to 8 by the range that it can have."""
    wide = picture.convert("F")
    low, high = _extrema(wide)
    tops = (1.0, 255.0, 65535.0)
    if picture.mode.startswith("I;16"):
        tops = tops[2:]
    top = next((top for top in tops if high <= top), high)
    bottom = min(low, 0.0)
    scale = 255.0 / ((top - bottom) or 1.0)
    return wide.point(lambda value: value * scale + (0.5 - bottom * scale)).convert("L")


def _extrema(picture: Image.Image) -> tuple[float, float]:
    match picture.getextrema():
        case (float() as low, float() as high) if low == low and abs(low) + abs(high) < 1e30:
            return low, high
        case _:
            return 0.0, 1.0


_MODES: Mapping[str, Callable[[Image.Image], Image.Image]] = MappingProxyType(
    {
        "1": _bilevel,
        "L": _gray,
        "LA": _as_it_is,
        "La": _gray_with_alpha,
        "CMYK": _as_it_is,
        **dict.fromkeys(("I;16", "I;16L", "I;16B", "I;16N", "I", "F"), _deep),
    }
)


def _to_srgb(picture: Image.Image, profile: bytes) -> Image.Image | None:
    """The picture converted by its profile; None where there is nothing to convert."""
    if _space(profile) != picture.mode or _is_srgb(profile):
        return None
    try:
        return _converted(picture, profile)
    except _BROKEN:
        return None


def _converted(picture: Image.Image, profile: bytes) -> Image.Image:
    converted = ImageCms.profileToProfile(
        picture,
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        _SRGB,
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    assert converted is not None
    return converted


def _space(profile: bytes) -> str:
    """The mode of the pictures that a profile describes, "" for another (ICC.1:2022, 7.2.6)."""
    return _SPACES.get(profile[16:20], "")


def _name(profile: bytes) -> str:
    words = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    return "".join(sign for sign in words if sign.isprintable()).strip()[:_LONGEST_NAME]


@lru_cache(maxsize=16)
def _is_srgb(profile: bytes) -> bool:
    """Whether converting by the profile would change nothing that anybody sees."""
    sample = _grays() if _space(profile) == "L" else _colours()
    if _space(profile) == "CMYK":
        return False
    try:
        converted = _converted(sample, profile)
    except _BROKEN:
        return True
    pairs = zip(sample.convert("RGB").tobytes(), converted.tobytes(), strict=True)
    return all(abs(one - other) <= _SAME_LEVELS for one, other in pairs)


def _grays() -> Image.Image:
    return Image.frombytes("L", (256, 1), bytes(range(256)))


def _colours() -> Image.Image:
    levels = range(0, 256, 17)
    data = bytes(part for r in levels for g in levels for b in levels for part in (r, g, b))
    return Image.frombytes("RGB", (len(data) // 3, 1), data)
