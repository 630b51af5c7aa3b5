"""Which result is fetched first, when many wait."""

from pathlib import Path

import pytest

from kling_desktop.domain.answers import DownloadFailed
from kling_desktop.domain.tasks import TaskState
from tests.fakes.home import FakeHome
from tests.fakes.provider import ERROR

S = TaskState
pytestmark = pytest.mark.anyio


async def test_c30_what_waited_longest_is_fetched_first_and_at_once(tmp_path: Path) -> None:
    home = FakeHome(tmp_path)
    home.kling.downloads = [lambda url: DownloadFailed(ERROR)] * 1000
    await home.open()
    ids = []
    for _ in range(6):
        ids.append(await home.submit(n=1))
        await home.until(ids[-1], S.FETCH_PAUSED)
        await home.clock.spend(60)
    await home.close()
    asked: list[str] = []

    def note(url: str) -> None:
        asked.append(url.split("/")[4])

    home.kling.downloads = [note] * 6
    await home.open()
    for id in ids:
        assert (await home.until(id, for_s=5)).state is S.DONE
    assert asked == [home.task(id).task_id for id in ids]
    await home.close()
