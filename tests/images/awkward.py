"""Awkward pictures as data: what each is, what is said of it, and what its copy differs by.

They are made, never stored: `make` gives the bytes of the file. Where `looks` is set, the copy has
to look like that, whatever was wrong with the file.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from PIL import Image

from kling_desktop.domain.media import NO_EDIT, Acceptance, Crop, Edit, Fit, Mend
from kling_desktop.domain.problems import Rule
from tests.images.makers import (
    DISPLAY_P3,
    SRGB,
    bomb,
    deep_gray,
    deep_png,
    drawing,
    filled,
    fractions,
    halved,
    icon,
    lab,
    moving,
    noise,
    odd,
    photograph,
    psd,
    raw,
    saved,
    see_through,
    small_bomb,
    with_iptc,
)
from tests.images.profiles import gray_profile


@dataclass(frozen=True)
class Awkward:
    """One file. `row` is that of the list of failures; `rules` are broken even after `edit`."""

    row: str
    name: str
    make: Callable[[], bytes]
    mends: tuple[Mend, ...] = ()
    rules: tuple[Rule, ...] = ()
    edit: Edit = NO_EDIT
    looks: Callable[[], Image.Image] | None = None

    @property
    def data(self) -> bytes:
        """The bytes of the file, made once in a process."""
        return _made(self)

    @property
    def acceptance(self) -> Acceptance:
        """Green, amber or red."""
        if self.rules:
            return Acceptance.REFUSED
        is_unseen = set(self.mends) <= {Mend.METADATA, Mend.COLOUR, Mend.TURNED}
        is_ready = is_unseen and self.edit.quarter_turns == 0
        return Acceptance.READY if is_ready else Acceptance.MENDED


@cache
def _made(case: Awkward) -> bytes:
    return case.make()


def _gray() -> Image.Image:
    return drawing("L")


def _wide() -> bytes:
    return saved(drawing(size=(2600, 1000)), "PNG")


METADATA, COLOUR, FORMAT = Mend.METADATA, Mend.COLOUR, Mend.FORMAT
CROP, PAD, ENLARGE = Edit(fit=Fit.CROP), Edit(fit=Fit.PAD), Edit(enlarges=True)

CASES = (
    # What is fine goes as it is.
    Awkward("E04", "fine.jpg", lambda: saved(drawing(), "JPEG"), looks=drawing),
    Awkward("E04", "fine.png", lambda: saved(drawing(), "PNG"), looks=drawing),
    Awkward("E04", "gray.jpg", lambda: saved(_gray(), "JPEG"), looks=_gray),
    Awkward("E04", "gray.png", lambda: saved(_gray(), "PNG"), looks=_gray),
    Awkward(
        "E04", "progressive.jpg", lambda: saved(drawing(), "JPEG", progressive=True), looks=drawing
    ),
    Awkward("E04", "thin.jpg", lambda: saved(drawing(), "JPEG", subsampling=2), looks=drawing),
    Awkward(
        "E04", "srgb.jpg", lambda: saved(drawing(), "JPEG", icc_profile=SRGB), looks=drawing
    ),
    Awkward("E06", "opaque.png", lambda: saved(drawing("RGBA"), "PNG"), looks=drawing),
    Awkward("E09", "edge.png", lambda: saved(drawing(size=(750, 300)), "PNG")),
    Awkward("E09", "edge-tall.png", lambda: saved(drawing(size=(300, 750)), "PNG")),
    # Colours.
    Awkward("E04", "cmyk.jpg", lambda: saved(drawing("CMYK"), "JPEG"), (COLOUR,), looks=drawing),
    Awkward(
        *("E04", "wide-gamut.jpg", lambda: saved(drawing(), "JPEG", icc_profile=DISPLAY_P3)),
        mends=(COLOUR,),
    ),
    Awkward(
        *("E04", "wide-gamut.png", lambda: saved(drawing(), "PNG", icc_profile=DISPLAY_P3)),
        mends=(COLOUR,),
    ),
    Awkward(
        *("E04", "gray-profile.png", lambda: saved(_gray(), "PNG", icc_profile=gray_profile(1.0))),
        mends=(COLOUR,),
    ),
    Awkward(
        *("E04", "broken-profile.png", lambda: saved(drawing(), "PNG", icc_profile=SRGB[:200])),
        mends=(METADATA,),
        looks=drawing,
    ),
    Awkward(
        *("E04", "foreign-profile.jpg", lambda: saved(_gray(), "JPEG", icc_profile=DISPLAY_P3)),
        mends=(METADATA,),
        looks=_gray,
    ),
    Awkward("E04", "palette.png", lambda: saved(drawing("P"), "PNG"), (COLOUR,), looks=drawing),
    Awkward("E04", "bilevel.png", lambda: saved(drawing("1"), "PNG"), (COLOUR,)),
    Awkward(
        *("E04", "deep-gray.png", lambda: saved(deep_gray(), "PNG")), (COLOUR,), looks=_gray
    ),
    Awkward("E04", "deep.png", deep_png, (COLOUR,), looks=drawing),
    Awkward("E04", "gray-alpha.png", lambda: saved(drawing("LA"), "PNG"), (COLOUR,), looks=_gray),
    # Transparency.
    Awkward(
        *("E06", "hole.png", lambda: saved(see_through(), "PNG"), (Mend.FLATTENED,)),
        looks=lambda: filled("#ffffff"),
    ),
    Awkward(
        *("E06", "hole-green.png", lambda: saved(see_through(), "PNG"), (Mend.FLATTENED,)),
        edit=Edit(background="#00a000"),
        looks=lambda: filled("#00a000"),
    ),
    Awkward(
        *("E06", "hole-gray.png", lambda: saved(see_through("LA"), "PNG")),
        mends=(COLOUR, Mend.FLATTENED),
        looks=lambda: filled("#ffffff").convert("L"),
    ),
    Awkward(
        *("E06", "hole-palette.png", lambda: saved(drawing("P"), "PNG", transparency=0)),
        mends=(COLOUR, Mend.FLATTENED),
    ),
    Awkward(
        *("E06", "colour-key.png", lambda: saved(drawing(), "PNG", transparency=(255, 0, 0))),
        mends=(COLOUR, Mend.FLATTENED),
        looks=lambda: filled("#ffffff"),
    ),
    Awkward(
        *("E06", "hole.webp", lambda: saved(see_through(), "WEBP", lossless=True)),
        mends=(Mend.FLATTENED, FORMAT),
        looks=lambda: filled("#ffffff"),
    ),
    # Turned by EXIF.
    *(
        Awkward(
            *("E05", f"turned-{number}.jpg", lambda number=number: photograph(number)),
            mends=(Mend.TURNED, METADATA),
            looks=drawing,
        )
        for number in range(2, 9)
    ),
    Awkward(
        *("E05", "turned.png", lambda: photograph(6, "PNG"), (Mend.TURNED, METADATA)),
        looks=drawing,
    ),
    Awkward(
        *("E05", "turned.webp", lambda: photograph(8, "WEBP", quality=90)),
        mends=(Mend.TURNED, FORMAT, METADATA),
        looks=drawing,
    ),
    Awkward(
        *("E05", "turned.tiff", lambda: photograph(6, "TIFF"), (FORMAT, METADATA)), looks=drawing
    ),
    Awkward(
        *("E05", "turned.avif", lambda: photograph(6, "AVIF", quality=90)),
        mends=(Mend.TURNED, FORMAT, METADATA),
        looks=drawing,
    ),
    Awkward(
        *("E05", "tall-when-turned.jpg", lambda: photograph(6), (Mend.TURNED, METADATA)),
        looks=drawing,
    ),
    # Other kinds of file.
    Awkward(
        *("E07", "phone.heic", lambda: saved(drawing(), "HEIF", quality=90)),
        mends=(FORMAT,),
        looks=drawing,
    ),
    Awkward(
        *("E07", "phone-private.heic", lambda: photograph(6, "HEIF", quality=90)),
        mends=(FORMAT, METADATA),
        looks=drawing,
    ),
    Awkward(
        *("E07", "web.avif", lambda: saved(drawing(), "AVIF", quality=90), (FORMAT,)),
        looks=drawing,
    ),
    Awkward(
        *("E07", "web.webp", lambda: saved(drawing(), "WEBP", quality=90), (FORMAT,)),
        looks=drawing,
    ),
    Awkward(
        *("E07", "still.gif", lambda: saved(drawing("P"), "GIF"), (COLOUR, FORMAT)), looks=drawing
    ),
    Awkward("E07", "paint.bmp", lambda: saved(drawing(), "BMP"), (FORMAT,), looks=drawing),
    Awkward("E07", "fax.bmp", lambda: saved(drawing("1"), "BMP"), (COLOUR, FORMAT)),
    Awkward("E07", "scan.tiff", lambda: saved(drawing(), "TIFF"), (FORMAT,), looks=drawing),
    Awkward(
        *("E07", "scan-lzw.tiff", lambda: saved(drawing(), "TIFF", compression="tiff_lzw")),
        mends=(FORMAT,),
        looks=drawing,
    ),
    Awkward(
        *("E07", "print.tiff", lambda: saved(drawing("CMYK"), "TIFF"), (COLOUR, FORMAT)),
        looks=drawing,
    ),
    Awkward(
        *("E07", "deep.tiff", lambda: saved(deep_gray(), "TIFF"), (COLOUR, FORMAT)), looks=_gray
    ),
    Awkward(
        *("E07", "float.tiff", lambda: saved(fractions(), "TIFF"), (COLOUR, FORMAT)), looks=_gray
    ),
    Awkward(
        *("E07", "lab.tiff", lambda: saved(lab(), "TIFF"), (COLOUR, FORMAT)), looks=drawing
    ),
    Awkward(
        *("E07", "icon.ico", lambda: saved(icon(), "ICO", sizes=[(256, 256)])),
        mends=(Mend.ENLARGED, FORMAT),
        edit=ENLARGE,
    ),
    Awkward("E07", "layers.psd", psd, (FORMAT,), looks=drawing),
    Awkward("E07", "layers-gray.psd", lambda: psd("L"), (FORMAT,), looks=_gray),
    Awkward(
        *("E07", "cinema.jp2", lambda: saved(drawing(), "JPEG2000"), (FORMAT, METADATA)),
        looks=drawing,
    ),
    Awkward("E07", "print.eps", lambda: saved(drawing(), "EPS"), rules=(Rule.FORMAT,)),
    Awkward("E07", "logo.svg", lambda: b'<?xml version="1.0"?><svg/>', rules=(Rule.FORMAT,)),
    Awkward("E07", "paper.pdf", lambda: b"%PDF-1.7\n", rules=(Rule.FORMAT,)),
    Awkward("E07", "new.jxl", lambda: b"\xff\x0a" + bytes(50), rules=(Rule.FORMAT,)),
    Awkward("E07", "deep.psd", lambda: psd()[:22] + b"\0\x10" + bytes(60), rules=(Rule.FORMAT,)),
    Awkward("E07", "film.mp4", lambda: bytes(4) + b"ftypisom" + bytes(9), rules=(Rule.FORMAT,)),
    Awkward("E07", "camera.dng", raw, rules=(Rule.FORMAT,)),
    # Several pictures in one file.
    Awkward(
        *("E08", "moving.gif", lambda: moving("GIF"), (Mend.FIRST_FRAME, COLOUR, FORMAT)),
        looks=drawing,
    ),
    Awkward(
        *("E08", "moving.png", lambda: moving("PNG"), (Mend.FIRST_FRAME, METADATA)), looks=drawing
    ),
    Awkward(
        *("E08", "moving.webp", lambda: moving("WEBP", quality=90), (Mend.FIRST_FRAME, FORMAT)),
        looks=drawing,
    ),
    Awkward(
        *("E08", "moving.avif", lambda: moving("AVIF", quality=90), (Mend.FIRST_FRAME, FORMAT)),
        looks=drawing,
    ),
    Awkward(
        *("E08", "pages.tiff", lambda: moving("TIFF"), (Mend.FIRST_FRAME, FORMAT)), looks=drawing
    ),
    Awkward("E08", "phone-depth.jpg", lambda: moving("MPO"), (METADATA,), looks=drawing),
    # Size and shape.
    Awkward("E09", "dot.png", lambda: saved(drawing(size=(1, 1)), "PNG"), rules=(Rule.SIDE,)),
    Awkward(
        *("E09", "dot-enlarged.png", lambda: saved(drawing(size=(1, 1)), "PNG")),
        mends=(Mend.ENLARGED,),
        edit=ENLARGE,
    ),
    Awkward("E09", "299.png", lambda: saved(drawing(size=(299, 400)), "PNG"), rules=(Rule.SIDE,)),
    Awkward(
        *("E09", "299-enlarged.jpg", lambda: saved(drawing(size=(299, 400)), "JPEG")),
        mends=(Mend.ENLARGED,),
        edit=ENLARGE,
    ),
    Awkward("E09", "wide.png", _wide, rules=(Rule.RATIO,)),
    Awkward("E09", "wide-cropped.png", _wide, (Mend.CROPPED,), edit=CROP),
    Awkward("E09", "wide-padded.png", _wide, (Mend.PADDED,), edit=PAD),
    Awkward(
        *("E09", "hair.png", lambda: saved(drawing(size=(3000, 1)), "PNG")),
        rules=(Rule.SIDE, Rule.RATIO),
        edit=ENLARGE,
    ),
    Awkward(
        *("E09", "hair-mended.png", lambda: saved(drawing(size=(3000, 1)), "PNG")),
        mends=(Mend.CROPPED, Mend.ENLARGED),
        edit=Edit(fit=Fit.CROP, enlarges=True),
    ),
    Awkward(
        *("E09", "edited.png", lambda: saved(drawing(), "PNG")),
        mends=(Mend.TURNED, Mend.MIRRORED, Mend.CROPPED),
        edit=Edit(quarter_turns=1, is_mirrored=True, crop=Crop(20, 30, 350, 500)),
    ),
    Awkward(
        *("E09", "heavy.jpg", lambda: saved(noise((2800, 2000)), "JPEG", quality=100)),
        mends=(Mend.RECOMPRESSED,),
    ),
    Awkward("E09", "heavy.png", lambda: saved(noise((1900, 1900)), "PNG"), (FORMAT,)),
    # Bombs.
    Awkward("E01", "bomb.png", lambda: bomb(65_000), rules=(Rule.PIXELS,)),
    Awkward("E01", "small-bomb.png", small_bomb, rules=(Rule.PIXELS,)),
    Awkward("E02", "10001.png", lambda: bomb(10_001), rules=(Rule.PIXELS,)),
    # Damage.
    Awkward("E03", "half.jpg", lambda: halved(photograph()), rules=(Rule.DAMAGED,)),
    Awkward("E03", "no-end.jpg", lambda: saved(drawing(), "JPEG")[:-2], rules=(Rule.DAMAGED,)),
    Awkward("E03", "half.png", lambda: halved(saved(drawing(), "PNG")), rules=(Rule.DAMAGED,)),
    Awkward("E03", "no-end.png", lambda: saved(drawing(), "PNG")[:-12], rules=(Rule.DAMAGED,)),
    Awkward(
        *("E03", "half.webp", lambda: halved(saved(drawing(), "WEBP"))),
        rules=(Rule.NOT_A_PICTURE,),
    ),
    Awkward("E03", "half.heic", lambda: halved(saved(drawing(), "HEIF")), rules=(Rule.DAMAGED,)),
    Awkward("E03", "half.tiff", lambda: halved(saved(drawing(), "TIFF")), rules=(Rule.DAMAGED,)),
    Awkward("E03", "half.bmp", lambda: halved(saved(drawing(), "BMP")), rules=(Rule.DAMAGED,)),
    Awkward(
        *("E03", "trailer.jpg", lambda: saved(drawing(), "JPEG") + b"SECRETTRAILER", (METADATA,)),
        looks=drawing,
    ),
    Awkward(
        *("E03", "trailer.png", lambda: saved(drawing(), "PNG") + b"SECRETTRAILER", (METADATA,)),
        looks=drawing,
    ),
    Awkward(
        *("E03", "odd.jpg", lambda: odd(saved(drawing(), "JPEG")), (Mend.RECOMPRESSED,)),
        looks=drawing,
    ),
    # What is no picture.
    Awkward("E10", "empty.jpg", lambda: b"", rules=(Rule.NOT_A_PICTURE,)),
    Awkward("E10", "text.png", lambda: b"just words", rules=(Rule.NOT_A_PICTURE,)),
    Awkward("E10", "lies.png", lambda: saved(drawing(), "JPEG"), looks=drawing),
    Awkward("E10", "lies.jpg", lambda: saved(drawing(), "BMP"), (FORMAT,), looks=drawing),
    # What must stay at home.
    Awkward("E13", "private.jpg", lambda: with_iptc(photograph()), (METADATA,), looks=drawing),
    Awkward("E13", "private.png", lambda: photograph(1, "PNG"), (METADATA,), looks=drawing),
    Awkward(
        *("E13", "private.webp", lambda: photograph(1, "WEBP", xmp=b"SECRETXMP", quality=90)),
        mends=(FORMAT, METADATA),
        looks=drawing,
    ),
    Awkward(
        *("E13", "private.gif", lambda: saved(drawing("P"), "GIF", comment=b"SECRETCOMMENT")),
        mends=(COLOUR, FORMAT, METADATA),
        looks=drawing,
    ),
)  # fmt: skip
