"""The process dies at every single call to the outside, before and after it took effect."""

import asyncio
from pathlib import Path

import pytest

from kling_desktop.domain.tasks import TaskState
from tests.fakes import provider as act
from tests.fakes.fuse import Crash, Fuse
from tests.fakes.home import FakeHome

S = TaskState
pytestmark = pytest.mark.anyio
DONE_OR_ASKED = (S.DONE, S.NEEDS_DECISION)


async def _live_until_the_fuse_blows(home: FakeHome, fuse: Fuse) -> str | None:
    """Submit one task and die; the id if it got as far as a row."""
    id: str | None = None
    try:
        engine = await home.open(fuse)
        submission = home.submission(home.provider, n=1)
        id = submission.id
        engine.submit(submission)
        await home.clock.run(
            lambda: (
                fuse.is_blown
                or (
                    home.rows.get(submission.id, None) is not None
                    and home.rows[submission.id].state in DONE_OR_ASKED
                )
            )
        )
    except Crash:
        pass
    await home.crash()
    return id


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("provider", "behaviour"),
    [("kling", act.accept), ("kling", act.lose_answer), ("sandbox", act.lose_request)],
)
async def test_no_crash_buys_twice_or_loses_what_was_bought(
    tmp_path: Path, after: bool, provider: str, behaviour: act.Behaviour
) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
    at = 0
    for at in range(1, 200):
        folder = tmp_path / str(at)
        folder.mkdir()
        home = FakeHome(folder)
        home.provider = provider
        home.kling.script = [behaviour]
        fuse = Fuse(at, after=after)
        id = await _live_until_the_fuse_blows(home, fuse)
        if not fuse.is_blown:
            break
        await home.open()
        if id in home.rows:
            await _must_end_well(home, id, provider, fuse.name)
        assert len(home.kling.created) <= 1, fuse.name
        await home.close()
    assert at > 20


async def _must_end_well(home: FakeHome, id: str, provider: str, where: str) -> None:
    task = await home.until(id, *DONE_OR_ASKED)
    creations = home.kling.creations(task)
    assert creations <= 1, where
    assert len({body for _, body in home.kling.posts}) <= 1, where
    if creations or provider == "sandbox":
        assert task.state is S.DONE, where
        assert len(home.media.results()) == 1, where
        assert list(home.media.folder.glob("*.png.json")), where
    else:
        assert task.state is S.NEEDS_DECISION, where


async def test_recovery_may_be_interrupted_and_repeated(tmp_path: Path) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
    home = FakeHome(tmp_path)
    home.kling.script = [act.lose_answer]
    fuse = Fuse(15, after=True)
    home.provider = "kling"
    id = await _live_until_the_fuse_blows(home, fuse)
    for at in range(1, 8):
        try:
            await home.open(Fuse(at, after=True))
            await home.clock.spend(1)
        except Crash:
            pass
        await home.crash()
    await home.open()
    assert id is not None
    if id in home.rows:
        task = await home.until(id, *DONE_OR_ASKED)
        assert home.kling.creations(task) <= 1
    await home.close()
