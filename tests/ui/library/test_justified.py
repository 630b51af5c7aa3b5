"""The grid's geometry: nothing lost, nothing over the edge, quick for a hundred thousand."""

import time

from hypothesis import given
from hypothesis import strategies as st

from kling_desktop.ui.library.justified import Justified, Measure, justify

MEASURE = Measure(width=720, row_height=140)
_ratios = st.lists(st.floats(0.05, 20), min_size=1, max_size=60)


@given(_ratios, st.integers(120, 2000), st.integers(60, 320))
def test_every_picture_stands_once_and_inside_the_width(ratios, width, row_height):
    measure = Measure(width, row_height)
    rows = justify(ratios, measure)
    assert sum(len(row.widths) for row in rows) == len(ratios)
    assert [row.first for row in rows] == [
        sum(len(row.widths) for row in rows[:n]) for n in range(len(rows))
    ]
    for row in rows:
        used = sum(row.widths) + measure.gap * (len(row.widths) - 1)
        assert used <= width + len(row.widths)
        assert all(w > 0 for w in row.widths)
        assert row.height <= row_height * 1.2 + 1


@given(st.lists(st.floats(0.5, 2), min_size=12, max_size=60))
def test_full_rows_reach_the_edge_and_keep_near_their_height(ratios):
    for row in justify(ratios, MEASURE)[:-1]:
        assert sum(row.widths) + MEASURE.gap * (len(row.widths) - 1) == MEASURE.width
        assert 0.6 * MEASURE.row_height <= row.height <= 1.2 * MEASURE.row_height + 1


def test_the_last_row_of_a_day_is_not_blown_up():
    (row,) = justify([1.5], MEASURE)
    assert (row.height, row.widths) == (140, (210,))


def grid(*days: tuple[str, int]) -> Justified:
    layout = Justified(MEASURE)
    layout.reset([(name, 1.5) for name, count in days for _ in range(count)])
    return layout


def test_days_stand_under_their_headings():
    layout = grid(("Today", 5), ("Yesterday", 3))
    headings = layout.headings(0, layout.height)
    assert [(name, count) for name, count, _ in headings] == [("Today", 5), ("Yesterday", 3)]
    assert layout.box(5).y == headings[1][2].y + MEASURE.heading_height


@given(st.integers(0, 40), st.integers(0, 5))
def test_a_new_tile_lands_where_a_fresh_layout_has_it(count, place):
    tiles = [("Today" if n < 20 else "Yesterday", 1 + n % 5 / 4) for n in range(count)]
    layout = Justified(MEASURE)
    layout.reset(tiles)
    place = min(place, min(count, 20))
    layout.insert(place, "Today", 0.8)
    tiles.insert(place, ("Today", 0.8))
    fresh = Justified(MEASURE)
    fresh.reset(tiles)
    assert layout.height == fresh.height
    assert [layout.box(n) for n in range(count + 1)] == [fresh.box(n) for n in range(count + 1)]


def test_pages_come_in_as_if_all_had_come_at_once():
    tiles = [(f"day {n // 7}", 1 + n % 5 / 4) for n in range(100)]
    whole, paged = Justified(MEASURE), Justified(MEASURE)
    whole.reset(tiles)
    for first in range(0, 100, 9):
        paged.append(tiles[first : first + 9])
    assert [whole.box(n) for n in range(100)] == [paged.box(n) for n in range(100)]


def test_what_is_taken_away_leaves_no_gap():
    layout = grid(("Today", 1), ("Yesterday", 2))
    layout.remove(0)
    assert [name for name, _, _ in layout.headings(0, 900)] == ["Yesterday"]
    assert layout.count == 2


def test_every_tile_is_found_where_it_stands():
    layout = grid(("Today", 30), ("Yesterday", 30))
    for number in range(60):
        box = layout.box(number)
        assert layout.at(box.x + 1, box.y + 1) == number
        assert number in layout.numbers(box.y, box.y + box.height)
    assert layout.at(5, 5) is None


def test_up_and_down_stay_in_their_column():
    layout = grid(("Today", 12), ("Yesterday", 12))
    assert layout.beside(1, 1) != 1
    assert layout.beside(layout.beside(1, 1), -1) == 1
    assert layout.beside(0, -1) == 0
    assert layout.beside(23, 1) == 23


def test_a_hundred_thousand_are_laid_out_and_searched_at_once():
    tiles = [(f"day {n // 60}", 1 + n % 7 / 5) for n in range(100_000)]
    layout = Justified(MEASURE)
    started = time.perf_counter()
    layout.append(tiles)
    laid_out_s = time.perf_counter() - started
    started = time.perf_counter()
    for y in range(0, layout.height, layout.height // 200):
        assert len(layout.numbers(y, y + 900)) < 200
    searched_s = time.perf_counter() - started
    assert laid_out_s < 5
    assert searched_s < 0.5
