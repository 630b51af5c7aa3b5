"""When a create goes out and when it must not: busy gateways, pauses, keys, consents, quitting."""

import asyncio
from pathlib import Path

import pytest

from kling_desktop.domain.answers import CreateAnswer, Outgoing, Refused
from kling_desktop.domain.facts import EngineState, EngineStateChanged
from kling_desktop.domain.findings import Trait
from kling_desktop.domain.money import Charge
from kling_desktop.domain.providers import Evidence
from kling_desktop.domain.tasks import TaskState
from kling_desktop.engine.engine import Engine
from kling_desktop.engine.lanes import Lane
from tests.fakes import provider as act
from tests.fakes.clock import ManualClock
from tests.fakes.gateways import Keys, Silence
from tests.fakes.home import FakeHome
from tests.fakes.provider import FakeKling
from tests.fakes.threads import BusyThreads

S = TaskState
pytestmark = pytest.mark.anyio


@pytest.fixture
def home(tmp_path: Path) -> FakeHome:
    return FakeHome(tmp_path)


async def submit_many(home: FakeHome, count: int) -> list[str]:
    return [await home.submit(n=1, prompt=f"{number}") for number in range(count)]


# A busy gateway


async def test_a35_what_shows_up_late_is_looked_for_before_it_is_sent_again(
    home: FakeHome,
) -> None:
    home.kling.is_unique = False
    home.kling.read_lag_s = 0.9
    home.kling.script = [act.throttle_after_posting]
    await home.open()
    id = await home.submit(n=1)
    await home.until(id, S.DONE)
    assert home.kling.creations(home.task(id)) == 1
    await home.close()


async def test_a35_a_look_that_nobody_answers_is_no_leave_to_send(home: FakeHome) -> None:
    home.kling.is_unique = False
    coming_back: list[asyncio.Task[None]] = []

    async def come_back() -> None:
        await home.clock.sleep(0.9)
        home.kling.is_down = False

    async def break_down(kling: FakeKling, outgoing: Outgoing) -> CreateAnswer:
        kling.is_down = True
        coming_back.append(asyncio.create_task(come_back()))
        return await act.throttle_after_posting(kling, outgoing)

    home.kling.script = [break_down]
    await home.open()
    id = await home.submit(n=1)
    await home.until(id, S.DONE)
    assert home.kling.creations(home.task(id)) == 1
    await home.close()


async def test_a35_what_is_refused_after_that_is_not_called_uncharged(home: FakeHome) -> None:
    home.kling.is_unique = False
    home.kling.read_lag_s = 30.0
    home.kling.script = [act.throttle_after_posting, act.refuse]
    await home.open()
    id = await home.submit(n=1)
    await home.clock.run(lambda: not home.kling.script)
    task = await home.until(id, S.UNKNOWN, S.DONE)
    assert task.charge is Charge.POSSIBLE
    task = await home.until(id)
    assert task.state is S.DONE
    assert home.kling.creations(task) == 1
    await home.close()


async def test_a35_it_is_not_sent_with_the_key_of_another_account(home: FakeHome) -> None:
    home.kling.is_unique = False
    home.kling.read_lag_s = 0.5

    async def replace_key(kling: FakeKling, outgoing: Outgoing) -> CreateAnswer:
        home.providers.account = "account-2"  # a person does so just now
        return await act.throttle_after_posting(kling, outgoing)

    home.kling.script = [replace_key]
    await home.open()
    id = await home.submit(n=1)
    await home.clock.spend(600)
    assert home.kling.creations(home.task(id)) == 1
    await home.close()


# Pausing, and taking back


async def wait_for_a_broken_provider(home: FakeHome) -> list[str]:
    """More tasks than it takes to see that nobody is there: those that were not sent."""
    home.kling.is_down = True
    ids = await submit_many(home, 8)
    await home.clock.spend(600)
    waiting = [id for id in ids if home.rows[id].state is S.FROZEN]
    assert waiting
    return waiting


async def test_nothing_is_sent_while_paused_when_the_provider_comes_back(home: FakeHome) -> None:
    engine = await home.open()
    waiting = await wait_for_a_broken_provider(home)
    engine.pause()
    await home.clock.spend(5)
    posts = len(home.kling.posts)
    home.kling.is_down = False
    await home.clock.spend(6 * 3600)
    assert len(home.kling.posts) == posts
    assert home.rows[waiting[0]].state is S.FROZEN
    await home.close()


async def test_no_trouble_is_written_on_what_was_taken_back(home: FakeHome) -> None:
    engine = await home.open()
    id = (await wait_for_a_broken_provider(home))[0]
    engine.stop_following(id)
    await home.clock.spend(6 * 3600)
    assert home.task(id).state is S.DRAFT
    assert home.task(id).error is None
    await home.close()


async def test_what_was_taken_back_keeps_nobody_offline(home: FakeHome) -> None:
    home.kling.is_online = False
    engine = await home.open()
    id = await home.submit(n=1)
    await home.clock.spend(30)
    assert home.told(EngineStateChanged)[-1].state is EngineState.OFFLINE
    engine.stop_following(id)
    home.kling.is_online = True
    await home.clock.spend(3600)
    assert home.task(id).state is S.DRAFT
    assert home.told(EngineStateChanged)[-1].state is EngineState.RUNNING
    await home.close()


# Keys


async def test_a_new_key_is_used_by_all_questions_that_wait(home: FakeHome) -> None:
    keys = Keys()
    home.providers.make = keys.make
    home.kling.takes_s = 40.0
    engine = await home.open()
    ids = await submit_many(home, 9)
    await home.until(ids[-1], S.ACCEPTED)
    keys.good = "new"
    await home.clock.spend(900)
    keys.present = "new"
    engine.account_changed()
    await home.clock.spend(120)
    assert {home.rows[id].state for id in ids} == {S.DONE}
    await home.close()


async def test_a_new_key_is_used_by_what_waits_to_be_sent(home: FakeHome) -> None:
    keys = Keys()
    home.providers.make = keys.make
    engine = await home.open()
    await home.until(await home.submit(n=1), S.ACCEPTED)
    keys.good = "new"
    await home.clock.spend(60)
    id = await home.submit(n=1, prompt="another")
    await home.clock.spend(60)
    keys.present = "new"
    engine.account_changed()
    await home.clock.spend(4 * 3600)
    assert home.rows[id].state is S.DONE
    assert keys.sent_with[-1] == "new"
    await home.close()


async def test_a_create_refused_for_its_key_does_not_set_the_questions_going() -> None:
    lane = Lane(ManualClock(), lambda: 0.0)
    lane.pace.refused(0.0, 600.0)
    lane.learn(Refused(act.ERROR, pauses_account=True))
    assert lane.pace.is_broken
    lane.learn(Refused(act.ERROR))
    assert not lane.pace.is_broken


# Consents


async def test_a_consent_that_waits_at_the_gate_looks_once_more_when_it_may_go(
    home: FakeHome,
) -> None:
    home.kling.is_unique = False
    home.kling.script = [act.lose_request]
    engine = await home.open()
    id = await home.submit(n=1)
    await home.until(id, S.NEEDS_DECISION)
    engine.pause()
    engine.send_again(id)
    await home.clock.spend(60)
    home.make_there(home.rows[id].external_task_id)
    await home.clock.spend(3 * 3600)
    engine.resume()
    await home.clock.spend(600)
    assert home.kling.creations(home.task(id)) == 1
    await home.close()


async def test_a_consent_waits_for_a_last_look_that_is_answered(home: FakeHome) -> None:
    home.kling.is_unique = False
    silence = Silence()
    home.providers.make = silence.make
    home.kling.script = [act.break_down_after_creating]
    engine = await home.open()
    id = await home.submit(n=1)
    await home.until(id, S.NEEDS_DECISION)
    engine.send_again(id)
    await home.clock.spend(600)
    silence.lasts = False
    await home.clock.spend(2 * 86400)
    assert home.task(id).state is S.DONE
    assert home.kling.creations(home.task(id)) == 1
    await home.close()


async def test_a_provider_that_never_answered_has_not_said_no(home: FakeHome) -> None:
    home.know(Evidence.PROVEN, Trait.LOOKUP)

    async def break_down(kling: FakeKling, outgoing: Outgoing) -> CreateAnswer:
        kling.is_down = True
        return await act.break_down_after_creating(kling, outgoing)

    home.kling.script = [break_down]
    await home.open()
    task = await home.until(await home.submit(n=1), S.NEEDS_DECISION)
    assert home.kling.looks == []
    assert task.error is not None
    assert "probably not made" not in task.error.detail
    await home.close()


# Quitting


async def test_quitting_leaves_nothing_running(home: FakeHome) -> None:
    home.kling.script = [act.answers_later(5)]
    await home.open()
    id = await home.submit(n=1)
    await home.until(id, S.SENDING)
    await home.close()
    ours = ("aside", "walk", "deliver", "command")
    names = [task.get_name() for task in asyncio.all_tasks()]
    assert [name for name in names if name.startswith(ours)] == []
    assert home.task_on_disk(id).state is S.ACCEPTED


@pytest.mark.parametrize("is_pause", [True, False])
async def test_what_was_ordered_just_before_quitting_is_kept(
    home: FakeHome, is_pause: bool
) -> None:
    home.threads = BusyThreads()
    engine = await home.open()
    home.kling.is_online = False
    id = await home.submit(n=1)
    await home.clock.run(lambda: home.rows[id].attempts == 1 and home.rows[id].state is S.FROZEN)
    _order(engine, id, is_pause=is_pause)
    await home.close()
    home.kling.is_online = True
    await home.open()
    await home.clock.spend(600)
    assert home.kling.posts == []
    await home.close()


def _order(engine: Engine, id: str, *, is_pause: bool) -> None:
    if is_pause:
        engine.pause()
    else:
        engine.stop_following(id)
