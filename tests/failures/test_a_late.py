"""The request or the task is late: held on the way, not visible yet, or never sent at all."""

import pytest

from kling_desktop.domain.tasks import TaskState
from kling_desktop.engine.troubles import TroubleKind
from tests.failures.stand import Stand
from tests.fakes.wire import creates as act
from tests.fakes.wire.line import Host, silence
from tests.fakes.wire.toxics import Proxy, slow_close, timeout

S = TaskState
pytestmark = pytest.mark.anyio
NEVER_THERE = "https://tests.invalid"


async def test_a09_a_creation_after_the_time_limit_is_found(stand: Stand) -> None:
    stand.kling.script = [act.both(act.made_later(80), act.hang)]
    id = await stand.submit()
    await stand.until(id, S.UNKNOWN)
    assert stand.kling.book.made == []
    assert (await stand.until(id)).state is S.DONE
    assert len(stand.kling.posts) == 1
    await stand.ends(creations=1)


@pytest.mark.parametrize("provider", ["kling", "sandbox"])
async def test_a10_a_request_that_is_delivered_after_not_found_buys_once(
    stand: Stand, provider: str
) -> None:
    stand.provider = provider
    stand.kling.script = [act.both(act.made_later(600), act.reset)]
    id = await stand.submit()
    if provider == "kling":
        await stand.until(id, S.NEEDS_DECISION)
    assert (await stand.until(id)).state is S.DONE
    await stand.spend(700)  # by then the first copy is refused, where a second was sent
    assert len(stand.kling.posts) == (1 if provider == "kling" else 2)
    await stand.ends(creations=1)


async def test_a11_what_is_not_visible_yet_is_looked_up_again_and_not_resent(stand: Stand) -> None:
    stand.kling.traits.read_lag_s = 60
    stand.kling.script = [act.both(act.made, act.hang_up)]
    id = await stand.submit()
    task = await stand.until(id)
    assert task.state is S.DONE
    assert len(stand.kling.posts) == 1
    await stand.ends(creations=1)


async def test_a12_a_server_that_stops_reading_leaves_it_open(stand: Stand) -> None:
    stand.kling.host.receives = 4096
    await stand.kling.host.down()
    await stand.kling.host.up()
    stand.kling.script = [act.never_reads]
    large = stand.picture("large.png", side=1700, level=0)
    id = await stand.submit(subjects=(large,))
    unknown = await stand.until(id, S.UNKNOWN)
    assert unknown.unclear_since_ms is not None
    assert unknown.first_sent_at_ms is not None
    assert unknown.unclear_since_ms - unknown.first_sent_at_ms >= 120_000
    await stand.until(id, S.NEEDS_DECISION)
    assert len(stand.kling.posts) == 1
    await stand.ends(creations=0)


async def test_a13_behind_a_closed_port_it_waits_and_then_goes(stand: Stand) -> None:
    await stand.kling.host.down()
    id = await stand.submit()
    await stand.spend(600)
    task = stand.task(id)
    assert task.state is S.FROZEN
    trouble = stand.engine.trouble(id)
    assert trouble is not None
    assert trouble.kind is TroubleKind.OFFLINE
    assert set(stand.outcomes(id)) == {"deferred"}
    await stand.kling.host.up()
    assert (await stand.until(id)).state is S.DONE
    assert len(stand.kling.posts) == 1
    await stand.ends(creations=1)


@pytest.mark.parametrize("way", ["an unknown name", "no handshake", "a broken handshake"])
async def test_a13_without_a_connection_nothing_was_sent(stand: Stand, way: str) -> None:
    deaf = Host(silence)
    await stand.world.up(deaf)
    breaks = timeout(1 if "broken" in way else 0)
    proxy = Proxy(deaf, there=breaks, back=breaks)
    await stand.world.up(proxy)
    address = NEVER_THERE if "name" in way else f"https://127.0.0.1:{proxy.port}"
    id = await stand.submit(base_url=address)
    await stand.spend(200)
    await stand.until(id, S.FROZEN)
    assert set(stand.outcomes(id)) == {"deferred"}
    assert deaf.seen == []
    await stand.ends(creations=0)


async def test_a14_a_connection_that_is_dropped_between_requests_hurts_no_create(
    stand: Stand,
) -> None:
    proxy = Proxy(stand.kling.host, back=slow_close(5))
    await stand.world.up(proxy)
    stand.address = proxy.url
    ids = [await stand.submit() for _ in range(2)]
    for id in ids:
        await stand.until(id, S.ACCEPTED, S.RUNNING)
    await stand.kling.host.down()  # drops what was kept open
    await stand.kling.host.up()
    ids.append(await stand.submit())
    for id in ids:
        assert (await stand.until(id)).state is S.DONE
    assert [post.call.number for post in stand.kling.posts] == [1, 1, 1]
    await stand.ends(creations=3)
