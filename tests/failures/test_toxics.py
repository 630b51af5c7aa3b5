"""The eight toxics, on the way to the provider and on the way back: bought once, or asked about."""

import pytest

from kling_desktop.domain.tasks import TaskState
from tests.failures.stand import Stand
from tests.fakes.wire import toxics
from tests.fakes.wire.toxics import Proxy, Toxic

S = TaskState
pytestmark = pytest.mark.anyio

HARMLESS: dict[str, Toxic] = {
    "latency": toxics.latency(3),
    "bandwidth": toxics.bandwidth(2000),
    "slow_close": toxics.slow_close(30),
    "slicer": toxics.slicer(100, 0.05),
}
HARMFUL: dict[str, Toxic] = {
    "timeout": toxics.timeout(5),
    "timeout for ever": toxics.timeout(0),
    "reset_peer": toxics.reset_peer(0),
    "limit_data": toxics.limit_data(60),
}


@pytest.fixture
async def proxy(stand: Stand) -> Proxy:
    made = Proxy(stand.kling.host)
    await stand.world.up(made)
    stand.address = made.url
    return made


def poison(proxy: Proxy, way: str, toxic: Toxic) -> None:
    proxy.there, proxy.back = (toxic, toxics.clean) if way == "there" else (toxics.clean, toxic)


@pytest.mark.parametrize("way", ["there", "back"])
@pytest.mark.parametrize("toxic", HARMLESS.values(), ids=HARMLESS.keys())
async def test_a_slow_way_only_takes_longer(
    stand: Stand, proxy: Proxy, toxic: Toxic, way: str
) -> None:
    poison(proxy, way, toxic)
    id = await stand.submit()
    assert (await stand.until(id)).state is S.DONE
    assert len(stand.kling.posts) == 1
    await stand.ends(creations=1)


@pytest.mark.parametrize("way", ["there", "back"])
@pytest.mark.parametrize("toxic", HARMFUL.values(), ids=HARMFUL.keys())
async def test_a_broken_way_buys_once_or_asks(
    stand: Stand, proxy: Proxy, toxic: Toxic, way: str
) -> None:
    poison(proxy, way, toxic)
    id = await stand.submit()
    await stand.until(id, S.UNKNOWN)
    await stand.spend(60)
    proxy.there = proxy.back = toxics.clean
    is_made = bool(stand.kling.book.made)
    await stand.until(id, S.DONE if is_made else S.NEEDS_DECISION)
    assert len(stand.kling.posts) <= 1
    await stand.ends(creations=int(is_made))


async def test_a_way_that_is_down_sends_later(stand: Stand, proxy: Proxy) -> None:
    await proxy.down()
    id = await stand.submit()
    await stand.spend(300)
    assert stand.task(id).state is S.FROZEN
    await proxy.up()
    assert (await stand.until(id)).state is S.DONE
    assert len(stand.kling.posts) == 1
    await stand.ends(creations=1)
