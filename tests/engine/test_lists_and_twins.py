"""What a list is worth: broken, bare, short or with ids of its own; and what twins are not."""

from dataclasses import replace
from pathlib import Path

import pytest

from kling_desktop.domain.facts import Notice, StraysFound
from kling_desktop.domain.findings import Trait
from kling_desktop.domain.providers import Evidence
from kling_desktop.domain.tasks import TaskState
from tests.fakes import provider as act
from tests.fakes.gateways import (
    BareList,
    BrokenList,
    ListOfItsOwn,
    ShortPages,
    StrangersLookup,
)
from tests.fakes.home import FakeHome
from tests.fakes.threads import BusyThreads

S = TaskState
pytestmark = pytest.mark.anyio
DAY_S = 86400.0
OTHER = "https://other.example"


@pytest.fixture
def home(tmp_path: Path) -> FakeHome:
    return FakeHome(tmp_path)


async def submit_four(home: FakeHome) -> list[str]:
    """So many that a list is asked for all of them."""
    return [await home.submit(n=1, prompt=f"{number}") for number in range(4)]


def told_twins(home: FakeHome) -> list[Notice]:
    return [notice for notice in home.told(Notice) if notice.subject.startswith("twin")]


async def test_a_list_that_breaks_keeps_no_result_away(home: FakeHome) -> None:
    home.kling.has_list = True
    home.know(Evidence.PROVEN, Trait.LIST, Trait.LOOKUP)
    home.providers.make = BrokenList
    await home.open()
    ids = await submit_four(home)
    await home.clock.spend(3 * DAY_S)
    assert {home.rows[id].state for id in ids} == {S.DONE}
    await home.close()


async def test_that_lookups_name_our_ids_does_not_say_that_the_list_does(home: FakeHome) -> None:
    home.kling.has_list = True
    home.providers.make = BareList
    await home.open()
    await home.until(await home.submit(n=1), S.DONE)
    await home.clock.spend(300)
    home.kling.script = [act.lose_answer] * 4
    ids = await submit_four(home)
    await home.clock.spend(3600)
    assert {home.rows[id].state for id in ids} == {S.DONE}
    await home.close()


async def test_a_person_decides_by_a_question_for_the_id_and_not_by_a_list(
    home: FakeHome,
) -> None:
    home.kling.has_list = True
    home.know(Evidence.PROVEN, Trait.LIST, Trait.LOOKUP, Trait.ECHO)
    home.kling.script = [act.lose_request] * 4
    await home.open()
    ids = await submit_four(home)
    await home.clock.spend(200)
    assert {home.rows[id].state for id in ids} == {S.NEEDS_DECISION}
    assert len(home.kling.looks) >= 4
    await home.close()


async def test_our_id_in_the_list_counts_more_than_the_right_time(home: FakeHome) -> None:
    home.kling.has_list = True
    home.providers.make = StrangersLookup
    home.kling.script = [act.lose_answer]
    await home.open()
    id = await home.submit(n=1)
    await home.clock.spend(30)
    (made,) = home.kling.created
    assert home.rows[id].task_id == made.task_id
    await home.close()


async def test_b16_a_lookup_known_to_ignore_ids_links_nothing_by_its_time(home: FakeHome) -> None:
    home.know(Evidence.DISPROVEN, Trait.LOOKUP)
    home.providers.make = StrangersLookup
    home.kling.script = [act.lose_request]
    await home.open()
    id = await home.submit(n=1)
    await home.clock.spend(30)
    assert home.rows[id].task_id is None
    await home.close()


async def test_a_short_page_is_not_the_end_of_a_list(home: FakeHome) -> None:
    home.kling.has_list = True
    home.providers.make = ShortPages
    await home.open()
    await home.until(await home.submit(n=1), S.DONE)
    stray = home.make_there()
    for number in range(40):
        home.make_there(f"lamp-{number}")
    await home.clock.spend(26 * 3600)
    found = home.told(StraysFound)[-1].strays
    assert [each.task_id for each in found] == [stray.task_id]
    await home.close()


async def test_a_list_with_ids_of_its_own_makes_no_twins(home: FakeHome) -> None:
    home.kling.has_list = True
    home.providers.make = ListOfItsOwn
    await home.open()
    await home.until(await home.submit(n=1), S.DONE)
    await home.clock.spend(30 * 3600)
    assert len(home.rows) == 1
    assert told_twins(home) == []
    await home.close()


async def test_a_key_replaced_by_another_of_the_same_account_makes_no_strays(
    home: FakeHome,
) -> None:
    home.kling.has_list = True
    home.kling.can_look_up = False
    home.kling.read_lag_s = 300
    home.kling.script = [act.lose_answer]
    engine = await home.open()
    id = await home.submit(n=1)
    await home.until(id, S.UNKNOWN)
    home.kling.senders.clear()  # the account there is the same
    home.providers.account = "account-2"
    engine.account_changed()
    home.kling.read_lag_s = 0
    await home.clock.spend(30 * 3600)
    assert all(fact.strays == () for fact in home.told(StraysFound))
    assert home.task(id).state is S.DONE
    await home.close()


async def test_a_twin_that_two_addresses_show_is_taken_once(home: FakeHome) -> None:
    home.kling.has_list = True
    home.kling.is_unique = False
    engine = await home.open()
    await home.until(await home.submit(n=1), S.DONE)
    there = replace(home.submission(n=1), base_url=OTHER)
    engine.submit(there)
    await home.clock.run(lambda: there.id in home.rows)
    row = await home.until(there.id, S.DONE)
    home.make_there(row.external_task_id)
    await home.clock.spend(26 * 3600)
    assert len([task for task in home.rows.values() if task.twin_of]) == 1
    stray = home.make_there()
    home.kling.created.insert(0, home.kling.created.pop())  # it stands behind the twin in the list
    home.facts.clear()
    await home.clock.spend(26 * 3600)
    assert told_twins(home) == []
    found = home.told(StraysFound)[-1].strays
    assert {(each.task_id, each.route.base_url) for each in found} == {
        (stray.task_id, None),
        (stray.task_id, OTHER),
    }
    await home.close()


async def test_nobody_looks_for_twins_of_what_was_only_put_off(home: FakeHome) -> None:
    home.kling.has_list = True
    await home.open()
    await home.until(await home.submit(n=1), S.DONE)
    await home.clock.spend(300)
    home.kling.pages.clear()
    home.kling.script = [act.full, act.full]
    id = await home.submit(n=1, prompt="another")
    await home.clock.spend(600)
    assert home.task(id).state is S.DONE
    assert home.task(id).attempts == 3
    assert home.kling.pages == []
    await home.close()


async def test_the_daily_look_goes_on_though_a_row_moves_under_it(home: FakeHome) -> None:
    home.kling.has_list = True
    not_sent: list[str] = []

    async def take_back(work: str) -> None:
        if work == "by_task_id" and any(home.rows[id].state is S.FROZEN for id in not_sent):
            engine.stop_following(not_sent[0])
            await engine.commands_done()

    home.threads = BusyThreads(take_back)
    engine = await home.open()
    await home.until(await home.submit(n=1), S.DONE)
    await home.clock.spend(300)
    engine.pause()
    id = await home.submit(n=1, prompt="another")
    home.make_there(home.rows[id].external_task_id)
    not_sent.append(id)
    await home.clock.spend(25 * 3600)
    assert home.task(id).state is S.DRAFT
    await home.clock.spend(25 * 3600)
    assert home.task(id).state is S.DONE
    await home.close()


async def test_a_look_through_the_accounts_that_breaks_is_in_the_log(
    home: FakeHome, caplog: pytest.LogCaptureFixture
) -> None:
    async def break_(work: str) -> None:
        if work == "swept_at_ms":
            raise RuntimeError("as the test wanted it")

    home.threads = BusyThreads(break_)
    await home.open()
    await home.clock.spend(60)
    assert "aside accounts broke" in caplog.text
    assert "RuntimeError: as the test wanted it" in caplog.text
    await home.close()
