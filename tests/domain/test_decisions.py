"""Unclear tasks as few questions: grouped by whose answer was lost, and priced honestly."""

from dataclasses import replace
from decimal import Decimal

from kling_desktop.domain.decisions import (
    DecisionGroup,
    Stake,
    in_order,
    is_undecided,
    key_of,
    proposal,
    stake,
)
from kling_desktop.domain.errors import ErrorRecord, Remedy
from kling_desktop.domain.findings import Candidate
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.requests import MultiImageToImage, MultiImageToVideo
from kling_desktop.domain.tasks import TaskState, deadline_ms, is_only_there
from kling_desktop.kling.profiles import PROFILES
from tests.library.samples import REQUEST, STORED, a_task

S = TaskState
MADE = Candidate("861", 1_760_000_000_000, "succeed")
DAY_MS = 86_400_000


def unclear(**changes):
    return a_task(**({"state": S.NEEDS_DECISION, "provider": "kling"} | changes))


def test_a45_only_what_a_person_is_asked_about_is_undecided():
    closed = unclear(is_watched=True)
    others = [a_task(state=state) for state in S if state is not S.NEEDS_DECISION]
    assert not any(map(is_undecided, [closed, *others]))
    assert is_undecided(unclear())


def test_a_group_says_what_was_checked_once_and_until_when():
    seen = ErrorRecord("It may or may not exist", "Asked, and not found.", Remedy.DECIDE)
    listed = replace(seen, detail="One may be it.")
    tasks = [
        unclear(error=error, updated_at_ms=at_ms)
        for error, at_ms in ((seen, 5), (listed, 9), (seen, 7), (None, 8))
    ]
    group = DecisionGroup(key_of(tasks[0]), in_order(tasks))
    assert group.checked == ("Asked, and not found.", "One may be it.")
    assert group.asked_at_ms == 9


def test_what_is_at_stake_is_the_known_sum_and_the_number_of_unknown_prices():
    video = MultiImageToVideo(model="kling-v1-6", pictures=(STORED,), mode="pro", duration_s=10)
    tasks = [
        unclear(request=replace(REQUEST, n=4)),
        unclear(kind=TaskKind.VIDEO, request=video),
        unclear(provider="powertokens"),
        unclear(provider="sandbox"),
        unclear(provider="nobody-knows"),
    ]
    assert stake(tasks, PROFILES) == Stake(Decimal("1.204"), 2)


def test_one_candidate_of_one_unclear_task_is_proposed():
    task = unclear(candidates=(MADE,))
    assert proposal(task, [task, unclear(account="another"), a_task(state=S.DONE)]) == MADE
    video = unclear(kind=TaskKind.VIDEO)
    assert proposal(task, [task, video]) == MADE


def test_nothing_is_proposed_where_it_could_be_another():
    task = unclear(candidates=(MADE,))
    for rival in (unclear(), unclear(is_watched=True), a_task(provider="kling", state=S.UNKNOWN)):
        assert key_of(rival) == key_of(task)
        assert proposal(task, [task, rival]) is None
    two = unclear(candidates=(MADE, replace(MADE, task_id="862")))
    assert proposal(two, [two]) is None
    assert proposal(unclear(), []) is None


def test_what_was_found_is_known_by_having_no_pictures():
    assert a_task(request=MultiImageToImage(model="", subjects=())).is_found
    assert a_task(request=MultiImageToVideo(model="", pictures=())).is_found
    assert not a_task().is_found


def test_results_are_kept_from_the_time_the_provider_gives():
    task = a_task(provider="kling", state=S.FETCH_PAUSED, created_at_ms=1, first_sent_at_ms=2)
    kling = PROFILES["kling"]
    assert deadline_ms(task, kling) == 2 + kling.retention_days * DAY_MS
    made = replace(task, remote_created_at_ms=5)
    assert deadline_ms(made, kling) == 5 + kling.retention_days * DAY_MS
    assert is_only_there(made)
    assert not is_only_there(replace(made, state=S.DONE))
