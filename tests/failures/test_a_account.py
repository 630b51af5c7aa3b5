"""What stands on the account and in no row, and a provider that answers nobody."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from kling_desktop.domain.facts import StraysFound
from kling_desktop.domain.findings import Finding, RouteKey, Stray, StrayAnswer, Trait
from kling_desktop.domain.providers import Evidence, TaskKind
from kling_desktop.domain.tasks import TaskState, new_external_task_id
from kling_desktop.library.notebook import LedgerNotebook
from tests.failures.stand import Stand
from tests.fakes.wire import creates as act
from tests.fakes.wire.line import Call
from tests.fakes.wire.records import STUCK, envelope, succeeded
from tests.fakes.wire.service import Behaviour, Listing, LookUp

S = TaskState
DAY_S = 86_400.0
ROUTE = "/v1/images/multi-image2image"
pytestmark = pytest.mark.anyio


def found(stand: Stand) -> Sequence[Stray]:
    """What was told last to stand on the account alone."""
    told = [fact for fact in stand.facts if isinstance(fact, StraysFound)]
    return told[-1].strays if told else ()


async def put_back(stand: Stand, copy: Path) -> None:
    """An older ledger in place of the newest, without a trace of copies, and a start."""
    await stand.close()
    for file in stand.paths.ledger.parent.glob("ledger.sqlite*"):
        file.unlink()
    shutil.copy(copy, stand.paths.ledger)
    stand.forget()
    await stand.open()


async def test_a19_after_a_restore_what_exists_is_linked_and_not_sent(stand: Stand) -> None:
    stand.kling.traits.listing = Listing.NEWEST_FIRST
    stand.engine.pause()
    id = await stand.submit()
    await stand.close()
    copy = Path(shutil.copy(stand.paths.ledger, stand.folder / "copy.sqlite"))
    await stand.open()
    stand.engine.resume()
    await stand.until(id)
    await put_back(stand, copy)
    task = await stand.until(id, within_s=600)
    assert (task.state, task.attempts) == (S.DONE, 0)
    assert len(stand.kling.posts) == 1
    await stand.ends(creations=1)


@pytest.mark.parametrize("is_wanted", [True, False])
async def test_a55_a56_a_task_whose_row_was_lost_is_offered(stand: Stand, is_wanted: bool) -> None:
    stand.kling.traits.listing = Listing.NEWEST_FIRST
    first = await stand.submit()
    await stand.until(first)
    lost = stand.kling.book.strange(
        "account-1", ROUTE, external_task_id=new_external_task_id(), prompt="lost", n=1
    )
    stand.kling.book.strange("account-1", ROUTE, external_task_id="a stranger's", prompt="no")
    await stand.spend(DAY_S + 7200)
    (stray,) = found(stand)
    assert stray.task_id == lost.task_id
    assert len(stand.rows) == 1, "offered, and not taken"
    stand.engine.answer_stray(stray, StrayAnswer.TAKEN if is_wanted else StrayAnswer.LEFT)
    await stand.engine.commands_done()
    if is_wanted:
        row = next(task for task in stand.rows.values() if task.task_id == lost.task_id)
        assert (await stand.until(row.id)).state is S.DONE
    await stand.spend(DAY_S + 7200)
    assert found(stand) == ()
    assert len(stand.results()) == 1 + is_wanted
    assert len(stand.kling.posts) == 1
    await stand.ends(creations=1)


async def test_a61_two_tasks_for_one_id_come_home_both(stand: Stand) -> None:
    stand.kling.traits.listing = Listing.NEWEST_FIRST
    stand.kling.script = [act.both(act.made_twice, act.record_in(envelope))]
    id = await stand.submit()
    assert (await stand.until(id)).state is S.DONE
    await stand.wait(lambda: len(stand.rows) == 2, 2 * DAY_S)
    twin = next(task for task in stand.rows.values() if task.id != id)
    assert twin.twin_of == id
    assert (await stand.until(twin.id)).state is S.DONE
    assert len(stand.results()) == 2
    assert stand.notices(f"twin {id}")
    assert len(stand.kling.posts) == 1
    await stand.ends(creations=1)


async def prove_uniqueness(stand: Stand) -> None:
    """As a person would by a paid trial: this provider refuses an id that it has."""
    route = RouteKey("kling", stand.address, TaskKind.IMAGE)
    for trait in (Trait.UNIQUENESS, Trait.LOOKUP):
        finding = Finding(route, trait, Evidence.PROVEN, 0, "a trial")
        LedgerNotebook(stand.ledger).keep_finding(finding)
    stand.is_unique = True
    await stand.close()
    await stand.open()


async def test_a61_nothing_is_resent_while_the_first_copy_may_still_be_made(stand: Stand) -> None:
    await prove_uniqueness(stand)
    stand.kling.script = [act.made_racing(150)]
    id = await stand.submit()
    await stand.until(id, S.UNKNOWN)
    assert stand.kling.book.made == []
    assert (await stand.until(id)).state is S.DONE
    assert len(stand.kling.posts) == 1
    await stand.ends(creations=1)


async def test_a10_where_ids_are_proven_unique_the_same_goes_again_later(stand: Stand) -> None:
    await prove_uniqueness(stand)
    stand.kling.script = [act.hang_up]
    id = await stand.submit()
    task = await stand.until(id, within_s=900)
    assert (task.state, task.attempts) == (S.DONE, 2)
    first, second = stand.kling.posts
    assert first.sha256 == second.sha256
    assert second.call.at_s - first.call.at_s >= 120
    await stand.ends(creations=1)


async def test_a61_a_copy_that_a_person_overtook_comes_home_too(stand: Stand) -> None:
    """The provider looked for the id before the second came, and made the first after it."""
    stand.kling.traits.listing = Listing.NEWEST_FIRST
    stand.kling.script = [act.made_racing(900)]
    id = await stand.submit()
    await stand.until(id, S.NEEDS_DECISION)
    assert len(stand.kling.posts) == 1
    stand.engine.send_again(id)
    assert (await stand.until(id)).state is S.DONE
    await stand.wait(lambda: len(stand.rows) == 2, 2 * DAY_S)
    twin = next(task for task in stand.rows.values() if task.id != id)
    assert (twin.twin_of, stand.task(id).consents) == (id, 1)
    assert (await stand.until(twin.id)).state is S.DONE
    assert len(stand.results()) == 2
    await stand.ends(creations=2)


BROKEN = {"503": act.broken_down(503), "429": act.refused(1302, 429), "silence": act.hang}


@pytest.mark.parametrize("ending", BROKEN.values(), ids=BROKEN.keys())
async def test_b12_a_burst_of_errors_is_met_with_patience(stand: Stand, ending: Behaviour) -> None:
    stand.kling.story = STUCK
    ids = [await stand.submit() for _ in range(8)]
    for id in ids:
        await stand.until(id, S.ACCEPTED, S.RUNNING)
    stand.kling.to_questions = ending
    asked = len(stand.kling.questions)
    await stand.spend(1800)
    assert len(stand.kling.questions) - asked < 200
    assert all(stand.task(id).state in (S.ACCEPTED, S.RUNNING) for id in ids)
    stand.kling.to_questions, stand.kling.story = act.tell, ((0, succeeded),)
    for id in ids:
        assert (await stand.until(id)).state is S.DONE
    times = [call.at_s for call in stand.kling.questions]
    crowds = [sum(1 for at in times if start <= at < start + 10) for start in times]
    assert max(crowds) <= 50, "ten at once and four a second"
    await stand.ends(creations=8)


async def test_b11_a_key_that_is_refused_is_said_once_for_all(stand: Stand) -> None:
    stand.kling.story = STUCK
    ids = [await stand.submit() for _ in range(8)]
    for id in ids:
        await stand.until(id, S.ACCEPTED, S.RUNNING)
    stand.kling.to_questions = act.refused(1002, 401)
    asked = len(stand.kling.questions)
    await stand.spend(3600)
    assert len(stand.notices("account kling")) == 1
    assert len(stand.kling.questions) - asked <= 8 + 6 * 2, "not each of them again and again"
    assert all(stand.task(id).state in (S.ACCEPTED, S.RUNNING) for id in ids)
    stand.kling.to_questions, stand.kling.story = act.tell, ((0, succeeded),)
    stand.engine.account_changed()
    for id in ids:
        assert (await stand.until(id)).state is S.DONE
    await stand.ends(creations=8)


async def test_a25_a_burst_of_server_errors_stops_sending(stand: Stand) -> None:
    down = act.broken_down(503)
    stand.kling.to_creates = stand.kling.to_questions = down
    ids = [await stand.submit() for _ in range(18)]
    await stand.spend(1800)
    sent = len(stand.kling.posts)
    assert 1 <= sent <= 13, "nine at once, and a few before that was known"
    stand.kling.to_creates, stand.kling.to_questions = act.accept, act.tell
    ended = [(await stand.until(id, S.DONE, S.NEEDS_DECISION)).state for id in ids]
    assert ended.count(S.DONE) == 18 - sent
    assert len(stand.kling.posts) == 18
    await stand.ends(creations=18 - sent)


@pytest.mark.parametrize("shows", ["another's", "its own, without the id"])
async def test_b16_a_lookup_that_does_not_look_up_counts_for_nothing(
    stand: Stand, shows: str
) -> None:
    stand.kling.traits.look_up = LookUp.IGNORES_ID
    stand.kling.book.strange("account-1", ROUTE, external_task_id="other", prompt="other")
    await stand.spend(3600)

    async def the_first(service, call: Call) -> None:
        id = call.path.rsplit("/", 1)[-1]
        if id.startswith("kd-"):
            await call.answer(200, envelope(service.record(service.book.made[0])))
        else:
            await act.tell(service, call)

    stand.kling.to_questions = the_first
    stand.kling.traits.echoes = shows == "another's"
    first = await stand.submit()
    assert (await stand.until(first)).state is S.DONE
    await stand.spend(3600)
    findings = LedgerNotebook(stand.ledger).findings()
    proven = {finding.trait: finding.evidence for finding in findings}
    assert proven.get(Trait.LOOKUP) is not Evidence.PROVEN
    stand.kling.script = [act.both(act.made, act.reset)]
    second = await stand.submit()
    task = await stand.until(second, S.NEEDS_DECISION)
    assert task.task_id is None
    stand.engine.link(second, stand.kling.book.made[-1].task_id)
    assert (await stand.until(second)).state is S.DONE
    await stand.ends(creations=2)
