"""The process dies somewhere between the button and the provider's answer."""

import pytest

from kling_desktop.domain.tasks import TaskState
from tests.failures.stand import Stand
from tests.fakes.wire import creates as act
from tests.fakes.wire.toxics import Proxy, bandwidth

S = TaskState
pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("call", "after"), [("SqliteLedger.add", True), ("SqliteLedger.begin_attempt", False)]
)
async def test_a02_what_was_not_sent_is_sent_after_the_restart(
    stand: Stand, call: str, after: bool
) -> None:
    id = await stand.die_at(call, after=after)
    frozen = stand.task(id)
    assert frozen.state is S.FROZEN
    assert stand.kling.posts == []
    await stand.open()
    task = await stand.until(id)
    assert task.state is S.DONE
    assert task.external_task_id == frozen.external_task_id
    await stand.ends(creations=1)


async def test_a02_what_waits_for_a_pause_to_end_waits_after_the_restart_too(stand: Stand) -> None:
    stand.engine.pause()
    id = await stand.submit()
    await stand.crash()
    await stand.open()
    await stand.spend(600)
    assert stand.task(id).state is S.FROZEN
    stand.engine.resume()
    await stand.until(id, S.DONE)
    await stand.ends(creations=1)


@pytest.mark.parametrize(("provider", "creations"), [("kling", 0), ("sandbox", 1)])
async def test_a03_killed_before_the_first_byte_it_is_looked_up(
    stand: Stand, provider: str, creations: int
) -> None:
    stand.provider = provider
    id = await stand.die_at("SqliteLedger.begin_attempt", after=True)
    assert stand.task(id).state is S.SENDING
    assert stand.kling.posts == []
    await stand.open()
    assert stand.task(id).state is S.UNKNOWN
    task = await stand.until(id, S.DONE, S.NEEDS_DECISION)
    assert (task.state is S.DONE) == bool(creations)
    await stand.ends(creations=creations)


@pytest.mark.parametrize("arrives", [False, True])
async def test_a04_killed_during_the_upload_it_is_looked_up(stand: Stand, arrives: bool) -> None:
    slow = Proxy(stand.kling.host, there=bandwidth(1000))
    await stand.world.up(slow)
    stand.address = slow.url
    stand.kling.script = [act.accept if arrives else act.never_reads]
    id = await stand.submit()
    await stand.wait(lambda: stand.kling.posts)
    assert stand.kling.book.made == []
    await stand.crash()
    slow.there = bandwidth(1_000_000)
    await stand.open()
    task = await stand.until(id, S.DONE, S.NEEDS_DECISION)
    assert (task.state is S.DONE) == arrives
    assert len(stand.kling.posts) == 1
    await stand.ends(creations=int(arrives))


async def test_a05_killed_before_the_answer_it_is_found(stand: Stand) -> None:
    stand.kling.script = [act.both(act.made, act.hang)]
    id = await stand.submit()
    await stand.wait(lambda: stand.kling.book.made)
    await stand.crash()
    assert stand.task(id).state is S.SENDING
    await stand.open()
    assert (await stand.until(id)).state is S.DONE
    assert len(stand.kling.posts) == 1
    await stand.ends(creations=1)


@pytest.mark.parametrize(
    ("call", "after"), [("KlingClient.create", True), ("SqliteLedger.end_attempt", False)]
)
async def test_a06_killed_before_the_answer_is_written_it_is_found(
    stand: Stand, call: str, after: bool
) -> None:
    id = await stand.die_at(call, after=after)
    assert stand.task(id).state is S.SENDING
    await stand.open()
    assert (await stand.until(id)).state is S.DONE
    assert len(stand.kling.posts) == 1
    await stand.ends(creations=1)


async def test_a07_killed_before_the_first_question_it_is_followed(stand: Stand) -> None:
    id = await stand.die_at("SqliteLedger.end_attempt", after=True)
    assert stand.task(id).state is S.ACCEPTED
    assert stand.kling.questions == []
    await stand.open()
    assert (await stand.until(id)).state is S.DONE
    await stand.ends(creations=1)
