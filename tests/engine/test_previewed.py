"""What a person saw is what is bought: a file that changed in between is shown again first."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from kling_desktop.domain.facts import TaskRejected
from kling_desktop.domain.problems import Rule
from kling_desktop.domain.tasks import TaskState
from tests.fakes.home import FakeHome

pytestmark = pytest.mark.anyio


@pytest.fixture
def home(tmp_path: Path) -> FakeHome:
    return FakeHome(tmp_path)


async def test_e19_a_file_replaced_after_it_was_seen_is_not_sent(home: FakeHome) -> None:
    engine = await home.open()
    lamp, vase = home.picture("lamp.png"), home.picture("vase.png")
    asked = home.submission(subjects=(lamp, vase))
    seen = tuple(
        (each, hashlib.sha256(each.path.read_bytes()).hexdigest()) for each in (lamp, vase)
    )
    vase.path.write_bytes(b"another vase")
    engine.submit(replace(asked, previewed=seen))
    await home.clock.run(lambda: bool(home.told(TaskRejected)))
    (rejected,) = home.told(TaskRejected)
    (problem,) = rejected.problems
    assert (problem.field, problem.rule, problem.value) == (
        "subjects[1]",
        Rule.CHANGED,
        "vase.png",
    )
    assert home.kling.posts == []
    assert home.rows == {}
    await home.close()


async def test_e19_a_file_that_is_as_it_was_seen_is_sent(home: FakeHome) -> None:
    engine = await home.open()
    lamp = home.picture()
    digest = hashlib.sha256(lamp.path.read_bytes()).hexdigest()
    asked = replace(home.submission(subjects=(lamp,)), previewed=((lamp, digest),))
    engine.submit(asked)
    await home.clock.run(lambda: asked.id in home.rows)
    task = await home.until(asked.id)
    assert task.state is TaskState.DONE
    await home.close()
