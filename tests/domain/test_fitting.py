from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kling_desktop.domain.fitting import (
    is_allowed,
    mending_edits,
    placement,
    smaller,
    turned_size,
    within,
)
from kling_desktop.domain.media import (
    COMMON_LIMITS,
    LARGEST_PIXELS,
    NO_EDIT,
    Acceptance,
    Crop,
    Edit,
    Fit,
    ImageFacts,
    ImageFault,
    ImageLimits,
    Mend,
)
from kling_desktop.domain.problems import Rule
from kling_desktop.domain.sentences import mend_words

SIDES = st.integers(1, 12_000)
CROPS = st.none() | st.builds(
    Crop,
    st.integers(-10, 13_000),
    st.integers(-10, 13_000),
    st.integers(0, 13_000),
    st.integers(0, 13_000),
)
LIMITS = st.builds(
    ImageLimits,
    side_px=st.integers(1, 1000),
    widest=st.fractions(Fraction(1), Fraction(4), max_denominator=50),
)


@given(SIDES, SIDES, CROPS, st.sampled_from(Fit), st.booleans(), LIMITS)
def test_what_is_asked_for_is_reached_exactly(
    width: int, height: int, crop: Crop | None, fit: Fit, enlarges: bool, limits: ImageLimits
) -> None:
    placed = placement(width, height, Edit(crop=crop, fit=fit, enlarges=enlarges), limits)
    part, size = placed.crop, (placed.width, placed.height)
    assert 0 <= part.left < part.left + part.width <= width
    assert 0 <= part.top < part.top + part.height <= height
    assert 0 < placed.part_width <= placed.width
    assert placed.left >= 0
    assert 0 < placed.part_height <= placed.height
    assert placed.top >= 0
    assert placed.width * placed.height <= max(LARGEST_PIXELS, width * height)
    if fit is not Fit.NONE:
        assert is_allowed(size, limits.widest)
        if enlarges:
            assert min(size) >= limits.side_px


def test_what_is_not_asked_for_is_not_done() -> None:
    placed = placement(3000, 100, NO_EDIT, COMMON_LIMITS)
    assert (placed.width, placed.height) == (3000, 100)
    assert not placed.is_padded
    assert not placed.is_scaled


def test_the_middle_is_kept() -> None:
    assert placement(1000, 301, Edit(fit=Fit.CROP), COMMON_LIMITS).crop == Crop(124, 0, 752, 301)
    padded = placement(1001, 300, Edit(fit=Fit.PAD), COMMON_LIMITS)
    assert (padded.width, padded.height, padded.top) == (1001, 401, 50)
    assert padded.is_padded
    small = placement(200, 100, Edit(enlarges=True), COMMON_LIMITS)
    assert (small.width, small.height, small.is_scaled) == (600, 300, True)


def test_a_long_picture_is_not_enlarged_until_it_fits() -> None:
    placed = placement(100_000, 1, Edit(enlarges=True), COMMON_LIMITS)
    assert (placed.width, placed.height) == (100_000, 1)


@given(SIDES, SIDES, LIMITS)
def test_smaller_ends_and_keeps_the_rules(width: int, height: int, limits: ImageLimits) -> None:
    size = (width, height)
    while (next_size := smaller(size, limits)) is not None:
        assert min(next_size) < min(size)
        assert min(next_size) >= min(limits.side_px, min(size))
        assert is_allowed(next_size, limits.widest) or not is_allowed(size, limits.widest)
        size = next_size


def test_turns_change_the_sides() -> None:
    assert turned_size(4, 3, Edit(quarter_turns=1)) == (3, 4)
    assert turned_size(4, 3, Edit(quarter_turns=2)) == (4, 3)


def test_a_crop_beside_the_picture_keeps_one_pixel() -> None:
    assert within(Crop(50, 50, 10, 10), 20, 30) == Crop(19, 29, 1, 1)
    assert within(Crop(-5, -5, 10, 10), 20, 30) == Crop(0, 0, 5, 5)


@pytest.mark.parametrize(
    ("rule", "facts"),
    [(Rule.RATIO, ImageFacts("PNG", 2600, 1000, 10)), (Rule.SIDE, ImageFacts("PNG", 400, 299, 10))],
)
def test_each_edit_that_is_offered_mends_the_rule(rule: Rule, facts: ImageFacts) -> None:
    assert [problem.rule for problem in facts.problems("scene", COMMON_LIMITS)] == [rule]
    offered = mending_edits(rule, NO_EDIT)
    assert offered
    for edit in offered:
        placed = placement(facts.width, facts.height, edit, COMMON_LIMITS)
        mended = ImageFacts("PNG", placed.width, placed.height, 10)
        assert not list(mended.problems("scene", COMMON_LIMITS))


def test_nothing_is_offered_where_another_file_is_needed() -> None:
    assert mending_edits(Rule.DAMAGED, NO_EDIT) == ()


@pytest.mark.parametrize(
    ("facts", "edit", "acceptance"),
    [
        (ImageFacts("PNG", 400, 400, 10), NO_EDIT, Acceptance.READY),
        (ImageFacts("PNG", 400, 400, 10, mends=(Mend.METADATA,)), NO_EDIT, Acceptance.READY),
        (ImageFacts("JPEG", 400, 400, 10, mends=(Mend.TURNED,)), NO_EDIT, Acceptance.READY),
        (ImageFacts("JPEG", 400, 400, 10, mends=(Mend.TURNED,)), Edit(1), Acceptance.MENDED),
        (ImageFacts("JPEG", 400, 400, 10, mends=(Mend.FORMAT,)), NO_EDIT, Acceptance.MENDED),
        (ImageFacts("JPEG", 400, 400, 10, mends=(Mend.CROPPED,)), NO_EDIT, Acceptance.MENDED),
        (ImageFacts("JPEG", 400, 40, 10, mends=(Mend.TURNED,)), NO_EDIT, Acceptance.REFUSED),
        (ImageFacts("EPS", fault=ImageFault.UNSUPPORTED), NO_EDIT, Acceptance.REFUSED),
    ],
)
def test_green_amber_and_red(facts: ImageFacts, edit: Edit, acceptance: Acceptance) -> None:
    assert facts.acceptance(COMMON_LIMITS, edit) is acceptance


def test_a_kind_that_cannot_be_opened_is_named() -> None:
    (problem,) = ImageFacts("EPS", fault=ImageFault.UNSUPPORTED).problems("scene", COMMON_LIMITS)
    assert (problem.rule, problem.value) == (Rule.FORMAT, "EPS")


def test_every_mend_has_words() -> None:
    assert len({mend_words(mend) for mend in Mend}) == len(Mend)
