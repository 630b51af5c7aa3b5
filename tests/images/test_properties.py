"""Any picture that can be opened has a copy that keeps every rule, or breaks one by name."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from kling_desktop.domain.errors import AppError
from kling_desktop.domain.media import Crop, Edit, Fit, ImageLimits
from kling_desktop.images.inspect import inspect
from kling_desktop.images.prepare import upload_copy
from tests.images.makers import (
    DISPLAY_P3,
    SECRETS,
    SRGB,
    drawing,
    noise,
    private_exif,
    private_text,
    saved,
    with_iptc,
)
from tests.images.opinions import breaches

pytestmark = pytest.mark.usefixtures("qapp")
MODES = {
    "JPEG": ("L", "RGB", "CMYK"),
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "WEBP": ("RGB", "RGBA"),
    "GIF": ("L", "P", "RGBA"),
    "BMP": ("1", "L", "P", "RGB"),
    "TIFF": ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "LAB", "F", "I;16"),
    "AVIF": ("RGB", "RGBA"),
    "HEIF": ("RGB", "RGBA"),
    "JPEG2000": ("L", "RGB", "RGBA"),
}
PROFILES = {"RGB": (None, SRGB, DISPLAY_P3, SRGB[:100], b"nothing")}
SIDES = st.integers(1, 60) | st.integers(1, 400)


@st.composite
def pictures(draw: st.DrawFn) -> bytes:
    format = draw(st.sampled_from(sorted(MODES)))
    mode = draw(st.sampled_from(MODES[format]))
    size = (draw(SIDES), draw(SIDES))
    picture = noise(size, draw(st.integers(0, 9))) if draw(st.booleans()) else drawing(size=size)
    if mode == "I;16":
        picture = picture.convert("L").convert("I;16")
    elif mode in ("RGBA", "LA"):
        picture.putalpha(Image.linear_gradient("L").resize(size))
        picture = picture.convert(mode)
    else:
        picture = picture.convert(mode)
    options: dict[str, object] = {}
    if format in ("JPEG", "PNG", "WEBP", "AVIF", "TIFF"):
        options["exif"] = private_exif(draw(st.integers(1, 8)))
    if format in ("JPEG", "PNG", "WEBP", "TIFF") and draw(st.booleans()):
        options["icc_profile"] = draw(st.sampled_from(PROFILES.get(mode, (None,))))
    if format == "PNG":
        options["pnginfo"] = private_text()
    elif format in ("JPEG", "GIF"):
        options["comment"] = b"SECRETCOMMENT"
    data = saved(picture, format, **options)
    data = with_iptc(data) if format == "JPEG" else data
    return data + b"SECRETTRAILER" if format in ("JPEG", "PNG", "GIF") else data


CROPS = st.none() | st.builds(Crop, *[st.integers(0, 300)] * 4)
EDITS = st.builds(
    Edit,
    quarter_turns=st.integers(0, 3),
    is_mirrored=st.booleans(),
    crop=CROPS,
    fit=st.sampled_from(Fit),
    enlarges=st.booleans(),
    background=st.sampled_from(["#ffffff", "#123456"]),
)
LIMITS = st.builds(
    ImageLimits,
    formats=st.sampled_from([("JPEG", "PNG"), ("JPEG",), ("PNG",), ("WEBP",)]),
    size_bytes=st.sampled_from([3_000, 30_000, 10_000_000]),
    side_px=st.integers(1, 80),
    widest=st.fractions(Fraction(1), Fraction(4), max_denominator=8),
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=pictures(), edit=EDITS, limits=LIMITS)
def test_any_picture_has_a_copy_that_keeps_the_rules_or_breaks_one_by_name(
    tmp_path: Path, data: bytes, edit: Edit, limits: ImageLimits
) -> None:
    path = tmp_path / "picture"
    path.write_bytes(data)
    copy = upload_copy(path, edit, limits)
    assert upload_copy(path, edit, limits) == copy
    assert inspect(path, edit, limits) == copy.facts
    named = [problem.rule.value for problem in copy.facts.problems("scene", limits)]
    assert sorted(breaches(copy.sent, limits)) == sorted(named)
    assert not [secret for secret in SECRETS if secret in copy.sent]
    if edit.fit is not Fit.NONE and edit.enlarges:
        assert set(named) <= {"size_bytes"}


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=pictures(),
    spoilt=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=8),
    length=st.floats(0, 1),
    edit=EDITS,
)
def test_no_damage_does_more_than_be_refused(
    tmp_path: Path, data: bytes, spoilt: list[tuple[float, int]], length: float, edit: Edit
) -> None:
    broken = bytearray(data)
    for place, value in spoilt:
        broken[int(place * len(broken))] = value
    path = tmp_path / "picture"
    path.write_bytes(broken[: int(length * len(broken)) if length < 0.9 else None])
    facts = inspect(path, edit)
    try:
        copy = upload_copy(path, edit)
    except AppError:
        assert facts.fault is not None
    else:
        assert facts == copy.facts
        assert not [secret for secret in SECRETS if secret in copy.sent]
