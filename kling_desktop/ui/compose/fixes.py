"""What would mend a refused picture in one click: edits that are sure to help, best first."""

from collections.abc import Iterable
from dataclasses import dataclass

from kling_desktop.domain.fitting import is_allowed, mending_edits, placement, turned_size
from kling_desktop.domain.media import (
    Edit,
    Fit,
    ImageFacts,
    ImageLimits,
    ImageSource,
    UrlImage,
)
from kling_desktop.domain.problems import Rule
from kling_desktop.text import t


@dataclass(frozen=True, slots=True)
class Fix:
    """One way out. `short` stands on the button of the slot, `words` in its menu."""

    short: str
    words: str
    icon: str
    edit: Edit


@dataclass(frozen=True, slots=True)
class Mending:
    """A way out that was chosen for the picture of a slot."""

    place: str
    fix: Fix


@dataclass(frozen=True, slots=True)
class Shares:
    """A part of a picture, its sides as shares of the whole from left and top."""

    left: float
    top: float
    right: float
    bottom: float


def fixes(
    image: ImageSource | None, facts: ImageFacts | None, limits: ImageLimits
) -> tuple[Fix, ...]:
    """What would make a picture fit; nothing where it fits, or where another file is needed."""
    if image is None or isinstance(image, UrlImage) or facts is None:
        return ()
    rules = [problem.rule for problem in facts.problems("", limits)]
    if not rules or not set(rules) <= {Rule.SIDE, Rule.RATIO}:
        return ()
    edits = (image.edit,)
    for rule in sorted(rules, key=lambda rule: rule is Rule.SIDE):
        edits = tuple(mended for edit in edits for mended in mending_edits(rule, edit))
    return tuple(_fix(edit, image.edit) for edit in edits if helps(edit, facts, limits))


def helps(edit: Edit, facts: ImageFacts, limits: ImageLimits) -> bool:
    """Whether the copy would then keep the rules of shape and size."""
    size = turned_size(facts.original_width, facts.original_height, edit)
    if not all(size):
        return False
    placed = placement(*size, edit, limits)
    copy = (placed.width, placed.height)
    return is_allowed(copy, limits.widest) and min(copy) >= limits.side_px


def proposed_cut(
    facts: ImageFacts | None, found: Iterable[Fix], limits: ImageLimits
) -> Shares | None:
    """What the proposed crop would keep of the picture as it is shown; None where none is."""
    if facts is None or not any(fix.edit.fit is Fit.CROP for fix in found):
        return None
    width, height = facts.width, facts.height
    kept = placement(width, height, Edit(fit=Fit.CROP), limits).crop
    return Shares(
        kept.left / width,
        kept.top / height,
        (kept.left + kept.width) / width,
        (kept.top + kept.height) / height,
    )


def _fix(edit: Edit, before: Edit) -> Fix:
    enlarges = edit.enlarges and not before.enlarges
    if edit.fit is Fit.CROP:
        words = t("Crop to fit and enlarge") if enlarges else t("Crop to fit")
        return Fix(t("Crop"), words, "crop", edit)
    if edit.fit is Fit.PAD:
        words = t("Fill to fit and enlarge") if enlarges else t("Fill to fit")
        return Fix(t("Fill"), words, "full-screen", edit)
    return Fix(t("Enlarge"), t("Enlarge"), "zoom-in", edit)
