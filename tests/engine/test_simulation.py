"""Any order of faults, crashes and decisions keeps the promises of paying once.

The oracle is the provider's own count of what it made, never our book.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kling_desktop.domain.money import Charge
from kling_desktop.domain.tasks import SETTLED, TaskState
from tests.fakes import provider as act
from tests.fakes.home import FakeHome

S = TaskState
Step = Callable[[FakeHome], Awaitable[None]]
BEHAVIOURS = [
    act.accept,
    act.lose_answer,
    act.lose_request,
    act.never_sent,
    act.full,
    act.refuse,
    act.refuse_key,
    act.arrives_later(40),
    act.arrives_later(4000),
]


async def _submit(home: FakeHome) -> None:
    await home.submit(home.provider, n=1)


async def _crash(home: FakeHome) -> None:
    await home.crash()
    await home.open()


async def _restart(home: FakeHome) -> None:
    await home.close()
    await home.open()


async def _unplug(home: FakeHome) -> None:
    home.kling.is_online = not home.kling.is_online


async def _expire(home: FakeHome) -> None:
    home.kling.url_epoch += 1


async def _fill_disk(home: FakeHome) -> None:
    home.media.is_full = not home.media.is_full


async def _pause(home: FakeHome) -> None:
    assert home.engine is not None
    home.engine.pause()


async def _resume(home: FakeHome) -> None:
    assert home.engine is not None
    home.engine.resume()


def _wait(seconds: float) -> Step:
    async def wait(home: FakeHome) -> None:
        await home.clock.spend(seconds)

    return wait


def _command(name: str) -> Step:
    async def command(home: FakeHome) -> None:
        for id in list(home.rows):
            getattr(home.engine, name)(id)

    return command


STEPS: list[Step] = [
    _submit,
    _submit,
    _crash,
    _restart,
    _unplug,
    _expire,
    _fill_disk,
    _pause,
    _resume,
    _wait(0.5),
    _wait(12),
    _wait(300),
    _wait(20_000),
    *map(_command, ("look_again", "download_again", "send_again", "close", "stop_following")),
]


def _check(home: FakeHome) -> None:
    for task in home.rows.values():
        creations = home.kling.creations(task)
        assert creations <= 1 + task.consents, task
        bodies = {body for own, body in home.kling.posts if own == task.external_task_id}
        assert bodies <= {task.body_sha256}
        if creations and task.state in SETTLED:
            assert task.charge is not Charge.NONE, task
    linked = [task.task_id for task in home.rows.values() if task.task_id]
    assert len(linked) == len(set(linked))
    known = {task.external_task_id for task in home.rows.values()}
    assert {own for own, _ in home.kling.posts} <= known


async def _heal(home: FakeHome) -> None:
    home.kling.is_online = True
    home.media.is_full = False
    home.kling.script = []
    assert home.engine is not None
    home.engine.resume()
    ends = (*SETTLED, S.NEEDS_DECISION)
    assert await home.clock.run(
        lambda: all(task.state in ends for task in home.rows.values()), for_s=3 * 86400
    ), [task.state for task in home.rows.values()]
    await home.clock.spend(2 * 3600)
    for task in home.rows.values():
        if home.kling.creations(task):
            assert task.state is S.DONE, task
            assert all((home.media.folder / str(each.file)).is_file() for each in task.saved)


async def _live(home: FakeHome, steps: list[Step]) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
    await home.open()
    for step in steps:
        await step(home)
        _check(home)
    await _heal(home)
    _check(home)
    await home.close()


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
@given(
    steps=st.lists(st.sampled_from(STEPS), max_size=14),
    script=st.lists(st.sampled_from(BEHAVIOURS), max_size=8),
    provider=st.sampled_from(["sandbox", "kling"]),
    lag_s=st.sampled_from([0.0, 0.0, 45.0]),
)
def test_no_story_ends_with_money_lost_or_spent_twice(
    steps: list[Step], script: list[act.Behaviour], provider: str, lag_s: float
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = FakeHome(Path(folder))
        home.provider = provider
        # Where a provider does not refuse a second task, nothing but a consent may make one.
        home.kling.is_unique = provider == "sandbox"
        home.kling.read_lag_s = lag_s
        home.kling.script = list(script)
        asyncio.run(_live(home, steps))
