"""Undecided tasks stand together by whose answer was lost, the oldest before the others (A45)."""

from kling_desktop.domain.decisions import GroupKey, key_of
from kling_desktop.domain.tasks import TaskState
from kling_desktop.ui.tasks.groups import Groups
from tests.library.samples import a_task

S = TaskState


def unclear(**changes):
    return a_task(**({"state": S.NEEDS_DECISION, "provider": "kling"} | changes))


def grouped(tasks) -> Groups:
    groups = Groups()
    groups.reset(tasks)
    return groups


def test_a45_an_outage_asks_one_question_an_account():
    late = [unclear(first_sent_at_ms=900 + n, created_at_ms=n) for n in (3, 1, 2)]
    others = [unclear(account="another"), unclear(base_url="https://example.com")]
    groups = grouped([*late, *others])
    group = groups.group(GroupKey("kling", None, ""))
    assert group is not None
    assert [task.created_at_ms for task in group.tasks] == [1, 2, 3]
    assert group.since_ms == 901
    assert groups.led_by(late[1].id) is group
    assert [groups.is_hidden(task.id) for task in late] == [True, False, True]
    assert not any(groups.is_hidden(task.id) for task in others)
    assert groups.count() == 5


def test_a45_what_is_closed_or_clear_is_asked_about_by_nobody():
    closed = unclear(is_watched=True)
    clear = [a_task(state=state, provider="kling") for state in S if state is not S.NEEDS_DECISION]
    groups = grouped([closed, *clear])
    assert groups.group(key_of(closed)) is None
    assert groups.count() == 0
