"""When to ask again, and how often one provider is asked: plain numbers, no clock."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kling_desktop.engine.pace import Pace
from kling_desktop.engine.schedule import Expected, poll_delay_s

IMAGE = Expected(24.0, 32.0)
VIDEO = Expected(160.0, 320.0)


def looks(expected: Expected | None, until_s: float) -> list[float]:
    """The ages at which a task is asked for, until it is done at `until_s`."""
    ages: list[float] = []
    age_s = 0.0
    while age_s < until_s:
        age_s += poll_delay_s(age_s, expected, 0.0)
        ages.append(age_s)
    return ages


def test_it_is_asked_seldom_early_and_often_near_the_expected_end() -> None:
    early = [age for age in looks(IMAGE, 60) if age < 0.7 * IMAGE.quick_s]
    around = [age for age in looks(IMAGE, 60) if IMAGE.quick_s <= age <= IMAGE.slow_s]
    assert len(early) == 2  # the first for what fails at once
    assert len(around) >= 4
    assert max(b - a for a, b in pairwise(around)) <= 2.5


def test_a_video_that_takes_its_usual_time_costs_few_questions_and_is_noticed_soon() -> None:
    ages = looks(VIDEO, 250.0)
    assert len(ages) < 20  # a question every five seconds would be fifty
    assert ages[-1] - 250.0 <= 11.0


def test_b03_what_takes_ever_longer_is_asked_for_ever_more_seldom_and_never_given_up() -> None:
    for expected in (None, IMAGE, VIDEO):
        delays = [poll_delay_s(age_s, expected, 0.0) for age_s in (600.0, 4000.0, 31 * 86400.0)]
        assert delays == sorted(delays)
        assert delays[0] <= 66
        assert delays[-1] == 600.0


@given(
    age_s=st.floats(0, 1e8),
    jitter=st.floats(0, 1),
    expected=st.none() | st.builds(Expected, st.floats(0.1, 1e4), st.floats(0.1, 1e4)),
)
def test_no_pause_is_shorter_than_a_second_or_longer_than_eleven_minutes(
    age_s: float, jitter: float, expected: Expected | None
) -> None:
    assert 1.0 <= poll_delay_s(age_s, expected, jitter) <= 660.0


@given(gaps=st.lists(st.floats(0, 2), min_size=60, max_size=200))
def test_b12_no_provider_is_asked_faster_than_its_bucket_fills(gaps: list[float]) -> None:
    """At most ten at once, and four a second on top, whatever the order of wishes."""
    pace, now_s, asked = Pace(), 0.0, list[float]()
    for gap_s in gaps:
        now_s += gap_s
        now_s += pace.delay_s(now_s)
        pace.take(now_s)
        asked.append(now_s)
    for first in range(0, len(asked), 7):
        in_window = [at_s for at_s in asked if asked[first] <= at_s <= asked[first] + 5.0]
        assert len(in_window) <= 10 + 4 * 5 + 1


def test_a25_a_burst_of_failures_opens_the_breaker_and_an_answer_closes_it() -> None:
    pace = Pace()
    rests: list[float] = []
    now_s = 0.0
    for _ in range(40):
        now_s += pace.delay_s(now_s)
        pace.take(now_s)
        pace.failed(now_s, 0.0, is_offline=False)
        rests.append(pace.delay_s(now_s))
    assert rests[:4] == [0.0] * 4
    assert pace.is_broken
    assert rests[4] == 15.0
    assert rests[-1] == 3600.0  # tried once an hour, for as long as it takes
    pace.answered()
    assert not pace.is_broken


def test_without_network_it_is_tried_every_minute() -> None:
    pace, now_s = Pace(), 0.0
    for _ in range(100):
        now_s += pace.delay_s(now_s)
        pace.take(now_s)
        pace.failed(now_s, 0.0, is_offline=True)
    assert pace.delay_s(now_s) <= 60.0


def test_a_wish_to_rest_is_kept_and_a_person_may_end_it() -> None:
    pace = Pace()
    pace.rest(100.0, 30.0)
    assert pace.delay_s(100.0) == 30.0
    pace.relieve()
    assert pace.delay_s(100.0) == 0.0


@given(steps=st.lists(st.floats(0, 0.3), min_size=1, max_size=40))
def test_a_wait_for_the_bucket_ends_on_any_clock(steps: list[float]) -> None:
    """Floats leave crumbs: a clock that stands at 0.25 does not move by 1e-17."""
    pace, now_s = Pace(), 0.0
    for step_s in steps:
        now_s += step_s
        for _ in range(3):
            now_s += pace.delay_s(now_s)
            pace.take(now_s)
        waits = 0
        while (delay_s := pace.delay_s(now_s)) > 0:
            assert now_s + delay_s > now_s
            now_s += delay_s
            waits += 1
        assert waits <= 2
