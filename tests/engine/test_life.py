"""A task's ordinary life, and what people do to it on the way."""

from pathlib import Path

import pytest

from kling_desktop.domain.answers import DownloadFailed
from kling_desktop.domain.facts import (
    AssetAdded,
    EngineState,
    EngineStateChanged,
    Notice,
    TaskRejected,
)
from kling_desktop.domain.money import CostBasis
from kling_desktop.domain.problems import Rule
from kling_desktop.domain.providers import TaskKind
from kling_desktop.domain.tasks import TaskState
from tests.fakes import provider as act
from tests.fakes.fuse import Crash
from tests.fakes.home import FakeHome
from tests.fakes.media import AWAY
from tests.fakes.provider import ERROR

S = TaskState
pytestmark = pytest.mark.anyio


@pytest.fixture
def home(tmp_path: Path) -> FakeHome:
    return FakeHome(tmp_path)


async def test_a_request_comes_home(home: FakeHome) -> None:
    await home.open()
    task = await home.until(await home.submit())
    assert task.state is S.DONE
    assert [output.index for output in task.saved] == [0, 1]
    assert len(home.media.results()) == 2
    assert len(home.told(AssetAdded)) == 2
    assert task.cost.basis is CostBasis.REPORTED
    assert home.kling.creations(task) == 1
    assert home.kling.posts == [(task.external_task_id, task.body_sha256)]
    await home.close()


async def test_a_broken_rule_sends_nothing(home: FakeHome) -> None:
    await home.open()
    await home.submit(n=10, aspect_ratio="5:4", subjects=())
    (rejected,) = home.told(TaskRejected)
    assert {problem.field for problem in rejected.problems} == {"n", "aspect_ratio", "subjects"}
    assert home.kling.posts == []
    assert home.rows == {}
    await home.close()


async def test_an_own_id_is_used_once(home: FakeHome) -> None:
    await home.open()
    await home.until(await home.submit(external_task_id="lamp-7"))
    await home.submit(external_task_id="lamp-7", prompt="another")
    (rejected,) = home.told(TaskRejected)
    assert rejected.problems[0].rule is Rule.EXTERNAL_ID_USED
    assert len(home.kling.posts) == 1
    await home.close()


async def test_the_same_twice_is_asked_about(home: FakeHome) -> None:
    await home.open()
    first = await home.submit(twin_is_meant=False)
    await home.submit(twin_is_meant=False)
    (rejected,) = home.told(TaskRejected)
    assert rejected.twin == first
    await home.close()


async def test_without_a_key_nothing_is_sent_and_no_task_exists(home: FakeHome) -> None:
    home.providers.has_key = False
    await home.open()
    await home.submit()
    assert len(home.told(TaskRejected)) == 1
    assert home.kling.posts == []
    await home.close()


async def test_a_full_disk_before_sending_sends_nothing(home: FakeHome) -> None:
    home.media.is_full = True
    await home.open()
    await home.submit()
    (rejected,) = home.told(TaskRejected)
    assert rejected.is_storage
    assert home.kling.posts == []
    await home.close()


async def test_without_network_it_waits_and_then_goes(home: FakeHome) -> None:
    home.kling.is_online = False
    engine = await home.open()
    id = await home.submit()
    await home.clock.spend(300)
    assert home.task(id).state is S.FROZEN
    trouble = engine.trouble(id)
    assert trouble is not None
    assert trouble.since_s < 5
    assert home.told(EngineStateChanged)[-1].state is EngineState.OFFLINE
    home.kling.is_online = True
    task = await home.until(id)
    assert task.state is S.DONE
    assert home.kling.creations(task) == 1
    assert home.told(EngineStateChanged)[-1].state is EngineState.RUNNING
    await home.close()


async def test_losing_the_network_never_fails_a_task(home: FakeHome) -> None:
    await home.open()
    id = await home.submit()
    await home.until(id, S.RUNNING)
    home.kling.is_online = False
    await home.clock.spend(6 * 3600)
    assert home.task(id).state is S.RUNNING
    home.kling.is_online = True
    assert (await home.until(id)).state is S.DONE
    await home.close()


@pytest.mark.parametrize(
    ("first", "state"), [(act.accept, S.RUNNING), (act.lose_answer, S.UNKNOWN)]
)
async def test_a_locked_keyring_is_not_asked_again_and_again(
    home: FakeHome, first: act.Behaviour, state: TaskState
) -> None:
    home.kling.script = [first]
    engine = await home.open()
    id = await home.submit()
    await home.until(id, state)
    home.providers.has_key = False
    await home.clock.spend(3600)
    assert 0 < home.providers.refusals <= 12
    home.providers.has_key = True
    engine.account_changed()
    assert (await home.until(id, for_s=60)).state is S.DONE
    await home.close()


async def test_a_clock_that_is_set_back_keeps_nothing_waiting(home: FakeHome) -> None:
    home.kling.script = [act.full]
    await home.open()
    id = await home.submit()
    await home.clock.run(lambda: home.rows[id].not_before_ms is not None)
    home.clock.set_back(365 * 86400)
    assert (await home.until(id, for_s=600)).state is S.DONE
    await home.close()


async def test_a_full_account_is_waited_for(home: FakeHome) -> None:
    home.kling.script = [act.full, act.full, act.full, act.full]
    await home.open()
    task = await home.until(await home.submit())
    assert task.state is S.DONE
    assert len(home.kling.posts) == 5
    assert len(set(home.kling.posts)) == 1
    await home.close()


async def test_a_refusal_is_final_until_a_person_sends_it_again(home: FakeHome) -> None:
    home.kling.script = [act.refuse]
    engine = await home.open()
    id = await home.submit()
    refused = await home.until(id, S.REFUSED)
    assert refused.error is not None
    await home.crash()
    engine = await home.open()
    await home.clock.spend(86400)
    assert len(home.kling.posts) == 1
    engine.send_again(id)
    task = await home.until(id, S.DONE)
    assert task.external_task_id == refused.external_task_id
    assert task.consents == 0
    await home.close()


async def test_a_refused_key_holds_the_queue_of_its_account(home: FakeHome) -> None:
    home.kling.script = [act.refuse_key]
    engine = await home.open()
    engine.pause()
    first = await home.submit(n=9)
    second = await home.submit(n=9, prompt="second")
    engine.resume()
    await home.until(first, S.REFUSED)
    await home.clock.spend(3600)
    assert home.task(second).state is S.FROZEN
    engine.account_changed()
    assert (await home.until(second)).state is S.DONE
    assert home.task(first).state is S.REFUSED
    await home.close()


async def test_a_pause_sends_nothing_but_brings_home_what_was_sent(home: FakeHome) -> None:
    engine = await home.open()
    sent = await home.submit()
    await home.until(sent, S.ACCEPTED)
    engine.pause()
    waiting = await home.submit(prompt="later")
    assert (await home.until(sent)).state is S.DONE
    await home.clock.spend(600)
    assert home.task(waiting).state is S.FROZEN
    engine.resume()
    assert (await home.until(waiting)).state is S.DONE
    await home.close()


async def test_slots_are_never_exceeded_and_the_oldest_goes_first(home: FakeHome) -> None:
    await home.open()
    ids = [await home.submit(n=4, prompt=str(number)) for number in range(6)]
    most = 0

    def all_done() -> bool:
        nonlocal most
        running = [home.rows[id] for id in ids if home.rows[id].state in (S.ACCEPTED, S.RUNNING)]
        most = max(most, sum(task.request.results for task in running))
        return all(home.rows[id].state is S.DONE for id in ids)

    assert await home.clock.run(all_done)
    assert most == 8
    sent = [home.kling.by_external_id(home.task(id).external_task_id) for id in ids]
    numbers = [int(remote.task_id) for remote in sent if remote]
    assert numbers == sorted(numbers)
    await home.close()


async def test_a_stopped_task_that_was_not_sent_never_is(home: FakeHome) -> None:
    engine = await home.open()
    engine.pause()
    id = await home.submit()
    engine.stop_following(id)
    await home.until(id, S.DRAFT)
    engine.resume()
    await home.clock.spend(3600)
    assert home.kling.posts == []
    await home.close()


async def test_a_closed_task_that_was_not_sent_never_is(home: FakeHome) -> None:
    home.kling.is_online = False
    engine = await home.open()
    id = await home.submit()
    engine.close(id)
    await home.until(id, S.DRAFT)
    home.kling.is_online = True
    await home.clock.spend(3600)
    assert home.kling.posts == []
    await home.close()


async def test_a_task_that_is_stopped_on_the_wire_is_not_sent_a_second_time(
    home: FakeHome,
) -> None:
    async def slow_and_full(kling: act.FakeKling, outgoing: act.Outgoing) -> act.CreateAnswer:
        await kling.clock.sleep(5)
        return await act.full(kling, outgoing)

    home.kling.script = [slow_and_full]
    engine = await home.open()
    id = await home.submit()
    await home.until(id, S.SENDING)
    engine.stop_following(id)
    await home.until(id, S.DRAFT)
    await home.clock.spend(3600)
    assert len(home.kling.posts) == 1
    await home.close()


async def test_a_stopped_task_that_was_sent_still_comes_home_quietly(home: FakeHome) -> None:
    engine = await home.open()
    id = await home.submit()
    await home.until(id, S.ACCEPTED)
    engine.stop_following(id)
    task = await home.until(id)
    assert task.state is S.DONE
    assert task.is_watched
    assert not task.is_outstanding
    await home.close()


async def test_c01_an_expired_address_is_asked_for_again(home: FakeHome) -> None:
    def expire(url: str) -> None:
        home.kling.url_epoch += 1

    home.kling.downloads = [expire]
    await home.open()
    began_s = home.clock.monotonic_s()
    task = await home.until(await home.submit())
    assert task.state is S.DONE
    assert home.clock.monotonic_s() - began_s < 30
    await home.close()


async def test_c27_one_result_that_fails_is_tried_again_alone(home: FakeHome) -> None:
    fail = DownloadFailed(ERROR)
    home.kling.downloads = [lambda url: fail, lambda url: None, lambda url: fail]
    await home.open()
    id = await home.submit()
    paused = await home.until(id, S.FETCH_PAUSED)
    assert [output.index for output in paused.saved] == [1]
    assert (await home.until(id)).state is S.DONE
    assert len(home.media.results()) == 2
    await home.close()


async def test_c20_a_disk_that_fills_up_pauses_the_download(home: FakeHome) -> None:
    engine = await home.open()
    id = await home.submit()
    await home.until(id, S.RUNNING)
    home.media.is_full = True
    await home.until(id, S.FETCH_PAUSED)
    await home.clock.spend(86400)
    assert [fact.error is None for fact in home.told(Notice)] == [False]
    home.media.is_full = False
    engine.download_again(id)
    assert (await home.until(id, for_s=5)).state is S.DONE
    assert home.told(Notice)[-1].error is None
    await home.close()


async def test_c21_results_are_rescued_while_the_library_is_away_and_come_home_later(
    home: FakeHome,
) -> None:
    home.media.is_away = True
    engine = await home.open()
    id = await home.submit()
    paused = await home.until(id, S.FETCH_PAUSED)
    assert paused.saved == ()
    assert len(list(home.media.rescued.iterdir())) == 2
    assert home.told(Notice)[-1].error == AWAY.record
    home.kling.downloads = [lambda url: DownloadFailed(ERROR, url_is_dead=True)] * 100
    home.clock.jump(40 * 86400)
    await home.clock.spend(2 * 86400)
    assert home.task(id).state is S.FETCH_PAUSED
    home.media.is_away = False
    engine.download_again(id)
    assert (await home.until(id, for_s=5)).state is S.DONE
    assert len(home.media.results()) == 2
    assert home.told(Notice)[-1].error is None
    await home.close()


async def test_c21_what_was_rescued_is_not_given_up_with_what_the_provider_deleted(
    home: FakeHome,
) -> None:
    home.media.is_away = True
    home.kling.downloads = [lambda url: None]
    home.kling.downloads += [lambda url: DownloadFailed(ERROR, url_is_dead=True)] * 10_000
    engine = await home.open()
    id = await home.submit()
    await home.until(id, S.FETCH_PAUSED)
    home.clock.jump(40 * 86400)
    await home.clock.spend(86400)
    assert home.task(id).state is S.FETCH_PAUSED
    home.media.is_away = False
    engine.download_again(id)
    task = await home.until(id)
    assert task.state is S.DONE_PARTIAL
    assert len(home.media.results()) == 1
    await home.close()


async def test_c02_results_that_the_provider_deleted_are_told_as_gone(home: FakeHome) -> None:
    home.kling.downloads = [lambda url: DownloadFailed(ERROR, url_is_dead=True)] * 10_000
    await home.open()
    id = await home.submit()
    await home.until(id, S.FETCH_PAUSED)
    await home.clock.spend(86400)
    assert home.task(id).state is S.FETCH_PAUSED
    home.clock.jump(31 * 86400)
    assert (await home.until(id)).state is S.EXPIRED
    await home.close()


async def test_a_result_that_never_comes_is_told_as_trouble(home: FakeHome) -> None:
    home.kling.downloads = [lambda url: DownloadFailed(ERROR)] * 100
    engine = await home.open()
    id = await home.submit()
    await home.until(id, S.FETCH_PAUSED)
    await home.clock.spend(600)
    trouble = engine.trouble(id)
    assert trouble is not None
    assert home.clock.monotonic_s() - trouble.since_s > 120
    await home.close()


async def test_a_crash_before_the_watermarked_copy_does_not_lose_it(home: FakeHome) -> None:
    def vanish(url: str) -> None:
        if "marked" in url:
            raise Crash(url)

    home.kling.downloads = [vanish] * 2
    await home.open()
    id = await home.submit(n=1, watermark=True)
    await home.clock.run(lambda: bool(home.rows[id].saved))
    await home.crash()
    home.kling.downloads = []
    await home.open()
    task = await home.until(id)
    assert task.state is S.DONE
    assert task.outputs[0].watermarked_file is not None
    await home.close()


async def test_c28_a_watermarked_copy_may_fail_alone(home: FakeHome) -> None:
    home.kling.downloads = [
        lambda url: None,
        lambda url: DownloadFailed(ERROR),
        lambda url: None,
        lambda url: None,
    ]
    await home.open()
    task = await home.until(await home.submit(watermark=True))
    assert task.state is S.DONE
    assert [bool(output.watermarked_file) for output in task.saved] == [False, True]
    await home.close()


async def test_a_failure_at_the_provider_says_its_reason(home: FakeHome) -> None:
    home.kling.ends_as = act.RemoteState.FAILED
    await home.open()
    task = await home.until(await home.submit())
    assert task.state is S.REMOTE_FAILED
    assert task.error is not None
    assert "Image pixel is invalid" in task.error.detail
    await home.close()


async def test_a_task_that_the_provider_forgets_is_missing_and_may_come_back(
    home: FakeHome,
) -> None:
    home.kling.takes_s = 3 * 86400
    await home.open()
    id = await home.submit()
    await home.until(id, S.RUNNING)
    forgotten, home.kling.created = home.kling.created, []
    task = await home.until(id, S.MISSING)
    home.kling.created = forgotten
    task = await home.until(id)
    assert task.state is S.DONE
    assert home.kling.creations(task) == 1
    await home.close()


async def test_results_appear_after_the_success(home: FakeHome) -> None:
    await home.open()
    id = await home.submit()
    await home.until(id, S.ACCEPTED)
    remote = home.kling.created[0]
    count = home.kling.results[remote.task_id]
    home.kling.results[remote.task_id] = 0
    await home.clock.spend(1200)
    assert home.task(id).state is S.RUNNING
    home.kling.results[remote.task_id] = count
    assert (await home.until(id)).state is S.DONE
    await home.close()


async def test_a_result_that_was_given_up_can_be_asked_for_again(home: FakeHome) -> None:
    def second_is_dead(url: str) -> DownloadFailed | None:
        return DownloadFailed(ERROR, url_is_dead=True) if url.endswith("/1.png") else None

    home.kling.downloads = [second_is_dead] * 10_000
    engine = await home.open()
    id = await home.submit()
    await home.until(id, S.FETCH_PAUSED)
    home.clock.jump(32 * 86400)
    partial = await home.until(id)
    assert partial.state is S.DONE_PARTIAL
    assert [output.index for output in partial.saved] == [0]
    home.kling.downloads = []
    engine.download_again(id)
    assert (await home.until(id, S.DONE)).finished_at_ms is not None
    await home.close()


async def test_impatience_sends_a_waiting_task_now(home: FakeHome) -> None:
    home.kling.is_online = False
    engine = await home.open()
    id = await home.submit()
    await home.clock.spend(3600)
    home.kling.is_online = True
    engine.look_again(id)
    await home.until(id, S.ACCEPTED, for_s=1)
    await home.close()


async def test_a_route_that_was_taken_away_keeps_its_tasks_waiting(home: FakeHome) -> None:
    await home.open()
    id = await home.submit()
    await home.until(id, S.ACCEPTED, S.RUNNING)
    await home.crash()
    home.providers.withdrawn = {TaskKind.IMAGE}
    await home.open()
    await home.clock.run(lambda: home.engine is not None and home.engine.trouble(id) is not None)
    assert home.task(id).state in (S.ACCEPTED, S.RUNNING)
    await home.crash()
    home.providers.withdrawn = set()
    await home.open()
    assert (await home.until(id)).state is S.DONE
    await home.close()
