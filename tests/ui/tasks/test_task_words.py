"""What a row says: true in every state, above all about money."""

from dataclasses import replace
from decimal import Decimal

import pytest

from kling_desktop.domain.errors import ErrorRecord, Remedy
from kling_desktop.domain.facts import EngineState, Progressed
from kling_desktop.domain.money import Charge, Cost, CostBasis
from kling_desktop.domain.tasks import SETTLED, Task, TaskState
from kling_desktop.kling.profiles import PROFILES
from kling_desktop.ui.tasks import money_words
from kling_desktop.ui.tasks.task_rows import row_of
from kling_desktop.ui.tasks.task_words import (
    Action,
    Journey,
    Mark,
    Section,
    Situation,
    TaskRow,
    Tone,
    action_words,
    menu_of,
    section_of,
    whole_journey,
)
from tests.ui.tasks.lives import ERROR, NOW_MS, REPORTED, film, living, output

S = TaskState


def situation(task: Task, **changes) -> Situation:
    return Situation(PROFILES[task.provider], NOW_MS, **changes)


def row(task: Task, **changes) -> TaskRow:
    return row_of(task, situation(task, **changes))


EVERY_LIFE = [
    make(state, provider=provider, is_watched=is_watched, error=error)
    for make in (living, film)
    for state in TaskState
    for provider in ("kling", "cometapi", "sandbox")
    for is_watched in (False, True)
    for error in (None, ERROR)
]


def all_words(row: TaskRow) -> str:
    return " ".join((row.title, row.second, row.meta, row.fact))


@pytest.mark.parametrize("engine", EngineState)
def test_every_state_has_a_row_in_plain_words(engine):
    for task in EVERY_LIFE:
        found = row(task, engine=engine)
        assert found.title
        assert found.second
        words = all_words(found)
        assert "{" not in words
        assert "None" not in words
        assert "!" not in words
        assert "cancel" not in words.lower()
        assert found.section is section_of(task, NOW_MS)


def test_every_step_has_words_and_stands_in_the_menu():
    for task in EVERY_LIFE:
        found = row(task)
        menu = menu_of(task, found)
        assert len(found.actions) <= 2
        assert set(found.actions) <= set(menu)
        assert len(menu) == len(set(menu))
        assert all(action_words(action) for action in menu)


def test_a_paid_second_try_is_never_one_press_away():
    for task in EVERY_LIFE:
        for action in menu_of(task, row(task)):
            assert "send" not in action_words(action).lower()


def test_nothing_that_may_have_been_sent_is_called_unpaid():
    for task in EVERY_LIFE:
        words = all_words(row(task)).lower()
        if task.charge is Charge.POSSIBLE and not PROFILES[task.provider].is_free:
            assert "nothing was paid" not in words
            assert "no money taken" not in words


def test_nothing_that_was_never_made_is_called_paid():
    for task in EVERY_LIFE:
        words = all_words(row(task)).lower()
        if task.charge is Charge.NONE and not task.is_watched:
            assert "at most" not in words
            assert "may charge" not in words
            assert "paid, " not in words


def test_the_sandbox_never_speaks_of_a_sum():
    for task in EVERY_LIFE:
        if task.provider == "sandbox":
            assert "$" not in all_words(row(task))


def test_a_gateway_s_price_is_not_invented():
    for task in EVERY_LIFE:
        if task.provider == "cometapi":
            assert "$" not in all_words(row(task))


@pytest.mark.parametrize(
    ("task", "title", "meta", "fact"),
    [
        (living(S.ACCEPTED), "Sent. Waiting its turn at Kling", "4 pictures · about $0.22", "1:00"),
        (living(S.RUNNING), "Sent. Kling is working on it", "4 pictures · about $0.22", "1:00"),
        (film(S.SENDING), "Sending 1 picture", "Video, 5 s · about $0.28", ""),
        (living(S.UNKNOWN), "May have been accepted", "At most $0.22 at Kling", "1:00"),
        (
            living(S.FROZEN),
            "Waits for 4 free places at Kling",
            "4 pictures · about $0.22",
            "",
        ),
        (
            living(S.DONE, outputs=tuple(map(output, range(4))), cost=REPORTED),
            "4 pictures saved",
            "$0.22, as Kling reports",
            "11:59",
        ),
        (
            living(S.DONE, outputs=(output(0), output(1)), provider="sandbox"),
            "2 sandbox pictures saved",
            "Free",
            "11:59",
        ),
        (
            film(
                S.DONE,
                outputs=(output(0, duration_s=5.0),),
                cost=Cost(Decimal(2), CostBasis.REPORTED),
            ),
            "1 video saved",
            "$0.28, as Kling reports",
            "11:59",
        ),
    ],
)
def test_the_words_of_the_plan(task, title, meta, fact):
    found = row(task)
    assert (found.title, found.meta, found.fact) == (title, meta, fact)


def test_a_partial_result_says_what_is_missing_and_how_long_it_is_kept():
    outputs = (output(0), output(1), output(2), output(3, is_saved=False))
    found = row(
        living(S.DONE_PARTIAL, outputs=outputs, result_url_seen_at_ms=NOW_MS - 36 * 3_600_000)
    )
    assert found.title == "3 of 4 saved, one still missing"
    assert found.meta == "Kept at Kling for 29 days"
    assert found.actions == (Action.DOWNLOAD_AGAIN,)


def test_bytes_are_told_for_the_direction_they_go_in():
    task = living(S.SENDING)
    up = Progressed(task.id, True, 4_300_000, 9_437_184)
    down = replace(up, is_upload=False)
    assert row(task, progress=up).fact == "4.1 of 9.0 MB"
    assert row(task, progress=down).fact == ""


def test_what_takes_long_says_so():
    task = living(S.RUNNING, first_sent_at_ms=NOW_MS - 372_000)
    found = row(task)
    assert found.title == "Kling is taking longer than usual"
    assert found.fact == "6:12 so far"


def test_a_decision_says_what_is_at_stake_and_offers_both_ways():
    found = row(living(S.NEEDS_DECISION))
    assert found.section is Section.NEEDS_YOU
    assert "11:59" in found.second
    assert "At most $0.22 is at stake." in found.second
    assert found.actions == (Action.KEEP_CHECKING, Action.DECIDE)


def test_a_failure_says_what_the_provider_reports_of_the_money():
    def words(cost: Cost) -> str:
        return row(living(S.REMOTE_FAILED, error=ERROR, cost=cost)).second

    assert "No money taken: Kling reports 0 units." in words(Cost(Decimal(0), CostBasis.REPORTED))
    assert "Kling reports $0.22 taken." in words(REPORTED)
    assert "does not say whether" in words(Cost())


def test_a_refused_key_leads_to_the_accounts():
    error = ErrorRecord("The key was not accepted", "Nothing was made.", Remedy.FIX_KEY)
    assert row(living(S.REFUSED, error=error)).actions[0] is Action.ACCOUNTS
    assert row(living(S.REFUSED, error=ERROR)).actions[0] is Action.CHANGE_REQUEST


def test_what_is_no_longer_followed_may_still_charge():
    found = row(living(S.RUNNING, is_watched=True))
    assert found.title == "Stopped following"
    assert found.second == "Kling goes on and may charge."
    assert found.section is Section.FINISHED


def test_waiting_says_why():
    task = living(S.FROZEN)
    assert row(task, engine=EngineState.PAUSED).title == "On hold"
    assert row(task, engine=EngineState.OFFLINE).title == "Waits until Kling answers"
    assert row(task, place=1).fact == "next"
    later = row(replace(task, not_before_ms=NOW_MS + 45_000))
    assert later.fact == "again in 0:45"
    assert later.is_ticking


def test_only_rows_that_show_a_running_time_tick():
    ticking = {task.state for task in EVERY_LIFE if row(task).is_ticking}
    assert ticking == {S.UNKNOWN, S.ACCEPTED, S.RUNNING}
    assert not any(row(task).is_ticking for task in EVERY_LIFE if task.is_watched)


def test_the_journey_line_has_four_steps_and_tells_doubt():
    assert Journey(1, Mark.UNSURE).marks() == (Mark.PAST, Mark.UNSURE, Mark.COMING, Mark.COMING)
    assert Journey(4).marks() == (Mark.PAST,) * 4
    for task in EVERY_LIFE:
        journey = whole_journey(task, row(task))
        assert len(journey.marks()) == 4
        assert 0 <= journey.share <= 1
        is_doubtful = task.state in (S.UNKNOWN, S.NEEDS_DECISION) and not task.is_watched
        assert not is_doubtful or journey.mark is Mark.UNSURE
        assert Mark.STOPPED not in journey.marks() or task.state in SETTLED


def test_a_doubt_is_never_green_and_a_failure_never_busy():
    for task in EVERY_LIFE:
        tone = row(task).tone
        if task.state in (S.UNKNOWN, S.NEEDS_DECISION):
            assert tone in (Tone.WARNING, Tone.QUIET)
        if task.state in (S.REFUSED, S.REMOTE_FAILED, S.EXPIRED):
            assert tone is Tone.DANGER


def test_the_money_line_adds_up_what_is_known_and_names_the_rest():
    def line(*tasks: Task) -> str:
        return money_words.spent_since(tasks, PROFILES, NOW_MS - 3_600_000)

    done = living(S.DONE, cost=REPORTED)
    assert line() == "Today $0.00"
    assert line(done) == "Today $0.22"
    assert line(done, living(S.DONE)) == "Today about $0.45"
    assert line(living(S.RUNNING)) == "Today $0.00 · up to $0.22 more on the way"
    assert line(living(S.DONE, provider="cometapi")) == "Today $0.00 · 1 of unknown price"
    assert line(living(S.DONE, provider="sandbox")) == "Today $0.00"
    assert line(living(S.FROZEN, first_sent_at_ms=None)) == "Today $0.00"
    assert line(living(S.REFUSED)) == "Today $0.00"
    assert line(living(S.DONE, first_sent_at_ms=NOW_MS - 7_200_000)) == "Today $0.00"
