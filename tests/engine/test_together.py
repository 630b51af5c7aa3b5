"""Many tasks at once: one list for all, a provider that is down, downloads by their deadlines."""

from pathlib import Path

import pytest

from kling_desktop.domain.facts import EngineState, EngineStateChanged
from kling_desktop.domain.findings import Finding, RouteKey, Trait
from kling_desktop.domain.providers import Evidence, TaskKind
from kling_desktop.domain.tasks import Task, TaskState
from kling_desktop.engine.places import Places
from kling_desktop.library.ledger import open_ledger
from kling_desktop.library.notebook import LedgerNotebook
from tests.fakes import provider as act
from tests.fakes.home import FakeHome

S = TaskState
pytestmark = pytest.mark.anyio
ROUTE = RouteKey("kling", None, TaskKind.IMAGE)


@pytest.fixture
def home(tmp_path: Path) -> FakeHome:
    home = FakeHome(tmp_path)
    home.kling.has_list = True
    return home


def learn(home: FakeHome, *traits: Trait) -> None:
    """What an earlier run has proven."""
    ledger = open_ledger(home.folder / "ledger.sqlite")
    for trait in traits:
        LedgerNotebook(ledger).keep_finding(Finding(ROUTE, trait, Evidence.PROVEN, 1, "a test"))
    ledger.close()


async def submit_many(home: FakeHome, count: int) -> list[str]:
    return [await home.submit(n=1, prompt=f"lamp {number}") for number in range(count)]


async def all_done(home: FakeHome, ids: list[str]) -> list[Task]:
    return [await home.until(id, S.DONE) for id in ids]


async def test_one_list_answers_for_all_that_run(home: FakeHome) -> None:
    learn(home, Trait.LIST, Trait.LOOKUP)
    await home.open()
    ids = await submit_many(home, 9)
    await all_done(home, ids)
    assert home.kling.gets == []
    assert len(home.kling.pages) <= 9  # one question each, and the daily look for strays
    await home.close()


async def test_few_tasks_are_asked_for_one_by_one(home: FakeHome) -> None:
    learn(home, Trait.LIST, Trait.LOOKUP)
    await home.open()
    await all_done(home, await submit_many(home, 2))
    assert home.kling.pages in ([], [1])  # the daily look for strays reads one
    assert len(set(home.kling.gets)) == 2
    await home.close()


async def test_what_a_list_does_not_show_is_asked_for_by_itself(home: FakeHome) -> None:
    learn(home, Trait.LIST, Trait.LOOKUP)
    await home.open()
    ids = await submit_many(home, 4)
    home.kling.read_lag_s = 1e9  # from here on the list shows nothing
    await all_done(home, ids)
    assert home.kling.pages
    assert len(set(home.kling.gets)) == 4
    await home.close()


async def test_a_list_that_was_never_proven_is_not_relied_on(home: FakeHome) -> None:
    home.kling.has_list = False
    await home.open()
    await all_done(home, await submit_many(home, 5))
    assert len(set(home.kling.gets)) == 5
    await home.close()


async def test_h03_many_unclear_outcomes_are_looked_for_in_one_list(home: FakeHome) -> None:
    learn(home, Trait.LIST, Trait.LOOKUP, Trait.ECHO)
    home.kling.script = [act.lose_answer, act.lose_request] * 4
    await home.open()
    ids = await submit_many(home, 8)
    await home.clock.spend(200)
    states = [home.task(id).state for id in ids]
    assert states == [S.DONE, S.NEEDS_DECISION] * 4
    assert len(home.kling.pages) < 30
    assert len(home.kling.looks) < 8  # no question for each of them at each step
    assert len(home.kling.posts) == 8
    await home.close()


async def test_b12_h05_a_provider_that_is_down_for_days_is_tried_now_and_then_and_fails_nothing(
    home: FakeHome,
) -> None:
    await home.open()
    ids = await submit_many(home, 6)
    await home.until(ids[-1], S.ACCEPTED)
    home.kling.is_down = True
    home.kling.tries.clear()
    await home.clock.spend(3 * 86400)
    assert len(home.kling.tries) < 3 * 24 * 2
    assert all(home.task(id).state in (S.ACCEPTED, S.RUNNING) for id in ids)
    home.kling.is_down = False
    for id in ids:
        assert (await home.until(id, for_s=2 * 3600)).state is S.DONE
    await home.close()


async def test_a_person_who_looks_again_is_answered_at_once_when_it_is_back(
    home: FakeHome,
) -> None:
    engine = await home.open()
    id = await home.submit()
    await home.until(id, S.ACCEPTED)
    home.kling.is_down = True
    await home.clock.spend(86400)
    home.kling.is_down = False
    engine.look_again(id)
    assert (await home.until(id, for_s=30)).state is S.DONE
    await home.close()


async def test_a25_a_burst_of_server_errors_stops_sending_until_something_free_is_answered(
    home: FakeHome,
) -> None:
    await home.open()
    home.kling.is_down = True
    ids = await submit_many(home, 12)
    await home.clock.spend(1800)
    assert 1 <= len(home.kling.posts) <= 6
    waiting = [id for id in ids if home.task(id).state is S.FROZEN]
    assert len(waiting) >= 6
    home.kling.is_down = False
    for id in waiting:
        assert (await home.until(id, S.DONE, for_s=4 * 3600)).attempts == 1
    assert all(home.kling.creations(home.task(id)) <= 1 for id in ids)
    await home.close()


async def test_h08_one_provider_that_is_down_keeps_no_other_waiting(home: FakeHome) -> None:
    await home.open()
    first = await home.submit("kling")
    await home.until(first, S.ACCEPTED)
    home.kling.is_down, home.kling.is_down_for = True, "kling"
    await home.clock.spend(86400)
    assert (await home.until(await home.submit("cometapi"), for_s=120)).state is S.DONE
    assert home.task(first).state is not S.DONE
    await home.close()


async def test_a_sleeping_computer_wakes_to_one_staggered_round(home: FakeHome) -> None:
    """G04: nothing is called failed, and nothing is asked all at once."""
    await home.open()
    ids = await submit_many(home, 9)
    await home.until(ids[-1], S.ACCEPTED)
    home.clock.jump(8 * 3600)
    assert all(task.state is S.DONE for task in await all_done(home, ids))
    assert home.told(EngineStateChanged)[-1].state is EngineState.RUNNING
    await home.close()


async def test_c30_downloads_with_the_nearest_deadline_go_first() -> None:
    import asyncio

    places, order = Places(1), list[int]()
    busy = asyncio.Event()

    async def download(deadline_ms: int) -> None:
        async with places.place(deadline_ms):
            order.append(deadline_ms)
            await busy.wait()

    waiting = [asyncio.create_task(download(deadline)) for deadline in (50, 40, 10, 30)]
    for _ in range(5):
        await asyncio.sleep(0)
    waiting[3].cancel()
    busy.set()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert order == [50, 10, 40]
