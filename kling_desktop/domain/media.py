"""Pictures and videos as values: what goes in, which limits hold, what came out."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path, PurePosixPath

from kling_desktop.domain.problems import Problem, Rule
from kling_desktop.text import t


class MediaKind(StrEnum):
    """What a result is."""

    IMAGE = "image"
    VIDEO = "video"


class Fit(StrEnum):
    """What is done about a picture that is longer than a provider takes it. The words are stored.

    NONE leaves it as it is, and it is refused.
    """

    NONE = "none"
    PAD = "pad"
    CROP = "crop"


@dataclass(frozen=True, slots=True)
class Crop:
    """The part that is kept, in pixels of the picture as it stands after EXIF and turns."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person wants changed in the upload copy, in this order; the original never changes.

    Turned by `quarter_turns` (0 to 3, clockwise) as EXIF has it upright, mirrored left to right,
    cropped, brought to the allowed ratio by `fit`, enlarged to the smallest allowed side if it
    `enlarges`. `background` (`#rrggbb`) fills what is transparent and what is padded.
    """

    quarter_turns: int = 0
    is_mirrored: bool = False
    crop: Crop | None = None
    fit: Fit = Fit.NONE
    enlarges: bool = False
    background: str = "#ffffff"


NO_EDIT = Edit()


@dataclass(frozen=True, slots=True)
class FileImage:
    """A picture in the person's own folders. Read, never written."""

    path: Path
    edit: Edit = NO_EDIT


@dataclass(frozen=True, slots=True)
class UrlImage:
    """A picture on the web that the provider fetches itself; we never look at it."""

    url: str


@dataclass(frozen=True, slots=True)
class StoredImage:
    """A picture kept in the library's `inputs/` folder: the original, and the bytes really sent.

    Hashes are SHA-256 in lower-case hex; the two are equal when the original went as it was.
    Extensions are ours (`jpg`, `png`), without a dot. `name` is the original's file name, for
    people only. Width and height are those of the sent picture, in pixels. `edit` is what was
    wanted of the copy, so that it can be changed when the task is recalled.
    """

    original_sha256: str
    original_extension: str
    sent_sha256: str
    sent_extension: str
    name: str
    width: int
    height: int
    edit: Edit = NO_EDIT


ImageSource = FileImage | UrlImage | StoredImage


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """What a provider accepts of one input picture (facts.md section 2: S0, S1 and S4 agree)."""

    formats: tuple[str, ...] = ("JPEG", "PNG")
    size_bytes: int = 10 * 1024 * 1024
    side_px: int = 300
    widest: Fraction = Fraction(5, 2)


COMMON_LIMITS = ImageLimits()

# Above this nothing is decoded, by Pillow or by Qt: a bomb is refused from its header.
LARGEST_PIXELS = 100_000_000


class ImageFault(StrEnum):
    """Why a file could not be looked at as a picture.

    UNSUPPORTED is one whose kind is known (`ImageFacts.format`), but not how to decode it.
    TOO_LARGE is one of so many bytes that nothing of it was read.
    """

    MISSING = "missing"
    UNREADABLE = "unreadable"
    NOT_A_PICTURE = "not_a_picture"
    UNSUPPORTED = "unsupported"
    DAMAGED = "damaged"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_LARGE = "too_large"


class Mend(StrEnum):
    """What an upload copy differs by from the file, in the order in which it is done.

    TURNED is by EXIF, or as a person wanted it. COLOUR is anything brought to 8 bit sRGB. FORMAT is
    another kind of file, RECOMPRESSED the same kind made smaller, REDUCED fewer pixels because
    nothing else made it fit. METADATA is everything that is not the picture.
    """

    FIRST_FRAME = "first_frame"
    TURNED = "turned"
    MIRRORED = "mirrored"
    COLOUR = "colour"
    FLATTENED = "flattened"
    CROPPED = "cropped"
    PADDED = "padded"
    ENLARGED = "enlarged"
    REDUCED = "reduced"
    FORMAT = "format"
    RECOMPRESSED = "recompressed"
    METADATA = "metadata"


class Note(StrEnum):
    """What a file says beside its picture. WORDS are names, captions and comments."""

    PLACE = "place"
    CAMERA = "camera"
    TIME = "time"
    WORDS = "words"
    OTHER = "other"


# Nobody can tell such a copy from the file, turned upright as every viewer shows it.
UNSEEN_MENDS = frozenset((Mend.TURNED, Mend.COLOUR, Mend.METADATA))


class Acceptance(StrEnum):
    """The verdict on a picture: green, amber or red.

    READY goes as it looks, byte for byte or with mends that nobody sees. MENDED goes as a copy that
    differs visibly or in kind. REFUSED breaks a rule; `fitting.mending_edits` knows what helps.
    """

    READY = "ready"
    MENDED = "mended"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What a look at a file found. With a `fault` the other figures may be zero.

    `format` is Pillow's name ("JPEG", "PNG"). Width and height are in pixels as seen, `size_bytes`
    is in bytes; all four are of what would be sent, which differs from the file by `mends`. Those
    that begin with `original_` are of the file itself, upright as EXIF has it. `is_transparent`:
    some of its pixels are. `frames` above 1 is an animation or a document of several pages.
    `left_out` are the notes that METADATA stands for, `profile` names the colours that COLOUR
    brought to sRGB, in the file's own words, "" where it does not say.
    """

    format: str = ""
    width: int = 0
    height: int = 0
    size_bytes: int = 0
    fault: ImageFault | None = None
    mends: tuple[Mend, ...] = ()
    original_format: str = ""
    original_width: int = 0
    original_height: int = 0
    original_size_bytes: int = 0
    original_sha256: str = ""
    is_transparent: bool = False
    frames: int = 1
    left_out: tuple[Note, ...] = ()
    profile: str = ""

    def is_ready(self, edit: Edit) -> bool:
        """Whether the copy looks like the file; a turn that somebody wanted is seen."""
        wants_turn = Mend.TURNED in self.mends and edit.quarter_turns != 0
        return UNSEEN_MENDS.issuperset(self.mends) and not wants_turn

    def acceptance(self, limits: ImageLimits, edit: Edit = NO_EDIT) -> Acceptance:
        """The verdict on the copy that `edit` makes."""
        if any(self.problems("", limits)):
            return Acceptance.REFUSED
        return Acceptance.READY if self.is_ready(edit) else Acceptance.MENDED

    def problems(self, field: str, limits: ImageLimits, name: str = "") -> Iterator[Problem]:
        """Every rule of `limits` that this picture breaks, for the field it stands in.

        A file that could not be looked at has no figures: `name` stands for it.
        """
        if self.fault is not None:
            yield self._fault_problem(self.fault, field, limits, name)
            return
        if self.format not in limits.formats:
            yield Problem(field, Rule.FORMAT, ", ".join(limits.formats), self.format)
        if self.size_bytes > limits.size_bytes:
            yield Problem(field, Rule.SIZE, str(limits.size_bytes), str(self.size_bytes))
        if min(self.width, self.height) < limits.side_px:
            size = f"{self.width} x {self.height}"
            yield Problem(field, Rule.SIDE, str(limits.side_px), size)
        if self.width and self.height:
            yield from self._ratio_problem(field, limits)

    def _fault_problem(
        self, fault: ImageFault, field: str, limits: ImageLimits, name: str
    ) -> Problem:
        limit, value = ", ".join(limits.formats), name
        if fault is ImageFault.TOO_MANY_PIXELS:
            limit = str(LARGEST_PIXELS)
        elif fault is ImageFault.TOO_LARGE:
            limit, value = str(limits.size_bytes), str(self.original_size_bytes)
        elif fault is ImageFault.UNSUPPORTED:
            value = self.format
        return Problem(field, _RULE_OF_FAULT[fault], limit, value)

    def _ratio_problem(self, field: str, limits: ImageLimits) -> Iterator[Problem]:
        ratio = Fraction(max(self.width, self.height), min(self.width, self.height))
        if ratio > limits.widest:
            wide = float(limits.widest)
            value = f"{self.width / self.height:.2f}:1"
            yield Problem(field, Rule.RATIO, f"1:{wide:g} to {wide:g}:1", value)


NOTHING_SEEN = ImageFacts()


@dataclass(frozen=True, slots=True)
class UploadCopy:
    """A picture file and what would be sent of it; the same object twice where it goes as it is.

    Extensions are by content, without a dot. `facts` are those that a look would find.
    """

    original: bytes
    original_extension: str
    sent: bytes
    sent_extension: str
    facts: ImageFacts


_RULE_OF_FAULT = {
    ImageFault.MISSING: Rule.MISSING_FILE,
    ImageFault.UNREADABLE: Rule.UNREADABLE,
    ImageFault.NOT_A_PICTURE: Rule.NOT_A_PICTURE,
    ImageFault.UNSUPPORTED: Rule.FORMAT,
    ImageFault.DAMAGED: Rule.DAMAGED,
    ImageFault.TOO_MANY_PIXELS: Rule.PIXELS,
    ImageFault.TOO_LARGE: Rule.SIZE,
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One result in the library, as the gallery shows it and the index keeps it.

    `file` is relative to the library folder. `duration_s` is None for a picture.
    """

    file: PurePosixPath
    task: str
    index: int
    media: MediaKind
    width: int
    height: int
    duration_s: float | None
    size_bytes: int
    sha256: str
    created_at_ms: int
    provider: str
    model: str
    prompt: str
    is_sandbox: bool


def place_name(field: str) -> str:
    """The name for people of a picture's place: `subjects[1]` is "Subject 2"."""
    if field.startswith("subjects["):
        return t("Subject {number}", number=int(field[9:-1]) + 1)
    if field.startswith("images["):
        return t("Picture {number}", number=int(field[7:-1]) + 1)
    return {"scene": t("Scene"), "style": t("Style")}.get(field, field)
