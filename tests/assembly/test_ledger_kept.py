"""What a home does about a ledger and a library that are not as they were left."""

from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from kling_desktop.assembly import Home
from kling_desktop.domain.facts import Notice, TasksLoaded
from kling_desktop.domain.tasks import TaskState
from kling_desktop.library.ledger import open_ledger, read_tasks
from kling_desktop.library.witness import Seen, Witness
from kling_desktop.paths import AppPaths, app_paths
from tests.library.samples import a_task

pytestmark = pytest.mark.anyio


@pytest.fixture
def paths(tmp_path: Path) -> AppPaths:
    return app_paths(tmp_path / "home")


async def in_home(
    paths: AppPaths, work: Callable[[Home], Awaitable[object]], *, accepts: bool = False
) -> list[object]:
    facts: list[object] = []
    async with Home(paths, {}, facts.append, who="a test", accepts=accepts) as home:
        await work(home)
    return facts


async def nothing(home: Home) -> None:
    pass


def subjects(facts: list[object]) -> set[str]:
    return {fact.subject for fact in facts if isinstance(fact, Notice)}


async def test_a19_after_a_restore_nothing_unsent_goes_out_before_a_person_says_so(
    paths: AppPaths,
) -> None:
    with closing(open_ledger(paths.ledger)) as ledger:
        task = a_task()
        ledger.add(task)
    Witness(paths.witness).write(Seen("the ledger before", 9))

    async def look(home: Home) -> None:
        await home.start()
        trouble = home.engine.trouble(task.id)
        assert trouble is not None
        assert "library --accept" in trouble.error.detail

    for _ in range(2):
        assert "review" in subjects(await in_home(paths, look))
        assert [row.state for row in read_tasks(paths.ledger)] == [TaskState.FROZEN]
        assert [row.attempts for row in read_tasks(paths.ledger)] == [0]
    await in_home(paths, lambda home: home.accept(), accepts=True)
    assert "review" not in subjects(await in_home(paths, nothing))


async def test_d16_a_home_keeps_a_copy_of_its_ledger(paths: AppPaths) -> None:
    with closing(open_ledger(paths.ledger)) as ledger:
        ledger.add(a_task())
    assert subjects(await in_home(paths, nothing)) == set()
    copies = sorted(paths.backups.iterdir())
    assert read_tasks(copies[-1]) == read_tasks(paths.ledger)


async def test_d03_a_damaged_ledger_comes_back_from_the_copy_at_the_next_start(
    paths: AppPaths,
) -> None:
    with closing(open_ledger(paths.ledger)) as ledger:
        ledger.add(a_task())
    await in_home(paths, nothing)
    before = read_tasks(paths.ledger)
    paths.ledger.write_bytes(b"nonsense" * 1000)
    facts = await in_home(paths, lambda home: home.start(resumes=False))
    assert [tuple(before)] == [fact.tasks for fact in facts if isinstance(fact, TasksLoaded)]


async def test_d07_a_library_that_is_gone_is_told_and_a_person_may_take_another(
    paths: AppPaths,
) -> None:
    await in_home(paths, nothing)
    paths.library.rename(paths.library.with_name("unplugged"))
    paths.library.mkdir()
    assert "library" in subjects(await in_home(paths, nothing))
    assert list(paths.library.iterdir()) == []
    await in_home(paths, lambda home: home.accept(), accepts=True)
    assert subjects(await in_home(paths, nothing)) == set()
