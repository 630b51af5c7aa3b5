"""Asking after a task that exists: no odd answer ends it, and none sends it again."""

from typing import Any

import pytest

from kling_desktop.domain.errors import Remedy
from kling_desktop.domain.money import Charge, CostBasis
from kling_desktop.domain.tasks import TaskState
from tests.failures.stand import Stand
from tests.fakes.wire import cdn as cdn_act
from tests.fakes.wire import creates as act
from tests.fakes.wire.book import Made
from tests.fakes.wire.line import Call
from tests.fakes.wire.records import (
    SLOW,
    STUCK,
    Fields,
    Shape,
    called,
    empty,
    envelope,
    failed,
    foreign_error,
    processing,
    refusal,
    submitted,
    succeeded,
)
from tests.fakes.wire.service import Behaviour, Service

S = TaskState
pytestmark = pytest.mark.anyio

NOT_FOUND = {
    "1203": (404, refusal(1203)),
    "1201": (400, refusal(1201, "Task not found by id")),
    "a gateway's": (400, foreign_error("task not exist", "task_not_exist")),
}


def of(table: dict[str, Any]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", table.values(), ids=table.keys())


async def done(stand: Stand) -> str:
    """Press Generate and wait until it is home; sent once."""
    id = await stand.submit()
    task = await stand.until(id)
    assert task.state is S.DONE
    assert len(stand.kling.posts) == 1
    return id


@of({"1203": NOT_FOUND["1203"]})
async def test_b01_a_task_that_is_not_known_any_more_is_missing_and_may_come_back(
    stand: Stand, case: tuple[int, Fields]
) -> None:
    stand.kling.story = STUCK
    stand.kling.traits.not_found = case
    id = await stand.submit()
    await stand.until(id, S.RUNNING)
    stand.kling.traits.keeps_s = 0
    await stand.spend(20 * 3600)
    assert stand.task(id).state is S.RUNNING
    task = await stand.until(id, S.MISSING, within_s=6 * 3600)
    assert task.error is not None
    assert task.error.remedy is Remedy.WAIT
    stand.kling.traits.keeps_s = 30 * 86_400
    stand.kling.story = ((0, succeeded),)
    assert (await stand.until(id)).state is S.DONE
    assert len(stand.kling.posts) == 1
    await stand.ends(creations=1)


async def test_b01_the_other_path_of_a_gateway_is_tried(stand: Stand) -> None:
    gateway = stand.world.gateway
    stand.provider, stand.address = "cometapi", gateway.url

    async def at_generations(service: Service, call: Call) -> None:
        if "multi-image2image" in call.path:
            await call.answer(404, b"<html>no such page</html>")
        else:
            await act.tell(service, call)

    gateway.to_questions = at_generations
    id = await stand.submit()
    assert (await stand.until(id)).state is S.DONE
    asked = [call.path for call in gateway.questions]
    assert sum("multi-image2image" in path for path in asked) == 1, "and remembered"
    await stand.ends(creations=1)


@of(NOT_FOUND)
async def test_b02_b23_not_found_right_after_the_creation_is_normal(
    stand: Stand, case: tuple[int, Fields]
) -> None:
    stand.kling.traits.read_lag_s = 30
    stand.kling.traits.not_found = case
    await done(stand)
    await stand.ends(creations=1)


async def test_b03_a_task_that_runs_for_weeks_is_followed_ever_more_seldom(stand: Stand) -> None:
    stand.kling.story = STUCK
    id = await stand.submit()
    await stand.spend(6 * 3600)
    asked = len(stand.kling.questions)
    assert asked < 130
    stand.clock.suspend(29 * 86_400)
    await stand.spend(3600)
    assert stand.task(id).state is S.RUNNING
    assert len(stand.kling.questions) - asked <= 8
    await stand.ends(creations=1)


async def test_b04_a_status_that_goes_back_changes_nothing_that_is_over(stand: Stand) -> None:
    stand.kling.story = ((0, submitted), (3, succeeded), (4, processing), (300, succeeded))
    stand.cdn.script = [cdn_act.dead(403)] * 3
    id = await stand.submit()
    await stand.until(id, S.FETCH_PAUSED)
    await stand.spend(100)
    assert stand.task(id).state in (S.FETCH_PAUSED, S.FETCHING, S.DONE)
    assert (await stand.until(id)).state is S.DONE
    await stand.ends(creations=1)


async def test_b05_a_task_is_asked_for_once_at_a_time(stand: Stand) -> None:
    stand.kling.to_questions = act.later(20, act.tell)
    id = await stand.submit()
    await stand.until(id, S.ACCEPTED)
    for _ in range(8):
        stand.engine.look_again(id)
        await stand.spend(2)
    assert (await stand.until(id)).state is S.DONE
    assert stand.kling.asked_at_once == 1
    await stand.ends(creations=1)


@pytest.mark.parametrize("word", ["on_the_moon", "", "  ", "<b>held</b>"])
async def test_b06_an_unknown_word_means_that_it_runs(stand: Stand, word: str) -> None:
    stand.kling.story = ((0, submitted), (2, called(word)), (60, succeeded))
    id = await stand.submit()
    task = await stand.until(id, S.RUNNING)
    await stand.spend(20)
    task = stand.task(id)
    assert (task.state, task.remote_status) == (S.RUNNING, word.strip())
    assert (await stand.until(id)).state is S.DONE
    await stand.ends(creations=1)


def reworded(word: str) -> Shape:
    def shape(service: Service, task: Made) -> Fields:
        return succeeded(service, task) | {"task_status": word}

    return shape


@pytest.mark.parametrize("word", ["succeeded", "SUCCESS", " Succeed ", "completed"])
async def test_b07_success_has_many_names(stand: Stand, word: str) -> None:
    stand.kling.story = ((0, called("NOT_START")), (2, called("IN_PROGRESS")), (6, reworded(word)))
    await done(stand)
    await stand.ends(creations=1)


@pytest.mark.parametrize("word", ["FAILURE", " fail", "Failed"])
async def test_b07_failure_has_many_names(stand: Stand, word: str) -> None:
    stand.kling.story = ((0, submitted), (3, called(word)))
    id = await stand.submit()
    assert (await stand.until(id)).state is S.REMOTE_FAILED
    await stand.ends(creations=1)


ODD: dict[str, Any] = {
    "a list": envelope([]),
    "null": envelope(None),
    "a text": envelope("soon"),
    "no status": envelope({"task_id": "TASK"}),
    "a number": envelope({"task_id": "TASK", "task_status": 7}),
    "odd times": envelope({"task_id": "TASK", "task_status": "processing", "created_at": "now"}),
    "float": envelope({"task_id": "TASK", "task_status": "processing", "updated_at": 1.5e300}),
    "result list": envelope({"task_id": "TASK", "task_status": "processing", "task_result": [1]}),
    "bare": {"task_id": "TASK", "status": "queued", "created_at": 1760000000},
    "empty": {},
}


def about_it(document: Any) -> Behaviour:
    """An answer with the newest task's id where TASK stands."""

    async def say(service: Service, call: Call) -> None:
        import json

        text = json.dumps(document).replace("TASK", service.book.made[-1].task_id)
        await call.answer(200, text.encode())

    return say


@of(ODD)
async def test_b08_a_malformed_record_is_no_end(stand: Stand, case: Any) -> None:
    stand.kling.asked = [about_it(case)] * 3
    await done(stand)
    await stand.ends(creations=1)


async def test_b09_a_success_without_results_is_waited_for(stand: Stand) -> None:
    stand.kling.story = ((0, submitted), (3, empty), (1200, succeeded))
    id = await stand.submit()
    await stand.spend(500)
    assert (stand.task(id).state, stand.task(id).error) == (S.RUNNING, None)
    await stand.spend(300)
    late = stand.task(id)
    assert late.state is S.RUNNING
    assert late.error is not None
    assert (await stand.until(id)).state is S.DONE
    await stand.ends(creations=1)


async def test_b10_b22_a_failure_tells_its_reason_and_what_it_cost(stand: Stand) -> None:
    stand.kling.story = ((0, submitted), (3, failed("Image pixel is invalid", "16")))
    id = await stand.submit()
    task = await stand.until(id)
    assert task.state is S.REMOTE_FAILED
    assert task.error is not None
    assert "Image pixel is invalid" in task.error.detail
    assert "16" in task.error.detail
    assert task.charge is Charge.AS_REPORTED
    assert (str(task.cost.units), task.cost.basis) == ("16", CostBasis.REPORTED)
    await stand.ends(creations=1)


@pytest.mark.parametrize("slow", ["silent", "dripping"])
async def test_b13_a_question_that_hangs_keeps_nobody_else(stand: Stand, slow: str) -> None:
    async def drip(service: Service, call: Call) -> None:
        await call.drip(call.whole(200, envelope({})), size=1, every_s=5)

    slow_ones: list[Call] = []

    async def slow_once(service: Service, call: Call) -> None:
        is_slow = call.path.endswith(service.book.made[0].task_id) and not slow_ones
        if is_slow:
            slow_ones.append(call)
        await ((act.hang if slow == "silent" else drip) if is_slow else act.tell)(service, call)

    stand.kling.to_questions = slow_once
    first = await stand.submit()
    await stand.wait(lambda: slow_ones)
    second = await stand.submit()
    began_s = stand.clock.elapsed_s()
    assert (await stand.until(second)).state is S.DONE
    assert stand.clock.elapsed_s() - began_s < 30
    assert stand.task(first).state is not S.DONE
    assert (await stand.until(first)).state is S.DONE
    assert stand.clock.elapsed_s() - began_s < 60
    await stand.ends(creations=2)


MONSTROUS: dict[str, bytes] = {
    "huge": b'{"code":0,"message":"' + b"x" * 5_000_000,
    "deep": b'{"data":' * 100_000,
    "deep lists": b"[" * 100_000,
    "twice": b'{"code":0,"code":1201,"data":{"task_status":"processing","task_status":"failed"}}',
    "NaN": b'{"code":NaN,"data":{"created_at":Infinity}}',
    "BOM": b'\xef\xbb\xbf{"code":0,"data":null}',
    "bad UTF-8": b'{"code":0,"message":"\xff\xfe\xc3"}',
    "a surrogate": b'{"code":0,"message":"\\ud800","data":{"task_status":"\\udfff"}}',
    "a number": b"9" * 5000,
}


@of(MONSTROUS)
async def test_b14_a_monstrous_answer_says_nothing(stand: Stand, case: bytes) -> None:
    stand.kling.asked = [act.said(200, case)] * 2
    await done(stand)
    await stand.ends(creations=1)


async def test_b15_an_answer_about_another_task_is_put_aside(stand: Stand) -> None:
    other = {"task_id": "1", "task_status": "failed", "task_status_msg": "not yours"}
    stand.kling.asked = [act.said(200, envelope(other))] * 3
    await done(stand)
    await stand.ends(creations=1)


def indexed(*indexes: Any) -> Shape:
    """Results under these indexes."""

    def shape(service: Service, task: Made) -> Fields:
        images = []
        for number, index in enumerate(indexes):
            url = service.cdn.publish(f"0/{task.task_id}/{number}.png")
            images.append({"url": url} if index is None else {"index": index, "url": url})
        return {"task_status": "succeed", "task_result": {"images": images}}

    return shape


@pytest.mark.parametrize(
    "indexes", [(0, 1, 2), (0, 1, 2, 3, 4), (1, 1, 2, 2), (None,) * 4, (-1, 0, 1, 2), ("a", 1)]
)
async def test_b17_more_or_fewer_results_than_asked_for_all_come_home(
    stand: Stand, indexes: tuple[Any, ...]
) -> None:
    stand.kling.story = ((0, submitted), (3, indexed(*indexes)))
    id = await stand.submit(n=4)
    assert (await stand.until(id)).state is S.DONE
    assert len(stand.results()) == len(indexes)
    await stand.ends(creations=1)


@pytest.mark.parametrize(
    ("told", "units"),
    [
        ("0", "0"),
        ("1.5", "1.5"),
        (1.5, "1.5"),
        (16, "16"),
        ("", None),
        (None, None),
        ("1e99", None),
    ],
)
async def test_b18_units_are_decimal_or_unknown(
    stand: Stand, told: object, units: str | None
) -> None:
    def priced(service: Service, task: Made) -> Fields:
        return succeeded(service, task) | {"final_unit_deduction": told}

    stand.kling.story = ((0, submitted), (3, priced))
    task = stand.task(await done(stand))
    is_read = task.cost.basis is CostBasis.REPORTED
    assert (str(task.cost.units) if is_read else None) == units
    await stand.ends(creations=1)


async def test_b19_a_captive_portal_changes_nothing(stand: Stand) -> None:
    stand.kling.story = SLOW
    stand.kling.script = [act.accept, act.both(act.made, act.reset)]
    ids = [await stand.submit(), await stand.submit()]
    await stand.until(ids[0], S.RUNNING)
    await stand.until(ids[1], S.UNKNOWN, S.ACCEPTED, S.RUNNING)
    before = [stand.task(id).state for id in ids]
    stand.kling.to_questions = act.page(200)
    stand.cdn.usual = cdn_act.instead(b"<html>please log in</html>", Content_Type="text/html")
    await stand.spend(60)
    assert [stand.task(id).state for id in ids] == before
    stand.kling.to_questions = act.tell
    await stand.spend(60)
    assert not stand.results()
    stand.cdn.usual = cdn_act.serve
    for id in ids:
        assert (await stand.until(id)).state is S.DONE
    assert len(stand.kling.posts) == 2
    await stand.ends(creations=2)


async def test_b24_where_two_questions_disagree_the_task_id_counts(stand: Stand) -> None:
    async def two_words(service: Service, call: Call) -> None:
        task = service.book.made[-1]
        if call.path.endswith(task.task_id):
            await act.tell(service, call)
        else:
            story = {"task_status": "failed", "task_status_msg": "so says the other question"}
            await call.answer(200, envelope(service.record(task) | story))

    stand.kling.to_questions = two_words
    stand.kling.script = [act.both(act.made, act.reset)]
    await done(stand)
    await stand.ends(creations=1)
