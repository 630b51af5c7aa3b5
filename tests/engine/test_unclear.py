"""Outcomes that nobody knows: looked up, sent again only where that cannot cost twice, or asked."""

from pathlib import Path

import pytest

from kling_desktop.domain.facts import Notice
from kling_desktop.domain.money import Charge
from kling_desktop.domain.tasks import Receipt, TaskState
from tests.fakes import provider as act
from tests.fakes.fuse import FailingWrites
from tests.fakes.home import FakeHome

S = TaskState
pytestmark = pytest.mark.anyio


@pytest.fixture
def home(tmp_path: Path) -> FakeHome:
    return FakeHome(tmp_path)


async def test_a_lost_answer_is_found_by_our_id(home: FakeHome) -> None:
    home.kling.script = [act.lose_answer]
    await home.open()
    id = await home.submit()
    doubted = await home.until(id, S.UNKNOWN)
    assert doubted.charge is Charge.POSSIBLE
    task = await home.until(id)
    assert task.state is S.DONE
    assert home.kling.creations(task) == 1
    assert len(home.kling.posts) == 1
    await home.close()


async def test_a_lost_request_is_asked_about_and_never_sent_again_by_itself(
    home: FakeHome,
) -> None:
    home.kling.script = [act.lose_request]
    await home.open()
    id = await home.submit()
    await home.until(id, S.UNKNOWN)
    began_ms = home.clock.now_ms()
    task = await home.until(id, S.NEEDS_DECISION)
    seconds = [round((at - began_ms) / 1000) for at in home.kling.looks]
    assert seconds == [0, 5, 15, 30, 60, 120]
    assert task.charge is Charge.POSSIBLE
    await home.clock.spend(2 * 86400)
    assert home.task(id).state is S.NEEDS_DECISION
    assert len(home.kling.posts) == 1
    assert 140 < len(home.kling.looks) < 200
    await home.close()


async def test_where_uniqueness_is_proven_the_same_id_goes_again(home: FakeHome) -> None:
    home.kling.script = [act.lose_request]
    await home.open()
    task = await home.until(await home.submit("sandbox"))
    assert task.state is S.DONE
    assert len(home.kling.posts) == 2
    assert len(set(home.kling.posts)) == 1
    assert home.kling.creations(task) == 1
    await home.close()


async def test_a_resend_that_meets_a_late_first_copy_links_it(home: FakeHome) -> None:
    home.kling.script = [act.arrives_later(0.0)]
    home.kling.read_lag_s = 20.0
    await home.open()
    task = await home.until(await home.submit("sandbox"))
    assert task.state is S.DONE
    assert len(home.kling.posts) >= 2
    assert home.kling.creations(task) == 1
    await home.close()


async def test_a_late_delivery_is_linked_without_a_second_purchase(home: FakeHome) -> None:
    home.kling.is_unique = False
    home.kling.script = [act.arrives_later(300)]
    await home.open()
    id = await home.submit()
    await home.until(id, S.NEEDS_DECISION)
    task = await home.until(id)
    assert task.state is S.DONE
    assert len(home.kling.posts) == 1
    await home.close()


async def test_after_three_attempts_a_person_is_asked_even_at_the_sandbox(home: FakeHome) -> None:
    home.kling.script = [act.lose_request] * 10
    await home.open()
    await home.until(await home.submit("sandbox"), S.NEEDS_DECISION)
    assert len(home.kling.posts) == 3
    await home.close()


async def test_an_old_doubt_is_not_resent_after_a_day(home: FakeHome) -> None:
    home.kling.script = [act.lose_request] * 10
    await home.open()
    id = await home.submit("sandbox")
    await home.until(id, S.UNKNOWN)
    await home.crash()
    sent = len(home.kling.posts)
    home.clock.jump(25 * 3600)
    await home.open()
    await home.until(id, S.NEEDS_DECISION)
    assert len(home.kling.posts) == sent
    await home.close()


async def test_a_list_finds_what_the_lookup_does_not(home: FakeHome) -> None:
    home.kling.script = [act.lose_answer]
    home.kling.can_look_up = False
    home.kling.has_list = True
    await home.open()
    assert (await home.until(await home.submit())).state is S.DONE
    await home.close()


async def test_a_lookup_without_an_echo_counts_only_inside_the_window(home: FakeHome) -> None:
    home.kling.script = [act.lose_answer]
    home.kling.echoes = False
    await home.open()
    assert (await home.until(await home.submit())).state is S.DONE
    await home.close()


async def test_an_own_id_that_was_taken_before_is_refused_and_not_linked(home: FakeHome) -> None:
    await home.open()
    await home.until(await home.submit(external_task_id="lamp-7"))
    await home.close()
    other = FakeHome(home.folder / "other")
    other.folder.mkdir(exist_ok=True)
    other.clock, other.kling = home.clock, home.kling
    other.providers.kling = home.kling
    other.ledger = None
    await other.open()
    task = await other.until(await other.submit(external_task_id="lamp-7"))
    assert task.state is S.REFUSED
    assert task.task_id is None
    assert len(home.kling.created) == 1
    await other.close()


async def test_exists_already_for_an_id_of_ours_is_found_and_linked(home: FakeHome) -> None:
    async def gateway_posts_twice(kling: act.FakeKling, outgoing: act.Outgoing) -> act.CreateAnswer:
        kling.create(outgoing)
        return await act.accept(kling, outgoing)

    home.kling.script = [gateway_posts_twice]
    await home.open()
    task = await home.until(await home.submit())
    assert task.state is S.DONE
    assert home.kling.creations(task) == 1
    await home.close()


async def test_a_refusal_after_a_doubt_proves_nothing(home: FakeHome) -> None:
    home.kling.script = [act.arrives_later(3600), act.refuse]
    home.kling.is_unique = False
    engine = await home.open()
    id = await home.submit()
    await home.until(id, S.NEEDS_DECISION)
    engine.send_again(id)
    await home.until(id, S.UNKNOWN)
    task = await home.until(id)
    assert task.state is S.DONE
    assert task.consents == 1
    await home.close()


async def test_send_again_pays_twice_only_with_a_recorded_consent(home: FakeHome) -> None:
    home.kling.script = [act.lose_request]
    home.kling.is_unique = False
    engine = await home.open()
    id = await home.submit()
    await home.until(id, S.NEEDS_DECISION)
    engine.send_again(id)
    task = await home.until(id)
    assert task.state is S.DONE
    assert home.kling.creations(task) <= 1 + task.consents
    assert task.consents == 1
    await home.close()


async def test_send_again_looks_once_more_before_it_pays(home: FakeHome) -> None:
    home.kling.script = [act.lose_answer]
    home.kling.is_unique = False
    home.kling.read_lag_s = 700
    engine = await home.open()
    id = await home.submit()
    await home.until(id, S.NEEDS_DECISION)
    home.kling.read_lag_s = 0
    engine.send_again(id)
    task = await home.until(id)
    assert task.state is S.DONE
    assert (task.consents, len(home.kling.posts)) == (0, 1)
    await home.close()


async def test_closing_takes_back_a_consent_that_waits(home: FakeHome) -> None:
    home.kling.script = [act.lose_request]
    home.kling.is_unique = False
    engine = await home.open()
    id = await home.submit()
    await home.until(id, S.NEEDS_DECISION)
    engine.pause()
    engine.send_again(id)
    await home.clock.spend(60)
    engine.close(id)
    await home.clock.spend(60)
    engine.resume()
    await home.clock.spend(3600)
    assert len(home.kling.posts) == 1
    assert home.task(id).is_watched
    await home.close()


async def test_a_person_links_what_they_see_at_the_provider(home: FakeHome) -> None:
    home.kling.script = [act.lose_answer]
    home.kling.can_look_up = False
    home.kling.echoes = False
    engine = await home.open()
    id = await home.submit()
    await home.until(id, S.NEEDS_DECISION)
    engine.link(id, "999")
    await home.clock.run(lambda: any(fact.subject == f"task {id}" for fact in home.told(Notice)))
    assert home.task(id).state is S.NEEDS_DECISION
    engine.link(id, home.kling.created[0].task_id)
    assert (await home.until(id)).state is S.DONE
    await home.close()


async def test_keep_looking_climbs_the_ladder_again(home: FakeHome) -> None:
    home.kling.script = [act.lose_answer]
    home.kling.read_lag_s = 5000
    engine = await home.open()
    id = await home.submit()
    await home.until(id, S.NEEDS_DECISION)
    home.kling.read_lag_s = 0
    engine.look_again(id)
    assert (await home.until(id, for_s=60)).state is S.DONE
    await home.close()


async def test_closed_is_looked_for_quietly_and_still_comes_home(home: FakeHome) -> None:
    home.kling.script = [act.arrives_later(3 * 3600)]
    engine = await home.open()
    id = await home.submit()
    await home.until(id, S.NEEDS_DECISION)
    engine.close(id)
    await home.clock.spend(60)
    assert not home.task(id).is_outstanding
    assert (await home.until(id)).state is S.DONE
    assert len(home.kling.posts) == 1
    await home.close()


async def test_another_account_is_never_asked_about_a_doubt(home: FakeHome) -> None:
    home.kling.script = [act.lose_request]
    await home.open()
    id = await home.submit()
    await home.until(id, S.UNKNOWN)
    looks = len(home.kling.looks)
    home.providers.account = "account-2"
    await home.clock.spend(3600)
    assert len(home.kling.looks) == looks
    home.providers.account = "account-1"
    await home.until(id, S.NEEDS_DECISION)
    await home.close()


async def test_the_patience_counts_from_the_looking_not_from_the_sending(home: FakeHome) -> None:
    home.kling.script = [act.arrives_later(7200)]
    await home.open()
    id = await home.submit()
    await home.until(id, S.UNKNOWN)
    await home.crash()
    home.clock.jump(3600)
    await home.open()
    await home.clock.spend(60)
    assert home.task(id).state is S.UNKNOWN
    await home.close()


async def test_a_changed_input_is_never_sent(home: FakeHome) -> None:
    await home.open()
    id = await home.submit()
    for kept in (home.folder / "inputs").iterdir():
        kept.write_bytes(b"another picture")
    await home.clock.spend(600)
    assert home.task(id).state is S.FROZEN
    assert home.kling.posts == []
    await home.close()


async def test_a_disk_that_fails_at_sending_sends_nothing(home: FakeHome) -> None:
    broken = True
    home.wrap_ledger = lambda ledger: FailingWrites(
        ledger, lambda name: broken and name == "begin_attempt"
    )
    await home.open()
    id = await home.submit()
    await home.clock.spend(600)
    assert home.kling.posts == []
    broken = False
    assert (await home.until(id)).state is S.DONE
    await home.close()


async def test_a_disk_that_fails_at_the_outcome_loses_no_task_id(home: FakeHome) -> None:
    home.wrap_ledger = lambda ledger: FailingWrites(ledger, lambda name: name == "end_attempt")
    home.kling.can_look_up = False
    await home.open()
    id = await home.submit()
    await home.clock.run(lambda: bool(home.journal.receipts))
    await home.close()
    home.wrap_ledger = lambda ledger: ledger
    await home.open()
    task = await home.until(id)
    assert task.state is S.DONE
    assert home.kling.creations(task) == 1
    assert home.journal.receipts == []
    await home.close()


async def test_a_journal_that_fails_at_first_is_tried_again(home: FakeHome) -> None:
    home.wrap_ledger = lambda ledger: FailingWrites(ledger, lambda name: name == "end_attempt")
    home.journal.is_full = True
    await home.open()
    id = await home.submit()
    await home.clock.spend(30)
    home.journal.is_full = False
    await home.clock.run(lambda: bool(home.journal.receipts))
    assert [receipt.id for receipt in home.journal.receipts] == [id]
    await home.close()


async def test_a_receipt_for_a_task_that_another_row_has_stops_no_start(home: FakeHome) -> None:
    await home.open()
    done = await home.until(await home.submit())
    home.kling.script = [act.lose_request]
    id = await home.submit(prompt="another")
    await home.until(id, S.UNKNOWN)
    await home.crash()
    assert done.task_id is not None
    home.journal.append(Receipt(id, done.task_id, home.clock.now_ms()))
    await home.open()
    assert home.task(id).task_id is None
    assert home.journal.receipts == []
    await home.close()


async def test_stop_gives_a_create_on_the_wire_ten_seconds(home: FakeHome) -> None:
    async def slow(kling: act.FakeKling, outgoing: act.Outgoing) -> act.CreateAnswer:
        answer = await act.accept(kling, outgoing)
        await kling.clock.sleep(6)
        return answer

    home.kling.script = [slow]
    await home.open()
    id = await home.submit()
    await home.until(id, S.SENDING)
    await home.close()
    await home.open(resumes=False)
    assert home.task(id).state is S.ACCEPTED
    await home.close()


async def test_stop_leaves_sending_when_no_outcome_comes(home: FakeHome) -> None:
    async def hang(kling: act.FakeKling, outgoing: act.Outgoing) -> act.CreateAnswer:
        await kling.clock.sleep(600)
        return await act.accept(kling, outgoing)

    home.kling.script = [hang]
    await home.open()
    id = await home.submit()
    await home.until(id, S.SENDING)
    await home.close()
    assert home.rows[id].state is S.SENDING
    await home.open()
    assert home.task(id).state is S.UNKNOWN
    await home.close()


async def test_a_busy_gateway_that_posted_all_the_same_is_not_sent_to_again(home: FakeHome) -> None:
    home.kling.script = [act.throttle_after_posting]
    await home.open()
    task = await home.until(await home.submit())
    assert task.state is S.DONE
    assert len(home.kling.posts) == 1
    await home.close()


async def test_a_busy_gateway_that_posted_nothing_is_sent_to_again(home: FakeHome) -> None:
    home.kling.script = [act.throttle]
    await home.open()
    task = await home.until(await home.submit())
    assert task.state is S.DONE
    assert len(home.kling.posts) == 2
    assert home.kling.creations(task) == 1
    await home.close()
