"""Whose task it is: never linked to an older one, never refused because clocks differ."""

from pathlib import Path

import pytest

from kling_desktop.domain.answers import Outgoing, RemoteState, RemoteTask
from kling_desktop.domain.facts import Notice
from kling_desktop.domain.tasks import TaskState
from tests.fakes import provider as act
from tests.fakes.home import FakeHome

S = TaskState
OWN_ID = "lamp-7"
pytestmark = pytest.mark.anyio


@pytest.fixture
def home(tmp_path: Path) -> FakeHome:
    return FakeHome(tmp_path)


def _older_task(home: FakeHome, external_task_id: str = OWN_ID) -> RemoteTask:
    """Somebody's, made an hour ago under the same id."""
    task = RemoteTask(
        task_id="700",
        state=RemoteState.SUBMITTED,
        status="submitted",
        external_task_id=external_task_id,
        created_at_ms=home.kling.now_ms() - 3_600_000,
    )
    home.kling.created.append(task)
    home.kling.results[task.task_id] = 1
    return task


async def _answered_but_unseen(kling: act.FakeKling, outgoing: Outgoing) -> act.CreateAnswer:
    """ "That id exists", and until `can_look_up` nothing more is to be learnt."""
    kling.can_look_up = False
    return await act.accept(kling, outgoing)


@pytest.mark.parametrize("own_id", [OWN_ID, "kd-lamp"])
async def test_an_id_that_was_taken_is_refused_also_after_a_restart(
    home: FakeHome, own_id: str
) -> None:
    _older_task(home, own_id)
    home.kling.script = [_answered_but_unseen]
    await home.open()
    id = await home.submit(external_task_id=own_id)
    await home.until(id, S.UNKNOWN)
    await home.crash()
    home.kling.can_look_up = True
    await home.open()
    task = await home.until(id)
    assert (task.state, task.task_id) == (S.REFUSED, None)
    await home.close()


async def test_an_id_that_was_taken_is_refused_after_a_time_without_network(
    home: FakeHome,
) -> None:
    _older_task(home)
    home.kling.is_online = False
    await home.open()
    id = await home.submit(external_task_id=OWN_ID)
    await home.clock.spend(120)
    home.kling.is_online = True
    task = await home.until(id)
    assert (task.state, task.task_id) == (S.REFUSED, None)
    await home.close()


@pytest.mark.parametrize("has_list", [False, True])
async def test_an_older_task_is_no_answer_to_a_lost_one(home: FakeHome, has_list: bool) -> None:
    _older_task(home)
    home.kling.is_unique = False
    home.kling.has_list = has_list
    home.kling.script = [act.lose_request]
    await home.open()
    id = await home.submit(external_task_id=OWN_ID)
    task = await home.until(id, S.NEEDS_DECISION)
    assert task.task_id is None
    assert len(home.kling.posts) == 1
    await home.close()


async def test_of_two_tasks_with_one_id_the_list_gives_the_newer(home: FakeHome) -> None:
    _older_task(home)
    home.kling.is_unique = False
    home.kling.has_list = True
    home.kling.script = [act.lose_answer]
    await home.open()
    task = await home.until(await home.submit(external_task_id=OWN_ID))
    assert (task.state, task.task_id) == (S.DONE, home.kling.created[1].task_id)
    await home.close()


async def test_a_busy_gateway_that_knows_an_older_task_is_not_believed(home: FakeHome) -> None:
    _older_task(home)
    home.kling.script = [act.throttle]
    await home.open()
    id = await home.submit(external_task_id=OWN_ID)
    task = await home.until(id, S.NEEDS_DECISION)
    assert task.task_id is None
    assert len(home.kling.posts) == 1
    await home.close()


async def test_a_busy_gateway_without_an_echo_that_posted_is_not_sent_to_again(
    home: FakeHome,
) -> None:
    home.kling.echoes = home.kling.is_unique = False
    home.kling.script = [act.throttle_after_posting]
    await home.open()
    task = await home.until(await home.submit())
    assert task.state is S.DONE
    assert len(home.kling.posts) == 1
    await home.close()


async def test_without_an_echo_an_older_task_is_never_linked_not_even_by_hand(
    home: FakeHome,
) -> None:
    older = _older_task(home)
    home.kling.is_unique = home.kling.echoes = False
    home.kling.script = [act.lose_request]
    engine = await home.open()
    id = await home.submit(external_task_id=OWN_ID)
    await home.until(id, S.NEEDS_DECISION)
    engine.link(id, older.task_id)
    await home.clock.run(lambda: any(fact.subject == f"task {id}" for fact in home.told(Notice)))
    assert home.task(id).task_id is None
    await home.close()


async def _gateway_posts_twice(kling: act.FakeKling, outgoing: Outgoing) -> act.CreateAnswer:
    kling.create(outgoing)
    return await act.accept(kling, outgoing)


@pytest.mark.parametrize("behaviour", [act.lose_answer, _gateway_posts_twice])
@pytest.mark.parametrize("ahead_s", [-86_400, -600, 600, 86_400])
@pytest.mark.parametrize(("echoes", "own_id"), [(True, OWN_ID), (True, None), (False, None)])
async def test_a_wrong_clock_loses_nothing(
    home: FakeHome, behaviour: act.Behaviour, ahead_s: int, echoes: bool, own_id: str | None
) -> None:
    home.kling.clock_ahead_ms = ahead_s * 1000
    home.kling.echoes = echoes
    home.kling.script = [behaviour]
    await home.open()
    task = await home.until(await home.submit(external_task_id=own_id))
    assert task.state is S.DONE
    assert home.kling.creations(task) == 1
    await home.close()


async def test_a_night_without_network_does_not_use_up_the_attempts(home: FakeHome) -> None:
    home.kling.is_online = False
    await home.open()
    id = await home.submit("sandbox")
    await home.clock.spend(30 * 3600)
    home.kling.script = [act.lose_request]
    home.kling.is_online = True
    task = await home.until(id, S.DONE, S.NEEDS_DECISION)
    assert task.state is S.DONE
    assert home.kling.creations(task) == 1
    await home.close()
