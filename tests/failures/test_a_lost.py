"""The answer to a create is lost, late or unreadable: looked for, never sent again by itself."""

import pytest

from kling_desktop.domain.errors import Remedy
from kling_desktop.domain.tasks import TaskState
from tests.failures.stand import Stand
from tests.fakes.wire import creates as act
from tests.fakes.wire.records import envelope
from tests.fakes.wire.service import Behaviour

S = TaskState
pytestmark = pytest.mark.anyio

LOST: dict[str, Behaviour] = {
    "FIN": act.hang_up,
    "RST": act.reset,
    "half a header": act.half_a_header,
    "cut before the id": act.cut_json(20),
    "silence": act.hang,
    "garbage": act.said(200, b"\x00\x01 what is this"),
}
BROKEN: dict[str, Behaviour] = {
    **{str(status): act.broken_down(status) for status in (500, 502, 503, 504, 524, 408, 425)},
    "5000": act.refused(5000, 500),
    "5001": act.refused(5001, 503),
    "5002": act.refused("5002", 504),
}
PAGES: dict[str, Behaviour] = {str(status): act.page(status) for status in (200, 502, 403, 405)}
WITHOUT_ID: dict[str, Behaviour] = {
    "no id": act.said(200, envelope({"task_status": "submitted"})),
    "empty id": act.said(200, envelope({"task_id": "", "task_status": "submitted"})),
    "null": act.said(200, envelope(None)),
    "a list": act.said(200, envelope([])),
    "nothing": act.said(200, {}),
    "no body": act.said(200, b""),
}
AMBIGUOUS = LOST | {
    "5xx": act.broken_down(503),
    "5000": act.refused(5000, 500),
    "a page": act.page(403),
    "no id": act.said(200, envelope({"task_status": "submitted"})),
    "a body cut off": act.reset_in_the_body,
}


def of(table: dict[str, Behaviour]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("ending", table.values(), ids=table.keys())


async def comes_home(stand: Stand, ending: Behaviour) -> None:
    """Made, and the answer says nothing of use: found by our id, and fetched."""
    stand.kling.script = [act.both(act.made, ending)]
    id = await stand.submit()
    unclear = await stand.until(id, S.UNKNOWN)
    assert unclear.error is not None
    assert unclear.error.remedy is Remedy.WAIT
    task = await stand.until(id)
    assert task.state is S.DONE
    assert len(stand.kling.posts) == 1
    await stand.ends(creations=1)


@of(LOST)
async def test_a08_a_task_whose_answer_is_lost_is_found(stand: Stand, ending: Behaviour) -> None:
    await comes_home(stand, ending)


@of(BROKEN)
async def test_a24_a_server_error_after_the_creation_is_no_failure(
    stand: Stand, ending: Behaviour
) -> None:
    await comes_home(stand, ending)


@of(PAGES)
async def test_a26_a_page_from_in_between_says_nothing(stand: Stand, ending: Behaviour) -> None:
    await comes_home(stand, ending)


@of(WITHOUT_ID)
async def test_a27_a_success_without_an_id_is_none(stand: Stand, ending: Behaviour) -> None:
    await comes_home(stand, ending)


@of(AMBIGUOUS)
async def test_a15_a25_whatever_leaves_it_open_is_sent_once_and_then_asked_about(
    stand: Stand, ending: Behaviour
) -> None:
    stand.kling.script = [ending]
    id = await stand.submit()
    task = await stand.until(id, S.NEEDS_DECISION)
    assert task.error is not None
    assert task.error.remedy is Remedy.DECIDE
    await stand.spend(7200)
    assert len(stand.kling.posts) == 1
    await stand.ends(creations=0)
