"""A stray that is answered becomes one row or none, however often and from wherever it is said."""

from pathlib import Path

import pytest

from kling_desktop.domain.facts import StraysFound
from kling_desktop.domain.findings import RouteKey, Stray, StrayAnswer
from kling_desktop.domain.providers import TaskKind
from kling_desktop.library.notebook import LedgerNotebook, read_strays
from tests.fakes.home import FakeHome

pytestmark = pytest.mark.anyio
STRAY = Stray(RouteKey("kling", None, TaskKind.IMAGE), "", "700", "kd-" + "7" * 32, 5, "succeed")


@pytest.fixture
def home(tmp_path: Path) -> FakeHome:
    return FakeHome(tmp_path)


async def test_a56_a_stray_taken_twice_at_once_is_one_row(home: FakeHome) -> None:
    engine = await home.open(resumes=False)
    assert home.ledger is not None
    LedgerNotebook(home.ledger).keep_strays([STRAY])
    engine.answer_stray(STRAY, StrayAnswer.TAKEN)
    engine.answer_stray(STRAY, StrayAnswer.TAKEN)
    engine.answer_stray(STRAY, StrayAnswer.LEFT)
    await engine.commands_done()
    (row,) = home.rows.values()
    assert (row.task_id, row.is_found) == ("700", True)
    told = [fact.strays for fact in home.facts if isinstance(fact, StraysFound)]
    assert told[-1] == ()
    await home.close()


async def test_a56_a_stray_that_was_left_is_not_taken_afterwards(home: FakeHome) -> None:
    engine = await home.open(resumes=False)
    assert home.ledger is not None
    LedgerNotebook(home.ledger).keep_strays([STRAY])
    engine.answer_stray(STRAY, StrayAnswer.LEFT)
    engine.answer_stray(STRAY, StrayAnswer.TAKEN)
    await engine.commands_done()
    assert home.rows == {}
    assert read_strays(home.folder / "ledger.sqlite") == []
    await home.close()


async def test_strays_can_be_read_beside_the_owner_and_before_there_is_a_ledger(
    home: FakeHome,
) -> None:
    assert read_strays(home.folder / "ledger.sqlite") == []
    await home.open(resumes=False)
    assert home.ledger is not None
    LedgerNotebook(home.ledger).keep_strays([STRAY])
    assert read_strays(home.folder / "ledger.sqlite") == [STRAY]
    await home.close()
