"""The grid as pure geometry: rows of one height, widths by true ratio, days under headings. No Qt.

Each day is laid out by itself, so that a new result or another page moves only what it must.
Rows are found by binary search.
"""

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# A row is filled to the edge as long as its height stays this near to what was asked for.
_SLACK = 0.2
_NARROWEST, _WIDEST = 0.25, 5.0


@dataclass(frozen=True, slots=True)
class Box:
    """A tile or a heading, in px from the top left of the whole grid."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Row:
    """Tiles side by side. `first` is the number of the first in its day; `top` within the day."""

    first: int
    top: int
    height: int
    widths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """What the layout depends on beside the ratios, all in px."""

    width: int
    row_height: int
    heading_height: int = 36
    gap: int = 8


@dataclass(slots=True)
class _Day:
    name: str
    ratios: list[float]
    rows: list[Row]
    height: int = 0


def justify(ratios: Sequence[float], measure: Measure) -> list[Row]:
    """Rows for pictures of these ratios (width by height), from the top, headings left out."""
    rows: list[Row] = []
    first = top = 0
    while first < len(ratios):
        count, height, fills = _next_row(ratios, first, measure)
        part = [_ratio(ratio) for ratio in ratios[first : first + count]]
        row = Row(first, top, height, _widths(part, height, measure, fills=fills))
        rows.append(row)
        top += height + measure.gap
        first += count
    return rows


def _next_row(ratios: Sequence[float], first: int, measure: Measure) -> tuple[int, int, bool]:
    """How many fit best, how high they are then, and whether they reach the edge."""
    total, best = 0.0, None
    for count, ratio in enumerate(ratios[first:], 1):
        total += _ratio(ratio)
        natural = (measure.width - measure.gap * (count - 1)) / total
        off = abs(natural / measure.row_height - 1)
        if best is None or off < best[1]:
            best = (count, off, natural)
        if natural < measure.row_height:
            break
    assert best is not None
    count, off, natural = best
    if off <= _SLACK or natural < measure.row_height:
        return count, max(1, round(natural)), True
    return count, measure.row_height, False


def _widths(
    ratios: Sequence[float], height: int, measure: Measure, *, fills: bool
) -> tuple[int, ...]:
    widths = [max(1, round(ratio * height)) for ratio in ratios]
    if fills:
        # Rounding is put right in the widest, where nobody sees it.
        rest = measure.width - measure.gap * (len(widths) - 1) - sum(widths)
        widths[widths.index(max(widths))] += rest
    return tuple(widths)


def _ratio(ratio: float) -> float:
    return min(max(ratio, _NARROWEST), _WIDEST)


class Justified:
    """All days of the grid. Tiles are numbered through, newest first, as the model's rows are."""

    def __init__(self, measure: Measure) -> None:
        self._measure = measure
        self._days: list[_Day] = []
        self._tops: list[int] = [0]
        self._firsts: list[int] = [0]

    @property
    def height(self) -> int:
        """Of everything, in px."""
        return self._tops[-1]

    @property
    def count(self) -> int:
        """How many tiles there are."""
        return self._firsts[-1]

    def set_measure(self, measure: Measure) -> None:
        """Lay everything out anew, if anything differs."""
        if measure != self._measure:
            self._measure = measure
            for day in self._days:
                self._lay_out(day)
            self._add_up(0)

    def reset(self, tiles: Iterable[tuple[str, float]]) -> None:
        """Show exactly these: the day and the ratio of each, newest first."""
        self._days = []
        self.append(tiles, begins_anew=True)

    def append(self, tiles: Iterable[tuple[str, float]], *, begins_anew: bool = False) -> None:
        """Older ones below what is there."""
        first_changed = 0 if begins_anew else max(0, len(self._days) - 1)
        for name, ratio in tiles:
            if not self._days or self._days[-1].name != name:
                self._days.append(_Day(name, [], []))
            self._days[-1].ratios.append(ratio)
        for day in self._days[first_changed:]:
            self._lay_out(day)
        self._add_up(first_changed)

    def insert(self, number: int, name: str, ratio: float) -> None:
        """One more, so that it becomes the tile `number`."""
        place = self._place_for(number, name)
        if place == len(self._days) or self._days[place].name != name:
            self._days.insert(place, _Day(name, [], []))
            self._add_up(place)
        day = self._days[place]
        day.ratios.insert(number - self._firsts[place], ratio)
        self._lay_out(day)
        self._add_up(place)

    def remove(self, number: int) -> None:
        """One less."""
        place = self._day_of(number)
        day = self._days[place]
        del day.ratios[number - self._firsts[place]]
        if day.ratios:
            self._lay_out(day)
        else:
            del self._days[place]
        self._add_up(place)

    def box(self, number: int) -> Box:
        """Where a tile stands. Raises IndexError for a number that is not there."""
        if not 0 <= number < self.count:
            raise IndexError(number)
        place = self._day_of(number)
        day, inside = self._days[place], number - self._firsts[place]
        row = day.rows[bisect.bisect(day.rows, inside, key=lambda row: row.first) - 1]
        before = row.widths[: inside - row.first]
        x = sum(before) + self._measure.gap * len(before)
        return Box(x, self._row_top(place, row), row.widths[inside - row.first], row.height)

    def numbers(self, top: int, bottom: int) -> range:
        """The tiles of every row that shows between two heights."""
        first = self._first_below(top)
        last = self._first_below(bottom, includes_row=True)
        return range(first, max(first, last))

    def headings(self, top: int, bottom: int) -> list[tuple[str, int, Box]]:
        """The days whose headings show between two heights: name, how many tiles, where."""
        high = self._measure.heading_height
        place = max(0, bisect.bisect(self._tops, top - high) - 1)
        found: list[tuple[str, int, Box]] = []
        while place < len(self._days) and self._tops[place] < bottom:
            box = Box(0, self._tops[place], self._measure.width, high)
            found.append((self._days[place].name, len(self._days[place].ratios), box))
            place += 1
        return found

    def at(self, x: int, y: int) -> int | None:
        """The tile under a point."""
        for number in self.numbers(y, y + 1):
            box = self.box(number)
            if box.x <= x < box.x + box.width and box.y <= y < box.y + box.height:
                return number
        return None

    def beside(self, number: int, rows: int) -> int:
        """The tile nearest above (`rows` below 0) or below a tile; itself at the end."""
        box = self.box(number)
        middle = box.x + box.width // 2
        step = 1 if rows > 0 else -1
        found = number
        for _ in range(abs(rows)):
            line = self._line_beyond(found, step)
            if not line:
                return found
            found = min(line, key=lambda n: abs(self.box(n).x + self.box(n).width // 2 - middle))
        return found

    def _line_beyond(self, number: int, step: int) -> range:
        """The tiles of the next row in a direction."""
        top = self.box(number).y
        other = number
        while 0 <= other < self.count and self.box(other).y == top:
            other += step
        if not 0 <= other < self.count:
            return range(0)
        y = self.box(other).y
        return self.numbers(y, y + 1)

    def _lay_out(self, day: _Day) -> None:
        day.rows = justify(day.ratios, self._measure)
        last = day.rows[-1]
        day.height = self._measure.heading_height + last.top + last.height + self._measure.gap * 2

    def _add_up(self, place: int) -> None:
        """Heights and numbers of every day from `place` on."""
        del self._tops[place + 1 :], self._firsts[place + 1 :]
        for day in self._days[place:]:
            self._tops.append(self._tops[-1] + day.height)
            self._firsts.append(self._firsts[-1] + len(day.ratios))

    def _day_of(self, number: int) -> int:
        return bisect.bisect(self._firsts, number) - 1

    def _place_for(self, number: int, name: str) -> int:
        """The day that takes the tile: the one that holds its number, or the one before."""
        place = min(self._day_of(number), len(self._days))
        if place and number == self._firsts[place] and self._days[place - 1].name == name:
            return place - 1
        return place

    def _row_top(self, place: int, row: Row) -> int:
        return self._tops[place] + self._measure.heading_height + row.top

    def _first_below(self, y: int, *, includes_row: bool = False) -> int:
        """The first tile of the first row that ends below `y` (or begins at or below it)."""
        place = max(0, bisect.bisect(self._tops, y) - 1)
        if place >= len(self._days):
            return self.count
        day = self._days[place]
        inside = y - self._tops[place] - self._measure.heading_height
        if includes_row:
            at = bisect.bisect_left(day.rows, inside, key=lambda row: row.top)
        else:
            at = bisect.bisect(day.rows, inside, key=lambda row: row.top + row.height)
        if at == len(day.rows):
            return self._firsts[place + 1]
        return self._firsts[place] + day.rows[at].first
