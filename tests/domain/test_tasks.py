"""A task's life is data: only listed transitions, and money is never promised away."""

import itertools

import pytest

from kling_desktop.domain.errors import BugError
from kling_desktop.domain.money import Charge
from kling_desktop.domain.tasks import (
    FETCHED,
    FOLLOWED,
    SETTLED,
    TRANSITIONS,
    UNCLEAR,
    TaskState,
    check_transition,
    new_external_task_id,
    new_id,
)

S = TaskState


def reachable(start: TaskState) -> set[TaskState]:
    found, fresh = set[TaskState](), {start}
    while fresh:
        found |= fresh
        fresh = set().union(*(TRANSITIONS[state] for state in fresh)) - found
    return found


def test_every_pair_of_states_is_allowed_or_refused_as_the_table_says():
    for old, new in itertools.product(S, S):
        if new is old or new in TRANSITIONS[old]:
            check_transition(old, new)
        else:
            with pytest.raises(BugError):
                check_transition(old, new)


@pytest.mark.parametrize("state", [S.DONE, S.REMOTE_FAILED, S.EXPIRED])
def test_terminal_states_are_sticky(state):
    assert reachable(state) == {state}


def test_what_may_have_left_never_becomes_a_draft_and_is_sent_on_only_through_sending():
    for state in UNCLEAR - {S.SENDING}:
        assert not TRANSITIONS[state] & {S.FROZEN, S.DRAFT}
    assert S.DRAFT not in reachable(S.ACCEPTED)
    assert S.SENDING not in reachable(S.ACCEPTED)


def test_a_refusal_is_never_reached_once_a_task_is_known_to_exist():
    for state in FOLLOWED | FETCHED:
        assert S.REFUSED not in reachable(state)


def test_every_state_is_reached_from_a_draft():
    assert reachable(S.DRAFT) == set(S)


def test_states_are_settled_or_somebody_works_on_them():
    working = {S.FROZEN} | UNCLEAR | FOLLOWED | FETCHED
    assert working | SETTLED == set(S)
    assert not working & SETTLED


def test_no_unclear_state_says_that_nothing_was_charged(a_task):
    said = {state: a_task(state).charge for state in S}
    assert {s for s, charge in said.items() if charge is Charge.NONE} == {
        S.DRAFT,
        S.FROZEN,
        S.REFUSED,
    }
    assert said[S.REMOTE_FAILED] is Charge.AS_REPORTED


def test_ids_are_random_ours_are_hex_and_external_ones_never_look_like_a_task_id():
    ours = {new_id() for _ in range(100)}
    external = {new_external_task_id() for _ in range(100)}
    assert len(ours) == len(external) == 100
    assert all(len(id_) == 32 and int(id_, 16) >= 0 for id_ in ours)
    assert all(id_[0].isalpha() and 20 <= len(id_) <= 40 for id_ in external)
