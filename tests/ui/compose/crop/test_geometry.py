"""Frames stay in their picture and never turn inside out, whatever is dragged where."""

from fractions import Fraction

from hypothesis import example, given
from hypothesis import strategies as st

from kling_desktop.domain.fitting import is_allowed
from kling_desktop.domain.media import COMMON_LIMITS, NO_EDIT, Crop, Edit, Fit
from kling_desktop.ui.compose.crop import geometry
from kling_desktop.ui.compose.crop.cut import FREE, SHAPES, WHOLE, Cut, fraction, ratio_words
from kling_desktop.ui.compose.crop.geometry import Bounds, Extent, Handle

SIDES = st.integers(1, 6000)
WAYS = st.integers(-8000, 8000)
EXTENTS = st.builds(Extent, SIDES, SIDES)
RATIOS = st.sampled_from([fraction(shape) for shape in SHAPES[2:]])
CORNERS = [h for h in Handle if 0 not in h.value]


@st.composite
def crops(draw: st.DrawFn, extent: Extent) -> Crop:
    left = draw(st.integers(0, extent.width - 1))
    top = draw(st.integers(0, extent.height - 1))
    width = draw(st.integers(1, extent.width - left))
    height = draw(st.integers(1, extent.height - top))
    return Crop(left, top, width, height)


@st.composite
def framed(draw: st.DrawFn) -> tuple[Extent, Crop]:
    extent = draw(EXTENTS)
    return extent, draw(crops(extent))


@st.composite
def cuts(draw: st.DrawFn) -> Cut:
    upright = draw(EXTENTS)
    turns = draw(st.integers(0, 3))
    extent = upright.turned if turns % 2 else upright
    crop = draw(st.none() | crops(extent))
    edit = Edit(turns, draw(st.booleans()), crop)
    return Cut(upright, COMMON_LIMITS, edit, draw(st.sampled_from(SHAPES)))


def is_inside(crop: Crop, extent: Extent) -> bool:
    return (
        crop.left >= 0
        and crop.top >= 0
        and crop.width >= 1
        and crop.height >= 1
        and crop.left + crop.width <= extent.width
        and crop.top + crop.height <= extent.height
    )


@given(st.builds(Crop, WAYS, WAYS, WAYS, WAYS), EXTENTS)
def test_anything_is_brought_into_the_picture(crop: Crop, extent: Extent):
    brought = geometry.within(crop, extent)
    assert is_inside(brought, extent)
    assert geometry.within(brought, extent) == brought


@given(
    framed(),
    st.sampled_from(Handle),
    WAYS,
    WAYS,
    st.none() | RATIOS,
    st.sampled_from([1, 300]),
    st.sampled_from([None, Fraction(5, 2)]),
)
def test_a_dragged_frame_stays_in_the_picture_and_keeps_its_far_side(
    picture, handle, across, down, ratio, least, widest
):
    extent, crop = picture
    bounds = Bounds(extent, least, widest, ratio)
    after = geometry.dragged(crop, handle, across, down, bounds)
    assert is_inside(after, extent)
    toward_x, toward_y = handle.value
    if toward_x > 0:
        assert after.left == crop.left
    if toward_x < 0:
        assert after.left + after.width == crop.left + crop.width
    if toward_y > 0:
        assert after.top == crop.top
    if toward_y < 0:
        assert after.top + after.height == crop.top + crop.height


@given(framed(), WAYS, WAYS)
def test_moving_never_changes_the_size(picture, across, down):
    extent, crop = picture
    after = geometry.moved(crop, across, down, extent)
    assert (after.width, after.height) == (crop.width, crop.height)
    assert is_inside(after, extent)


@given(framed(), st.sampled_from(CORNERS), WAYS, WAYS, RATIOS)
def test_a_locked_shape_is_exact_to_a_pixel(picture, handle, across, down, ratio):
    extent, crop = picture
    after = geometry.dragged(crop, handle, across, down, Bounds(extent, 1, None, ratio))
    has_room_for_shape = min(after.width, after.height) > 1
    if has_room_for_shape:
        assert abs(after.width - after.height * ratio) <= max(1, ratio) / 2 + Fraction(1, 2)
        assert abs(after.height - after.width / ratio) <= 1


@given(framed(), st.sampled_from([*Handle][1:]), WAYS, WAYS)
def test_a_free_frame_stops_at_the_widest_shape(picture, handle, across, down):
    extent, crop = picture
    widest = Fraction(5, 2)
    after = geometry.dragged(crop, handle, across, down, Bounds(extent, 1, widest))
    # One pixel by one can be cut from anything, and is square.
    assert is_allowed((after.width, after.height), widest)


@given(framed(), st.sampled_from(CORNERS), WAYS, WAYS)
def test_no_side_gets_shorter_than_the_limit_where_there_is_room(picture, handle, across, down):
    extent, crop = picture
    bounds = Bounds(extent, 300)
    after = geometry.dragged(crop, handle, across, down, bounds)
    least = bounds.least_px
    can_grow_across = crop.width >= least
    can_grow_down = crop.height >= least
    if can_grow_across and can_grow_down:
        assert min(after.width, after.height) >= least


@given(framed(), st.integers(-10, 10), st.integers(-10, 10))
def test_keys_change_the_size_by_what_they_say(picture, wider, taller):
    extent, crop = picture
    after = geometry.resized(crop, wider, taller, Bounds(extent))
    assert is_inside(after, extent)
    assert after.width == min(extent.width, max(1, crop.width + wider))
    assert after.height == min(extent.height, max(1, crop.height + taller))


@given(framed(), st.sampled_from([-10, -1, 1, 10]), st.booleans(), RATIOS)
def test_keys_change_a_locked_frame_as_well(picture, step, is_width, ratio):
    extent, crop = picture
    bounds = Bounds(extent, 1, None, ratio)
    crop = geometry.shaped(crop, bounds)
    after = geometry.resized(crop, step if is_width else 0, 0 if is_width else step, bounds)
    assert is_inside(after, extent)
    if step < 0 and min(crop.width, crop.height) > 1:
        assert after.width * after.height < crop.width * crop.height
    can_grow = min(extent.width - crop.width, extent.height - crop.height) > 30
    if step > 0 and can_grow:
        assert after.width * after.height > crop.width * crop.height


@given(framed(), st.floats(0.2, 5), st.sampled_from([1, 300]))
def test_a_scaled_frame_stays_in_the_picture(picture, factor, least):
    extent, crop = picture
    after = geometry.scaled(crop, factor, Bounds(extent, least, Fraction(5, 2)))
    assert is_inside(after, extent)
    assert is_allowed((after.width, after.height), Fraction(5, 2))


@given(framed())
def test_four_turns_and_two_mirrors_lead_back(picture):
    extent, crop = picture
    once = geometry.turned(crop, extent)
    twice = geometry.turned(once, extent.turned)
    back = geometry.turned(geometry.turned(twice, extent), extent.turned)
    assert back == crop
    assert geometry.mirrored(geometry.mirrored(crop, extent), extent) == crop
    assert geometry.flipped(geometry.flipped(crop, extent), extent) == crop
    assert twice == geometry.flipped(geometry.mirrored(crop, extent), extent)


# What an edit means, on a picture of single letters.

Grid = list[list[tuple[int, int]]]


def grid(extent: Extent) -> Grid:
    return [[(x, y) for x in range(extent.width)] for y in range(extent.height)]


def clockwise(picture: Grid) -> Grid:
    return [list(row) for row in zip(*picture[::-1], strict=True)]


def result(cut: Cut) -> Grid:
    """The upload copy as `Edit` defines it: turned, then mirrored, then cropped."""
    picture = grid(cut.upright)
    for _ in range(cut.edit.quarter_turns):
        picture = clockwise(picture)
    if cut.edit.is_mirrored:
        picture = [row[::-1] for row in picture]
    frame = cut.frame
    rows = picture[frame.top : frame.top + frame.height]
    return [row[frame.left : frame.left + frame.width] for row in rows]


SMALL = st.builds(Extent, st.integers(1, 7), st.integers(1, 7))


@st.composite
def small_cuts(draw: st.DrawFn) -> Cut:
    upright = draw(SMALL)
    turns = draw(st.integers(0, 3))
    extent = upright.turned if turns % 2 else upright
    edit = Edit(turns, draw(st.booleans()), draw(st.none() | crops(extent)))
    return Cut(upright, COMMON_LIMITS, edit)


@given(small_cuts())
def test_turning_and_mirroring_carry_the_kept_part_along(cut: Cut):
    before = result(cut)
    assert result(cut.turned(is_clockwise=True)) == clockwise(before)
    assert clockwise(result(cut.turned(is_clockwise=False))) == before
    assert result(cut.mirrored()) == [row[::-1] for row in before]
    assert result(cut.flipped()) == before[::-1]


@given(cuts())
def test_every_turn_has_a_way_back(cut: Cut):
    assert cut.turned(is_clockwise=True).turned(is_clockwise=False) == cut
    assert cut.mirrored().mirrored() == cut
    assert cut.flipped().flipped() == cut


@given(cuts(), st.sampled_from(SHAPES))
def test_a_shape_is_taken_about_the_same_middle(cut: Cut, shape: str):
    after = cut.shaped(shape)
    assert is_inside(after.frame, cut.extent)
    if shape == WHOLE:
        assert after.edit.crop is None
    if shape == FREE:
        assert after.frame == cut.frame


@given(cuts(), st.integers(1, 9000))
def test_a_typed_width_is_taken_as_far_as_there_is_room(cut: Cut, width: int):
    after = cut.shaped(FREE).sized(width, None)
    assert is_inside(after.frame, cut.extent)


@example(Cut(Extent(2600, 1000), COMMON_LIMITS, NO_EDIT))
@given(cuts())
def test_all_of_a_picture_is_no_crop(cut: Cut):
    assert cut.with_frame(geometry.whole(cut.extent)).edit.crop is None


def test_a_wide_picture_is_too_wide_until_it_is_cut_or_filled():
    cut = Cut(Extent(2600, 1000), COMMON_LIMITS, NO_EDIT)
    assert not cut.is_narrow_enough
    assert not cut.is_whole_allowed
    assert cut.filled(is_filled=True).is_narrow_enough
    assert cut.dragged(Handle.RIGHT, -1, 0).frame == Crop(0, 0, 2500, 1000)
    assert cut.filled(is_filled=True).dragged(Handle.RIGHT, -200, 0).edit.fit is Fit.NONE


def test_a_small_picture_is_large_enough_once_it_is_enlarged():
    cut = Cut(Extent(210, 158), COMMON_LIMITS, NO_EDIT)
    assert not cut.is_large_enough
    assert cut.enlarging(enlarges=True).is_large_enough


def test_shapes_have_the_names_people_use():
    named = [ratio_words(*size) for size in ((1800, 900), (1200, 800), (1600, 901), (901, 1600))]
    assert named == ["2:1", "3:2", "1.78:1", "1:1.78"]
    assert ratio_words(1600, 900) == "16:9"
    assert ratio_words(2600, 1000) == "13:5"


def test_a_proposed_cut_is_taken_up_as_a_frame():
    cut = Cut(Extent(2600, 1000), COMMON_LIMITS, Edit(fit=Fit.CROP)).opened()
    assert (cut.frame, cut.edit.fit) == (Crop(50, 0, 2500, 1000), Fit.NONE)
