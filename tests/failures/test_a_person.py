"""What a person does meanwhile: presses twice, stops, deletes, and sends two hundred at once."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import pytest

from kling_desktop.domain.errors import Remedy
from kling_desktop.domain.money import CostBasis
from kling_desktop.domain.tasks import TaskState
from tests.failures.stand import Stand
from tests.fakes.wire import creates as act
from tests.fakes.wire.book import Made
from tests.fakes.wire.records import SLOW, Fields, submitted, succeeded
from tests.fakes.wire.service import Service

S = TaskState
P = ParamSpec("P")
T = TypeVar("T")
pytestmark = pytest.mark.anyio


class YieldingThreads:
    """Work done on the spot, with a pause around it in which others have their turn."""

    async def in_order(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        await asyncio.sleep(0.01)
        done = work(*args, **kwargs)
        await asyncio.sleep(0.01)
        return done

    async def aside(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.in_order(work, *args, **kwargs)


async def test_a16_pressing_twice_buys_once_and_asks(stand: Stand) -> None:
    first = await stand.submit(prompt="a lamp", twin_is_meant=False)
    again = stand.submission(prompt="a lamp", twin_is_meant=False)
    stand.engine.submit(again)
    await stand.engine.commands_done()
    said = stand.refusal(again.id)
    assert said.twin == first
    assert said.error.remedy is Remedy.DECIDE
    assert (await stand.until(first)).state is S.DONE
    await stand.ends(creations=1)


async def test_a16_the_same_submission_twice_is_one_task(stand: Stand) -> None:
    submission = stand.submission()
    stand.engine.submit(submission)
    stand.engine.submit(submission)
    await stand.engine.commands_done()
    assert (await stand.until(submission.id)).state is S.DONE
    assert len(stand.rows) == 1
    await stand.ends(creations=1)


async def test_a16_two_windows_at_the_same_moment_buy_once(stand: Stand) -> None:
    await stand.close()
    stand.threads = YieldingThreads()
    await stand.open()
    twins = [stand.submission(prompt="a lamp", twin_is_meant=False) for _ in range(2)]
    for twin in twins:
        stand.engine.submit(twin)
    await stand.engine.commands_done()
    (made,) = stand.rows.values()
    assert stand.refusal(next(twin.id for twin in twins if twin.id != made.id)).twin == made.id
    assert (await stand.until(made.id)).state is S.DONE
    await stand.ends(creations=1)


async def test_a45_the_network_dies_in_the_middle_of_many(stand: Stand) -> None:
    lost = act.both(act.made, act.reset)
    stand.kling.script = [act.accept] * 5 + [lost] * 2 + [act.reset]
    ids = [await stand.submit() for _ in range(16)]
    await stand.wait(lambda: len(stand.kling.posts) >= 8)
    await stand.kling.host.down()
    await stand.spend(300)
    arrived = {post.body["prompt"] for post in stand.kling.posts if post.body}
    made = {task.prompt for task in stand.kling.book.made}
    for row in map(stand.task, ids):
        if row.state is S.FROZEN:
            assert row.request.prompt not in arrived, "what is told to be unsent was sent"
        elif row.state is S.UNKNOWN:
            assert row.attempts == 1
        else:
            assert row.state in (S.ACCEPTED, S.RUNNING), "without a network nobody is asked"
            assert row.request.prompt in made
    await stand.kling.host.up()
    ended = {id: (await stand.until(id, S.DONE, S.NEEDS_DECISION)).state for id in ids}
    asked = [stand.task(id) for id, state in ended.items() if state is S.NEEDS_DECISION]
    assert 1 <= len(asked) <= 9, "no more than were on their way at once"
    assert not {row.request.prompt for row in asked} & made
    await stand.ends(creations=16 - len(asked))


@pytest.mark.parametrize("is_made", [True, False])
async def test_a46_stopped_while_it_is_being_sent_it_may_still_exist(
    stand: Stand, is_made: bool
) -> None:
    ending = act.later(20, act.reset)
    stand.kling.script = [act.both(act.made, ending) if is_made else ending]
    id = await stand.submit()
    await stand.until(id, S.SENDING)
    stand.engine.stop_following(id)
    task = await stand.until(id, S.UNKNOWN)
    assert task.is_watched
    if is_made:
        task = await stand.until(id)
        assert (task.state, task.is_watched) == (S.DONE, True)
        assert len(stand.results()) == 1
    else:
        await stand.until(id, S.NEEDS_DECISION)
    assert len(stand.kling.posts) == 1
    await stand.ends(creations=int(is_made))


@pytest.mark.parametrize("state", [S.SENDING, S.UNKNOWN, S.RUNNING])
@pytest.mark.parametrize("is_restarted", [False, True])
async def test_a47_a_task_that_is_put_away_still_comes_home(
    stand: Stand, state: TaskState, is_restarted: bool
) -> None:
    stand.kling.story = SLOW
    stand.kling.traits.read_lag_s = 10 if state is S.UNKNOWN else 0
    ending = act.later(3, act.accept) if state is S.SENDING else act.reset
    if state is S.UNKNOWN:
        ending = act.both(act.made, ending)
    stand.kling.script = [] if state is S.RUNNING else [ending]
    id = await stand.submit()
    await stand.until(id, state)
    stand.engine.close(id)
    await stand.engine.commands_done()
    if is_restarted:
        await stand.wait(lambda: stand.kling.book.made)
        await stand.crash()
        await stand.open()
    task = await stand.until(id)
    assert (task.state, task.is_watched) == (S.DONE, True)
    assert len(stand.results()) == 1
    assert len(stand.kling.posts) == 1
    await stand.ends(creations=1)


async def test_a57_an_unknown_price_is_none_until_the_provider_reports_one(stand: Stand) -> None:
    stand.provider, stand.address = "cometapi", stand.world.gateway.url
    id = await stand.submit()
    assert stand.task(id).cost.units is None
    task = await stand.until(id)
    assert task.state is S.DONE
    assert (str(task.cost.units), task.cost.basis) == ("16", CostBasis.REPORTED)
    await stand.ends(creations=1)


@pytest.mark.parametrize("told", ["", "free", None, [], "-"])
async def test_a57_a_price_that_cannot_be_read_leaves_the_estimate(
    stand: Stand, told: object
) -> None:
    def priced(service: Service, task: Made) -> Fields:
        return succeeded(service, task) | {"final_unit_deduction": told}

    stand.kling.story = ((0, submitted), (3, priced))
    id = await stand.submit()
    task = await stand.until(id)
    assert task.state is S.DONE
    assert (str(task.cost.units), task.cost.basis) == ("16", CostBasis.ESTIMATE)
    await stand.ends(creations=1)


async def test_a58_a_night_asleep_while_sending_is_no_time_spent_looking(stand: Stand) -> None:
    stand.kling.script = [act.both(act.made_later(100), act.hang)]
    id = await stand.submit()
    await stand.until(id, S.SENDING)
    stand.clock.suspend(8 * 3600)
    unknown = await stand.until(id, S.UNKNOWN)
    assert unknown.unclear_since_ms is not None
    await stand.spend(20)
    assert stand.task(id).state is S.UNKNOWN, "asked before it had looked for long"
    assert (await stand.until(id)).state is S.DONE
    assert len(stand.kling.posts) == 1
    await stand.ends(creations=1)
